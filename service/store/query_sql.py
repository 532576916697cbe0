"""A query's tree as SQL, for whatever has rows of words: one meaning on SQLite (FTS5) and PostgreSQL (GIN).

What the index can answer goes to it as one expression; sources, dates, and what only denies (an index lists
who has a word, not who hasn't) become conditions on rows. `split` parts the two.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import assert_never

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    true,
)

from models.query import After, All, Any, Before, Not, Phrase, Query, Source, Title, Word
from service.store.word_rows import IN_TITLE, PAIR, pair


@dataclass(frozen=True, slots=True)
class Target:
    """What is searched. `index`: the FTS5 table; `id`, `title`, `body`, `vector`: columns of the rows of
    words; `source`: the condition that the source has a text in its name; `since`: that it was published on a
    day or later."""

    index: str
    id: ColumnElement[int]
    title: ColumnElement[str]
    body: ColumnElement[str]
    vector: ColumnElement[object]
    source: Callable[[str], ColumnElement[bool]]
    since: Callable[[date], ColumnElement[bool]]
    is_sqlite: bool


@dataclass(frozen=True, slots=True)
class Split:
    """Both have to hold: `words`, which the index answers, and each of `rest`."""

    words: Query | None
    rest: tuple[Query, ...]


def split(query: Query) -> Split:
    """Title is at the leaves afterwards."""
    return _split(_lowered(query, False))


def condition(query: Query, target: Target) -> ColumnElement[bool]:
    """The whole query as a condition on rows."""
    return _holds(_lowered(query, False), target)


def holds(parts: Iterable[Query], target: Target) -> ColumnElement[bool]:
    """All of these (the rest of a `Split`) as a condition on rows."""
    return and_(true(), *(_holds(part, target) for part in parts))


def fts5(query: Query) -> str:
    """The words of a `Split` for MATCH, see https://sqlite.org/fts5.html#full_text_query_syntax"""
    match query:
        case Word(token, prefix):
            return f'"{token}"*' if prefix else f'"{token}"'
        case Phrase(tokens):
            return f'"{" ".join(tokens)}"'
        case Title(part):
            return f"title : {fts5(part)}"
        case All(parts):
            asked = " AND ".join(fts5(part) for part in parts if not isinstance(part, Not))
            denied = [fts5(part.part) for part in parts if isinstance(part, Not)]
            return f"({asked})" if not denied else f"(({asked}) NOT ({' OR '.join(denied)}))"
        case Any(parts):
            return f"({' OR '.join(map(fts5, parts))})"
        case Not() | Source() | After() | Before():
            raise ValueError("not for the index")
        case _:
            assert_never(query)


def has(query: Query, target: Target) -> ColumnElement[bool]:
    """PostgreSQL: all rows that the words of a `Split` find, and few others."""
    from sqlalchemy.dialects.postgresql import TSQUERY

    wanted = _tsquery(query, True)
    assert wanted is not None  # `_indexable`
    return target.vector.bool_op("@@")(cast(literal(wanted), TSQUERY))


def has_phrases(query: Query) -> bool:
    """Whether some of the rows of `has` have to be looked at."""
    match query:
        case Phrase():
            return True
        case All(parts) | Any(parts):
            return any(map(has_phrases, parts))
        case Not(part) | Title(part):
            return has_phrases(part)
        case _:
            return False


def reads(query: Query, target: Target) -> ColumnElement[bool]:
    """PostgreSQL: whether a row has the words of a `Split`, by vector and texts."""
    match query:
        case Word():
            return has(query, target)
        case Phrase(tokens):
            return or_(_beside(tokens, target.title), _beside(tokens, target.body))
        case Title(Phrase(tokens)):
            return _beside(tokens, target.title)
        case Title():
            return has(query, target)
        case All(parts):
            return and_(*(reads(part, target) for part in parts))
        case Any(parts):
            return or_(*(reads(part, target) for part in parts))
        case Not(part):
            return not_(reads(part, target))
        case Source() | After() | Before():
            raise ValueError("not for the index")
        case _:
            assert_never(query)


def _lowered(query: Query, in_title: bool) -> Query:
    """The same with each title: at a word or phrase."""
    match query:
        case Word() | Phrase():
            return Title(query) if in_title else query
        case All(parts):
            return All(tuple(_lowered(part, in_title) for part in parts))
        case Any(parts):
            return Any(tuple(_lowered(part, in_title) for part in parts))
        case Not(part):
            return Not(_lowered(part, in_title))
        case Title(part):
            return _lowered(part, True)
        case Source() | After() | Before():
            return query
        case _:
            assert_never(query)


