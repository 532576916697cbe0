"""The pages of digests, by their forms alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.context import runtime_of
from service.monitor.arrivals import Arrived, arrived
from service.store import digests, entries, feeds
from service.store.database import Database
from service.store.digests import Plan
from service.store.entries import Arrival, Outcome
from service.store.feeds import Policy
from tests.service.keyed import Keyed
from tests.service.ui.markup import Page, check

NOW = datetime.now(UTC)


def database_of(client: FlaskClient) -> Database:
    return runtime_of(client.application).services.database


def bring(database: Database, title: str, title_en: str, owner: str = "local", folder: str = "") -> None:
    with database.write() as session:
        url = f"http://a.invalid/{folder}"
        feed, _ = feeds.add(session, owner, url, NOW + timedelta(days=1), "النهار", Policy(folder))
        arrival = Arrival(title, None, title, title, None, NOW - timedelta(minutes=5))
        [entry] = entries.take_in(session, feed.id, owner, [arrival], NOW - timedelta(minutes=5))
        entries.finish(session, entry.id, entry.digest, Outcome("translated", title_en=title_en))
        arrived(session, Arrived(entry, title, title_en, title, title_en), NOW)


def get(client: FlaskClient, path: str) -> Page:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return check(response.text)


def send(client: FlaskClient, path: str, **fields: Any) -> Page:
    response = client.post(path, data=fields)
    assert response.status_code == 303, response.text
    return get(client, response.headers["Location"])


def plan_form(**fields: str) -> dict[str, str]:
    return {"name": "صباح", "hours": "18:30, 07:00", "zone": "Asia/Beirut", "stories": "5"} | fields


def only_plan(client: FlaskClient) -> Plan:
    with database_of(client).read() as session:
        [plan] = digests.plans(session, "local", 9)
    return plan


def test_somebody_new_sees_how_to_begin(client: FlaskClient) -> None:
    page = get(client, "/digests")
    assert "None yet." in page.text
    assert "open" in page.one("details", id="make")


def test_making_reading_and_removing(client: FlaskClient) -> None:
    bring(database_of(client), "زلزال قوي", "Strong earthquake", folder="عالم")
    bring(database_of(client), "أسعار القمح", "Wheat prices", folder="اقتصاد")
    page = send(client, "/digests", span="day", folder="عالم", zone="Asia/Beirut", stories="5")
    assert "Strong earthquake" in page.text
    assert "زلزال قوي" in page.text
    assert "Wheat" not in page.text, "another folder"
    for link in ("Markdown", "As it is mailed"):
        assert link in page.text
    hrefs = [a["href"] for a in page.all("a")]
    markdown = client.get(next(href for href in hrefs if "format=md" in href))
    assert "Strong earthquake" in markdown.text
    assert any(href.startswith("/stories/") for href in hrefs)
    listed = get(client, "/digests")
    assert "1 entry, 1 story, folder عالم" in listed.text
    asked = get(client, next(href for href in hrefs if href.endswith("/remove")))
    assert "is gone" in send(client, asked.one("form")["action"]).text
    assert "None yet." in get(client, "/digests").text


def test_planning(client: FlaskClient) -> None:
    page = send(client, "/digests/plans", **plan_form())
    assert "Planned." in page.text
    assert "At 07:00, 18:30 (Asia/Beirut)" in page.text
    plan = only_plan(client)
    assert (plan.name, plan.hours, plan.zone, plan.stories) == ("صباح", ("07:00", "18:30"), "Asia/Beirut", 5)
    form = get(client, f"/digests/plans/{plan.id}")
    assert form.one("input", name="hours")["value"] == "07:00, 18:30"
    assert "checked" in form.one("input", name="active")
    send(client, f"/digests/plans/{plan.id}", **plan_form(hours="06:00"))
    changed = only_plan(client)
    assert (changed.hours, changed.active) == (("06:00",), False), "a box that isn't ticked isn't sent"
    before = datetime.now(UTC)
    send(client, f"/digests/plans/{plan.id}", **plan_form(active="on"))
    assert only_plan(client).active
    assert only_plan(client).covered_to >= before, "what came in while it was paused is not made up for"
    asked = get(client, f"/digests/plans/{plan.id}/remove")
    assert "no more digests" in send(client, asked.one("form")["action"]).text
    assert client.get(f"/digests/plans/{plan.id}").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields", "field", "says"),
    [
        ("/digests", {"stories": "0"}, "make-stories", "greater than or equal to 1"),
        ("/digests", {"zone": "Mars/Olympus"}, "make-zone", "Is no time zone"),
        ("/digests/plans", plan_form(hours="7am"), "plan-hours", "07:00"),
        ("/digests/plans", plan_form(hours=""), "plan-hours", ""),
        ("/digests/plans", plan_form(name=" "), "plan-name", ""),
        ("/digests/plans", plan_form(zone="Beirut"), "plan-zone", "Is no time zone"),
        ("/digests/plans", plan_form(stories="1000"), "plan-stories", "less than or equal to"),
        ("/digests/plans", plan_form(emails="a@b.example"), "plan-emails", "Mail isn't set up"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    client: FlaskClient, path: str, fields: dict[str, str], field: str, says: str
) -> None:
    response = client.post(path, data=fields)
    assert response.status_code == 422
    page = check(response.text)
    [wrong] = [a for tag in ("input", "textarea", "select") for a in page.all(tag) if "aria-invalid" in a]
    assert wrong["id"] == field
    assert says in page.text
    if path.endswith("plans") and field != "plan-name":
        assert page.one("input", id="plan-name")["value"] == "صباح", "what was typed stays"


def test_a_wrong_change_shows_the_plan_again(client: FlaskClient) -> None:
    send(client, "/digests/plans", **plan_form())
    plan = only_plan(client)
    response = client.post(f"/digests/plans/{plan.id}", data=plan_form(hours="late"))
    assert response.status_code == 422
    assert check(response.text).one("input", id="plan-hours")["value"] == "late"
    assert only_plan(client).hours == ("07:00", "18:30")


def test_another_team_sees_nothing_of_it() -> None:
    keyed = Keyed()
    mine, other = keyed.caller("a", "red"), keyed.caller("b", "blue")
    narrow = keyed.caller("c", "red", scopes=("translate",))
    try:
        bring(keyed.runtime.services.database, "خبر سري", "Secret news", owner=mine.owner)
        made = mine.open("/digests", "POST", data={"span": "day"}).headers["Location"]
        assert mine.open("/digests/plans", "POST", data=plan_form()).status_code == 303
        with keyed.runtime.services.database.read() as session:
            [plan] = digests.plans(session, mine.owner, 9)
        assert "Secret news" in mine.open(made).text
        assert "صباح" in mine.open("/digests").text
        assert "صباح" not in other.open("/digests").text
        for place in (made, f"/digests/plans/{plan.id}"):
            for method, path in (("GET", ""), ("GET", "/remove"), ("POST", "/remove")):
                assert other.open(f"{place}{path}", method, data={"do": "it"}).status_code == 404
        assert other.open(f"/digests/plans/{plan.id}", "POST", data=plan_form()).status_code == 404
        assert narrow.open("/digests").status_code == 403
        assert mine.open(made).status_code == 200
    finally:
        keyed.close()
