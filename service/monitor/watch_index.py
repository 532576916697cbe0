"""Which of many queries an entry answers, without trying them all. Pure.

Each query is filed under words of which a document that answers it has at least one; a document's words name
the few queries that are worth trying. What can't be filed (a source or a date alone, a mere denial) is tried
each time, which is cheap: it looks at no text.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import assert_never

from models import query as queries
from models.query import (
    After,
    All,
    Any,
    Before,
    Document,
    Not,
    Phrase,
    Query,
    QueryError,
    Source,
    Title,
    Word,
)


class WatchIndex:
    """The queries of some watches, by id. One that can't be read any more, as the language has changed,
    finds nothing."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._queries: dict[str, Query] = {}
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        self._unfiled: list[str] = []
        for id, text in texts.items():
            query = _parsed(text)
            if query is not None:
                self._queries[id] = query
                self._file(id, query)
        self._lengths = sorted({len(beginning) for beginning in self._by_beginning})

    def answered(self, document: Document) -> dict[str, Query]:
        """The queries that the document answers, by watch."""
        found = {id: self._queries[id] for id in self._worth_trying(document)}
        return {id: query for id, query in found.items() if queries.matches(query, document)}

    def _file(self, id: str, query: Query) -> None:
        words = filed_under(query)
        if words is None:
            self._unfiled.append(id)
            return
        for word in words:
            (self._by_beginning if word.prefix else self._by_word)[word.token].append(id)

    def _worth_trying(self, document: Document) -> Iterable[str]:
        found = set(self._unfiled)
        for word in self._by_word.keys() & document.words:
            found.update(self._by_word[word])
        for length in self._lengths:
            beginnings = {word[:length] for word in document.words}
            for beginning in self._by_beginning.keys() & beginnings:
                found.update(self._by_beginning[beginning])
        return found


def filed_under(query: Query) -> frozenset[Word] | None:
    """Words (or beginnings) of which a document that answers the query has at least one; None when there are
    no such words. Of parts that all have to hold, the one with the fewest and longest words is taken."""
    match query:
        case Word():
            return frozenset((query,))
        case Phrase(tokens):
            return frozenset((Word(max(tokens, key=len)),))
        case Title(part):
            return filed_under(part)
        case All(parts):
            found = [words for words in map(filed_under, parts) if words is not None]
            return min(found, key=_worth, default=None)
        case Any(parts):
            each = [filed_under(part) for part in parts]
            known = [words for words in each if words is not None]
            return frozenset[Word]().union(*known) if len(known) == len(each) else None
        case Not() | Source() | After() | Before():
            return None
        case _:
            assert_never(query)


def _worth(words: frozenset[Word]) -> tuple[int, bool, int]:
    """Smaller is better: few words, whole ones, long ones."""
    shortest = min((len(word.token) for word in words), default=0)
    return len(words), any(word.prefix for word in words), -shortest


def _parsed(text: str) -> Query | None:
    try:
        return queries.parse(text)
    except QueryError:
        return None
