"""Quiet hours: across midnight, in the zone's own time, and when clocks are set."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.monitor import quiet

RIYADH, PARIS = "Asia/Riyadh", "Europe/Paris"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "begin", "end", "zone", "expected"),
    [
        ("2026-03-04 18:59", "22:00", "06:00", RIYADH, None),  # 21:59 there
        ("2026-03-04 19:00", "22:00", "06:00", RIYADH, "2026-03-05 03:00"),
        ("2026-03-05 02:59", "22:00", "06:00", RIYADH, "2026-03-05 03:00"),
        ("2026-03-05 03:00", "22:00", "06:00", RIYADH, None),
        ("2026-03-04 10:30", "13:00", "14:30", RIYADH, "2026-03-04 11:30"),
        ("2026-03-04 09:59", "13:00", "14:30", RIYADH, None),
        ("2026-03-04 23:30", "00:00", "07:00", "UTC", None),
        ("2026-03-04 23:30", "23:00", "00:00", "UTC", "2026-03-05 00:00"),
        # 29 March 2026: Paris goes from 02:00 to 03:00, so the night is an hour shorter
        ("2026-03-28 22:00", "22:00", "07:00", PARIS, "2026-03-29 05:00"),
        ("2026-03-27 22:00", "22:00", "07:00", PARIS, "2026-03-28 06:00"),
        # ... and 02:30 isn't there: quiet until the hour that is left out is over
        ("2026-03-29 00:30", "22:00", "02:30", PARIS, "2026-03-29 01:30"),
        # 25 October 2026: 02:00 to 03:00 comes twice
        ("2026-10-25 00:10", "22:00", "02:30", PARIS, "2026-10-25 00:30"),
        ("2026-10-25 01:10", "22:00", "02:30", PARIS, "2026-10-25 01:30"),
    ],
)
def test_until(now: str, begin: str, end: str, zone: str, expected: str | None) -> None:
    assert quiet.until(at(now), begin, end, zone) == (None if expected is None else at(expected))


def test_without_quiet_hours_it_is_never_quiet() -> None:
    assert quiet.until(at("2026-03-04 03:00"), None, None, "UTC") is None


HOURS = st.times().map(lambda time: time.strftime("%H:%M"))
ZONES = st.sampled_from([RIYADH, PARIS, "Africa/Cairo", "Asia/Beirut", "America/New_York", "Africa/Casablanca",
                         "Australia/Lord_Howe", "Pacific/Apia"])  # fmt: skip


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), HOURS, HOURS, ZONES)
def test_quiet_hours_end_and_are_over_then(now: datetime, begin: str, end: str, zone: str) -> None:
    now = now.replace(tzinfo=UTC)
    if begin == end or (ends := quiet.until(now, begin, end, zone)) is None:
        return
    assert now < ends < now + timedelta(hours=26)
    assert quiet.until(ends, begin, end, zone) is None


@pytest.mark.parametrize(("text", "is_one"), [("00:00", 1), ("23:59", 1), ("24:00", 0), ("7:00", 0), ("07:60", 0), ("07:00 ", 0), ("", 0)])  # fmt: skip
def test_hours(text: str, is_one: int) -> None:
    assert quiet.is_hour(text) == bool(is_one)
