"""Stored articles: each with its translation, its summary, and its words for the search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.document import Span
from models.query import Query
from service.store import search
from service.store.ids import new_id
from service.store.tables import ArticleRow, SegmentRow, SummaryRow, WordsRow
from service.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A sentence on both sides: `ar` in the article's text, `en` in its English. `flags` and `alignment` as
    the API sends them."""

    paragraph: int
    ar: Span
    en: Span
    confidence: float
    flags: list[Any]
    alignment: list[Any] | None


@dataclass(frozen=True, slots=True)
class Content:
    """An answered article: all of it but id and time. `warnings`, `title_flags` and `sentences` (of the
    summary) as the API sends them. `title_en` is None where there is no title to translate,
    `title_confidence` also where the article was stored by an older version, which didn't check titles."""

    title: str | None
    text: str
    language: str
    url: str | None
    published: str | None
    author: str | None
    title_en: str | None
    english: str
    segments: tuple[StoredSegment, ...]
    method: str
    sentences: list[Any]
    warnings: list[Any]
    model: str
    signature: str
    title_confidence: float | None = None
    title_flags: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredArticle:
    id: str
    created: datetime
    content: Content


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list. `characters` counts the code points of its text, `flag_count` what the checks
    found in the title and in all segments."""

    id: str
    created: datetime
    title: str | None
    title_en: str | None
    url: str | None
    language: str
    published: str | None
    characters: int
    flag_count: int


def add(
    session: Session,
    owner: str,
    fingerprint: str,
    content: Content,
    now: datetime,
    article_id: str | None = None,
) -> str:
    """Store an article as `article_id` (a new id by default) and answer its id. The same work of the same
    owner is stored once: then the answer is the id that it has, and nothing is written."""
    row = ArticleRow(
        id=article_id or new_id("art"),
        owner=owner,
        fingerprint=fingerprint,
        created=now,
        title=content.title,
        text=content.text,
        language=content.language,
        url=content.url,
        published=content.published,
        author=content.author,
        title_en=content.title_en,
        english=content.english,
        model=content.model,
        signature=content.signature,
        warnings=content.warnings,
        characters=len(content.text),
        flag_count=len(content.title_flags) + sum(len(segment.flags) for segment in content.segments),
        title_confidence=content.title_confidence,
        title_flags=content.title_flags,
    )
    if not _insert(session, row):
        known = find(session, owner, fingerprint)
        assert known is not None
        return known
    session.add_all(_segment_rows(row.id, content.segments))
    session.add(SummaryRow(article_id=row.id, method=content.method, sentences=content.sentences))
    search.index(session, row)
    return row.id


def find(session: Session, owner: str, fingerprint: str) -> str | None:
    """The id of the owner's article with this fingerprint."""
    wanted = select(ArticleRow.id).where(ArticleRow.owner == owner, ArticleRow.fingerprint == fingerprint)
    return session.scalar(wanted)


def get(session: Session, owner: str, article_id: str) -> StoredArticle | None:
    """The owner's article with this id."""
    row = session.scalar(select(ArticleRow).where(ArticleRow.id == article_id, ArticleRow.owner == owner))
    if row is None:
        return None
    wanted = select(SegmentRow).where(SegmentRow.article_id == row.id).order_by(SegmentRow.index)
    summary = session.get_one(SummaryRow, row.id)
    return StoredArticle(row.id, row.created, _content(row, session.scalars(wanted).all(), summary))


def summaries(session: Session, article_ids: Sequence[str]) -> dict[str, list[str]]:
    """The English sentences of the articles' summaries, by article."""
    wanted = select(SummaryRow.article_id, SummaryRow.sentences).where(SummaryRow.article_id.in_(article_ids))
    return {id: [sentence["en"] for sentence in sentences] for id, sentences in session.execute(wanted)}


@dataclass(frozen=True, slots=True)
class Sides:
    """A text and its translation."""

    arabic: str
    english: str


def sides(session: Session, article_ids: Sequence[str]) -> dict[str, Sides]:
    """The articles' texts, by article."""
    wanted = select(ArticleRow.id, ArticleRow.text, ArticleRow.english).where(ArticleRow.id.in_(article_ids))
    return {row.id: Sides(row.text, row.english) for row in session.execute(wanted)}


def newest(
    session: Session, owner: str, limit: int, after: str | None = None, query: Query | None = None
) -> list[Listed]:
    """Up to `limit` of the owner's articles, newest first; with a query, those that match. `after` is the
    last id of the page before."""
    columns = (ArticleRow.id, ArticleRow.created, ArticleRow.title, ArticleRow.title_en, ArticleRow.url,
               ArticleRow.language, ArticleRow.published, ArticleRow.characters,
               ArticleRow.flag_count)  # fmt: skip
    wanted = select(*columns).where(ArticleRow.owner == owner).order_by(ArticleRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(ArticleRow.id < after)
    if query is not None:
        wanted = wanted.join(WordsRow, WordsRow.article_id == ArticleRow.id)
        wanted = wanted.where(search.matches(session, query))
    return [Listed(*row) for row in session.execute(wanted)]


def remove(session: Session, owner: str, article_id: str) -> bool:
    """Delete the owner's article with all that belongs to it; False when there is none with this id."""
    wanted = delete(ArticleRow).where(ArticleRow.id == article_id, ArticleRow.owner == owner)
    return session.scalar(wanted.returning(ArticleRow.id)) is not None


def expire(session: Session, before: datetime, limit: int = 500) -> int:
    """Delete up to `limit` articles of all owners that were stored before; answers how many there were."""
    old = select(ArticleRow.id).where(ArticleRow.created < before).order_by(ArticleRow.created).limit(limit)
    ids = session.scalars(old).all()
    session.execute(delete(ArticleRow).where(ArticleRow.id.in_(ids)))
    return len(ids)


def _insert(session: Session, row: ArticleRow) -> bool:
    """Insert the article's row unless the owner has one with this fingerprint. One statement, so that of two
    at the same moment one wins and the other waits to see it."""
    values = {column.key: getattr(row, column.key) for column in ArticleRow.__mapper__.column_attrs}
    statement = (
        insert_into(session, ArticleRow)
        .values(values)
        .on_conflict_do_nothing(index_elements=[ArticleRow.owner, ArticleRow.fingerprint])
    )
    return session.scalar(statement.returning(ArticleRow.id)) is not None


def _segment_rows(article_id: str, segments: Sequence[StoredSegment]) -> list[SegmentRow]:
    return [
        SegmentRow(
            article_id=article_id,
            index=index,
            paragraph=segment.paragraph,
            ar_start=segment.ar.start,
            ar_end=segment.ar.end,
            en_start=segment.en.start,
            en_end=segment.en.end,
            confidence=segment.confidence,
            flags=segment.flags,
            alignment=segment.alignment,
        )
        for index, segment in enumerate(segments)
    ]


def _content(row: ArticleRow, segments: Sequence[SegmentRow], summary: SummaryRow) -> Content:
    return Content(
        title=row.title,
        text=row.text,
        language=row.language,
        url=row.url,
        published=row.published,
        author=row.author,
        title_en=row.title_en,
        english=row.english,
        segments=tuple(
            StoredSegment(
                s.paragraph,
                Span(s.ar_start, s.ar_end),
                Span(s.en_start, s.en_end),
                s.confidence,
                s.flags,
                s.alignment,
            )
            for s in segments
        ),
        method=summary.method,
        sentences=summary.sentences,
        warnings=row.warnings,
        model=row.model,
        signature=row.signature,
        title_confidence=row.title_confidence,
        title_flags=row.title_flags or [],
    )
