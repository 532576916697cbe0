"""Finds a glossary's terms in Arabic text: all of them in one pass, however many there are.

The terms stand in a tree of words. Each word of the text is looked up under its readings (`clitics`), and the
tree is followed from there; the longest terms are taken first and never overlap. Linear in the text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from models.arabic import Normalised, for_matching, for_model
from models.document import Span
from models.glossary.clitics import ARTICLE, Reading, readings
from models.glossary.entries import Term, key

#: A word that ends in an alef only for these is another than one that ends in alef: درعاً is not درعا.
_TANWIN = ("\u064b", "\u064b\u0627", "\u0627\u064b")
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Match:
    """A term in a text. `span` is the term alone, `words` the written words it stands in, clitics included.
    `definite`: it has the article, its own or an added one. `owned`: a possessive ending hangs on it.
    `verbatim`: of no glossary, a name in Latin letters."""

    term: Term
    span: Span
    words: Span
    definite: bool = False
    owned: bool = False
    verbatim: bool = False

    def mapped(self, to: Callable[[int, int], Span]) -> "Match":
        """The same match in another text, `to` giving the place of a span there."""
        return replace(
            self, span=to(self.span.start, self.span.end), words=to(self.words.start, self.words.end)
        )


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """Tokens first to last (end exclusive) under one reading of the first."""

    terms: Sequence[Term]
    first: int
    last: int
    reading: Reading


class Matcher:
    """Immutable once made, so threads may share it."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._root = _Node()
        for term in terms:
            node = self._root
            for token in key(term.source):
                node = node.children.setdefault(token, _Node())
            node.terms.append(term)

    def find(self, text: str) -> list[Match]:
        """The terms in `text`, in order; spans count code points of `text` as it is."""
        folded = for_matching(text)
        words = [Span(m.start(), m.end()) for m in _TOKEN.finditer(folded.text)]
        tokens = [w.of(folded.text) for w in words]
        taken = [False] * len(tokens)
        found: list[Match] = []
        for hit in sorted(self._hits(tokens), key=_rank):
            if not any(taken[hit.first : hit.last]) and (match := _match(hit, text, folded, words)):
                taken[hit.first : hit.last] = [True] * (hit.last - hit.first)
                found.append(match)
        return sorted(found, key=lambda m: m.span.start)

    def _hits(self, tokens: Sequence[str]) -> Iterator[_Found]:
        children = self._root.children
        for first, token in enumerate(tokens):
            for reading in readings(token):
                node = children.get(reading.form)
                if node is None:
                    continue
                if node.terms and not (reading.tanwin and reading.article):
                    yield _Found(node.terms, first, first + 1, reading)
                if node.children and not (reading.pronoun or reading.tanwin):
                    for terms, last in _follow(node, tokens, first + 1, reading.article):
                        yield _Found(terms, first, last, reading)


def _follow(
    node: _Node, tokens: Sequence[str], at: int, article: bool
) -> Iterator[tuple[Sequence[Term], int]]:
    """Terms that go on from `node`. After an added article the adjectives that follow may have it too."""
    if at == len(tokens):
        return
    token = tokens[at]
    forms = [token]
    if article and token.startswith(ARTICLE):
        forms.append(token[len(ARTICLE) :])
    for form in forms:
        child = node.children.get(form)
        if child is not None:
            if child.terms:
                yield child.terms, at + 1
            yield from _follow(child, tokens, at + 1, article)


def _rank(hit: _Found) -> tuple[int, int, int, int]:
    """Longest first, then the reading that takes least off, then the leftmost."""
    return (hit.first - hit.last, hit.reading.clitics, -len(hit.reading.form), hit.first)


def _match(hit: _Found, text: str, folded: Normalised, words: Sequence[Span]) -> Match | None:
    first, last = words[hit.first], words[hit.last - 1]
    single = hit.last - hit.first == 1
    whole = folded.to_original(first.start, last.end)
    end = first.start + hit.reading.end if single else last.end
    span = folded.to_original(first.start + hit.reading.start, end)
    if hit.reading.pronoun and _is_ta_marbuta(whole.of(text)):
        return None
    written = span.of(text)
    if single and not hit.reading.tanwin and written.endswith(_TANWIN):
        hit = replace(hit, terms=[t for t in hit.terms if t.source.endswith(_TANWIN)])
    rest = [w.of(folded.text) for w in words[hit.first + 1 : hit.last]]
    for term in sorted(hit.terms, key=lambda t: t.source != written):
        if not term.case_sensitive or for_model(term.source).text == for_model(written).text:
            definite = hit.reading.article or any(w.startswith(ARTICLE) for w in (hit.reading.form, *rest))
            return Match(term, span, whole, definite, hit.reading.pronoun)
    return None


def _is_ta_marbuta(word: str) -> bool:
    """ة at the end folds to ه, which then looks like a possessive ending."""
    return for_model(word).text.endswith("ة")
