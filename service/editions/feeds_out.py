"""What an outlet shows just now: its stories, latest first, as items of a feed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import query as queries
from service.editions import as_html, summaries
from service.editions.brief import Brief, briefs, known, origins
from service.editions.feed_formats import Channel, FeedFormat, Item, Source
from service.store import alerts, entry_search, stories
from service.store.database import Database
from service.store.outlets import Outlet
from service.store.stories import Story, StoryFilter
from service.version import VERSION

#: Stories of a feed.
MOST = 50
#: Entries looked at for them: several may be of one story.
_MOST_HITS = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """An outlet's stories, and when any of them changed last; `etag` names all that a feed is made from."""

    stories: tuple[Story, ...]
    updated: datetime
    etag: str


def shown(session: Session, outlet: Outlet, format: FeedFormat, address: str) -> Shown:
    """What the outlet has to show at `address`. Costs little: readers mostly ask whether there is news."""
    found = tuple(_stories(session, outlet))
    updated = max((story.updated for story in found), default=outlet.created)
    parts = [VERSION, format.file, address, outlet.id, outlet.title]
    parts += [f"{story.id} {story.revision} {story.updated.isoformat()}" for story in found]
    parts += [f"{name}\0{site}" for name, site in origins(session, [story.id for story in found])]
    return Shown(found, updated, hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32])


def write(
    database: Database, outlet: Outlet, seen: Shown, format: FeedFormat, address: str, home: str
) -> bytes:
    """The feed. Summaries that aren't made yet are made, each in a transaction of its own."""
    with database.read() as session:
        missing = summaries.missing(session, seen.stories)
    for story_id in missing:
        with database.write(durable=False) as session:
            summaries.make(session, outlet.owner, story_id)
    with database.read() as session:
        there = known(session, outlet.owner, [story.id for story in seen.stories])
        found = [there[story.id] for story in seen.stories if story.id in there]
        items = [_item(brief) for brief in briefs(session, found)]
    channel = Channel(outlet.id, outlet.title, _about(outlet), address, home, seen.updated)
    return format.write(channel, items)


def _stories(session: Session, outlet: Outlet) -> Sequence[Story]:
    match outlet.kind:
        case "stories":
            return stories.page(session, outlet.owner, StoryFilter(), MOST)
        case "folder":
            return stories.page(session, outlet.owner, StoryFilter(folder=outlet.target), MOST)
        case "watch":
            found = alerts.page(session, outlet.owner, outlet.target, MOST)
            # Stories are merged and split by hand; entries stay what they are.
            return _of_entries(session, outlet.owner, [alert.entry_id for alert in found])
        case "search":
            query = queries.parse(outlet.target)
            hits = [] if query is None else entry_search.find(session, outlet.owner, query, _MOST_HITS)
            return _of_entries(session, outlet.owner, [hit.entry.id for hit in hits])


def _of_entries(session: Session, owner: str, entry_ids: Sequence[str]) -> list[Story]:
    """The stories in which the entries stand now, each once and in their order; `MOST` at most."""
    placed = stories.of_entries(session, entry_ids)
    ids = list(dict.fromkeys(placed[entry_id] for entry_id in entry_ids if entry_id in placed))[:MOST]
    there = known(session, owner, ids)
    return [there[id] for id in ids if id in there]


def _about(outlet: Outlet) -> str:
    what = {
        "stories": "All stories",
        "folder": f"Stories of the folder {outlet.target}",
        "watch": "Stories that a watch found",
        "search": f"Stories found by: {outlet.target}",
    }
    return f"{what[outlet.kind]}, translated from Arabic by machine, with a summary in both languages."


def _item(brief: Brief) -> Item:
    return Item(
        id=brief.id,
        title=brief.headline,
        link=brief.link,
        html=as_html.story(brief),
        text=" ".join(sentence.en for sentence in brief.sentences) or brief.headline,
        published=brief.published,
        updated=brief.updated,
        author=brief.author,
        sources=tuple(Source(origin.title, origin.site) for origin in brief.origins),
    )
