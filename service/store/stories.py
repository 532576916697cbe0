"""Stories in the store: read, listed, marked by readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from service.store.entries import Entry
from service.store.feed_tables import EntryRow, FeedRow, within
from service.store.story_changes import NotSplit, merge, split
from service.store.story_summaries import summary_of
from service.store.story_tables import ForwardRow, MarkRow, PlacementRow, StoryRow
from service.store.upsert import insert_into

__all__ = [
    "Mark", "Member", "NotSplit", "Story", "StoryFilter", "became", "conditions", "cursor", "get",
    "is_unread", "mark_read", "mark_unread", "marks", "members", "merge", "of_entries", "page", "split",
    "star", "story_of", "summary_of", "updated_since",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """A story. `title`, `title_en` and `first_entry_id` are those of its first entry; `entries` and `sources`
    (feeds) count, `flags` sums those of its entries. `revision` counts what was added or taken away.
    `summary` is as it was last made, for `summary_revision`; `summary_of` has the present one."""

    id: str
    owner: str
    title: str
    title_en: str | None
    first_entry_id: str | None
    first_published: datetime
    last_published: datetime
    entries: int
    sources: int
    flags: int
    revision: int
    summary: dict[str, Any] | None
    created: datetime
    updated: datetime
    summary_revision: int | None = None


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Which stories are wanted; None: all. `since` and `until` (exclusive) are of the last entry. `reader`
    is whose marks `unread` and `starred` ask for."""

    folder: str | None = None
    feed_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reader: str | None = None
    unread: bool = False
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An entry of a story. `kind`: `first`, or what it is to that one (`copy`, `part`, `fuller`,
    `correction`, `related`); `by_hand`: somebody put it there."""

    entry: Entry
    feed_title: str
    published: datetime
    article_id: str | None
    kind: str
    by_hand: bool
    flags: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a reader did with a story. `unread`: something was added since it was read, if it ever was."""

    unread: bool = True
    starred: datetime | None = None


def get(session: Session, owner: str, story_id: str) -> Story | None:
    row = session.get(StoryRow, story_id)
    return story_of(row) if row is not None and row.owner == owner and row.entries else None


def became(session: Session, owner: str, story_id: str) -> str | None:
    """The story of which this one, which is gone, has become a part."""
    wanted = select(ForwardRow.story_id).where(ForwardRow.id == story_id, ForwardRow.owner == owner)
    return session.scalar(wanted)


def cursor(story: Story) -> str:
    """What `page` takes as `after` to go on behind this story."""
    return f"{story.last_published.isoformat()}~{story.id}"


def page(
    session: Session,
    owner: str,
    wanted: StoryFilter,
    limit: int,
    after: str | None = None,
    *,
    only: Sequence[str] | None = None,
) -> list[Story]:
    """Up to `limit` stories, those with the latest entry first; `after` is the `cursor` of the last one of
    the page before. `only`: the ids that come into question. Raises ValueError for any other `after`."""
    mine = and_(MarkRow.story_id == StoryRow.id, MarkRow.reader == wanted.reader)
    query = (
        select(StoryRow)
        .outerjoin(MarkRow, mine)
        .where(StoryRow.owner == owner, StoryRow.entries > 0, *conditions(wanted))
        .order_by(StoryRow.last_published.desc(), StoryRow.id.desc())
        .limit(limit)
    )
    if only is not None:
        query = query.where(StoryRow.id.in_(only))
    if after is not None:
        last, id = _place(after)
        query = query.where(
            or_(StoryRow.last_published < last, and_(StoryRow.last_published == last, StoryRow.id < id))
        )
    return [story_of(row) for row in session.scalars(query)]


def _place(after: str) -> tuple[datetime, str]:
    moment, _, id = after.partition("~")
    last = datetime.fromisoformat(moment)
    if last.tzinfo is None or not 1 < last.year < 9999:
        raise ValueError("a cursor has a time zone and a sensible year")
    return last, id


def is_unread() -> ColumnElement[bool]:
    """Of a story beside its reader's mark (there is none before it is opened): whether something is new."""
    return func.coalesce(MarkRow.read_revision, 0) < StoryRow.revision


