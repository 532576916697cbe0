"""Omission and addition: stretches without counterpart, and a length that does not fit.

Over the development sets log(English letters / Arabic letters) is close to normal, with a spread that
shrinks with length (short sentences vary more). It is weighed together with the longest stretch of words for
which the dictionary finds nothing on the other side, and with a full stop that is missing. Numbers in words
that the English has in digits do not count as missing.
"""

import math
import re

from models.arabic import TASHKEEL, for_matching
from models.document import Flag, Severity, Span
from models.quality import dictionary, terse
from models.quality.dictionary import Coverage

OMISSION = "omission"
ADDITION = "addition"
#: Mean of log(English / Arabic letters), and what its variance is made of: a floor, and a part that falls
#: with length. From the five development sets (means 0.14 to 0.27).
_MEAN, _FLOOR, _PER_LETTER = 0.19, 0.0144, 0.7
#: How a standard score of shortness or of length, and a missing end, weigh against the dictionary's evidence.
_SHORT_WEIGHT, _LONG_WEIGHT, _END_WEIGHT = 1.5, 2.0, 5.0
_CLIP = 5.0
#: Evidence from which on a sentence is flagged, chosen on the references of the development sets.
OMITTED, ADDED = 9.2, 7.5
#: So short or long that no dictionary is asked.
FAR_TOO_SHORT, FAR_TOO_LONG = -3.2, 3.2
#: A stretch is pointed at when it alone carries this much evidence.
_POINTED_AT = 3.0
_MARKS = re.compile(f"[{TASHKEEL}\u0640]")
_LETTER = re.compile(r"[^\W_]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_ENDS = re.compile(r"[.!?؟…۔][\"'”’»)\]\s]*$")
_ENGLISH_ENDS = re.compile(r"[.!?…:;\"'”’)\]]\s*$")


def length_score(source: str, target: str) -> float:
    """How many standard deviations the English is longer (> 0) or shorter than the Arabic calls for."""
    arabic = len(_NOT_LETTERS.sub("", _MARKS.sub("", source)))
    english = len(_NOT_LETTERS.sub("", target))
    spread = math.sqrt(_FLOOR + _PER_LETTER / (arabic + 3))
    return (math.log((english + 3) / (arabic + 3)) - _MEAN) / spread


def check(source: str, target: str, covered: Coverage) -> list[Flag]:
    """At most one flag of each code. Nothing where the Arabic holds no letters or digits."""
    if not _LETTER.search(source):
        return []
    if not target.strip():
        return [Flag(OMISSION, "critical", "The sentence has no English at all.", Span(0, len(source)))]
    length = max(-_CLIP, min(_CLIP, length_score(source, target)))
    breaks_off = bool(_ENDS.search(source)) and not _ENGLISH_ENDS.search(target)
    omitted = _omission(target, covered, length, breaks_off)
    if omitted and not breaks_off and (rest := terse.without(source, target)) is not None:
        omitted = omitted if _too_little(*rest) else []
    return omitted + _addition(covered, length)


def _too_little(folded: str, target: str) -> bool:
    """Whether something is missing from what is left of a text beside its numbers."""
    if not _LETTER.search(folded):
        return False
    length = max(-_CLIP, min(_CLIP, length_score(folded, target)))
    return bool(_omission(target, dictionary.coverage(for_matching(folded), target), length, False))


def _omission(target: str, covered: Coverage, length: float, breaks_off: bool) -> list[Flag]:
    evidence = covered.missing.score + _SHORT_WEIGHT * -length + _END_WEIGHT * breaks_off
    if evidence < OMITTED and length > FAR_TOO_SHORT:
        return []
    severity: Severity = "critical" if evidence > 2 * OMITTED or length < FAR_TOO_SHORT else "major"
    span = covered.missing.span if covered.missing.score >= _POINTED_AT else None
    if breaks_off:
        end = len(target.rstrip())
        tail = Span(max(target.rfind(" ", 0, end), 0), end)
        return [Flag(OMISSION, severity, "The English breaks off before the sentence ends.", span, tail)]
    if span is not None:
        return [Flag(OMISSION, severity, "Part of the Arabic seems to be missing from the English.", span)]
    return [Flag(OMISSION, severity, "The English is too short to say all that the Arabic says.")]


def _addition(covered: Coverage, length: float) -> list[Flag]:
    evidence = covered.added.score + _LONG_WEIGHT * length
    if evidence < ADDED and length < FAR_TOO_LONG:
        return []
    severity: Severity = "critical" if evidence > 2 * ADDED else "major"
    if covered.added.score >= _POINTED_AT:
        message = "The English says something here that the Arabic does not seem to say."
        return [Flag(ADDITION, severity, message, None, covered.added.span)]
    return [Flag(ADDITION, severity, "The English is longer than the Arabic calls for.")]
