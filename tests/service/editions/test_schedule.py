"""Hours of the clock, where the clock jumps too."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.editions.schedule import WrongPlan, hours_of, next_due, zone_of


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(zone: str, hours: tuple[str, ...], start: str, end: str) -> list[str]:
    """All moments from `start` to `end`, in UTC."""
    found, moment = [], at(start)
    while (moment := next_due(hours, ZoneInfo(zone), moment)) <= at(end):
        found.append(moment.strftime("%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("zone", "hours", "start", "end", "expected"),
    [
        ("UTC", ("07:00", "18:30"), "2026-11-28T07:00", "2026-11-29T07:00", ["28 18:30", "29 07:00"]),
        ("Asia/Riyadh", ("07:00",), "2026-11-28T00:00", "2026-11-29T12:00", ["28 04:00", "29 04:00"]),
        # Berlin: 02:00 becomes 03:00 on 29 March 2026.
        ("Europe/Berlin", ("02:30",), "2026-03-28T00:00", "2026-03-30T12:00", ["28 01:30", "29 01:30", "30 00:30"]),
        ("Europe/Berlin", ("02:30", "03:30"), "2026-03-28T12:00", "2026-03-29T12:00", ["29 01:30"]),
        ("Europe/Berlin", ("02:00", "03:00"), "2026-03-28T12:00", "2026-03-29T12:00", ["29 01:00"]),
        # 03:00 becomes 02:00 on 25 October 2026: the clock shows 02:30 twice.
        ("Europe/Berlin", ("02:30",), "2026-10-24T12:00", "2026-10-26T12:00", ["25 00:30", "26 01:30"]),
        # Beirut jumps at midnight, so that 00:30 isn't there on 29 March 2026.
        ("Asia/Beirut", ("00:30",), "2026-03-28T00:00", "2026-03-30T00:00", ["28 22:30", "29 21:30"]),
        # Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", ("01:45",), "2026-04-03T00:00", "2026-04-06T00:00", ["03 14:45", "04 14:45", "05 15:15"]),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", ("07:00",), "2011-12-28T18:00", "2012-01-01T00:00", ["29 17:00", "30 17:00", "31 17:00"]),
    ],
)  # fmt: skip
def test_moments(zone: str, hours: tuple[str, ...], start: str, end: str, expected: list[str]) -> None:
    assert between(zone, hours, start, end) == expected


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Beirut", "Africa/Casablanca", "Africa/Cairo"])
@pytest.mark.parametrize("hour", ["00:00", "00:30", "02:00", "02:30", "03:00", "23:59"])
def test_a_year_has_a_digest_for_each_day(zone: str, hour: str) -> None:
    moments, moment, end = [], at("2026-01-01T00:00"), at("2027-01-01T00:00")
    while (moment := next_due((hour,), ZoneInfo(zone), moment)) <= end:
        moments.append(moment)
    assert len(moments) in (365, 366)  # an hour on the edge of the year
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


HOURS = st.lists(st.times().map(lambda moment: moment.strftime("%H:%M")), min_size=1, max_size=4, unique=True)
ZONES = st.sampled_from(sorted(available_timezones()))


@settings(max_examples=60, deadline=None)
@given(HOURS, ZONES, st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_the_next_is_later_and_within_two_days(hours: list[str], zone: str, after: datetime) -> None:
    found = next_due(hours, ZoneInfo(zone), after)
    assert after < found <= after + timedelta(days=2, hours=3)
    # There is none in between.
    assert next_due(hours, ZoneInfo(zone), found - timedelta(microseconds=1)) == found


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "x" * 300, "a\0b"]
)
def test_what_is_no_zone(name: str) -> None:
    with pytest.raises(WrongPlan):
        zone_of(name)


@pytest.mark.parametrize(
    "hours", [(), ("7:00",), ("0٧:00",), ("24:00",), ("07:60",), ("07:00", "x"), ("٠٧:٠٠",)]
)
def test_what_are_no_hours(hours: tuple[str, ...]) -> None:
    with pytest.raises(WrongPlan):
        hours_of(hours)


def test_hours_are_sorted_and_each_there_once() -> None:
    assert hours_of(["18:00", "07:00", "18:00"]) == ("07:00", "18:00")
