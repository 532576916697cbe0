"""What is wrong with a translation as far as its text alone tells, as one number.

By it the translator takes one hypothesis of a beam rather than another, and decodes again what has no good
one. The checks are those that editors see the flags of; reranking a beam by such features is n-best
rescoring (Och et al. 2004, "A Smorgasbord of Features for Statistical Machine Translation").
"""

from models import arabic
from models.quality import negation, numbers, question, repetition, units

#: A loop spoils a sentence as much as a wrong number in digits does.
_WEIGHTS = {"critical": 3, "major": 1, "minor": 0}
_LOOP = 3
_RULES = (numbers, units, negation, question)


def loops(source: str, target: str) -> bool:
    """Whether the English repeats itself, and not as a trifle."""
    return _loops(source, target, arabic.for_matching(source))


def faults(source: str, target: str) -> int:
    """0 when nothing is wrong; more for loops, for numbers, dates and units that differ, and for negations
    and questions that are none any more. An empty target is the worst."""
    if not target.strip():
        return 100
    folded = arabic.for_matching(source)
    flags = [flag for rule in _RULES for flag in rule.check(source, target, folded)]
    wrong = sum(_WEIGHTS[flag.severity] for flag in flags)
    return wrong + _LOOP * _loops(source, target, folded)


def _loops(source: str, target: str, folded: arabic.Normalised) -> bool:
    return any(flag.severity != "minor" for flag in repetition.check(source, target, folded))
