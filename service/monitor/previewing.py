"""What a watch would have found: its query, asked of what has come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import query as queries
from models.query import Query
from service.monitor.watching import cut, highlights
from service.store import alerts, articles, entry_search, feeds
from service.store.entries import Entry

#: Entries that a preview counts at most.
MOST_COUNTED = 500


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a query finds, with where it hits."""

    entry: Entry
    feed: str
    story_id: str | None
    highlights: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query would have found: how many entries in how many stories (`more`: and more that weren't
    counted), and the latest of them."""

    count: int
    stories: int
    more: bool
    matches: Sequence[Match]


def preview(session: Session, owner: str, text: str, since: datetime, limit: int) -> Preview:
    """Ask a query of what has come in and was published since then; shows up to `limit`, newest first. Raises
    `QueryError`."""
    query = queries.parse(text)
    if query is None:
        return Preview(0, 0, False, ())
    hits = entry_search.find(session, owner, query, MOST_COUNTED + 1)
    found = [hit.entry for hit in hits if hit.entry.published >= since]
    counted, shown = found[:MOST_COUNTED], found[:limit]
    stories = alerts.stories_of(session, [entry.id for entry in counted])
    matches = tuple(_match(session, query, entry, stories.get(entry.id)) for entry in shown)
    alone = len(counted) - len(stories)  # not placed yet
    return Preview(len(counted), len(set(stories.values())) + alone, len(found) > MOST_COUNTED, matches)


def match_fields(match: Match) -> dict[str, Any]:
    """A match as it is shown."""
    entry = match.entry
    return {
        "story_id": match.story_id,
        "entry_id": entry.id,
        "title": entry.title,
        "title_en": entry.title_en,
        "link": entry.url,
        "published": entry.published,
        "feed": match.feed,
        "article_id": entry.article_id,
        "highlights": [dict(highlight) for highlight in match.highlights],
    }


def _match(session: Session, query: Query, entry: Entry, story_id: str | None) -> Match:
    feed = feeds.get(session, entry.owner, entry.feed_id)
    stored = None if entry.article_id is None else articles.get(session, entry.owner, entry.article_id)
    texts = {
        "title": entry.title,
        "title_en": entry.title_en,
        "text": entry.text if stored is None else stored.content.text,
        "text_en": "" if stored is None else stored.content.english,
    }
    name = "" if feed is None else feed.title or feed.url
    return Match(entry, name, story_id, highlights(query, cut(texts)))
