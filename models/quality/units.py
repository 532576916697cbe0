"""Currencies, measures and eras that changed although the number beside them was kept."""

import re
from collections.abc import Callable
from functools import cache

from models.arabic import Normalised, to_western_digits
from models.document import Flag, Span
from models.quality import arabic_lexicon, english_lexicon
from models.quality.measures import LOST, UNITS

CODE = "unit_mismatch"
_NEAR = 2
_LAST_WORDS = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_NUMBER_WORDS = frozenset(
    (
        *(w for words in (english_lexicon.UNITS, english_lexicon.TEENS, english_lexicon.TENS) for w in words),
        *english_lexicon.SCALES, *english_lexicon.WORDS, "hundred", "several", "few",
    )
)  # fmt: skip
#: Unit by what it measures: whether it stands beside a number, and where.
_Found = dict[str, tuple[bool, Span]]


def check(source: str, target: str, folded: Normalised) -> list[Flag]:
    """One flag for each kind of measure of which one unit beside a number has become another, and for an era
    or a percent sign that the English leaves out. `folded` is the source in matching form."""
    english = to_western_digits(target)
    flags = []
    for dimension in UNITS:
        here = _arabic(folded.text, dimension)
        if not any(counted for counted, _ in here.values()):
            continue
        there = _english(english, dimension)
        gone = [span for name, (counted, span) in here.items() if counted and not _known(name, there)]
        new = [span for name, (counted, span) in there.items() if counted and not _known(name, here)]
        if gone and new:
            before, after = folded.to_original(gone[0].start, gone[0].end), new[0]
            message = f"{before.of(source)} in the Arabic has become {after.of(target)} in the English."
            flags.append(Flag(CODE, "critical", message, before, after))
    return flags + _left_out(source, english, folded)


def _known(names: str, found: _Found) -> bool:
    return any(set(names.split()) & set(other.split()) for other in found)


def _left_out(source: str, english: str, folded: Normalised) -> list[Flag]:
    flags = []
    for name, arabic, pattern in LOST:
        match = re.search(arabic, folded.text)
        if match is not None and re.search(pattern, english, re.IGNORECASE) is None:
            span = folded.to_original(*match.span())
            message = f"The {name} of {span.of(source)} is missing from the English."
            flags.append(Flag(CODE, "major", message, span))
    return flags


@cache
def _arabic_forms(dimension: str) -> tuple[re.Pattern[str], dict[str, str], frozenset[str]]:
    """A pattern for the units, their names by form, and the duals, which hold their number."""
    names, duals = {}, set()
    for name, forms, _ in UNITS[dimension]:
        for form in map(arabic_lexicon.fold, forms.split()):
            names[form] = name
        stem = re.sub("ه$", "ت", arabic_lexicon.fold(forms.split()[0]))
        for dual in (stem + "ين", stem + "ان"):
            names.setdefault(dual, name)
            duals.add(dual)
    choice = "|".join(re.escape(form) for form in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:ال|[وبل])?({choice})(?![^\W\d_])"), names, frozenset(duals)


def _arabic(folded: str, dimension: str) -> _Found:
    pattern, names, duals = _arabic_forms(dimension)
    found: _Found = {}
    lexicon = arabic_lexicon.words()
    for match in pattern.finditer(folded):
        counted = match[1] in duals or _counted(folded, match, lexicon.__contains__)
        _add(found, names[match[1]], counted, Span(*match.span()))
    return found


def _counted(text: str, unit: re.Match[str], is_number: Callable[[str], bool]) -> bool:
    before = _LAST_WORDS.findall(text[max(0, unit.start() - 40) : unit.start()])[-_NEAR:]
    sign = not unit[0][0].isalnum() and text[unit.end() : unit.end() + 2].strip()[:1].isdigit()
    return sign or any(word[0].isdigit() or is_number(word.lower()) for word in before)


def _add(found: _Found, name: str, counted: bool, span: Span) -> None:
    known = found.get(name)
    if known is None or (counted and not known[0]):
        found[name] = (counted, span)


@cache
def _english_patterns(dimension: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"(?<![a-z])(?:{'|'.join(forms.split())})(?![a-z])", re.IGNORECASE))
        for name, _, forms in UNITS[dimension]
    )


def _english(text: str, dimension: str) -> _Found:
    found: _Found = {}
    for name, pattern in _english_patterns(dimension):
        for match in pattern.finditer(text):
            _add(found, name, _counted(text, match, _NUMBER_WORDS.__contains__), Span(*match.span()))
    return found
