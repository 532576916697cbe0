"""Phrases and words that the English says again without the Arabic doing so."""

import re
from collections.abc import Sequence

from models.document import Flag, Severity, Span

CODE = "repetition"
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
#: Longest phrase, in words, whose immediate repetition is looked for.
MAX_PHRASE = 16
#: Words that good English doubles ("had had", "very very", "that that").
_DOUBLED = re.compile(
    r"had|that|very|many|really|so|ha|no|yes|bye|far|more|is|it|do|on|in|long|again|never|\d+|\w"
)
#: A phrase of this many words said again further on is a loop too, in a sentence of ordinary length.
DISTANT_PHRASE = 5
_STUTTER = re.compile(r"([A-Za-z]{1,4}?)\1{3,}")


def check(source: str, target: str) -> list[Flag]:
    """At most one flag: the longest stretch that repeats itself."""
    places = list(_WORD.finditer(target))
    words = [m[0].lower() for m in places]
    found = _adjacent(words) or _distant(words)
    if found is not None:
        first, last, times = found
        if _repeats_itself(source):
            return []
        span = Span(places[first].start(), places[last - 1].end())
        severity: Severity = "critical" if times > 2 and last - first > 3 else "major"
        return [
            Flag(CODE, severity, f"The English repeats itself: {_shortened(span.of(target))}", None, span)
        ]
    if (stutter := _STUTTER.search(target)) is not None and len(stutter[0]) > 5 and stutter[0] not in source:
        return [Flag(CODE, "major", f"Letters repeat themselves: {stutter[0]}", None, Span(*stutter.span()))]
    return []


def _adjacent(words: Sequence[str]) -> tuple[int, int, int] | None:
    """First word, end and number of times of a phrase that follows itself at once; the longest stretch."""
    best: tuple[int, int, int] | None = None
    for length in range(1, min(MAX_PHRASE, len(words) // 2) + 1):
        same = 0
        for i in range(length, len(words) + 1):
            if i < len(words) and words[i] == words[i - length]:
                same += 1
                continue
            if same >= length and not (length == 1 and same == 1 and _DOUBLED.fullmatch(words[i - 1])):
                start = i - same - length
                if best is None or i - start > best[1] - best[0]:
                    best = (start, i, same // length + 1)
            same = 0
    return best


def _distant(words: Sequence[str]) -> tuple[int, int, int] | None:
    """A phrase of DISTANT_PHRASE words that comes back further on."""
    seen: dict[tuple[str, ...], int] = {}
    for i in range(len(words) - DISTANT_PHRASE + 1):
        phrase = tuple(words[i : i + DISTANT_PHRASE])
        if phrase in seen and i - seen[phrase] >= DISTANT_PHRASE:
            return i, i + DISTANT_PHRASE, 2
        seen.setdefault(phrase, i)
    return None


def _repeats_itself(source: str) -> bool:
    words = [m[0] for m in _WORD.finditer(source)]
    return _adjacent(words) is not None or _distant(words) is not None


def _shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