def conditions(wanted: StoryFilter) -> list[ColumnElement[bool]]:
    """What the filter asks of `StoryRow` beside `MarkRow`, outer-joined on the filter's reader."""
    found: list[ColumnElement[bool]] = []
    if wanted.unread:
        found.append(is_unread())
    if wanted.starred:
        found.append(MarkRow.starred.is_not(None))
    if wanted.since is not None:
        found.append(StoryRow.last_published >= wanted.since)
    if wanted.until is not None:
        found.append(StoryRow.last_published < wanted.until)
    here = PlacementRow.story_id == StoryRow.id
    if wanted.feed_id is not None:
        found.append(exists().where(here, PlacementRow.feed_id == wanted.feed_id))
    if wanted.folder is not None:
        inside = and_(FeedRow.id == PlacementRow.feed_id, within(wanted.folder))
        # without `correlate`, a query that has feeds among its tables would leave them out of this one
        found.append(exists(select(1).where(here, inside).correlate(StoryRow)))
    return found


def members(session: Session, story_id: str) -> list[Member]:
    """The entries of a story, its first one first, then by the time of publication: its timeline."""
    leads = case((PlacementRow.entry_id == StoryRow.first_entry_id, 0), else_=1)
    wanted = (
        select(PlacementRow, EntryRow, FeedRow.title)
        .join(StoryRow, StoryRow.id == PlacementRow.story_id)
        .join(EntryRow, EntryRow.id == PlacementRow.entry_id)
        .join(FeedRow, FeedRow.id == EntryRow.feed_id)
        .where(PlacementRow.story_id == story_id)
        .order_by(PlacementRow.published, leads, PlacementRow.entry_id)
    )
    return [
        Member(
            Entry(**{name: getattr(entry, name) for name in Entry.__slots__}),
            title,
            placed.published,
            entry.article_id,
            _kind(placed.kind, is_first=not number),
            placed.by_hand,
            placed.flags,
        )
        for number, (placed, entry, title) in enumerate(session.execute(wanted))
    ]


def _kind(kept: str, *, is_first: bool) -> str:
    """There is one first entry, also before the others are compared anew (its deletion isn't mended yet)."""
    return "first" if is_first else "related" if kept == "first" else kept


def of_entries(session: Session, entry_ids: Sequence[str]) -> dict[str, str]:
    """In which story each entry stands; those that stand in none are left out."""
    wanted = select(PlacementRow.entry_id, PlacementRow.story_id).where(PlacementRow.entry_id.in_(entry_ids))
    return dict(session.execute(wanted).all())


def updated_since(session: Session, owner: str, when: datetime, limit: int = 500) -> list[str]:
    """Ids of stories that changed after then, those that changed first first."""
    wanted = (
        select(StoryRow.id)
        .where(StoryRow.owner == owner, StoryRow.updated > when)
        .order_by(StoryRow.updated, StoryRow.id)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def marks(session: Session, reader: str, found: Sequence[Story]) -> dict[str, Mark]:
    """What the reader did with each of these stories."""
    wanted = select(MarkRow).where(MarkRow.reader == reader, MarkRow.story_id.in_([s.id for s in found]))
    rows = {row.story_id: row for row in session.scalars(wanted)}
    return {
        story.id: Mark((row.read_revision or 0) < story.revision, row.starred)
        if (row := rows.get(story.id)) is not None
        else Mark()
        for story in found
    }


def mark_read(session: Session, reader: str, story_id: str, revision: int) -> None:
    """The reader has seen the story as of this revision; what is added later makes it unread again."""
    _mark(session, reader, story_id, {"read_revision": revision})


def mark_unread(session: Session, reader: str, story_id: str) -> None:
    _mark(session, reader, story_id, {"read_revision": None})


def star(session: Session, reader: str, story_id: str, when: datetime | None) -> None:
    """Star a story as of then; None: take the star away."""
    _mark(session, reader, story_id, {"starred": when})


def _mark(session: Session, reader: str, story_id: str, values: dict[str, Any]) -> None:
    session.execute(
        insert_into(session, MarkRow)
        .values(reader=reader, story_id=story_id, **values)
        .on_conflict_do_update(index_elements=[MarkRow.reader, MarkRow.story_id], set_=values)
    )


def story_of(row: StoryRow) -> Story:
    return Story(**{name: getattr(row, name) for name in Story.__slots__})
