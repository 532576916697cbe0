"""The tables of feeds and what came in through them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base


class FeedRow(Base):
    """A feed that an owner follows. `depth` says what is translated of its entries: title, summary or
    article; `full_text` whether the article's page is fetched: auto (when the feed has only a stub), always
    or never. `state`: active, or retired when its server says it is gone for good (410), or that it is now
    where another feed is followed. `wishes`: what the feed asks of those who poll it, as it said when it was
    last read. `zone`: where its clocks are when its dates don't say it (IANA's name); UTC without one.
    `listed`: the guids of the entries that were in it when it was last read."""

    __tablename__ = "feeds"
    __table_args__ = (
        UniqueConstraint("owner", "url"),
        Index("feeds_by_owner", "owner", "id"),
        Index("feeds_due", "state", "next_poll"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    url: Mapped[str]
    title: Mapped[str]
    site: Mapped[str | None]
    folder: Mapped[str]
    depth: Mapped[str]
    full_text: Mapped[str]
    sentences: Mapped[int]
    keep_days: Mapped[int | None]
    created: Mapped[datetime]
    state: Mapped[str]
    next_poll: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    last_poll: Mapped[datetime | None]
    last_success: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    remarks: Mapped[list[Any]]
    wishes: Mapped[dict[str, Any] | None]
    zone: Mapped[str | None]
    listed: Mapped[list[Any] | None] = mapped_column(deferred=True)


class EntryRow(Base):
    """An entry of a feed, once, whatever the feed does. `digest` is of title and text: another one means that
    the entry was changed after publication, and it is translated again (`revision` counts). `state`: waiting,
    translated, skipped (with the reason in `remark`) or failed. `likeness` names the text that was
    translated, its spelling aside, and how: entries alike in it share their article."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("feed_id", "guid"),
        Index("entries_by_owner", "owner", "id"),
        Index("entries_by_feed", "feed_id", "published"),
        Index("entries_by_article", "article_id"),
        Index("entries_by_likeness", "owner", "likeness"),
        Index("entries_by_state", "state", "owner", "id"),
        # Any other kind of PostgreSQL's bounds how long an address may be.
        # On PostgreSQL a hash: to say so here would import its dialect, 30 ms at each start.
        Index("entries_by_address", "url"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    feed_id: Mapped[str] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"))
    owner: Mapped[str]
    guid: Mapped[str]
    url: Mapped[str | None]
    title: Mapped[str]
    text: Mapped[str]
    author: Mapped[str | None]
    published: Mapped[datetime]
    seen: Mapped[datetime]
    digest: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str]
    remark: Mapped[str | None]
    title_en: Mapped[str | None]
    article_id: Mapped[str | None] = mapped_column(ForeignKey("articles.id", ondelete="SET NULL"))
    likeness: Mapped[str | None]


def within(folder: str) -> ColumnElement[bool]:
    """Of feeds: in the folder or one within it. Not with LIKE, to which capitals mean nothing on SQLite."""
    inner = f"{folder}/"
    return (FeedRow.folder == folder) | (func.substr(FeedRow.folder, 1, len(inner)) == inner)
