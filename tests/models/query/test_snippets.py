"""Pieces of texts around what a query hits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.query import parse, snippet
from models.query.snippets import LENGTH

FILLER = "كلمات أخرى لا تعني شيئا " * 30


@pytest.mark.parametrize(
    ("text", "hits", "before", "after"),
    [
        ("", [], False, False),
        ("short", [], False, False),
        ("القمح", ["القمح"], False, False),
        (f"القمح {FILLER}", ["القمح"], False, True),
        (f"{FILLER} القمح", ["القمح"], True, False),
        (f"{FILLER} بالقمح وقمح {FILLER}", ["بالقمح", "وقمح"], True, True),
        (f"قمح {FILLER} قمح قمح {FILLER}", ["قمح", "قمح"], True, True),
        (FILLER, [], False, True),
    ],
)
def test_the_piece_with_the_most_hits(text: str, hits: list[str], before: bool, after: bool) -> None:
    query = parse("قمح")
    assert query is not None
    found = snippet(query, text)
    assert [span.of(found.text) for span in found.highlights] == hits
    assert (found.cut_before, found.cut_after) == (before, after)


@given(
    st.lists(st.sampled_from(["قمح", "كلمة", "wheat", "\n", "x" * 300, "."]), max_size=80),
    st.sampled_from([" ", "  ", "\n"]),
)
def test_a_piece_is_a_piece(words: list[str], gap: str) -> None:
    query = parse("قمح")
    assert query is not None
    text = gap.join(words)
    found = snippet(query, text)
    assert text[found.start : found.start + len(found.text)] == found.text
    assert len(found.text) <= LENGTH
    assert bool(found.highlights) == ("قمح" in words)
    assert all(span.of(found.text) == "قمح" for span in found.highlights)
