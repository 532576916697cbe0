"""The chance that an editor would leave a translation as it is, from what the engine and the rules saw.

A linear score over a few features, then a monotone table from score to probability. Weights and table belong
to a model: `benchmarks/calibrate_confidence.py` fits them and they live in the model's manifest.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from models.document import Flag, Rendering
from models.quality import coverage
from models.quality.dictionary import Coverage

CODE = "low_confidence"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Calibration:
    """`weights` over `features()`; `points` (score, probability), rising, joined by straight lines.

    `low` is the probability under which a sentence is flagged `low_confidence`.
    """

    weights: tuple[tuple[str, float], ...]
    points: tuple[tuple[float, float], ...]
    low: float

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Calibration":
        """From a manifest's `confidence`. Raises ValueError when it is not one."""
        try:
            weights = tuple((str(name), float(weight)) for name, weight in data["weights"].items())
            points = tuple((float(score), float(chance)) for score, chance in data["points"])
            low = float(data["low"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"not a confidence calibration: {error!r}") from error
        rising = all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(points))
        if len(points) < 2 or not rising or points[0][1] < 0 or points[-1][1] > 1:
            raise ValueError("not a confidence calibration: the points must rise within 0..1")
        return cls(weights, points, low)

    def to_dict(self) -> dict[str, Any]:
        return {"weights": dict(self.weights), "points": [list(p) for p in self.points], "low": self.low}

    def probability(self, score: float) -> float:
        """The table at `score`, straight lines between its points, flat beyond them."""
        place = bisect_right(self.points, (score, math.inf))
        if place == 0 or place == len(self.points):
            return self.points[min(place, len(self.points) - 1)][1]
        (x0, y0), (x1, y1) = self.points[place - 1], self.points[place]
        return y0 + (y1 - y0) * (score - x0) / (x1 - x0)


#: For a model that brings none: the calibration of the first bundled model, rounded. It orders sentences of
#: any model; its probabilities are those of a weak one.
DEFAULT = Calibration(
    weights=(
        ("score", 1.46),
        ("worst_chunk", -0.23),
        ("gap", 0.3),
        ("pieces_per_source_word", -0.1),
        ("pieces_per_target_word", -0.07),
        ("length", 0.29),
        ("too_long", 0.08),
        ("too_short", -0.14),
        ("distinct_words", 0.48),
        ("repeated_pairs", 0.12),
        ("covered_ar", 1.78),
        ("covered_en", 0.55),
        ("unknown_ar", -0.22),
        ("missing_run", 0.04),
        ("word_length", 0.14),
        ("numbers", -0.13),
        ("flagged", -0.3),
        ("unfinished", -0.03),
    ),
    points=(
        (-1.1, 0.0005),
        (0.02, 0.0006),
        (0.6, 0.0011),
        (0.9, 0.0019),
        (1.16, 0.0026),
        (1.45, 0.0058),
        (1.72, 0.0082),
        (1.99, 0.0197),
        (2.29, 0.0298),
        (2.61, 0.0693),
        (2.96, 0.111),
        (3.53, 0.339),
        (4.38, 0.686),
        (5.0, 0.94),
    ),
    low=0.0016,
)


def features(rendering: Rendering, flags: Sequence[Flag], covered: Coverage) -> dict[str, float]:
    """What the score is made of. Of the order of one each; `chunks` must not be empty.

    Scores are mean token log-probabilities over the segment's chunks (weighted by tokens), capped so that a
    single broken chunk cannot outweigh everything.
    """
    chunks = rendering.chunks
    tokens_out = max(sum(c.tokens_out for c in chunks), 1)
    mean = sum(max(c.score, -4.0) * c.tokens_out for c in chunks) / tokens_out
    gaps = [max(0.0, min(c.score - c.runner_up, 0.5)) for c in chunks if c.runner_up is not None]
    words = [word.lower() for word in _WORD.findall(rendering.text)]
    count = max(len(words), 1)
    pairs = list(pairwise(words))
    length = coverage.length_score(rendering.source, rendering.text)
    tokens_in = sum(c.tokens_in for c in chunks)
    return {
        "bias": 1.0,
        "score": mean,
        "worst_chunk": min(max(c.score, -4.0) for c in chunks) - mean,
        "gap": sum(gaps) / len(gaps) if gaps else 0.0,
        "pieces_per_source_word": min(tokens_in / max(len(rendering.source.split()), 1), 6.0),
        "pieces_per_target_word": min(tokens_out / count, 6.0),
        "length": math.log(tokens_in + 1),
        "too_long": min(max(length, 0.0), 5.0),
        "too_short": min(max(-length, 0.0), 5.0),
        "distinct_words": len(set(words)) / count,
        "repeated_pairs": 1 - len(set(pairs)) / max(len(pairs), 1),
        "covered_ar": covered.share_ar,
        "covered_en": covered.share_en,
        "unknown_ar": 1 - covered.known_ar / max(covered.content_ar, 1),
        "missing_run": min(covered.missing.score, 8.0),
        "added_run": min(covered.added.score, 8.0),
        "word_length": min(sum(map(len, words)) / count, 12.0),
        "numbers": float(min(sum(f.code == "number_mismatch" for f in flags), 3)),
        "flagged": float(any(f.severity != "minor" for f in flags)),
        "retries": float(min(sum(c.retries for c in chunks), 3)),
        "unfinished": float(any(not c.complete or c.looping for c in chunks)),
    }


def confidence(
    rendering: Rendering, flags: Sequence[Flag], covered: Coverage, calibration: Calibration
) -> float:
    """Probability in 0..1. A text that passed through untouched is certain; one without engine evidence
    (from a translation memory, say) is judged by its flags alone."""
    if rendering.passed_through:
        return 1.0
    if not rendering.chunks:
        return 0.9 * math.prod({"critical": 0.3, "major": 0.5, "minor": 0.8}[f.severity] for f in flags)
    found = features(rendering, flags, covered)
    return calibration.probability(sum(weight * found.get(name, 0.0) for name, weight in calibration.weights))


def check(rendering: Rendering, chance: float, calibration: Calibration) -> list[Flag]:
    """A flag when the model itself was unsure; nothing where there is no evidence of the model."""
    if rendering.passed_through or not rendering.chunks or chance >= calibration.low:
        return []
    message = (
        "The model was unsure of this sentence: of those that score like it, few could be left as they are."
    )
    return [Flag(CODE, "minor", message)]
