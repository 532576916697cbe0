"""Loops: a model that says the same words over and over (Holtzman et al. 2020 call it degeneration)."""

import re
from collections.abc import Sequence

from models.document import Span

_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
#: Longest phrase, in words, whose repetition is looked for.
MAX_PHRASE = 12


def find_loop(text: str) -> Span | None:
    """The stretch where a phrase follows itself at least three times (twice for phrases of five words or
    more), or None. Linear in the text for a given MAX_PHRASE."""
    matches = list(_WORD.finditer(text))
    words = [m.group().lower() for m in matches]
    for length in range(1, MAX_PHRASE + 1):
        needed = 2 if length >= 5 else 3
        run = _run(words, length, needed)
        if run is not None:
            return Span(matches[run[0]].start(), matches[run[1] - 1].end())
    return None


def _run(words: Sequence[str], length: int, times: int) -> tuple[int, int] | None:
    """Word range of the first phrase of `length` words repeated `times` in a row, to its full extent."""
    same = 0
    for i in range(length, len(words)):
        same = same + 1 if words[i] == words[i - length] else 0
        if same >= length * (times - 1):
            end = i + 1
            while end < len(words) and words[end] == words[end - length]:
                end += 1
            return i + 1 - same - length, end
    return None


def is_loop(target: str, source: str) -> bool:
    """True when the output loops and the source does not do the same ("very, very, very good" is fine
    when the Arabic says it three times)."""
    return find_loop(target) is not None and find_loop(source) is None
