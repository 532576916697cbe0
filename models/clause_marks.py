"""Where an Arabic sentence comes apart: the cost of cutting at each gap between two words.

A low cost is a clause boundary. The costs are relative to each other and to the length term of `chunk.cut`.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from models.arabic import INVISIBLE, TASHKEEL, TATWEEL
from models.document import Span
from models.wordlists import CLAUSE_OPENERS, CONNECTIVES, LEANING

_BARE = re.compile(f"[{TASHKEEL}{TATWEEL}{INVISIBLE}]|\\W+\\Z|\\A\\W+")
_CLOSING = "\"'”“»)]}’"
_OPENING = '"«“„'
_PAIRED = re.compile(r"[()\[\]«»“”„\"]")
_CLASS = {"(": "(", ")": "(", "[": "[", "]": "[", "«": "«", "»": "«"}


@dataclass(frozen=True, slots=True)
class GapCosts:
    """What a cut costs, by what stands at the gap. `inside` is added within brackets or quotes."""

    stop: float = 0.0
    semicolon: float = 0.0
    comma_connective: float = 0.3
    comma: float = 1.0
    connective: float = 1.5
    conjunction: float = 3.5
    space: float = 4.5
    after_leaning: float = 8.0
    number: float = 8.0
    before_number: float = 6.0
    before_opening: float = 6.0
    inside: float = 3.0
    glued: float = 40.0


def gap_costs(text: str, words: Sequence[Span], costs: GapCosts) -> list[float]:
    """`result[k]` is the cost of cutting before word k (0.0 for k = 0). Linear in the text."""
    surfaces = [w.of(text) for w in words]
    bare = [_BARE.sub("", s) for s in surfaces]
    result = [0.0] * len(words)
    for k in range(1, len(words)):
        if words[k - 1].end == words[k].start or not bare[k]:
            result[k] = costs.glued
        else:
            result[k] = _gap(surfaces[k - 1], bare[k - 1], bare[k], costs)
            if surfaces[k][0] in _OPENING and result[k] >= costs.space:
                # قرية «القيروان»: the name belongs to the noun before it
                result[k] = max(result[k], costs.before_opening)
    for low, high in _pairs(text):
        # the word that holds the opening mark up to the one that holds the closing mark
        first = bisect_left(words, low + 1, key=lambda w: w.end)
        last = bisect_left(words, high + 1, key=lambda w: w.end)
        for k in range(first + 1, min(last, len(words) - 1) + 1):
            result[k] += costs.inside
    return result


def _gap(previous: str, previous_bare: str, following: str, costs: GapCosts) -> float:
    mark = previous.rstrip(_CLOSING)[-1:]
    if mark in "؛;" and mark:
        return costs.semicolon
    if mark in ".!?؟…۔" and mark and len(previous_bare) > 2:
        return costs.stop
    opens = following in CONNECTIVES or (following[:1] in "وف" and following[1:] in CONNECTIVES)
    if mark in "،,:-–—" and mark:
        return costs.comma_connective if opens else costs.comma
    if previous_bare in LEANING:
        return costs.after_leaning
    if previous_bare[-1:].isdecimal():
        return costs.number
    if following[:1].isdecimal():
        return costs.before_number
    if following in CLAUSE_OPENERS or (following[:1] in "وف" and following[1:] in CLAUSE_OPENERS):
        return costs.connective
    if following.startswith("و") and len(following) > 3:
        return costs.conjunction
    return costs.space


def _pairs(text: str) -> list[tuple[int, int]]:
    """Innermost positions of matching brackets and quotes. A quote of either shape closes an open one:
    Arabic writers use “ and ” both ways round."""
    opened: dict[str, int] = {}
    pairs: list[tuple[int, int]] = []
    for match in _PAIRED.finditer(text):
        kind = _CLASS.get(match[0], '"')
        if kind in opened and match[0] not in "([":
            pairs.append((opened.pop(kind), match.start()))
        elif match[0] not in ")]":
            opened[kind] = match.start()
    return pairs
