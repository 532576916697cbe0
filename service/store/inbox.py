"""Stories as one reader sees them: a list with what is unread and starred, read in one statement a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models.query import Query
from service.store import articles, entry_search, stories
from service.store.feed_tables import EntryRow, FeedRow
from service.store.stories import Story, StoryFilter, story_of
from service.store.story_tables import MarkRow, PlacementRow, StoryRow

#: So many entries that answer a search are looked at, the latest ones: stories in which no other does aren't
#: listed.
MOST_FOUND = 1000
#: More unread stories than this aren't counted: nobody wants the exact number, and the table may be long.
MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list of stories: that of the story `id`, whose latest entry is of `when`."""

    when: datetime
    id: str

    @classmethod
    def of(cls, story: Story) -> "Place":
        return cls(story.last_published, story.id)


@dataclass(frozen=True, slots=True)
class Line:
    """A story in a reader's list. `source` and `article_id` are those of its first entry; `sentences` the
    beginning of a summary in English. `unread`: something came in since it was read, if it ever was; `fresh`
    counts what was added or changed since (0 when it was never read)."""

    story: Story
    source: str | None
    article_id: str | None
    sentences: tuple[str, ...]
    unread: bool
    fresh: int
    starred: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to choose from: the owner's folders, and feeds as (id, title, folder)."""

    folders: tuple[str, ...]
    feeds: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the entries of an owner are. `stories` says whether there is any."""

    waiting: int
    translated: int
    stories: bool


def lines(
    session: Session,
    owner: str,
    reader: str,
    wanted: StoryFilter,
    limit: int,
    beside: Place | None = None,
    *,
    newer: bool = False,
    only: Sequence[str] | None = None,
) -> list[Line]:
    """Up to `limit` stories that `reader` wants to see, those with the latest entry first. The list goes on
    after `beside`; with `newer` the stories before that come instead, the nearest first. `only`: the ids that
    come into question."""
    way = _list(owner, reader, wanted, newer).limit(limit)
    if only is not None:
        way = way.where(StoryRow.id.in_(only))
    if beside is not None:
        when, id = StoryRow.last_published, StoryRow.id
        further, past = (
            (id > beside.id, when > beside.when) if newer else (id < beside.id, when < beside.when)
        )
        way = way.where(or_(past, and_(when == beside.when, further)))
    rows = session.execute(way).all()
    first = [article for *_, article in rows if article is not None]
    summaries = articles.summaries(session, first)
    return [
        _line(story_of(row), read, starred is not None, _name(title, url), article, summaries)
        for row, read, starred, title, url, article in rows
    ]


def line(session: Session, owner: str, reader: str, story_id: str) -> Line | None:
    """One story, as it would stand in the list."""
    return next(iter(lines(session, owner, reader, StoryFilter(), 1, only=[story_id])), None)


def found(session: Session, owner: str, query: Query) -> list[str]:
    """The ids of the stories in which an entry answers the query, for `only` of `lines`."""
    hits = entry_search.find(session, owner, query, MOST_FOUND)
    return sorted(set(stories.of_entries(session, [hit.entry.id for hit in hits]).values()))


def unread(session: Session, owner: str, reader: str) -> int:
    """How many stories the reader hasn't read as they are now; at most `MOST_COUNTED`."""
    some = (
        select(StoryRow.id)
        .outerjoin(MarkRow, and_(MarkRow.story_id == StoryRow.id, MarkRow.reader == reader))
        .where(StoryRow.owner == owner, StoryRow.entries > 0, stories.is_unread())
        .limit(MOST_COUNTED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) or 0


def shelf(session: Session, owner: str) -> Shelf:
    """The owner's folders and feeds, by name."""
    found = select(FeedRow.id, FeedRow.title, FeedRow.url, FeedRow.folder).where(FeedRow.owner == owner)
    feeds = [(id, _name(title, url) or id, folder) for id, title, url, folder in session.execute(found)]
    feeds.sort(key=lambda feed: (feed[2].casefold(), feed[1].casefold()))
    folders = {outer for *_, folder in feeds for outer in _with_outer(folder)}
    return Shelf(tuple(sorted(folders)), tuple(feeds))


def _with_outer(folder: str) -> list[str]:
    """The folder and those that it lies in; none without a name."""
    parts = folder.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))] if folder else []


