"""Chunks: what the model gets of a sentence, and how their translations become one sentence again.

A chunk is at most as long as the sentences the model was trained on. `cut` weighs every gap between two
words (a clause mark costs nothing, the middle of a quoted name a lot), adds what unequal lengths cost, and
takes the cheapest division: one dynamic programme, linear in the text for a given limit.
`benchmarks/chunk_rules.py` chose the weights by chrF (docs/decisions/chunking.md).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from models.clause_marks import GapCosts, gap_costs
from models.document import Span
from models.joining import join

__all__ = ["CUT_VERSION", "CutRules", "clauses", "cut", "join"]

#: Changes whenever the same sentence could be cut or joined differently.
CUT_VERSION = 1

_SPACED = re.compile(r"\S+")

Count = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class CutRules:
    """Weights of `cut`. A chunk of `t` tokens costs `per_chunk + balance * ((limit - t) / limit) ** 2`."""

    gaps: GapCosts = field(default_factory=GapCosts)
    per_chunk: float = 1.0
    balance: float = 4.0


DEFAULT_RULES = CutRules()
#: For reading rather than for a model: only real clause marks count as good.
CLAUSE_GAPS = GapCosts(
    comma=-0.5, comma_connective=-1.5, semicolon=-2.5, stop=-2.5, connective=0.5, space=8.0
)
_TOO_SHORT = 50.0


def cut(text: str, limit: int, count: Count, rules: CutRules = DEFAULT_RULES) -> list[Span]:
    """Spans of the chunks of one sentence, in order; together they hold everything but white space.

    `count` gives the model tokens of each string; no chunk has more than `limit` of them, unless a single
    code point has. Called three times for an ordinary sentence, whatever its length.
    """
    if limit < 1:
        raise ValueError("a chunk needs room for at least one token")
    words = [Span(m.start(), m.end()) for m in _SPACED.finditer(text)]
    if not words:
        return []
    whole = Span(words[0].start, words[-1].end)
    if count([whole.of(text)])[0] <= limit:
        return [whole]
    words, sizes = _fitting_words(text, words, limit, count)
    gaps = gap_costs(text, words, rules.gaps)

    def price(tokens: int) -> float:
        return rules.per_chunk + rules.balance * ((limit - tokens) / limit) ** 2

    chunks = _divide(words, sizes, gaps, limit, [price(t) for t in range(limit + 1)])
    return _halved_until_fitting(text, chunks, limit, count)


def clauses(text: str, min_words: int, max_words: int) -> list[Span]:
    """Clause-sized spans of one sentence, in order, covering all but white space.

    Each has `min_words` to `max_words` words cut at the best clause marks; a sentence shorter than
    `min_words` is one span, and a last resort may leave a span shorter (never longer) than asked.
    """
    if not 0 < min_words <= max_words:
        raise ValueError("needs 0 < min_words <= max_words")
    words = [Span(m.start(), m.end()) for m in _SPACED.finditer(text)]
    gaps = gap_costs(text, words, CLAUSE_GAPS)
    prices = [0.0] + [_TOO_SHORT if n < min_words else 1.0 for n in range(1, max_words + 1)]
    return _divide(words, [1] * len(words), gaps, max_words, prices)


def _fitting_words(text: str, words: list[Span], limit: int, count: Count) -> tuple[list[Span], list[int]]:
    """Words with their tokens; a word over the limit is broken between code points until its parts fit."""
    distinct = list(dict.fromkeys(w.of(text) for w in words))
    tokens = dict(zip(distinct, count(distinct), strict=True))
    sizes = [tokens[w.of(text)] for w in words]
    while any(s > limit and w.end - w.start > 1 for w, s in zip(words, sizes, strict=True)):
        parts = [
            p
            for w, s in zip(words, sizes, strict=True)
            for p in (_broken(text, w, -(-s * 9 // (limit * 8))) if s > limit else [w])
        ]
        fresh = [p.of(text) for p in parts if p.of(text) not in tokens]
        if fresh:
            tokens.update(zip(fresh, count(fresh), strict=True))
        words, sizes = parts, [tokens[p.of(text)] for p in parts]
    return words, sizes


def _broken(text: str, word: Span, parts: int) -> list[Span]:
    """`word` in about `parts` (at least two) equal parts that start with no combining mark if avoidable."""
    length = word.end - word.start
    step = max(1, length // max(2, parts))
    borders = [word.start]
    while word.end - borders[-1] > step:
        border = borders[-1] + step
        while border - 1 > borders[-1] and unicodedata.combining(text[border]):
            border -= 1
        borders.append(border)
    return [Span(a, b) for a, b in zip(borders, [*borders[1:], word.end], strict=True)]


def _divide(
    words: Sequence[Span], sizes: Sequence[int], gaps: Sequence[float], limit: int, prices: Sequence[float]
) -> list[Span]:
    """The cheapest division of the words into runs of at most `limit` tokens (or one word)."""
    before = [0, *accumulate(sizes)]
    best = [0.0] * (len(words) + 1)
    back = [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        start = end - 1
        best[end] = best[start] + gaps[start] + prices[min(before[end] - before[start], limit)]
        back[end] = start
        while start > 0 and (tokens := before[end] - before[start - 1]) <= limit:
            start -= 1
            cost = best[start] + gaps[start] + prices[tokens]
            if cost < best[end]:
                best[end], back[end] = cost, start
    spans: list[Span] = []
    end = len(words)
    while end > 0:
        spans.append(Span(words[back[end]].start, words[end - 1].end))
        end = back[end]
    return spans[::-1]


def _halved_until_fitting(text: str, chunks: list[Span], limit: int, count: Count) -> list[Span]:
    """A tokenizer may need more tokens for a run than for its words one by one: halve what is still over."""
    sizes = count([c.of(text) for c in chunks])
    while any(s > limit and c.end - c.start > 1 for c, s in zip(chunks, sizes, strict=True)):
        halves = [
            h for c, s in zip(chunks, sizes, strict=True) for h in (_halves(text, c) if s > limit else [c])
        ]
        chunks, sizes = halves, count([h.of(text) for h in halves])
    return chunks


def _halves(text: str, chunk: Span) -> list[Span]:
    """Two parts at the white space nearest to the middle, else at the middle code point."""
    if chunk.end - chunk.start < 2:
        return [chunk]
    words = [Span(m.start(), m.end()) for m in _SPACED.finditer(text, chunk.start, chunk.end)]
    if len(words) < 2:
        return _broken(text, chunk, 2)
    middle = len(words) // 2
    return [Span(words[0].start, words[middle - 1].end), Span(words[middle].start, words[-1].end)]