def _indexable(query: Query) -> bool:
    """Can the index list who answers the query?"""
    match query:
        case Word() | Phrase() | Title():
            return True
        case All(parts):
            asked = [part for part in parts if not isinstance(part, Not)]
            denied = [part.part for part in parts if isinstance(part, Not)]
            return bool(asked) and all(map(_indexable, (*asked, *denied)))
        case Any(parts):
            return all(map(_indexable, parts))
        case Not() | Source() | After() | Before():
            return False
        case _:
            assert_never(query)


def _split(query: Query) -> Split:
    if _indexable(query):
        return Split(query, ())
    if not isinstance(query, All):
        return Split(None, (query,))
    asked = [part for part in query.parts if _indexable(part)]
    if not asked:
        return Split(None, query.parts)
    asked += [part for part in query.parts if isinstance(part, Not) and _indexable(part.part)]
    return Split(All(tuple(asked)), tuple(part for part in query.parts if part not in asked))


def _holds(query: Query, target: Target) -> ColumnElement[bool]:
    parted = _split(query)
    if parted.words is not None:
        return and_(_looked_up(parted.words, target), *(_holds(part, target) for part in parted.rest))
    match query:
        case All(parts):
            return and_(*(_holds(part, target) for part in parts))
        case Any(parts):
            words = tuple(part for part in parts if _indexable(part))
            others = [_holds(part, target) for part in parts if part not in words]
            return or_(_looked_up(Any(words), target), *others) if words else or_(*others)
        case Not(part):
            return not_(_holds(part, target))
        case Source(text):
            return target.source(text)
        case After(day):
            return target.since(day)
        case Before(day):
            return not_(target.since(day))
        case _:
            raise AssertionError(query)  # `_indexable`


def _looked_up(words: Query, target: Target) -> ColumnElement[bool]:
    if not target.is_sqlite:
        found = has(words, target)
        return and_(found, reads(words, target)) if has_phrases(words) else found
    hits = select(column("rowid", Integer)).select_from(table(target.index))
    # The sum keeps SQLite from going through all hits for each row: it looks the id up in them.
    return (target.id + 0).in_(hits.where(match_of(words, target)))


def match_of(words: Query, target: Target) -> ColumnElement[bool]:
    """SQLite: the words of a `Split` as a condition on the FTS5 table."""
    name: ColumnElement[str] = literal_column(target.index)
    return name.bool_op("MATCH")(fts5(words))


def _beside(tokens: Sequence[str], field: ColumnElement[str]) -> ColumnElement[bool]:
    return func.concat(" ", field, " ", type_=Text).like(f"% {' '.join(tokens)} %")


def _tsquery(query: Query, over: bool, in_title: bool = False) -> str | None:
    """Text of a tsquery that holds for every row that answers the query, and for some more (`over`), or for
    none that doesn't, and for some less. None where that is every row, or none at all."""
    match query:
        case Word(token, prefix):
            return f"'{IN_TITLE if in_title else ''}{token}'{':*' if prefix else ''}"
        case Phrase(tokens):
            if not over:
                return None
            words = (_tsquery(Word(token), True, in_title) for token in dict.fromkeys(tokens))
            pairs = dict.fromkeys(pair(*both) for both in pairwise(tokens))
            near = " & ".join(f"'{mark}'" for mark in pairs)
            return f"({' & '.join(filter(None, words))} & (({near}) | '{PAIR}'))"
        case Title(part):
            return _tsquery(part, over, True)
        case Not(part):
            inner = _tsquery(part, not over, in_title)
            return None if inner is None else f"!({inner})"
        case All(parts) | Any(parts):
            found = [_tsquery(part, over, in_title) for part in parts]
            some = [text for text in found if text is not None]
            # One that says nothing decides where "everything" meets OR, and "nothing" meets AND.
            if not some or (len(some) < len(found) and over is isinstance(query, Any)):
                return None
            return f"({(' & ' if isinstance(query, All) else ' | ').join(some)})"
        case Source() | After() | Before():
            raise ValueError("not for the index")
        case _:
            assert_never(query)
