"""A story as editions show it: headline, bilingual summary, sources, and where to read the original."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.rows import LABELS
from service.store import stories
from service.store.feed_tables import FeedRow
from service.store.stories import Member, Story

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


def briefs(session: Session, found: Sequence[Story]) -> list[Brief]:
    """The stories in the same order, each with its summary as `summaries.make` made it last."""
    return [_brief(session, story) for story in found]


def _brief(session: Session, story: Story) -> Brief:
    members = stories.members(session, story.id)
    first = members[0].entry if members else None
    return Brief(
        id=story.id,
        title=story.title,
        title_en=story.title_en,
        link=next((member.entry.url for member in members if member.entry.url), None),
        author=None if first is None else first.author,
        published=story.first_published,
        latest=story.last_published,
        updated=story.updated,
        entries=story.entries,
        sources=story.sources,
        flags=story.flags,
        origins=_origins(session, members),
        sentences=_sentences(story),
    )


def _origins(session: Session, members: Sequence[Member]) -> tuple[Origin, ...]:
    """The feeds in the order in which they reported."""
    ids = list(dict.fromkeys(member.entry.feed_id for member in members))[:MOST_SOURCES]
    wanted = select(FeedRow.id, FeedRow.title, FeedRow.site).where(FeedRow.id.in_(ids))
    rows = {row.id: Origin(row.title or row.site or "a feed", row.site) for row in session.execute(wanted)}
    return tuple(rows[id] for id in ids if id in rows)


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
