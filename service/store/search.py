"""Full-text search over stored articles. What a query means is in `models.query`, how it is looked up in
`query_sql`; both are the same for entries. The words are written in the transaction that stores the article,
and go with it.
"""

from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, delete, false, func, literal_column, or_, select
from sqlalchemy.orm import Session

from models.query import Query
from models.query.tokens import runs
from service.store import query_sql, word_rows
from service.store.query_sql import Target
from service.store.tables import ArticleRow, WordsRow

#: What stands between the words of an address.
_BETWEEN = ("://", *"/.:-_?=&%#+~,@;!$'()*")


def index(session: Session, article: ArticleRow) -> None:
    """Write the article's words, or write them again. It must have been flushed."""
    session.execute(delete(WordsRow).where(WordsRow.article_id == article.id))
    found = word_rows.words(
        (article.title or "", article.title_en or ""),
        (article.text, article.english),
        not _is_sqlite(session),
    )
    session.add(
        WordsRow(
            article_id=article.id,
            policy=word_rows.POLICY,
            title=found.title,
            body=found.body,
            marks=found.marks,
        )
    )


def refresh(session: Session, limit: int) -> int:
    """Write the words of up to `limit` articles that have none yet or were indexed by other rules; answers
    how many there were."""
    stale = (
        select(ArticleRow)
        .outerjoin(WordsRow, WordsRow.article_id == ArticleRow.id)
        .where(or_(WordsRow.policy.is_(None), WordsRow.policy != word_rows.POLICY))
        .limit(limit)
    )
    found = session.scalars(stale).all()
    for article in found:
        index(session, article)
    return len(found)


def matches(session: Session, query: Query) -> ColumnElement[bool]:
    """A condition on `WordsRow` joined with its `ArticleRow`. Its source is the article's address, and it
    counts as published when it was stored: what articles say of their own date is in any form."""
    target = Target(
        index="article_index",
        id=WordsRow.__table__.c.id,
        title=WordsRow.__table__.c.title,
        body=WordsRow.__table__.c.body,
        vector=literal_column("article_words.vector"),
        source=_has_in_address,
        since=_stored_since,
        is_sqlite=_is_sqlite(session),
    )
    return query_sql.condition(query, target)


def _has_in_address(text: str) -> ColumnElement[bool]:
    """Whole words side by side, as in the names of feeds, but as they stand there: an address isn't cut into
    tokens."""
    words = " ".join(runs(text))
    if not words:
        return false()
    spaced: ColumnElement[str] = func.lower(func.coalesce(ArticleRow.url, ""))
    for mark in _BETWEEN:
        spaced = func.replace(spaced, mark, " ")
    return (" " + spaced + " ").contains(f" {words} ", autoescape=True)


def _stored_since(day: date) -> ColumnElement[bool]:
    return ArticleRow.created >= datetime(day.year, day.month, day.day, tzinfo=UTC)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
