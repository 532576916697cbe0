"""Ids: their order, and their other spelling."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from service.store.ids import Sequence, as_uuid, canonical, new_id, written

NUMBERS = st.integers(0, 2**128 - 1)


def test_shape() -> None:
    assert re.fullmatch("job_[0-9a-hjkmnp-tv-z]{26}", new_id("job"))


@given(st.lists(st.integers(0, 5), min_size=2))
def test_each_is_greater_whatever_the_clock_does(milliseconds: list[int]) -> None:
    ticks = iter(milliseconds)
    numbers = Sequence(lambda: next(ticks) / 1000)
    made = [next(numbers) for _ in milliseconds]
    assert all(a < b for a, b in itertools.pairwise(made))


def test_they_begin_with_the_time() -> None:
    seconds = iter((1.0, 1.0, 2.5))
    numbers = Sequence(lambda: next(seconds))
    assert [next(numbers) >> 80 for _ in range(3)] == [1000, 1000, 2500]


def test_text_sorts_as_the_numbers_do_in_several_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        lists = list(pool.map(lambda _: [new_id("x") for _ in range(2000)], range(4)))
    assert all(made == sorted(made) for made in lists)
    assert len({id for made in lists for id in made}) == 8000


@given(NUMBERS)
def test_both_spellings_name_the_same(number: int) -> None:
    own = written("gls", number)
    assert as_uuid(own).int == number
    assert canonical("gls", str(as_uuid(own))) == own
    assert canonical("gls", as_uuid(own).hex.upper()) == own
    assert canonical("gls", own) == own
