"""Whether a document answers a query, and where; and by which tokens a query is found without trying all."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import assert_never

from models.document import Span
from models.query.documents import Document, comes_from
from models.query.nodes import After, All, Any, Before, Not, Phrase, Query, Source, Title, Word
from models.query.tokens import Token, placed


def matches(query: Query, document: Document) -> bool:
    """Does the document answer the query?"""
    return _holds(query, document, False)


def highlights(query: Query, text: str) -> list[Span]:
    """Places in a text (Arabic or English, title or body) that the query's words and phrases hit, in order,
    touching ones joined by what is between them in a phrase. What is denied is not shown."""
    return places(query, list(placed(text)))


def places(query: Query, found: Sequence[Token]) -> list[Span]:
    """The same for a text that is cut already, as `placed` does it: for many queries of one text."""
    wanted = list(_wanted(query))
    spans = {span for part in wanted for span in _places(part, found)}
    return _merged(sorted(spans, key=lambda span: (span.start, span.end)))


def _holds(query: Query, document: Document, in_title: bool) -> bool:
    match query:
        case Word(token, prefix):
            words = document.title_words if in_title else document.words
            return any(word.startswith(token) for word in words) if prefix else token in words
        case Phrase(tokens):
            words = document.title_words if in_title else document.words
            sides = document.title if in_title else (*document.title, *document.body)
            return words.issuperset(tokens) and any(_beside(tokens, side) for side in sides)
        case All(parts):
            return all(_holds(part, document, in_title) for part in parts)
        case Any(parts):
            return any(_holds(part, document, in_title) for part in parts)
        case Not(part):
            return not _holds(part, document, in_title)
        case Title(part):
            return _holds(part, document, True)
        case Source(text):
            return comes_from(text, document.source)
        case After(day):
            return document.published.astimezone(UTC) >= _midnight(day)
        case Before(day):
            return document.published.astimezone(UTC) < _midnight(day)
        case _:
            assert_never(query)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _beside(wanted: Sequence[str], side: Sequence[str]) -> bool:
    size, first = len(wanted), wanted[0]
    return any(
        token == first and tuple(side[at : at + size]) == tuple(wanted) for at, token in enumerate(side)
    )


def _wanted(query: Query) -> Iterable[Word | Phrase]:
    """The words and phrases that are asked for, not those denied."""
    match query:
        case Word() | Phrase():
            yield query
        case All(parts) | Any(parts):
            for part in parts:
                yield from _wanted(part)
        case Title(part):
            yield from _wanted(part)
        case Not() | Source() | After() | Before():
            return
        case _:
            assert_never(query)


def _places(part: Word | Phrase, found: Sequence[Token]) -> Iterable[Span]:
    if isinstance(part, Word):
        for token in found:
            if token.text.startswith(part.token) if part.prefix else token.text == part.token:
                yield token.place
        return
    size = len(part.tokens)
    for at in range(len(found) - size + 1):
        if all(found[at + k].text == part.tokens[k] for k in range(size)):
            yield Span(found[at].place.start, found[at + size - 1].place.end)


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Overlapping spans as one."""
    merged: list[Span] = []
    for span in spans:
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
