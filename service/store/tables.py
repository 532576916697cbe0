"""The tables. Times are UTC; `owner` is the team (or the single key) that made a row and may see it.

The schema in the database is made by the migrations alone; a test compares the two.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.store.types import AnyText, UtcTime


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name for it
        datetime: UtcTime,
        str: AnyText,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class OutboxRow(Base):
    """What the rows of every outbox have (`outbox.py`). `state` is waiting, dead, or the outbox's own word
    for what has arrived. `attempts` fences out a sender whose lease ran out. `next_attempt` of a message that
    isn't waiting is when that came about."""

    __abstract__ = True
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt: Mapped[datetime]
    last_error: Mapped[str | None]
    created: Mapped[datetime]


class KeyRow(Base):
    """An API key. Only the digest of its secret is kept; `hint` is its beginning, to tell keys apart."""

    __tablename__ = "keys"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    scopes: Mapped[list[Any]]
    daily_characters: Mapped[int | None] = mapped_column(BigInteger)
    created: Mapped[datetime]
    revoked: Mapped[datetime | None]


class UsageRow(Base):
    """What a key used on a day (UTC). `key_id` is `local` for callers without a key."""

    __tablename__ = "usage"
    key_id: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    characters: Mapped[int] = mapped_column(BigInteger, default=0)
    requests: Mapped[int] = mapped_column(BigInteger, default=0)


class ArticleRow(Base):
    """A stored article with its translation as a whole. `fingerprint` names article, options and signature:
    the same work is stored once per owner. `characters` (code points of `text`) and `flag_count` are here so
    that a list needs no look at texts and segments."""

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("owner", "fingerprint"),
        Index("articles_by_owner", "owner", "id"),
        Index("articles_by_age", "created"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    fingerprint: Mapped[str]
    created: Mapped[datetime]
    title: Mapped[str | None]
    text: Mapped[str]
    language: Mapped[str]
    url: Mapped[str | None]
    published: Mapped[str | None]
    author: Mapped[str | None]
    title_en: Mapped[str | None]
    english: Mapped[str]
    model: Mapped[str]
    signature: Mapped[str]
    warnings: Mapped[list[Any]]
    characters: Mapped[int] = mapped_column(BigInteger, server_default="0")
    flag_count: Mapped[int] = mapped_column(server_default="0")
    title_confidence: Mapped[float | None]
    title_flags: Mapped[list[Any] | None]


class SegmentRow(Base):
    """A segment on both sides: places in `articles.text` and `articles.english`. `flags` and `alignment` as
    the API sends them."""

    __tablename__ = "segments"
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    paragraph: Mapped[int]
    ar_start: Mapped[int]
    ar_end: Mapped[int]
    en_start: Mapped[int]
    en_end: Mapped[int]
    confidence: Mapped[float]
    flags: Mapped[list[Any]]
    alignment: Mapped[list[Any] | None]


class SummaryRow(Base):
    """An article's summary; `sentences` as the API sends them."""

    __tablename__ = "summaries"
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True)
    method: Mapped[str]
    sentences: Mapped[list[Any]]


class WordsRow(Base):
    """The words of an article as `word_rows.py` cuts them, a space between; `policy` says by which rules. The
    index over them is the database's own (FTS5 or GIN): the migration makes it, triggers or a generated
    column keep it."""

    __tablename__ = "article_words"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"), unique=True)
    policy: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    marks: Mapped[str] = mapped_column(default="")


class BatchRow(Base):
    """Many articles sent together; its items are jobs."""

    __tablename__ = "batches"
    __table_args__ = (Index("batches_by_owner", "owner", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    key_id: Mapped[str | None]
    kind: Mapped[str]
    total: Mapped[int]
    created: Mapped[datetime]
    announced: Mapped[datetime | None]


class JobRow(Base):
    """A piece of accepted work; the truth about it. `request` is what to do, `result` what came out (unless
    it is the stored article `article_id`). A worker owns a running job until `lease_until`; `attempts` fences
    out a worker that lost its lease."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("jobs_waiting", "state", "lane", "owner", "id", "not_before"),
        Index("jobs_by_owner", "owner", "id"),
        Index("jobs_by_batch", "batch_id", "position"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    key_id: Mapped[str | None]
    kind: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    request: Mapped[dict[str, Any]]
    characters: Mapped[int] = mapped_column(BigInteger)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"))
    position: Mapped[int | None]
    custom_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    cancelling: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    article_id: Mapped[str | None]
    result: Mapped[str | None]
    problem: Mapped[dict[str, Any] | None]
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class IdempotencyRow(Base):
    """The answer to a POST with an `Idempotency-Key`; without a status while the first one is at work."""

    __tablename__ = "idempotency"
    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    created: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[str | None]


class WebhookRow(Base):
    """Whom to tell about finished work. The secret signs deliveries, so it is kept as it is. `gone`: when the
    receiver said that it is no more."""

    __tablename__ = "webhooks"
    __table_args__ = (Index("webhooks_by_owner", "owner", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[list[Any]]
    created: Mapped[datetime]
    gone: Mapped[datetime | None]


class DeliveryRow(OutboxRow):
    """One message to a webhook, written in the transaction that finished the work it tells of. `state` is
    waiting, delivered or dead."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("deliveries_due", "state", "next_attempt"),
        Index("deliveries_by_webhook", "webhook_id", "id"),
        Index("deliveries_next", "webhook_id", "state", "next_attempt"),
    )
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str]
    payload: Mapped[str]
    last_status: Mapped[int | None]
    delivered: Mapped[datetime | None]


class GlossaryRow(Base):
    """A team's own terms; each language pair is a dictionary of it."""

    __tablename__ = "glossaries"
    __table_args__ = (Index("glossaries_by_owner", "owner", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    created: Mapped[datetime]


class DictionaryRow(Base):
    """A glossary's terms for one language pair (ISO 639 codes, lower case); `entries` is TSV."""

    __tablename__ = "dictionaries"
    glossary_id: Mapped[str] = mapped_column(
        ForeignKey("glossaries.id", ondelete="CASCADE"), primary_key=True
    )
    source_language: Mapped[str] = mapped_column(primary_key=True)
    target_language: Mapped[str] = mapped_column(primary_key=True)
    entries: Mapped[str]
    entry_count: Mapped[int]
