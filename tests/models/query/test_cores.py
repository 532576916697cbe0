"""Which words fall together, and which must not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.query import tokens
from models.query.cores import core


def cores(words: str) -> set[str]:
    return {core_of(word) for word in words.split()}


def core_of(word: str) -> str:
    [token] = tokens(word)
    return token


#: Forms of one word, in each line.
TOGETHER = """
وزير الوزير والوزير للوزير بالوزير فالوزير كالوزير لوزير ووزير وبالوزير وللوزير ولوزير وزيرنا وزيرهم وزيرها وزيرهما وزيركم وزيرا ووزيرها
حكومة الحكومة والحكومة للحكومة بالحكومة حكومته حكومتها حكومتهم حكومتنا وحكومته لحكومتها بحكومتها حكومه
""".strip().splitlines()


@pytest.mark.parametrize("line", TOGETHER)
def test_forms_of_a_word_fall_together(line: str) -> None:
    assert len(cores(line)) == 1, {word: core_of(word) for word in line.split()}


@given(st.text("ابتجحدرزسشطعفقكلمنهويءopsiechx", min_size=1, max_size=10))
def test_the_core_of_a_core_is_itself(word: str) -> None:
    assert core(core(word)) == core(word)
