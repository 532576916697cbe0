"""What watches find in each entry as it arrives, and where."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from models import query as queries
from models.document import Span
from models.query import Document, Query, Token
from service.monitor.watch_index import WatchIndex
from service.store import alerts, entry_search, feeds, watches
from service.store.feeds import Feed
from service.store.watches import Version

if TYPE_CHECKING:
    from service.monitor.arrivals import Arrived

log = logging.getLogger(__name__)

#: How old what stands in a feed may be when it is first followed, to be told of.
BACKLOG = timedelta(days=1)
#: Owners whose watches are kept ready.
MOST_KEPT = 200
#: Code points of a text in which places are looked for, around the first of them that are shown, and places
#: told of.
SEARCHED, AROUND, MOST_PLACES = 20_000, 100, 10
#: Longest title that is shown whole.
LONGEST_TITLE = 300


def check(session: Session, item: "Arrived", story_id: str, now: datetime) -> int:
    """Write an alert for each active watch of the entry's owner that finds it and hasn't found its story
    before; answers how many. What is in a new feed from before `BACKLOG` is no news. Part of the transaction
    that files the entry."""
    version = watches.version(session, item.entry.owner)
    if not version.number:
        return 0
    feed = feeds.get(session, item.entry.owner, item.entry.feed_id)
    if feed is not None and item.entry.published < min(feed.created, now) - BACKLOG:  # clocks may differ
        return 0
    answered = _index(session, version).answered(_document(item, feed))
    fresh = answered.keys() - alerts.known(session, story_id, answered)
    if not fresh:
        return 0
    texts = cut(
        {"title": item.title, "title_en": item.title_en, "text": item.arabic, "text_en": item.english}
    )
    found = {id: highlights(answered[id], texts) for id in fresh}
    made = alerts.add(session, item.entry.owner, story_id, item.entry.id, found, now)
    log.info("entry %s: found by %d watches", item.entry.id, made)
    return made


@dataclass(frozen=True, slots=True)
class Cut:
    """A text with its tokens, where places in it may be told of. `field`: title, title_en, text, text_en."""

    field: str
    text: str
    tokens: Sequence[Token]


def cut(texts: Mapping[str, str | None]) -> list[Cut]:
    """The texts with their tokens, by field; once for all the watches that find an entry."""
    return [Cut(field, text, list(queries.placed(text[:SEARCHED]))) for field, text in texts.items() if text]


def highlights(query: Query, texts: Sequence[Cut]) -> list[dict[str, Any]]:
    """Where the query hits the texts: for each that it hits, what is around the first places. `offset` is
    where the excerpt begins in its text, `spans` are within the excerpt; all in code points."""
    found = ((one, queries.places(query, one.tokens)) for one in texts)
    return [_excerpt(one.field, one.text, spans) for one, spans in found if spans]


def _excerpt(field: str, text: str, spans: Sequence[Span]) -> dict[str, Any]:
    start, end = 0, len(text)
    if not field.startswith("title") or len(text) > LONGEST_TITLE:
        start = _word_start(text, max(0, spans[0].start - AROUND))
        end = _word_end(text, min(len(text), spans[0].end + AROUND))
    inside = [span for span in spans if span.start >= start and span.end <= end][:MOST_PLACES]
    places = [{"start": span.start - start, "end": span.end - start} for span in inside]
    return {"field": field, "text": text[start:end], "offset": start, "spans": places}


def _word_start(text: str, at: int) -> int:
    """The beginning of the first whole word from there on."""
    if at == 0:
        return 0
    space = text.find(" ", at, at + AROUND // 2)
    return at if space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    if at == len(text):
        return at
    space = text.rfind(" ", at - AROUND // 2, at)
    return at if space < 0 else space


def _document(item: "Arrived", feed: Feed | None) -> Document:
    source = ""
    if feed is not None:
        source = entry_search.source_text(feed.title, feed.policy.folder, feed.url, feed.site)
    return queries.document(
        item.title, item.title_en or "", item.arabic, item.english, source, item.entry.published
    )


# A version names its watches whatever database they are in, so one place is enough for all.
_kept: OrderedDict[Version, WatchIndex] = OrderedDict()
_keeping = threading.Lock()


def _index(session: Session, version: Version) -> WatchIndex:
    with _keeping:
        known = _kept.get(version)
        if known is not None:
            _kept.move_to_end(version)
            return known
    made = WatchIndex(watches.active(session, version.owner))
    with _keeping:
        for other in [other for other in _kept if other.owner == version.owner]:
            del _kept[other]
        _kept[version] = made
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made
