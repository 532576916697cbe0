"""Checks on a translation: flags for an editor, and the chance that it can stay as it is.

Every rule is pure text (or the engine's evidence) and independent of the model. `docs/quality.md` says for
each how often it is wrong on human translations and what it finds.
"""

from dataclasses import dataclass

from models.arabic import for_matching
from models.document import Flag, Rendering
from models.quality import (
    confidence,
    coverage,
    dictionary,
    emoji,
    evidence,
    names,
    negation,
    numbers,
    question,
    quotes,
    repetition,
    residue,
    units,
)
from models.quality.confidence import DEFAULT, Calibration

__all__ = ["CHECK_VERSION", "DEFAULT", "Assessment", "Calibration", "check"]

#: Changes whenever the same rendering could be assessed differently.
CHECK_VERSION = 5
_SEVERITIES = ("critical", "major", "minor")


@dataclass(frozen=True, slots=True)
class Assessment:
    """`confidence` in 0..1: the chance that an editor would leave the English as it is. `flags`: the worst
    first; their spans are relative to the rendering's own texts."""

    confidence: float
    flags: tuple[Flag, ...]


def check(rendering: Rendering, calibration: Calibration | None = None) -> Assessment:
    """Assess one rendering. Never raises on any text; a text that passed through untouched has no flags."""
    calibration = calibration or DEFAULT
    if rendering.passed_through:
        return Assessment(1.0, ())
    source, target = rendering.source, rendering.text
    folded = for_matching(source)
    covered = dictionary.coverage(folded, target)
    flags = [*rendering.flags, *evidence.check(rendering)]
    flags += coverage.check(source, target, covered)
    if target.strip():
        for rule in (numbers, units, negation, question):
            flags += rule.check(source, target, folded)
        for reading in (names, residue, quotes, emoji):
            flags += reading.check(source, target)
        if not any(f.code == repetition.CODE for f in flags):
            flags += repetition.check(source, target, folded)
    chance = confidence.confidence(rendering, flags, covered, calibration)
    flags += confidence.check(rendering, chance, calibration)
    flags = list(dict.fromkeys(flags))  # 0.9.9 is three numbers at one place, and one remark
    return Assessment(chance, tuple(sorted(flags, key=lambda f: _SEVERITIES.index(f.severity))))