def progress(session: Session, owner: str) -> Progress:
    """How much of what came in is translated."""
    counted = select(EntryRow.state, func.count()).where(EntryRow.owner == owner).group_by(EntryRow.state)
    states: dict[str, int] = dict(session.execute(counted).all())
    any_story = select(exists().where(StoryRow.owner == owner, StoryRow.entries > 0))
    return Progress(states.get("waiting", 0), states.get("translated", 0), bool(session.scalar(any_story)))


def latest_change(session: Session, owner: str) -> datetime:
    """When a story of the owner changed last; long ago when there is none."""
    wanted = (
        select(StoryRow.updated).where(StoryRow.owner == owner).order_by(StoryRow.updated.desc()).limit(1)
    )
    return session.scalar(wanted) or datetime(1970, 1, 1, tzinfo=UTC)


def near(session: Session, story: Story, limit: int) -> list[Story]:
    """Other stories of the same time, nearest first: what this one may have to be merged with."""
    half = limit // 2
    others = select(StoryRow).where(
        StoryRow.owner == story.owner, StoryRow.entries > 0, StoryRow.id != story.id
    )
    when = StoryRow.last_published
    before = others.where(when <= story.last_published).order_by(when.desc()).limit(half)
    after = others.where(when > story.last_published).order_by(when).limit(limit - half)
    found = [story_of(row) for wanted in (before, after) for row in session.scalars(wanted)]
    return sorted(found, key=lambda other: abs(other.last_published - story.last_published))


def of_article(session: Session, owner: str, article_id: str) -> list[Story]:
    """The stories in which an article stands, latest first: more than one where two feeds had the same text
    and somebody parted them."""
    there = (
        select(PlacementRow.story_id)
        .join(EntryRow, EntryRow.id == PlacementRow.entry_id)
        .where(EntryRow.article_id == article_id)
    )
    wanted = select(StoryRow).where(StoryRow.owner == owner, StoryRow.id.in_(there))
    return [
        story_of(row) for row in session.scalars(wanted.order_by(StoryRow.last_published.desc()).limit(5))
    ]


def _list(owner: str, reader: str, wanted: StoryFilter, newer: bool) -> Select[*tuple[Any, ...]]:
    when, id = StoryRow.last_published, StoryRow.id
    mine = and_(MarkRow.story_id == StoryRow.id, MarkRow.reader == reader)
    columns = (
        StoryRow, MarkRow.read_revision, MarkRow.starred, FeedRow.title, FeedRow.url, EntryRow.article_id,
    )  # fmt: skip
    return (
        select(*columns)
        .outerjoin(MarkRow, mine)
        .outerjoin(EntryRow, EntryRow.id == StoryRow.first_entry_id)
        .outerjoin(FeedRow, FeedRow.id == EntryRow.feed_id)
        .where(StoryRow.owner == owner, StoryRow.entries > 0, *stories.conditions(wanted))
        .order_by(*((when, id) if newer else (when.desc(), id.desc())))
    )


def _name(title: str | None, url: str | None) -> str | None:
    """What a feed is called; its host where it has no title."""
    return title or (urlsplit(url).hostname if url else None)


def _line(
    story: Story,
    read: int | None,
    starred: bool,
    source: str | None,
    article_id: str | None,
    summaries: dict[str, list[str]],
) -> Line:
    made = [sentence["en"] for sentence in (story.summary or {}).get("sentences", [])]
    fresh = 0 if read is None else max(0, story.revision - read)
    sentences = tuple(made or summaries.get(article_id or "", []))
    return Line(story, source, article_id, sentences, (read or 0) < story.revision, fresh, starred)
