"""The tables of stories: entries of several feeds that report the same thing."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base


class StoryRow(Base):
    """A story. `title`, `title_en` and `first_entry_id` are those of its first entry; `entries` and `sources`
    count, `flags` sums the flags of its articles. `revision` counts what was added or taken away; `summary`
    (its JSON) was made for `summary_revision`. `updated` moves with every change: who watches the list asks
    for what is later."""

    __tablename__ = "stories"
    __table_args__ = (
        Index("stories_by_last", "owner", "last_published", "id"),
        Index("stories_by_update", "owner", "updated"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str | None]
    first_entry_id: Mapped[str | None]
    first_published: Mapped[datetime]
    last_published: Mapped[datetime]
    entries: Mapped[int]
    sources: Mapped[int]
    flags: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    summary: Mapped[dict[str, Any] | None]
    summary_revision: Mapped[int | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class PlacementRow(Base):
    """Where an entry stands and what it is compared by. `by_hand`: somebody put it there, and nothing else
    moves it. `signature`: its MinHash; `terms`: the weightiest terms of its text, for related articles."""

    __tablename__ = "placements"
    __table_args__ = (Index("placements_by_story", "story_id", "published"),)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str]
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    feed_id: Mapped[str]
    published: Mapped[datetime]
    by_hand: Mapped[bool] = mapped_column(default=False)
    flags: Mapped[int] = mapped_column(default=0)
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)
    terms: Mapped[dict[str, Any] | None]


class BandRow(Base):
    """A band of an entry's MinHash (`key` names band and value): entries with one in common are candidates.
    In the database, so that several processes share them and a restart costs nothing."""

    __tablename__ = "story_bands"
    __table_args__ = (Index("story_bands_by_entry", "entry_id"),)
    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)


class ApartRow(Base):
    """Two stories that somebody parted by hand: nothing joins them again. The smaller id comes first."""

    __tablename__ = "stories_apart"
    one: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    other: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)


class MarkRow(Base):
    """What a reader (a key, or `local`) did with a story: read it as of `read_revision`, starred it."""

    __tablename__ = "story_marks"
    reader: Mapped[str] = mapped_column(primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    read_revision: Mapped[int | None]
    starred: Mapped[datetime | None]
