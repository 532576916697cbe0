"""A story as editions show it: headline, bilingual summary, sources, and where to read the original."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.rows import LABELS
from service.store import stories
from service.store.feed_tables import EntryRow, FeedRow
from service.store.stories import Story
from service.store.story_tables import PlacementRow, StoryRow

#: Sources named of one story; the rest is a number.
MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class Origin:
    """A feed that reports the story. `site`: its web page; a feed's own address may hold somebody's key."""

    title: str
    site: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the summary on both sides; `flags`: what is doubtful about it, in words."""

    ar: str
    en: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """`link` leads to the first article that has an address, `author` wrote the first one. `entries` and
    `sources` count all there are; `origins` are the first of them. `flags` counts those of all articles."""

    id: str
    title: str
    title_en: str | None
    link: str | None
    author: str | None
    published: datetime
    latest: datetime
    updated: datetime
    entries: int
    sources: int
    flags: int
    origins: tuple[Origin, ...]
    sentences: tuple[Sentence, ...]

    @property
    def headline(self) -> str:
        """In English, where there is any."""
        return self.title_en or self.title


def known(session: Session, owner: str, story_ids: Sequence[str]) -> dict[str, Story]:
    """Those of the stories that the owner has (still), by id."""
    wanted = select(StoryRow).where(StoryRow.id.in_(story_ids), StoryRow.owner == owner, StoryRow.entries > 0)
    fresh = wanted.execution_options(populate_existing=True)
    return {row.id: stories.story_of(row) for row in session.scalars(fresh)}


def briefs(session: Session, found: Sequence[Story]) -> list[Brief]:
    """The stories in the same order, each with its summary as `summaries.make` made it last."""
    reports = _reports(session, [story.id for story in found])
    return [_brief(story, reports.get(story.id, [])) for story in found]


def origins(session: Session, story_ids: Sequence[str]) -> list[tuple[str, str | None]]:
    """Title and site of each feed that reports one of the stories, as briefs show them; in a fixed order."""
    wanted = (
        select(FeedRow.title, FeedRow.site)
        .where(FeedRow.id.in_(select(PlacementRow.feed_id).where(PlacementRow.story_id.in_(story_ids))))
        .order_by(FeedRow.id)
    )
    return [(title, site) for title, site in session.execute(wanted)]


def _reports(session: Session, story_ids: Sequence[str]) -> dict[str, list[Any]]:
    """What is shown of the entries of each story, earliest first: of all stories at once, since one after the
    other would be a hundred questions for a feed."""
    columns = (
        PlacementRow.story_id,
        EntryRow.url,
        EntryRow.author,
        EntryRow.feed_id,
        FeedRow.title,
        FeedRow.site,
    )
    wanted = (
        select(*columns)
        .join(EntryRow, EntryRow.id == PlacementRow.entry_id)
        .join(FeedRow, FeedRow.id == EntryRow.feed_id)
        .where(PlacementRow.story_id.in_(story_ids))
        .order_by(PlacementRow.story_id, PlacementRow.published, PlacementRow.entry_id)
    )
    found: dict[str, list[Any]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.story_id, []).append(row)
    return found


def _brief(story: Story, reports: Sequence[Any]) -> Brief:
    return Brief(
        id=story.id,
        title=story.title,
        title_en=story.title_en,
        link=next((report.url for report in reports if report.url), None),
        author=reports[0].author if reports else None,
        published=story.first_published,
        latest=story.last_published,
        updated=story.updated,
        entries=story.entries,
        sources=story.sources,
        flags=story.flags,
        origins=_origins(reports),
        sentences=_sentences(story),
    )


def _origins(reports: Sequence[Any]) -> tuple[Origin, ...]:
    """The feeds in the order in which they reported."""
    feeds = {report.feed_id: report for report in reversed(reports)}
    first = list(dict.fromkeys(report.feed_id for report in reports))[:MOST_SOURCES]
    return tuple(Origin(feeds[id].title or feeds[id].site or "a feed", feeds[id].site) for id in first)


def _sentences(story: Story) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(str(one.get("ar", "")), str(one.get("en", "")), _labels(one.get("flags") or ()))
        for one in (story.summary or {}).get("sentences", ())
    )


def _labels(flags: Sequence[object]) -> tuple[str, ...]:
    """What flags are called, each once; they come as codes or as the API's objects."""
    codes = (flag.get("code", "") if isinstance(flag, dict) else str(flag) for flag in flags)
    return tuple(
        dict.fromkeys(LABELS.get(code, code.replace("_", " ").capitalize()) for code in codes if code)
    )
