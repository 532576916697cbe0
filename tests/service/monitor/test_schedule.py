"""When feeds are polled."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.monitor import schedule
from service.monitor.schedule import LONGEST, SHORTEST, USUAL, Wishes

NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)  # a Saturday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def draw() -> random.Random:
    return random.Random(1)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], USUAL),
        ([n * 20 * MINUTE for n in range(10)], 10 * MINUTE),
        ([n * MINUTE for n in range(30)], SHORTEST),
        ([n * 3 * DAY for n in range(5)], LONGEST),
        # twenty minutes between entries, but silent since yesterday
        ([DAY + n * 20 * MINUTE for n in range(10)], DAY / 10),
        # all at once, as some feeds date them
        ([HOUR] * 5, 6 * MINUTE),
        # only in the future: a clock or a zone is wrong
        ([-HOUR, -2 * HOUR], USUAL),
    ],
)
def test_rhythm(ages: list[timedelta], expected: timedelta) -> None:
    assert schedule.rhythm([NOW - age for age in ages], NOW) == expected


@pytest.mark.parametrize(
    ("wishes", "low", "high"),
    [
        (Wishes(), 30 * MINUTE, 33 * MINUTE),
        (Wishes(wait=HOUR), HOUR, 66 * MINUTE),
        (Wishes(wait=MINUTE), 30 * MINUTE, 33 * MINUTE),
        (Wishes(wait=400 * DAY), DAY, 1.1 * DAY),
        (Wishes(skip_hours=frozenset({20, 21})), 2 * HOUR, 2 * HOUR),
        (Wishes(skip_days=frozenset({"saturday"})), 4 * HOUR, 4 * HOUR),
        (Wishes(skip_hours=frozenset(range(24))), 30 * MINUTE, 33 * MINUTE),
    ],
)
def test_what_the_feed_asks_is_obeyed(wishes: Wishes, low: timedelta, high: timedelta) -> None:
    wait = schedule.after_success(30 * MINUTE, wishes, NOW, draw()) - NOW
    assert low <= wait <= high


def test_failures_double_the_time_up_to_a_bound() -> None:
    waits = [schedule.after_failure(n, Wishes(), NOW, draw()) - NOW for n in range(1, 40)]
    assert waits == sorted(waits)
    assert 2 * SHORTEST <= waits[0] <= 2.2 * SHORTEST
    assert LONGEST <= waits[-1] <= 1.1 * LONGEST


def test_feeds_that_failed_together_do_not_come_back_together() -> None:
    one = random.Random(5)
    times = {schedule.after_failure(3, Wishes(), NOW, one) for _ in range(50)}
    assert max(times) - min(times) > 3 * MINUTE


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, timedelta(0)),
        ({"retry-after": "120"}, 2 * MINUTE),
        ({"retry-after": "Sat, 28 Nov 2026 21:00:00 GMT"}, HOUR),
        ({"retry-after": "Sat, 28 Nov 2020 21:00:00 GMT"}, timedelta(0)),
        ({"retry-after": "soon"}, timedelta(0)),
        ({"cache-control": "public, max-age=600"}, 10 * MINUTE),
        ({"retry-after": "60", "cache-control": "max-age=600"}, MINUTE),
        ({"retry-after": "9" * 5000}, timedelta(seconds=10**7)),
        ({"retry-after": "9" * 400}, timedelta(seconds=10**7)),
    ],
)
def test_what_the_server_asks(headers: dict[str, str], expected: timedelta) -> None:
    assert schedule.wait_asked(headers, NOW) == expected


@given(
    st.lists(st.timedeltas(timedelta(days=-2), timedelta(days=900)), max_size=40),
    st.frozensets(st.integers(0, 23)),
    st.timedeltas(timedelta(0), timedelta(days=4000)),
)
def test_the_next_look_is_always_ahead_and_never_too_far(
    ages: list[timedelta], hours: frozenset[int], wait: timedelta
) -> None:
    interval = schedule.rhythm([NOW - age for age in ages], NOW)
    following = schedule.after_success(interval, Wishes(wait, hours), NOW, draw())
    assert SHORTEST <= following - NOW <= 2.2 * DAY
