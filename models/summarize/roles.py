"""Have two parties of a sentence changed places? "A sued B" for "B sued A".

The words that sentence and passages share fall into runs that are the same on both sides. Two short runs have
been exchanged when they stand the other way round while what is around and between them has stayed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.arabic import has_arabic
from models.document import Span
from models.summarize.statement import Statement
from models.wordlists import word_set

#: Longer runs are clauses, which may well be told in another order.
_PARTY_WORDS = 4
#: What marks a party's part in what happens; "by" and "of" turn verb and noun round.
_LINKS = word_set("of by from to with against on over for من الى الي إلى على علي عن مع ضد")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Run:
    """Words start..end of the sentence, found at `place` among the passages' words."""

    start: int
    end: int
    place: int


def exchanged(sentence: Statement, passages: Sequence[Statement]) -> Span | None:
    """From the first to the second of two parties that stand in each other's places, else None. A passive on
    one side only changes the order by itself, so then nothing is said."""
    if any(p.passive for p in passages) != sentence.passive:
        return None
    there = [(p, i) for p in passages for i in range(len(p.words))]
    runs = _runs(sentence.keys, [p.words[i].key for p, i in there])
    by_place = sorted(runs, key=lambda run: run.place)
    rank = {run: i for i, run in enumerate(by_place)}
    for i, one in enumerate(runs):
        for j in range(i + 1, len(runs)):
            other = runs[j]
            parties = one.end - one.start <= _PARTY_WORDS and other.end - other.start <= _PARTY_WORDS
            if not parties or rank[other] > rank[one] or not _same_around(runs, by_place, i, j, rank):
                continue
            if j == i + 1 and not _side_by_side(sentence, one, other):
                continue
            if _link(sentence, other.start) == _link(*there[one.place]):
                return Span(sentence.words[one.start].span.start, sentence.words[other.end - 1].span.end)
    return None


def _runs(keys: Sequence[str], there: Sequence[str]) -> list[_Run]:
    """From left to right, the longest run of shared words at each place, none of them used twice."""
    used: set[int] = set()
    found: list[_Run] = []
    at = 0
    while at < len(keys):
        best = _Run(at, at, 0)
        for place in range(len(there)):
            length = 0
            while (
                at + length < len(keys)
                and place + length < len(there)
                and keys[at + length] == there[place + length]
                and place + length not in used
            ):
                length += 1
            if length > best.end - best.start:
                best = _Run(at, at + length, place)
        if best.end > at:
            found.append(best)
            used |= set(range(best.place, best.place + best.end - at))
        at = max(best.end, at + 1)
    return found


def _same_around(
    runs: Sequence[_Run], by_place: Sequence[_Run], i: int, j: int, rank: dict[_Run, int]
) -> bool:
    low, high = rank[runs[j]], rank[runs[i]]
    """With something between the two, that and one side must have stayed. With nothing between, both sides,
    and a word before them: Arabic puts subject and verb either way round."""
    between = set(runs[i + 1 : j]) == set(by_place[low + 1 : high])
    before = (runs[i - 1] if i else None) == (by_place[low - 1] if low else None)
    after = runs[j + 1 : j + 2] == by_place[high + 1 : high + 2]
    return between and (before or after if j > i + 1 else before and after and i > 0)


def _side_by_side(sentence: Statement, one: _Run, other: _Run) -> bool:
    """Subject and object of an Arabic verb follow each other bare; places and times come with a preposition,
    and of two that are joined by "and" either may be first. English has the verb between them."""
    first, second = sentence.words[one.end - 1].span, sentence.words[other.start].span
    if not has_arabic(second.of(sentence.text)) or sentence.text[first.end : second.start].strip():
        return False
    return not second.of(sentence.text).startswith(("و", "ب", "ل", "ف"))


def _link(statement: Statement, at: int) -> frozenset[str]:
    """Prepositions between a word and the content word before it."""
    start = statement.words[at - 1].span.end if at else 0
    gap = statement.text[start : statement.words[at].span.start]
    return _LINKS.intersection(_WORD.findall(gap.casefold()))
