"""What happens to whole stories: made, counted anew, merged, split, mended after entries were deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from service.store import alerts, placements, story_kinds
from service.store.feed_tables import EntryRow
from service.store.ids import new_id
from service.store.story_tables import ApartRow, ForwardRow, MarkRow, PlacementRow, StoryRow
from service.store.tables import ArticleRow
from service.store.upsert import insert_into

#: Characters of the text that stand for a title where there is none.
LEAD = 120


class NotSplit(ValueError):
    """The entries can't be taken out of the story; says why."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first entry of a story."""

    entry_id: str
    title: str
    title_en: str | None
    published: datetime
    flags: int


_MAKE = insert(StoryRow)


def make(session: Session, owner: str, now: datetime, opening: Opening) -> str:
    """A story of one entry, which is about to be put there."""
    id = new_id("sto")
    values = {
        "id": id, "owner": owner, "title": opening.title, "title_en": opening.title_en,
        "first_entry_id": opening.entry_id, "first_published": opening.published,
        "last_published": opening.published, "entries": 1, "sources": 1, "flags": opening.flags,
        "revision": 1, "created": now, "updated": now,
    }  # fmt: skip
    session.connection().execute(_MAKE, values)
    return id


_COUNTED = select(
    func.count(),
    func.count(PlacementRow.feed_id.distinct()),
    func.coalesce(func.sum(PlacementRow.flags), 0),
    func.min(PlacementRow.published),
    func.max(PlacementRow.published),
    select(StoryRow.first_entry_id).where(StoryRow.id == bindparam("story_id")).scalar_subquery(),
).where(PlacementRow.story_id == bindparam("story_id"))
_length: ColumnElement[int] = func.length(func.coalesce(ArticleRow.text, EntryRow.text))
_EARLIEST = (
    select(EntryRow.id, EntryRow.title, func.substr(EntryRow.text, 1, LEAD), EntryRow.title_en)
    .join(PlacementRow, PlacementRow.entry_id == EntryRow.id)
    .outerjoin(ArticleRow, ArticleRow.id == EntryRow.article_id)
    .where(PlacementRow.story_id == bindparam("story_id"), PlacementRow.published == bindparam("published"))
    .order_by(_length.desc(), PlacementRow.entry_id)
    .limit(1)
)
_RECOUNTED = (
    update(StoryRow)
    .where(StoryRow.id == bindparam("story_id"))
    .values(
        {name: bindparam(f"new_{name}") for name in (
            "title", "title_en", "first_entry_id", "first_published", "last_published", "entries", "sources",
            "flags", "updated",
        )} | {"revision": StoryRow.revision + 1}
    )
)  # fmt: skip


def recount(session: Session, story_ids: Iterable[str], now: datetime, came: str | None = None) -> None:
    """Bring the stories up to date with their entries, one revision on; those without entries vanish. The
    first entry is the earliest, of several the fullest. `came`: the entry that is new or changed."""
    session.flush()
    for id in sorted(set(story_ids)):
        _recount(session, id, now, came)
        loaded = session.identity_map.get(session.identity_key(StoryRow, id))
        if loaded is not None:
            session.expire(loaded)


def _recount(session: Session, id: str, now: datetime, came: str | None) -> None:
    connection = session.connection()
    entries, sources, flags, first, last, led = connection.execute(_COUNTED, {"story_id": id}).one()
    if not entries:
        session.execute(delete(StoryRow).where(StoryRow.id == id))
        return
    earliest = {"story_id": id, "published": first}
    entry_id, title, lead, title_en = connection.execute(_EARLIEST, earliest).one()
    values = {
        "title": title or lead, "title_en": title_en, "first_entry_id": entry_id,
        "first_published": first, "last_published": last, "entries": entries, "sources": sources,
        "flags": flags, "updated": now,
    }  # fmt: skip
    connection.execute(_RECOUNTED, {"story_id": id} | {f"new_{k}": v for k, v in values.items()})
    if entry_id != led or entry_id == came:
        story_kinds.label(session, id)  # all are something else to it than before
    elif came is not None:
        story_kinds.label(session, id, came)


