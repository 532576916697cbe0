"""The dashboard: its numbers, which are there without a script."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from service.context import runtime_of
from service.store import entries, feeds, trends
from service.store.entries import Arrival
from service.store.trends import Checked, Headline
from service.ui.dashboard import percent, volume
from tests.service.keyed import Keyed
from tests.service.ui.markup import Page, check

NOW = datetime.now(UTC)


def fill(
    client: FlaskClient, days_ago: int, number: int, title: str, title_en: str, checked: Checked
) -> None:
    when = NOW - timedelta(days=days_ago)
    with runtime_of(client.application).services.database.write() as session:
        feed, _ = feeds.add(session, "local", "http://a.invalid/", NOW + timedelta(days=1), "النهار")
        arrivals = [Arrival(f"{title}-{n}", None, title, "", None, when) for n in range(number)]
        for entry in entries.take_in(session, feed.id, "local", arrivals, NOW):
            trends.count(session, Headline(entry.id, "local", when, title, title_en), checked, NOW)


def get(client: FlaskClient, **query: str) -> Page:
    response = client.get("/dashboard", query_string=query or None)
    assert response.status_code == 200
    return check(response.text)


def test_without_feeds_it_says_how_to_begin(client: FlaskClient) -> None:
    page = get(client)
    assert "There is nothing to draw yet" in page.text
    assert not page.all("canvas")


def test_the_numbers_stand_in_tables(client: FlaskClient) -> None:
    fill(client, 10, 2, "مجلس الوزراء", "Cabinet", Checked(10, 1, 0))
    fill(client, 0, 5, "زلزال", "Earthquake", Checked(4, 2, 1))
    page = get(client)
    assert "7 entries published in 30 days" in page.text
    charts = page.all("div", **{"data-kind": "line"}) + page.all("div", **{"data-kind": "share"})
    assert [chart["data-table"] for chart in charts] == ["by-day", "flagged"]
    assert all("hidden" in chart for chart in page.all("div", **{"data-kind": "bars"})), "a script shows it"
    assert {"by-day", "by-hour", "by-source", "flagged", "words-ar", "words-en"} <= {
        table.get("id") for table in page.all("table")
    }
    assert len([1 for details in page.all("details") if "open" in details]) == 4
    assert "12.5% of segments have a critical or major flag, 71.4% of entries" in page.text
    assert "زلزال 5 0" in page.text
    assert "Earthquake 5 0" in page.text
    assert "Cabinet" not in page.text
    assert "النهار" in page.text


@pytest.mark.parametrize(("days", "total"), [("7", 1), ("30", 3), ("90", 7), ("nonsense", 3), ("-1", 3)])
def test_how_far_to_look_back(client: FlaskClient, days: str, total: int) -> None:
    for days_ago, number in ((0, 1), (20, 2), (80, 4)):
        fill(client, days_ago, number, f"خبر {days_ago}", "News", Checked(1, 0, 0))
    page = get(client, days=days)
    chosen = [radio["value"] for radio in page.all("input", type="radio") if "checked" in radio]
    assert f"{total} entr" in page.text
    assert chosen == [days if days in ("7", "90") else "30"]


@pytest.mark.parametrize("zone", ["Asia/Riyadh", "America/New_York", "Asia/Kolkata"])
def test_hours_are_those_of_the_zone(client: FlaskClient, zone: str) -> None:
    fill(client, 1, 1, "خبر", "News", Checked(1, 0, 0))
    there = (NOW - timedelta(days=1)).replace(minute=0).astimezone(ZoneInfo(zone))
    page = get(client, zone=zone)
    assert f"{there.hour:02d}:00 to {there.hour:02d}:59 1 " in page.text
    assert page.one("input", name="zone")["value"] == zone


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "\0"])
def test_no_zone_is_utc(client: FlaskClient, zone: str) -> None:
    fill(client, 1, 1, "خبر", "News", Checked(1, 0, 0))
    assert get(client, zone=zone).one("input", name="zone")["value"] == "UTC"


def test_a_day_that_has_25_hours_is_one_day() -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    counted = {start + timedelta(hours=n): 1 for n in range(25)}
    found = volume(counted, start, start + timedelta(hours=25), zone)
    assert found.days == ((date(2026, 10, 25), 25), (date(2026, 10, 26), 0))
    assert found.hours[2] == 2
    assert found.total == 25 == sum(found.hours)


@pytest.mark.parametrize(("part", "whole", "wanted"), [(1, 3, 33.3), (0, 5, 0.0), (0, 0, 0.0), (5, 5, 100.0)])
def test_shares(part: int, whole: int, wanted: float) -> None:
    assert percent(part, whole) == wanted


def test_another_team_has_its_own_numbers() -> None:
    keyed = Keyed()
    mine, other = keyed.caller("a", "red"), keyed.caller("b", "blue")
    narrow = keyed.caller("c", "red", scopes=("translate",))
    try:
        with keyed.runtime.services.database.write() as session:
            feed, _ = feeds.add(session, mine.owner, "http://a.invalid/", NOW + timedelta(days=1), "سري")
            entries.take_in(session, feed.id, mine.owner, [Arrival("1", None, "خبر", "", None, NOW)], NOW)
        assert "سري" in mine.open("/dashboard").text
        assert "سري" not in other.open("/dashboard").text
        assert narrow.open("/dashboard").status_code == 403
    finally:
        keyed.close()
