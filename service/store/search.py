"""Full-text search over stored articles: one meaning on SQLite (FTS5) and PostgreSQL (tsvector and GIN).

A *token* is a run of letters and digits of the text under `models.arabic`'s matching policy: alef forms, ya,
ta marbuta and hamza seats folded, diacritics and tatweel gone, case folded, digits Western. Both databases
get tokens cut here and never cut or fold themselves, so that they find the same. `Al-Hariri` and `12,500` are
two tokens that stand side by side; asking for them is asking for a phrase.

A query is a tree (`Phrase`, `All`), made by `parse` and turned into SQL by `matches`. The words are written
in the transaction that stores the article, and go with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    cast,
    column,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Session

from models import arabic
from service.store.tables import ArticleRow, WordsRow

#: Names the rules below and those of the matching policy. Words that were cut by others are cut again.
POLICY = f"tokens:1|matching:{arabic.MATCHING_POLICY_VERSION}"
#: Characters of a token that count; PostgreSQL takes 2,046 bytes.
LONGEST_TOKEN = 200
#: Bytes of different tokens that are kept of a title and of a text, in each language: PostgreSQL's vector
#: for all of them ends at 1 MiB. Half a million characters of prose have about a quarter of a million.
TITLE_BYTES, BODY_BYTES = 20_000, 480_000
#: Between the Arabic and the English, so that no phrase reaches across. Not a token.
BOUNDARY = "|"

_TOKEN = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand side by side, in the Arabic or the English of title or text; often only one."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part occurs somewhere in the article, whichever language each is in."""

    parts: tuple["Query", ...]


Query = Phrase | All


def parse(text: str) -> Query | None:
    """What somebody typed: words, and phrases in quotation marks of any kind (an open one reaches to the
    end). None when there is nothing to look for."""
    found = (tokens(quoted or word) for quoted, word in _PART.findall(arabic.for_matching(text).text))
    parts = tuple(dict.fromkeys(Phrase(tuple(some)) for some in found if some))
    return All(parts) if parts else None


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return [t[:LONGEST_TOKEN] for t in _TOKEN.findall(arabic.for_matching(text).text)]


def index(session: Session, article: ArticleRow) -> None:
    """Write the article's words, or write them again. It must have been flushed."""
    session.execute(delete(WordsRow).where(WordsRow.article_id == article.id))
    session.add(
        WordsRow(
            article_id=article.id,
            policy=POLICY,
            title=_words(article.title, article.title_en, TITLE_BYTES),
            body=_words(article.text, article.english, BODY_BYTES),
        )
    )


def refresh(session: Session, limit: int) -> int:
    """Write the words of up to `limit` articles that have none yet or were indexed by other rules; answers
    how many there were."""
    stale = (
        select(ArticleRow)
        .outerjoin(WordsRow, WordsRow.article_id == ArticleRow.id)
        .where(or_(WordsRow.policy.is_(None), WordsRow.policy != POLICY))
        .limit(limit)
    )
    found = session.scalars(stale).all()
    for article in found:
        index(session, article)
    return len(found)


def matches(session: Session, query: Query) -> ColumnElement[bool]:
    """A condition on `WordsRow`."""
    return _fts5(query) if session.get_bind().dialect.name == "sqlite" else _tsvector(query)


def _words(source: str | None, english: str | None, most: int) -> str:
    sides = (" ".join(_bounded(tokens(side or ""), most)) for side in (source, english))
    return f" {BOUNDARY} ".join(sides)


def _bounded(found: Iterable[str], most: int) -> Iterable[str]:
    """The tokens up to the one with which there are too many different ones."""
    seen: set[str] = set()
    size = 0
    for token in found:
        if token not in seen:
            seen.add(token)
            size += len(token.encode())
            if size > most:
                return
        yield token


def _fts5(query: Query) -> ColumnElement[bool]:
    """https://sqlite.org/fts5.html#full_text_query_syntax"""

    def expression(part: Query) -> str:
        match part:
            case Phrase(words):
                return f'"{" ".join(words)}"'
            case All(parts):
                return "(" + " AND ".join(map(expression, parts)) + ")"
            case _:
                assert_never(part)

    name: ColumnElement[str] = literal_column("article_index")
    hits = select(column("rowid", Integer)).select_from(table("article_index"))
    # The sum keeps SQLite from going through all hits for each article: it looks the id up in them.
    return (WordsRow.id + 0).in_(hits.where(name.bool_op("MATCH")(expression(query))))


def _tsvector(query: Query) -> ColumnElement[bool]:
    """The vector tells which articles have the words; whether these stand side by side, the texts do."""
    from sqlalchemy.dialects.postgresql import TSQUERY

    match query:
        case Phrase(words):
            wanted = cast(literal(" & ".join(f"'{word}'" for word in words)), TSQUERY)
            has: ColumnElement[bool] = literal_column("article_words.vector").bool_op("@@")(wanted)
            if len(words) == 1:
                return has
            beside = f"% {' '.join(words)} %"
            fields = (WordsRow.title, WordsRow.body)
            return and_(has, or_(*(func.concat(" ", field, " ").like(beside) for field in fields)))
        case All(parts):
            return and_(*map(_tsvector, parts))
        case _:
            assert_never(query)