def merge(session: Session, owner: str, into: str, other: str, now: datetime) -> bool:
    """Put the entries of `other` into `into`, by hand; `other` is gone then, and links to it lead to `into`.
    False when one of the two isn't there, or they are the same."""
    placements.lock(session, owner)
    ids = select(StoryRow.id).where(StoryRow.owner == owner, StoryRow.id.in_([into, other]))
    if into == other or len(session.scalars(ids.order_by(StoryRow.id).with_for_update()).all()) != 2:
        return False
    session.execute(
        update(PlacementRow).where(PlacementRow.story_id == other).values(story_id=into, by_hand=True)
    )
    hand_over(session, owner, into, other)
    recount(session, (into, other), now)
    story_kinds.label(session, into)
    return True


def hand_over(session: Session, owner: str, into: str, other: str) -> None:
    """Story `other` is becoming a part of `into`, and is about to vanish: its stars and alerts, what it was
    parted from, and links to it go over."""
    apart = placements.apart_from(session, other) - {into}
    session.execute(delete(ApartRow).where(or_(ApartRow.one == other, ApartRow.other == other)))
    for id in sorted(apart):
        _part(session, into, id)
    starred = select(MarkRow.reader, MarkRow.starred).where(
        MarkRow.story_id == other, MarkRow.starred.is_not(None)
    )
    for reader, when in session.execute(starred).all():
        session.execute(
            insert_into(session, MarkRow)
            .values(reader=reader, story_id=into, starred=when)
            .on_conflict_do_update(
                index_elements=[MarkRow.reader, MarkRow.story_id],
                set_={"starred": func.coalesce(MarkRow.starred, when)},
            )
        )
    alerts.moved(session, into, other)
    session.execute(update(ForwardRow).where(ForwardRow.story_id == other).values(story_id=into))
    session.execute(insert_into(session, ForwardRow).values(id=other, owner=owner, story_id=into))


def split(session: Session, owner: str, story_id: str, entry_ids: Sequence[str], now: datetime) -> str | None:
    """Take entries out of a story into a new one, by hand, and keep the two apart; the new one's id. Who was
    told of the story isn't told of the new one again. None when there is no such story. Raises `NotSplit`."""
    placements.lock(session, owner)
    here = select(StoryRow.id).where(StoryRow.id == story_id, StoryRow.owner == owner)
    if session.scalar(here.with_for_update()) is None:
        return None
    standing = set(session.scalars(select(PlacementRow.entry_id).where(PlacementRow.story_id == story_id)))
    taken = set(entry_ids)
    if not taken or not taken <= standing:
        raise NotSplit("Some of these entries don't stand in the story." if taken else "No entry was named.")
    if taken == standing:
        raise NotSplit("Nothing would be left of the story.")
    first = _opening(session, sorted(taken)[0])
    new = make(session, owner, now, first)
    moved = update(PlacementRow).where(PlacementRow.entry_id.in_(taken))
    session.execute(moved.values(story_id=new, by_hand=True))
    for id in sorted(placements.apart_from(session, story_id) | {story_id}):
        _part(session, new, id)
    alerts.shared(session, story_id, new, now)
    recount(session, (story_id, new), now)
    story_kinds.label(session, new)
    return new


def _opening(session: Session, entry_id: str) -> Opening:
    row = session.get_one(EntryRow, entry_id)
    return Opening(row.id, row.title, row.title_en, row.published, 0)


def mend(session: Session, now: datetime, limit: int = 200) -> int:
    """Bring up to `limit` stories up to date whose entries were deleted with their feed or by age; answers
    how many there were."""
    standing = (
        select(func.count()).where(PlacementRow.story_id == StoryRow.id).correlate(StoryRow).scalar_subquery()
    )
    ids = session.scalars(select(StoryRow.id).where(StoryRow.entries != standing).limit(limit)).all()
    recount(session, ids, now)
    return len(ids)


def of_feed(session: Session, feed_id: str) -> list[str]:
    """The stories in which entries of a feed stand."""
    return list(
        session.scalars(select(PlacementRow.story_id).distinct().where(PlacementRow.feed_id == feed_id))
    )


def _part(session: Session, one: str, other: str) -> None:
    pair = {"one": min(one, other), "other": max(one, other)}
    session.execute(insert_into(session, ApartRow).values(pair).on_conflict_do_nothing())
