"""How long a summary is."""

import pytest

from models.summarize import Length


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"sentences": 3, "words": 40},
        {"sentences": 3, "ratio": 0.2},
        {"words": 3, "ratio": 0.2},
        {"sentences": 0},
        {"sentences": -1},
        {"words": 0},
        {"ratio": 0.0},
        {"ratio": -0.1},
        {"ratio": 1.01},
    ],
)
def test_a_length_that_makes_no_summary_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="length"):
        Length(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("length", "article", "budget"),
    [
        (Length(sentences=3), 100, None),
        (Length(words=40), 100, 40),
        (Length(ratio=0.2), 100, 20),
        (Length(ratio=1.0), 100, 100),
        (Length(ratio=0.01), 10, 1),
        (Length(ratio=0.3), 0, 1),
    ],
)
def test_budget_in_words(length: Length, article: int, budget: int | None) -> None:
    assert length.word_budget(article) == budget
