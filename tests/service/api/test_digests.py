"""/v1/digests and /v1/digest-plans."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Config, MailConfig
from service.context import runtime_of
from service.store import digests
from tests.service.editions.news import HOUR, NUMBERS, News

NOW = datetime.now(UTC) - HOUR


@pytest.fixture
def news(client: FlaskClient) -> News:
    return News(runtime_of(client.application).services.database, "local")


def make(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/digests", json=body)
    assert response.status_code == 201, response.get_data(as_text=True)
    assert client.get(response.headers["Location"]).get_json() == response.get_json()
    made: dict[str, Any] = response.get_json()
    return made


def test_a_digest_made_now(client: FlaskClient, news: News) -> None:
    story = news.story()
    news.report("ahram", story, NOW, flags=[NUMBERS])
    made = make(client, zone="Asia/Riyadh", name="Desk")
    assert made["title"].startswith("Desk: ")
    assert [top["brief"]["id"] for top in made["content"]["top"]] == [story]
    assert made["content"]["flagged"][0]["flags"] == [
        {"label": "Numbers differ", "severity": "critical", "number": 1}
    ]
    [listed] = client.get("/v1/digests").get_json()["items"]
    assert (listed["id"], listed["entries"], listed["stories"]) == (made["id"], 1, 1)
    assert client.delete(f"/v1/digests/{made['id']}").status_code == 204
    assert client.get(f"/v1/digests/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("accept", "query", "mimetype", "begins"),
    [
        ("*/*", "", "application/json", "{"),
        ("", "", "application/json", "{"),
        ("image/png", "", "application/json", "{"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "text/html", "<!doctype html>"),
        ("text/markdown", "", "text/markdown", "# Digest"),
        ("text/html", "?format=md", "text/markdown", "# Digest"),
        ("*/*", "?format=html", "text/html", "<!doctype html>"),
    ],
)
def test_formats(
    client: FlaskClient, news: News, accept: str, query: str, mimetype: str, begins: str
) -> None:
    news.report("ahram", news.story(), NOW)
    id = make(client)["id"]
    response = client.get(f"/v1/digests/{id}{query}", headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, mimetype)
    assert response.get_data(as_text=True).startswith(begins)
    assert "Accept" in response.headers["Vary"]


def test_a_span_of_time(client: FlaskClient, news: News) -> None:
    early, late = news.story(), news.story()
    news.report("a", early, NOW - 30 * HOUR)
    news.report("a", late, NOW)
    since, until = (moment.isoformat() for moment in (NOW - 40 * HOUR, NOW - 20 * HOUR))
    assert [t["brief"]["id"] for t in make(client, since=since, until=until)["content"]["top"]] == [early]
    assert len(make(client, since=since, stories=1)["content"]["top"]) == 1
    assert len(make(client, since=since)["content"]["top"]) == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"since": "yesterday"}, "/since"),
        ({"since": "2026-11-28T07:00:00"}, "/since"),
        ({"since": 1764300000}, "/since"),
        ({"since": "2026-11-28T07:00:00Z", "until": "2026-11-28T06:00:00Z"}, "/since"),
        ({"since": "1999-01-01T00:00:00Z", "until": "2026-11-28T06:00:00Z"}, "/since"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "/since"),
        ({"since": "2026-13-28T07:00:00Z"}, "/since"),
        ({"zone": "Mars/Olympus"}, "/zone"),
        ({"stories": 0}, "/stories"),
        ({"name": " "}, "/name"),
    ],
)
def test_digests_that_are_refused(client: FlaskClient, body: dict[str, Any], pointer: str) -> None:
    response = client.post("/v1/digests", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == [pointer]


PLAN = {"hours": ["18:00", "07:00"], "zone": "Asia/Riyadh", "emails": ["Desk@Example.ORG"], "folder": "مصر"}


@pytest.fixture
def mail_client(client_of: Any) -> FlaskClient:
    """Of a service that has a mail server, though not one that answers."""
    made: FlaskClient = client_of(Config(mail=MailConfig(host="127.0.0.1", port=1, sender="m@example.org")))
    return made


def test_a_plan(mail_client: FlaskClient) -> None:
    client = mail_client
    response = client.post("/v1/digest-plans", json=PLAN)
    assert response.status_code == 201
    plan = response.get_json()
    assert plan["hours"] == ["07:00", "18:00"]
    assert plan["emails"] == ["Desk@example.org"]
    due = datetime.fromisoformat(plan["next_due"])
    assert datetime.now(UTC) < due <= datetime.now(UTC) + timedelta(hours=13, minutes=1)
    assert due.hour in (4, 15)  # UTC
    where = response.headers["Location"]
    assert client.get(where).get_json() == plan
    assert client.get("/v1/digest-plans").get_json()["items"] == [plan]
    changed = client.patch(where, json={"folder": None, "hours": ["09:30"], "name": None}).get_json()
    assert (changed["folder"], changed["hours"], changed["name"]) == (None, ["09:30"], "Digest")
    assert datetime.fromisoformat(changed["next_due"]).strftime("%H:%M") == "06:30"
    assert changed["covered_to"] == plan["covered_to"]  # nothing is left out by a change of hours
    assert client.patch(where, json={}).get_json() == changed
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404


def test_a_plan_that_was_paused_begins_anew(mail_client: FlaskClient) -> None:
    client = mail_client
    plan = client.post("/v1/digest-plans", json=PLAN).get_json()
    where = f"/v1/digest-plans/{plan['id']}"
    assert client.patch(where, json={"active": False}).get_json()["next_due"] is None
    with runtime_of(client.application).services.database.write() as session:
        digests.change_plan(session, "local", plan["id"], {"covered_to": NOW - 99 * HOUR})
    again = client.patch(where, json={"active": True}).get_json()
    assert again["next_due"] == plan["next_due"]
    assert again["covered_to"] == plan["covered_to"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"hours": []}, "/hours"),
        ({"hours": ["7:00"]}, "/hours/0"),
        ({"hours": ["07:00"], "zone": "Mars/Olympus"}, "/zone"),
        ({"hours": ["07:00"], "emails": ["a@example.org", "nobody"]}, "/emails/1"),
        ({}, "/hours"),
    ],
)
def test_plans_that_are_refused(mail_client: FlaskClient, body: dict[str, Any], pointer: str) -> None:
    response = mail_client.post("/v1/digest-plans", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == [pointer]


def test_without_a_mail_server_nobody_is_written_to(client: FlaskClient) -> None:
    response = client.post("/v1/digest-plans", json=PLAN)
    assert response.status_code == 422
    assert response.get_json()["errors"][0]["pointer"] == "/emails"


def test_there_is_a_bound(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST", 0)
    assert client.post("/v1/digest-plans", json=PLAN).status_code == 422
