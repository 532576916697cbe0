"""Words of headlines, and which of them are more frequent than before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import keyness


@pytest.mark.parametrize(
    ("headline", "forms"),
    [
        ("الوزارة تعلن: «الوزارة» جاهزة", {"الوزارة", "تعلن", "جاهزة"}),
        ("القاهرة والقاهرةُ", {"القاهرة"}),
        ("في 25 من 12 ب", set()),
        ("The ministry and ministries of Egypt's north", {"ministry", "Egypt", "north"}),
        ("", set()),
        ("x" * 100, set()),
    ],
)
def test_each_content_word_once_in_its_shortest_form(headline: str, forms: set[str]) -> None:
    assert set(keyness.words(headline).values()) == forms


@given(st.text())
def test_any_headline_can_be_cut(headline: str) -> None:
    for key, form in keyness.words(headline).items():
        assert key
        assert form in headline


def test_more_headlines_are_a_greater_surprise() -> None:
    assert keyness.surprise(60, 1000, 10, 1000) > keyness.surprise(6, 1000, 1, 1000) > 0


def test_a_known_value() -> None:
    """Dunning (1993), table 2: "the swiss" stands 110 times among 2,442 after "the", 111 among 29,114 others."""
    assert keyness.surprise(110, 2552, 111, 29_225) == pytest.approx(270.72, abs=0.3)


counts = st.integers(0, 500)


@given(counts, counts, counts, counts)
def test_never_negative_and_nothing_for_what_fell(now: int, rest: int, before: int, rest_before: int) -> None:
    score = keyness.surprise(now, now + rest, before, before + rest_before)
    assert score >= -1e-9
    if now * (before + rest_before) <= before * (now + rest):
        assert score == 0
