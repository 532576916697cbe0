"""The tables of stories: entries of several feeds that report the same thing."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
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
    """Where an entry stands and what it is compared by. `kind`: `first`, or what it is to the first entry of
    its story (`copy`, `part`, `fuller`, `correction`, `related`). `by_hand`: somebody put it there, and
    nothing else moves it. `sketch` and `terms` are of `models.stories` and go when the entry is
    too old to be compared with."""

    __tablename__ = "placements"
    __table_args__ = (
        Index("placements_by_story", "story_id", "published"),
        # On PostgreSQL with the same condition: to say so here would import its dialect, 30 ms at each start.
        Index("placements_compared", "published", sqlite_where=text("sketch IS NOT NULL")),
    )
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str]
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))
    feed_id: Mapped[str]
    published: Mapped[datetime]
    kind: Mapped[str] = mapped_column(default="first")
    by_hand: Mapped[bool] = mapped_column(default=False)
    flags: Mapped[int] = mapped_column(default=0)
    sketch: Mapped[bytes | None] = mapped_column(LargeBinary)
    terms: Mapped[dict[str, Any] | None]


class BandRow(Base):
    """A key of an entry: a band of its MinHash or one of its weightiest terms, hashed together with the
    owner. Entries with a key in common are candidates. In the database, so that several processes share them
    and a restart costs nothing."""

    __tablename__ = "story_bands"
    __table_args__ = (Index("story_bands_by_entry", "entry_id"), {"sqlite_with_rowid": False})
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)


class TermRow(Base):
    """In how many of an owner's entries a term occurred, for the weights of terms. The empty term counts all
    entries."""

    __tablename__ = "story_terms"
    __table_args__ = ({"sqlite_with_rowid": False},)
    owner: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(primary_key=True)
    entries: Mapped[int]


class ApartRow(Base):
    """Two stories that somebody parted by hand: nothing joins them again. The smaller id comes first."""

    __tablename__ = "stories_apart"
    __table_args__ = (Index("stories_apart_by_other", "other"),)
    one: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    other: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)


class ForwardRow(Base):
    """A story that is gone, as it became a part of `story_id`: links to it lead there."""

    __tablename__ = "story_forwards"
    __table_args__ = (Index("story_forwards_by_story", "story_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"))


class MarkRow(Base):
    """What a reader (a key, or `local`) did with a story: read it as of `read_revision`, starred it."""

    __tablename__ = "story_marks"
    __table_args__ = (Index("story_marks_by_story", "story_id"),)
    reader: Mapped[str] = mapped_column(primary_key=True)
    story_id: Mapped[str] = mapped_column(ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    read_revision: Mapped[int | None]
    starred: Mapped[datetime | None]
