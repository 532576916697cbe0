import pytest

from models.repetition import find_loop, is_loop

LOOPS = [
    ("poor, poor, poor", "poor, poor, poor"),
    ("He said he said he said no", "He said he said he said"),
    ("the city of the city of the city of Aleppo", "the city of the city of the city of"),
    (
        "It was held in the capital on Monday, it was held in the capital on Monday",
        "It was held in the capital on Monday, it was held in the capital on Monday",
    ),
    ("no No NO", "no No NO"),
    ("a b a b a b a b c", "a b a b a b a b"),
]
CLEAN = [
    "",
    "word",
    "The minister said that the minister of finance would not resign.",
    "very, very good",
    "He had had enough.",
    "1, 2, 3, 4, 5, 6",
    "In 2014 and in 2015 and in 2016 it rose.",
    "Bora Bora is an island.",
]


@pytest.mark.parametrize(("text", "loop"), LOOPS)
def test_loops_are_found_to_their_full_extent(text: str, loop: str) -> None:
    span = find_loop(text)
    assert span is not None
    assert span.of(text) == loop


@pytest.mark.parametrize("text", CLEAN)
def test_ordinary_repetition_is_no_loop(text: str) -> None:
    assert find_loop(text) is None


@pytest.mark.parametrize(
    ("source", "expected"), [("قال نعم", True), ("لا لا لا", False), ("نعم نعم نعم نعم", False)]
)
def test_a_source_that_repeats_excuses_the_output(source: str, expected: bool) -> None:
    assert is_loop("no no no no", source) is expected


def test_long_text_is_quick_and_clean() -> None:
    text = " ".join(f"w{i}" for i in range(50_000))
    assert find_loop(text) is None
