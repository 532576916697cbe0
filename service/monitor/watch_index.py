"""Which of many queries an entry answers, without trying them all. Pure.

Each query is filed under words of which a document that answers it has at least one; a document's words name
the few queries that are worth trying. Queries for a source alone are filed under it. What can't be filed (a
date alone, a mere denial) is tried each time.
"""

import itertools
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

#: Sources whose watches are kept ready.
MOST_SOURCES = 10_000


class WatchIndex:
    """The queries of some watches, by id. One that can't be read any more, as the language has changed,
    finds nothing."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._queries: dict[str, Query] = {}
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._by_beginning: dict[str, list[str]] = defaultdict(list)
        self._by_source: dict[str, list[str]] = defaultdict(list)
        self._at_source: dict[str, frozenset[str]] = {}
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
        anchors = filed_under(query)
        if anchors is None:
            self._unfiled.append(id)
            return
        for anchor in anchors:
            match anchor:
                case Source(text):
                    self._by_source[text].append(id)
                case Word(token, prefix):
                    (self._by_beginning if prefix else self._by_word)[token].append(id)

    def _worth_trying(self, document: Document) -> Iterable[str]:
        found = {*self._unfiled, *self._of_source(document.source)}
        for word in self._by_word.keys() & document.words:
            found.update(self._by_word[word])
        for length in self._lengths:
            beginnings = {word[:length] for word in document.words}
            for beginning in self._by_beginning.keys() & beginnings:
                found.update(self._by_beginning[beginning])
        return found

    def _of_source(self, source: str) -> frozenset[str]:
        """The watches whose source it is. Sources are few and come again and again."""
        known = self._at_source.get(source)
        if known is None:
            ids = (ids for text, ids in self._by_source.items() if queries.comes_from(text, source))
            known = frozenset(itertools.chain.from_iterable(ids))
            if len(self._at_source) >= MOST_SOURCES:
                self._at_source.clear()
            self._at_source[source] = known
        return known


def filed_under(query: Query) -> frozenset[Word | Source] | None:
    """Words (or beginnings, or sources) of which a document that answers the query has at least one; None
    when there are none. Of parts that all have to hold, that with the fewest and longest words is taken."""
    match query:
        case Word() | Source():
            return frozenset((query,))
        case Phrase(tokens):
            return frozenset((Word(max(tokens, key=len)),))
        case Title(part):
            return filed_under(part)
        case All(parts):
            found = [anchors for anchors in map(filed_under, parts) if anchors is not None]
            return min(found, key=_worth, default=None)
        case Any(parts):
            each = [filed_under(part) for part in parts]
            known = [anchors for anchors in each if anchors is not None]
            return frozenset[Word | Source]().union(*known) if len(known) == len(each) else None
        case Not() | After() | Before():
            return None
        case _:
            assert_never(query)


def _worth(anchors: frozenset[Word | Source]) -> tuple[bool, int, bool, int]:
    """Smaller is better: no source, few words, whole ones, long ones."""
    words = [anchor for anchor in anchors if isinstance(anchor, Word)]
    shortest = min((len(word.token) for word in words), default=0)
    return len(words) < len(anchors), len(anchors), any(word.prefix for word in words), -shortest


def _parsed(text: str) -> Query | None:
    try:
        return queries.parse(text)
    except QueryError:
        return None
