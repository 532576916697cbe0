"""Dates as Arabic feeds write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.dates import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 28 Nov 2026 20:00:00 +0300", "2026-11-28T17:00"),
        ("Sat, 28 Nov 2026 20:00:00 GMT", "2026-11-28T20:00"),
        ("Sat, 28 Nov 2026 20:00 GMT+3", "2026-11-28T17:00"),
        ("28 Nov 2026 20:00:00 EST", "2026-11-29T01:00"),
        ("2026-11-28T20:00:00Z", "2026-11-28T20:00"),
        ("2026-11-28T20:00:00+04:30", "2026-11-28T15:30"),
        ("2026-11-28 20:15", "2026-11-28T20:15"),
        ("2026/11/28", "2026-11-28T00:00"),
        ("28/11/2026 08:15 م", "2026-11-28T20:15"),
        ("28/11/2026 12:15 ص", "2026-11-28T00:15"),
        ("28.11.2026, 8:15 PM", "2026-11-28T20:15"),
        ("28-11-2026", "2026-11-28T00:00"),
        ("السبت 28 تشرين الثاني 2026 - 20:15", "2026-11-28T20:15"),
        ("٢٨ نوفمبر ٢٠٢٦", "2026-11-28T00:00"),
        ("٢٨ تشرين الثاني/نوفمبر ٢٠٢٦، ٨:١٥ م", "2026-11-28T20:15"),
        ("\u200fالأحد ٣ كانون الثاني 2027، 12:05 ص بتوقيت غرينتش +3", "2027-01-02T21:05"),
        ("نشر في 5 أيّار 2026", "2026-05-05T00:00"),
        ("28 جانفي 2026 10:00", "2026-01-28T10:00"),
        ("1 نونبر 2025", "2025-11-01T00:00"),
        ("5 آب 2026", "2026-08-05T00:00"),
        ("Tue, 3 مارس 2026 11:00:00 +0200", "2026-03-03T09:00"),
        ("۲۸ نوفمبر ۲۰۲۶", "2026-11-28T00:00"),
    ],
)  # fmt: skip
def test_parse(text: str, expected: str) -> None:
    assert parse(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "قبل قليل",
        "31/02/2026",
        "99999999999",
        "12 رمضان 1447",
        "منذ ساعتين",
        "28 / 2026",
        "0001-01-01T00:00:00+23:00",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse(text) is None


def test_a_time_without_a_zone_is_local_to_the_feed() -> None:
    damascus = timezone(timedelta(hours=3))
    assert parse("28/11/2026 01:30", damascus) == datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    assert parse("2026-11-28T01:30:00Z", damascus) == datetime(2026, 11, 28, 1, 30, tzinfo=UTC)


@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("0123456789٠١٢٣/.:-+ TZGMTصمنوفبرآب،"), st.characters()),
        max_size=60,
    )
)
def test_anything_is_a_date_or_none(text: str) -> None:
    found = parse(text)
    assert found is None or found.tzinfo is UTC
