"""What Arabic says in words and English in digits: "with two goals for a goal" is 2-1.

Such English is short without leaving anything out, and its digits are in no dictionary.
"""

import re
from collections.abc import Iterable

from models.arabic import for_matching, to_western_digits
from models.document import Span
from models.quality import arabic_numbers, english_numbers

#: "three goals", "with a goal", "for two clean goals"; in matching form.
_POINTS = (
    r"(?:[^\W\d_]{3,10} )?(?:[وبل]|وب)?(?:هدف(?:ين|ان|ا)?|اهداف|نقط(?:ه|تين|تان)|نقاط|شوط(?:ين|ان|ا)?|اشواط"
    r"|مجموع(?:ه|تين|تان|ات)|(?:ثناء|ثلاث|رباع|خماس|سداس)يه)(?: واحده?| نظيف\w{0,3}| وحيده?)?"
)
_SCORE_IN_WORDS = re.compile(
    rf"(?<![^\W\d_]){_POINTS}(?: (?:مقابل|دون|بدون|بلا) (?:{_POINTS}|رد|مقابل|لا شيء)| {_POINTS})?"
    r"(?![^\W\d_])"
)
_SCORE = re.compile(r"(?<![\d-])\d{1,3}[-–]\d{1,3}(?![\d-])")


def without(source: str, target: str) -> tuple[str, str] | None:
    """The source in matching form and the target, both without the numbers and scores that the one has in
    words and the other in digits; None where there are none."""
    folded = for_matching(source)
    found = arabic_numbers.mentions(for_matching(folded.text))
    here = [m for m in found if m.certain and (not m.digits or " " in m.span.of(folded.text))]
    there = [m for m in english_numbers.mentions(target) if m.digits]
    words = [m.span for m in here if any(m.values & n.values for n in there)]
    digits = [n.span for n in there if any(m.values & n.values for m in here)]
    scores = [Span(*m.span()) for m in _SCORE.finditer(to_western_digits(target))]
    if scores and (said := [Span(*m.span()) for m in _SCORE_IN_WORDS.finditer(folded.text)]):
        words, digits = words + said, digits + scores
    return (_blanked(folded.text, words), _blanked(target, digits)) if words else None


def _blanked(text: str, spans: Iterable[Span]) -> str:
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text
