"""Entries of feeds in the store: each once, with what became of it."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.feed_tables import EntryRow, FeedRow, within
from service.store.ids import new_id

#: Identifiers looked up in one statement; databases bound the number of parameters.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry as it stands in a feed just now."""

    guid: str
    url: str | None
    title: str
    text: str
    author: str | None
    published: datetime

    @property
    def digest(self) -> str:
        """Names title and text: changes when the publisher changes them."""
        return hashlib.sha256(f"{self.title}\0{self.text}".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the store."""

    id: str
    feed_id: str
    owner: str
    guid: str
    url: str | None
    title: str
    text: str
    author: str | None
    published: datetime
    seen: datetime
    digest: str
    revision: int
    state: str
    remark: str | None
    title_en: str | None
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an entry. `title` stands for that of one without a title from now on: what `title_en` is
    the translation of."""

    state: str
    title_en: str | None = None
    article_id: str | None = None
    remark: str | None = None
    likeness: str | None = None
    title: str = ""


#: Said of what was in a feed before it was followed.
OLDER = "It is older than what was translated when the feed was first looked at."


def take_in(
    session: Session,
    feed_id: str,
    owner: str,
    arrivals: Sequence[Arrival],
    now: datetime,
    most: int | None = None,
) -> list[Entry]:
    """Keep what is new, and what was changed since; returns these, waiting. What is known stays untouched. Of
    `arrivals`, oldest first, only the last `most` are to be worked on; the others are kept as skipped."""
    older = 0 if most is None else max(0, len(arrivals) - most)
    known: dict[str, EntryRow] = {}
    for start in range(0, len(arrivals), _AT_ONCE):
        guids = [a.guid for a in arrivals[start : start + _AT_ONCE]]
        wanted = select(EntryRow).where(EntryRow.feed_id == feed_id, EntryRow.guid.in_(guids))
        known |= {row.guid: row for row in session.scalars(wanted)}
    known |= _renamed(session, feed_id, arrivals, known)
    fresh: list[EntryRow] = []
    for number, arrival in enumerate(arrivals):
        row = known.get(arrival.guid)
        if row is not None and row.digest == arrival.digest:
            continue
        if row is None:
            row = EntryRow(
                id=new_id("ent"), feed_id=feed_id, owner=owner, guid=arrival.guid, seen=now, revision=0
            )
            session.add(row)
            known[arrival.guid] = row
        row.url, row.title, row.text, row.author = arrival.url, arrival.title, arrival.text, arrival.author
        row.published, row.digest, row.revision = arrival.published, arrival.digest, row.revision + 1
        row.state, row.remark = ("skipped", OLDER) if number < older else ("waiting", None)
        if row.state == "waiting":
            fresh.append(row)
    session.flush()
    return [_entry(row) for row in fresh]


def _renamed(
    session: Session, feed_id: str, arrivals: Sequence[Arrival], known: Mapping[str, EntryRow]
) -> dict[str, EntryRow]:
    """Rows of entries that come under another guid now, by that, as which they are kept from now on: some
    publishers make new ones at every look. Told by address and title, where nothing else has these."""
    listed = Counter(arrival.url for arrival in arrivals)
    others = [a for a in arrivals if a.guid not in known and a.url and a.title and listed[a.url] == 1]
    present = {arrival.guid for arrival in arrivals}
    found: dict[str, EntryRow] = {}
    for start in range(0, len(others), _AT_ONCE):
        asked = {a.url: a for a in others[start : start + _AT_ONCE]}
        mine = (
            EntryRow.feed_id.concat("") == feed_id
        )  # hides the feeds' index, by which SQLite would read all
        wanted = select(EntryRow).where(EntryRow.url.in_(asked), mine)
        for row in session.scalars(wanted.order_by(EntryRow.id)).all():
            arrival = asked[row.url]
            if row.title == arrival.title and row.guid not in present and arrival.guid not in found:
                row.guid = arrival.guid
                found[arrival.guid] = row
    return found


def finish(session: Session, entry_id: str, digest: str, outcome: Outcome, *, again: bool = True) -> bool:
    """Write down what became of an entry; False when it was changed or deleted since `digest` was read, and
    unless `again`, when it has been translated by now."""
    result = session.execute(
        update(EntryRow)
        .where(_still(entry_id, digest, again))
        .values(
            state=outcome.state,
            title=case((EntryRow.title == "", outcome.title), else_=EntryRow.title),
            title_en=outcome.title_en,
            article_id=outcome.article_id,
            remark=outcome.remark,
            likeness=outcome.likeness,
        )
    )
    assert isinstance(result, CursorResult)
    return result.rowcount > 0


def alike(session: Session, owner: str, likeness: str, since: datetime) -> Entry | None:
    """The first entry of the owner that came in since then, has this likeness, and has its article."""
    wanted = (
        select(EntryRow)
        .where(
            EntryRow.owner == owner,
            EntryRow.likeness == likeness,
            EntryRow.state == "translated",
            EntryRow.article_id.is_not(None),
            EntryRow.seen >= since,
        )
        .order_by(EntryRow.id)
        .limit(1)
    )
    row = session.scalar(wanted)
    return None if row is None else _entry(row)


def is_still(session: Session, entry_id: str, digest: str, *, again: bool = True) -> bool:
    """Whether the entry is as `digest` says (and unless `again`, not translated yet); if so it stays that way
    until the transaction ends."""
    wanted = select(EntryRow.id).where(_still(entry_id, digest, again))
    return session.scalar(wanted.with_for_update()) is not None


def _still(entry_id: str, digest: str, again: bool) -> ColumnElement[bool]:
    same = and_(EntryRow.id == entry_id, EntryRow.digest == digest)
    return same if again else and_(same, EntryRow.state != "translated")


def get(session: Session, owner: str, entry_id: str) -> Entry | None:
    row = session.get(EntryRow, entry_id)
    return _entry(row) if row is not None and row.owner == owner else None


def of_article(session: Session, owner: str, article_id: str) -> str | None:
    """The id of the first entry of the owner that has this article, if one has."""
    wanted = select(EntryRow.id).where(EntryRow.owner == owner, EntryRow.article_id == article_id)
    return session.scalar(wanted.order_by(EntryRow.id).limit(1))


def several(session: Session, entry_ids: Sequence[str]) -> list[Entry]:
    """The entries with these ids, in their order; those that are gone are left out."""
    found = {row.id: row for row in session.scalars(select(EntryRow).where(EntryRow.id.in_(entry_ids)))}
    return [_entry(found[id]) for id in entry_ids if id in found]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; None: all."""

    feed_id: str | None = None
    folder: str | None = None
    state: str | None = None


def page(session: Session, owner: str, wanted: Filter, limit: int, after: str | None = None) -> list[Entry]:
    """Up to `limit` entries, those first that came in last; `after` is the last id of the page before."""
    query = select(EntryRow).where(EntryRow.owner == owner).order_by(EntryRow.id.desc()).limit(limit)
    if after is not None:
        query = query.where(EntryRow.id < after)
    if wanted.feed_id is not None:
        query = query.where(EntryRow.feed_id == wanted.feed_id)
    if wanted.state is not None:
        query = query.where(EntryRow.state == wanted.state)
    if wanted.folder is not None:
        query = query.join(FeedRow, FeedRow.id == EntryRow.feed_id).where(within(wanted.folder))
    return [_entry(row) for row in session.scalars(query)]


def published(session: Session, feed_id: str, limit: int) -> list[datetime]:
    """When the feed's latest entries were published, latest first."""
    wanted = (
        select(EntryRow.published)
        .where(EntryRow.feed_id == feed_id)
        .order_by(EntryRow.published.desc())
        .limit(limit)
    )
    return list(session.scalars(wanted))


def per_feed(session: Session, feed_ids: Sequence[str], since: datetime) -> dict[str, int]:
    """How many entries of each feed came in since then."""
    counts = (
        select(EntryRow.feed_id, func.count())
        .where(EntryRow.feed_id.in_(feed_ids), EntryRow.seen >= since)
        .group_by(EntryRow.feed_id)
    )
    return dict(session.execute(counts).all())


def expire(session: Session, feed_id: str, before: datetime, listed: Collection[str] = ()) -> int:
    """Delete the feed's entries that came in before then; returns how many. Those that the feed still lists
    (their guids) stay: they would come in again as new."""
    wanted = select(EntryRow.id, EntryRow.guid).where(EntryRow.feed_id == feed_id, EntryRow.seen < before)
    kept = frozenset(listed)
    old = [id for id, guid in session.execute(wanted) if guid not in kept]
    for start in range(0, len(old), _AT_ONCE):
        session.execute(delete(EntryRow).where(EntryRow.id.in_(old[start : start + _AT_ONCE])))
    return len(old)


def expire_old(session: Session, now: datetime, limit: int = _AT_ONCE) -> int:
    """Delete up to `limit` entries that came in longer ago than their feed's `keep_days`; returns how many.
    What a feed listed when it was last read stays, unless it is retired. So entries go
    also while a feed doesn't change, or can't be read."""
    wanted = select(FeedRow.id, FeedRow.keep_days, FeedRow.state, FeedRow.listed)
    for id, days, state, listed in session.execute(wanted.where(FeedRow.keep_days.is_not(None))).all():
        if listed is None and state != "retired":
            continue  # it was read before that was written down
        old = select(EntryRow.id, EntryRow.guid).where(
            EntryRow.feed_id == id, EntryRow.seen < now - timedelta(days=days)
        )
        kept = frozenset() if state == "retired" else frozenset(listed)
        gone = [entry for entry, guid in session.execute(old) if guid not in kept][:limit]
        if gone:
            session.execute(delete(EntryRow).where(EntryRow.id.in_(gone)))
            return len(gone)
    return 0


def by_state(session: Session) -> dict[str, int]:
    """How many entries of all owners are in each state."""
    counts = select(EntryRow.state, func.count()).group_by(EntryRow.state)
    states = ("waiting", "translated", "skipped", "failed")
    return dict.fromkeys(states, 0) | dict(session.execute(counts).all())


def _entry(row: EntryRow) -> Entry:
    return Entry(**{name: getattr(row, name) for name in Entry.__slots__})
