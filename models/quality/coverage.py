"""Omission and addition, judged by length: does the English carry as many letters as the Arabic calls for?

Over the development sets log(English letters / Arabic letters) is close to normal, with a spread that shrinks
with length (short sentences vary more). A sentence far out on either side has lost or gained something. A cut
shows also in a full stop that is missing.
"""

import math
import re

from models.arabic import TASHKEEL
from models.document import Flag, Severity, Span

OMISSION = "omission"
ADDITION = "addition"
#: Mean of log(English / Arabic letters) and what its variance is made of: a floor, and a part that falls with
#: length. Fitted by eye on the five development sets (means 0.14-0.27, see docs/quality.md).
_MEAN, _FLOOR, _PER_LETTER = 0.19, 0.0144, 0.7
#: Standard scores beyond which a sentence counts as too short or too long.
SHORT, LONG = -2.5, 2.0
#: An Arabic sentence that ends and an English one that does not: less shortness is enough.
SHORT_WITHOUT_END = -0.9
_MARKS = re.compile(f"[{TASHKEEL}\u0640]")
_LETTERS = re.compile(r"[^\W_]")
_ENDS = re.compile(r"[.!?؟…۔][\"'”’»)\]\s]*$")
_ENGLISH_ENDS = re.compile(r"[.!?…:;\"'”’)\]]\s*$")


def length_score(source: str, target: str) -> float:
    """How many standard deviations the English is longer (> 0) or shorter than the Arabic calls for."""
    arabic = len(_LETTERS.findall(_MARKS.sub("", source)))
    english = len(_LETTERS.findall(target))
    spread = math.sqrt(_FLOOR + _PER_LETTER / (arabic + 3))
    return (math.log((english + 3) / (arabic + 3)) - _MEAN) / spread


def check(source: str, target: str) -> list[Flag]:
    """At most one flag: the English is much shorter or longer than the Arabic calls for, or breaks off."""
    if not _LETTERS.search(source):
        return []
    score = length_score(source, target)
    if not target.strip():
        return [Flag(OMISSION, "critical", "The sentence has no English at all.", Span(0, len(source)))]
    if score < SHORT:
        severity: Severity = "critical" if score < 2 * SHORT else "major"
        return [Flag(OMISSION, severity, "The English is too short to say all that the Arabic says.")]
    if score < SHORT_WITHOUT_END and _ENDS.search(source) and not _ENGLISH_ENDS.search(target):
        return [
            Flag(OMISSION, "major", "The English breaks off before the sentence ends.", None, _tail(target))
        ]
    if score > LONG:
        severity = "critical" if score > 2 * LONG else "major"
        return [Flag(ADDITION, severity, "The English is longer than the Arabic calls for.")]
    return []


def _tail(text: str) -> Span:
    """The last word."""
    end = len(text.rstrip())
    return Span(max(text.rfind(" ", 0, end), 0), end)
