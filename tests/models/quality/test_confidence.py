from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arabic import for_matching
from models.document import ChunkEvidence, Flag, Rendering, Span
from models.quality import DEFAULT, Calibration, check, confidence, dictionary

LINE = Calibration((("score", 1.0),), ((-2.0, 0.1), (-1.0, 0.3), (0.0, 0.9)), 0.2)
SOURCE, TARGET = "أعلنت الحكومة أسعار النفط الجديدة.", "The government announced the new oil prices."


def rendering(score: float, target: str = TARGET, **changes: Any) -> Rendering:
    chunk = ChunkEvidence(Span(0, len(SOURCE)), Span(0, len(target)), score, score - 0.1, 12, 10, **changes)
    return Rendering(SOURCE, target, (chunk,))


@pytest.mark.parametrize(
    ("score", "chance"), [(-9, 0.1), (-2, 0.1), (-1.5, 0.2), (-1, 0.3), (-0.5, 0.6), (0, 0.9), (5, 0.9)]
)
def test_straight_lines_between_points(score: float, chance: float) -> None:
    assert LINE.probability(score) == pytest.approx(chance)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=20))
def test_the_table_keeps_the_order(scores: list[float]) -> None:
    chances = [DEFAULT.probability(s) for s in sorted(scores)]
    assert chances == sorted(chances)


def test_a_calibration_survives_json() -> None:
    assert Calibration.from_dict(LINE.to_dict()) == LINE


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"weights": {}, "points": [[0, 0.1]], "low": 0.1},
        {"weights": {}, "points": [[0, 0.5], [1, 0.4]], "low": 0.1},
        {"weights": {}, "points": [[0, 0.5], [0, 0.6]], "low": 0.1},
        {"weights": {}, "points": [[0, 0.5], [1, 1.6]], "low": 0.1},
        {"weights": [1], "points": [[0, 0.5], [1, 0.6]], "low": 0.1},
        {"weights": {"score": "much"}, "points": [[0, 0.5], [1, 0.6]], "low": 0.1},
        {"weights": {}, "points": [[0, 0.5], [1, 0.6]], "low": None},
    ],
)
def test_a_broken_calibration_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a confidence calibration"):
        Calibration.from_dict(data)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (rendering(-0.3), rendering(-1.2)),
        (rendering(-0.5), rendering(-0.5, target="The government announced the government announced it.")),
        (rendering(-0.5), rendering(-0.5, target="The football team won the final match yesterday.")),
        (rendering(-0.5), rendering(-0.5, target="In 1999 the government announced the new oil prices.")),
        (rendering(-0.5), rendering(-0.5, complete=False)),
    ],
)
def test_better_evidence_gives_more_confidence(better: Rendering, worse: Rendering) -> None:
    assert check(better).confidence > check(worse).confidence


def test_every_weight_of_the_default_is_a_feature() -> None:
    found = confidence.features(rendering(-0.5), [], dictionary.coverage(for_matching(SOURCE), TARGET))
    assert {name for name, _ in DEFAULT.weights} <= set(found)


def test_features_look_at_every_chunk() -> None:
    one = rendering(-0.5).chunks[0]
    two = replace(rendering(-0.5), chunks=(one, replace(one, score=-2.0, retries=1)))
    covered = dictionary.coverage(for_matching(SOURCE), TARGET)
    found = confidence.features(two, [], covered)
    assert found["score"] == pytest.approx(-1.25)
    assert found["worst_chunk"] == pytest.approx(-0.75)
    assert found["retries"] == 1


def test_without_evidence_the_flags_decide() -> None:
    without = replace(rendering(-0.5), chunks=())
    flag = Flag("quotes", "minor", "…")
    covered = dictionary.coverage(for_matching(SOURCE), TARGET)
    chances = [
        confidence.confidence(without, flags, covered, DEFAULT) for flags in ([], [flag], [flag, flag])
    ]
    assert chances == sorted(chances, reverse=True)
    assert 0 < chances[-1] < chances[0] < 1


def test_low_confidence_is_flagged_only_with_evidence() -> None:
    low = check(rendering(-1.9), LINE)
    assert [f.code for f in low.flags] == ["low_confidence"]
    assert check(rendering(-0.2), LINE).flags == ()
    assert check(replace(rendering(-1.9), chunks=()), LINE).flags == ()
