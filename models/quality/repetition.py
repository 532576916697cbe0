"""Phrases and words that the English says again without the Arabic doing so.

Two kinds: loops, where a phrase follows itself or comes back word for word, and echoes, where a content word
returns at once or too often ("the shortage of a shortage of").
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.arabic import Normalised
from models.document import Flag, Severity, Span
from models.quality import stems

CODE = "repetition"
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
#: Longest phrase, in words, whose immediate repetition is looked for.
MAX_PHRASE = 16
#: A phrase of this many words said again further on is a loop too.
DISTANT_PHRASE = 5
#: Words that good English doubles ("had had", "very very", "that that").
_DOUBLED = re.compile(
    r"had|that|very|many|really|so|ha|no|yes|bye|far|more|is|it|do|on|in|long|again|never|\d+|\w"
)
_STUTTER = re.compile(r"([A-Za-z]{1,4}?)\1{3,}")
#: An echo is excused when the Arabic repeats a word within this many content words: for a word that returns
#: at once, and for a phrase of two words that returns anywhere.
_NEAR, _FAR = 2, 25


@dataclass(frozen=True, slots=True)
class _Found:
    """Words first to last (end exclusive) of the English."""

    first: int
    last: int
    severity: Severity


def check(source: str, target: str, folded: Normalised) -> list[Flag]:
    """At most one flag: a loop, else an echo, else stuttered letters. `folded` is the matching form."""
    places = list(_WORD.finditer(target))
    words = [m[0].lower() for m in places]
    found = _loop(words)
    if found is not None and _loop([m[0] for m in _WORD.finditer(source)]) is not None:
        return []
    found = found or _echo(words, [stem for _, _, stem in stems.arabic_words(folded.text)])
    if found is not None:
        span = Span(places[found.first].start(), places[found.last - 1].end())
        message = f"The English repeats itself: {_shortened(span.of(target))}"
        return [Flag(CODE, found.severity, message, None, span)]
    if (stutter := _STUTTER.search(target)) is not None and len(stutter[0]) > 5 and stutter[0] not in source:
        return [Flag(CODE, "major", f"Letters repeat themselves: {stutter[0]}", None, Span(*stutter.span()))]
    return []


def _loop(words: Sequence[str]) -> _Found | None:
    return _adjacent(words) or _distant(words)


def _adjacent(words: Sequence[str]) -> _Found | None:
    """The longest stretch in which a phrase follows itself at once."""
    best: _Found | None = None
    for length in range(1, min(MAX_PHRASE, len(words) // 2) + 1):
        same = 0
        for i in range(length, len(words) + 1):
            if i < len(words) and words[i] == words[i - length]:
                same += 1
                continue
            if same >= length and not (length == same == 1 and _DOUBLED.fullmatch(words[i - 1])):
                start = i - same - length
                if best is None or i - start > best.last - best.first:
                    serious = same >= 2 * length and i - start > 3
                    best = _Found(start, i, "critical" if serious else "major")
            same = 0
    return best


def _distant(words: Sequence[str]) -> _Found | None:
    """A phrase of DISTANT_PHRASE words that comes back further on."""
    seen: dict[tuple[str, ...], int] = {}
    for i in range(len(words) - DISTANT_PHRASE + 1):
        phrase = tuple(words[i : i + DISTANT_PHRASE])
        if i - seen.setdefault(phrase, i) >= DISTANT_PHRASE:
            return _Found(i, i + DISTANT_PHRASE, "major")
    return None


def _echo(words: Sequence[str], arabic: Sequence[str]) -> _Found | None:
    """A content word that returns with only function words between, a two-word phrase that returns, or a
    word said three times, where the Arabic gives no reason for it."""
    content = [w if w.isdigit() else stems.english_content(w) for w in words]
    found = None if _repeats(arabic, _NEAR) else _returns_at_once(content)
    if found is None and not _repeats(arabic, _FAR):
        found = _pair_returns(words, content)
    return found or _three_times(content, arabic)


def _repeats(stems_: Sequence[str], within: int) -> bool:
    return any(stem in stems_[i + 1 : i + 1 + within] for i, stem in enumerate(stems_))


def _returns_at_once(content: Sequence[str]) -> _Found | None:
    last = -9
    for i, stem in enumerate(content):
        if not stem:
            continue
        if i - last <= 3 and content[last] == stem and len(stem) > 2 and not stem.isdigit():
            return _Found(last, i + 1, "minor")
        last = i
    return None


def _pair_returns(words: Sequence[str], content: Sequence[str]) -> _Found | None:
    seen: dict[tuple[str, str], int] = {}
    for i in range(len(words) - 1):
        telling = any(len(c) > 2 and not c.isdigit() for c in content[i : i + 2])
        if telling and i - seen.setdefault((words[i], words[i + 1]), i) >= 2:
            return _Found(i, i + 2, "minor")
    return None


def _three_times(content: Sequence[str], arabic: Sequence[str]) -> _Found | None:
    allowed = max(Counter(arabic).values(), default=0)
    for stem, times in Counter(s for s in content if len(s) > 2 and not s.isdigit()).most_common(1):
        if (times >= 3 and allowed <= 1) or (times >= 4 and allowed <= 2):
            last = len(content) - 1 - list(reversed(content)).index(stem)
            return _Found(last, last + 1, "minor")
    return None


def _shortened(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
