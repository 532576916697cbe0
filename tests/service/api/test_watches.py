"""/v1/watches and /v1/mails: made, changed, refused with the place; from a feed's entry to webhook and mail."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.test import TestResponse

from service.config import Config, FetchConfig, MailConfig, ServerConfig
from service.context import runtime_of
from service.monitor import arrivals
from service.store import entries, feeds, watches
from service.store.database import Database
from tests.service.mail.mail_server import SENDER, Mailbox, mail_server
from tests.service.webhooks.receiver import Receiver, receiving

NOW = datetime.now(UTC)
WATCH = {"name": "قمح", "query": "القمح OR wheat"}
HOST = "https://news.example"


def mailing(box: Mailbox | None = None) -> MailConfig:
    port = 1 if box is None else box.port
    return MailConfig(host="127.0.0.1", port=port, security="none", sender=SENDER)


@pytest.fixture
def mail_client(client_of: Any) -> FlaskClient:
    """Of a service that has a mail server, though not one that answers."""
    made: FlaskClient = client_of(Config(mail=mailing()))
    return made


def post(client: FlaskClient, path: str = "/v1/watches", **fields: Any) -> TestResponse:
    return client.post(path, json=fields)


def made(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    response = post(client, **WATCH | fields)
    assert response.status_code == 201, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def database(client: FlaskClient) -> Database:
    return runtime_of(client.application).services.database


def arrive(client: FlaskClient, title: str, title_en: str, text: str = "", guid: str = "1") -> str:
    """An entry comes in and is filed; its id."""
    services = runtime_of(client.application).services
    with services.database.write() as session:
        feed, _ = feeds.add(session, "local", "http://feed.example/", NOW + timedelta(days=9), "الأهرام")
        arrival = entries.Arrival(guid, f"http://feed.example/{guid}", title, text, None, NOW)
        [entry] = entries.take_in(session, feed.id, "local", [arrival], NOW)
        entries.finish(session, entry.id, entry.digest, entries.Outcome("translated", title_en))
        arrivals.arrived(session, arrivals.Arrived(entry, title, title_en, text, ""), NOW)
    services.alerting.notify()
    return entry.id


def test_a_watch_is_made_shown_changed_and_deleted(mail_client: FlaskClient) -> None:
    response = post(
        mail_client, query=WATCH["query"], emails=["Editor@Example.ORG", "Editor@example.org"], name="  قمح "
    )
    assert response.status_code == 201
    watch = response.get_json()
    assert response.headers["Location"] == f"/v1/watches/{watch['id']}"
    assert watch["name"] == "قمح"
    assert watch["emails"] == ["Editor@example.org"]
    assert (watch["active"], watch["webhooks"], watch["throttle_minutes"]) == (True, True, 0)
    assert (watch["quiet_from"], watch["quiet_to"], watch["zone"], watch["last_sent"]) == (
        None, None, "UTC", None,
    )  # fmt: skip
    path = f"/v1/watches/{watch['id']}"
    assert mail_client.get(path).get_json() == watch
    assert mail_client.get("/v1/watches").get_json() == {"items": [watch], "next": None}
    change = {"query": "القمح", "quiet_from": "22:00", "quiet_to": "06:00", "zone": "Asia/Riyadh"}
    changed = mail_client.patch(path, json=change).get_json()
    assert {**watch, **change, "changed": changed["changed"]} == changed
    paused = mail_client.patch(path, json={"active": False, "quiet_from": None, "quiet_to": None}).get_json()
    assert (paused["active"], paused["quiet_from"], paused["query"]) == (False, None, "القمح")
    assert mail_client.delete(path).status_code == 204
    assert mail_client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"query": "(القمح"}, {"/query": "at character 1: "}),
        ({"query": "القمح AND"}, {"/query": "at character "}),
        ({"query": "  "}, {"/query": "has no word to look for"}),
        ({"query": "ق" * 2001}, {"/query": "has more than 2,000 characters"}),
        ({"name": " "}, {"/name": "has to have 1 to 200 characters"}),
        ({"emails": ["a@example.org", "nobody"]}, {"/emails/1": "an address is like name@example.org"}),
        ({"emails": ["a@example.org"] * 21}, {"/emails": "has more than 20 addresses"}),
        ({"zone": "Asia/Riyad"}, {"/zone": "is no time zone; did you mean Asia/Riyadh?"}),
        ({"zone": "../etc/passwd"}, {"/zone": "is no time zone"}),
        ({"quiet_from": "25:00", "quiet_to": "06:00"}, {"/quiet_from": "is no time of day such as 22:00"}),
        ({"quiet_from": "22:00"}, {"/quiet_to": "is missing: quiet hours have two ends"}),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, {"/quiet_to": "is the same as quiet_from"}),
        ({"throttle_minutes": -1}, {"/throttle_minutes": "has to be 0 to 10,080"}),
        ({"zone": "Mars", "query": ")"}, {"/zone": "is no time zone", "/query": "at character 1: "}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    mail_client: FlaskClient, fields: dict[str, Any], errors: dict[str, str]
) -> None:
    watch = made(mail_client)
    for response in (
        post(mail_client, **WATCH | fields),
        mail_client.patch(f"/v1/watches/{watch['id']}", json=fields),
    ):
        assert response.status_code == 422
        found = {error["pointer"]: error["detail"] for error in response.get_json()["errors"]}
        assert found.keys() == errors.keys()
        assert all(found[where].startswith(text) for where, text in errors.items()), found
    assert mail_client.get(f"/v1/watches/{watch['id']}").get_json() == watch


def test_only_those_are_written_to_whom_the_server_allows(client_of: Any) -> None:
    client = client_of(Config(mail=mailing().model_copy(update={"recipients": ("@example.org",)})))
    for path, body in (("/v1/watches", WATCH), ("/v1/digest-plans", {"hours": ["07:00"]})):
        assert client.post(path, json=body | {"emails": ["desk@example.org"]}).status_code == 201
        refused = client.post(path, json=body | {"emails": ["desk@example.org", "x@example.net"]})
        [error] = refused.get_json()["errors"]
        assert error["pointer"] == "/emails/1"
        assert "mail.recipients" in error["detail"]


def test_without_a_mail_server_addresses_are_refused_plainly(client: FlaskClient) -> None:
    response = post(client, **WATCH, emails=["a@example.org"])
    assert response.status_code == 422
    assert response.get_json()["errors"] == [
        {
            "pointer": "/emails",
            "detail": "mail isn't set up here: mail.host is empty (docs/configuration.md); "
            "leave the addresses out, or set it",
        }
    ]
    watch = made(client)
    assert post(client, f"/v1/watches/{watch['id']}/test").status_code == 422


def test_a_team_may_have_so_many(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "MOST", 1)
    made(client)
    assert "1 watches" in post(client, **WATCH).get_json()["detail"]


def test_lists_go_page_by_page(client: FlaskClient) -> None:
    ids = [made(client, name=str(n))["id"] for n in range(3)]
    first = client.get("/v1/watches?limit=2").get_json()
    rest = client.get(f"/v1/watches?limit=2&after={first['next']}").get_json()
    assert sorted(item["id"] for item in first["items"] + rest["items"]) == sorted(ids)
    assert rest["next"] is None


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as one:
        yield one


@pytest.fixture
def telling(client_of: Any, receiver: Receiver, box: Mailbox) -> FlaskClient:
    """A service that sends to both."""
    config = Config(
        mail=mailing(box),
        fetch=FetchConfig(allow=(receiver.netloc,)),
        server=ServerConfig(public_url=f"{HOST}/mujaz/"),
    )
    client: FlaskClient = client_of(config)
    hook = client.post("/v1/webhooks", json={"url": receiver.url, "events": ["watch.matched"]})
    assert hook.status_code == 201
    return client


def test_an_entry_is_told_by_webhook_and_mail_once(
    telling: FlaskClient, receiver: Receiver, box: Mailbox
) -> None:
    watch = made(telling, emails=["a@example.org", "b@example.org"], name="أسعار القمح")
    made(telling, name="other", query="النفط", emails=["c@example.org"])
    text = "قال الوزير إن أسعار القمح ستبقى مرتفعة حتى نهاية العام."
    entry_id = arrive(telling, "ارتفاع أسعار القمح في مصر", "Wheat prices rise <in> Egypt", text)
    [came] = receiver.wait(1)
    first, second = box.wait(2)
    arrive(telling, "ارتفاع أسعار القمح في مصر", "Wheat prices rise <in> Egypt", text, guid="copy")
    [alert] = telling.get(f"/v1/watches/{watch['id']}/alerts").get_json()["items"]

    assert came.json["event"] == "watch.matched"
    data = came.json["data"]
    assert data == {name: value for name, value in alert.items() if name not in ("state", "due", "sent")}
    assert (data["watch_id"], data["watch"], data["entry_id"]) == (watch["id"], "أسعار القمح", entry_id)
    assert data["story_id"].startswith("sto_")
    assert (data["title_en"], data["feed"], data["link"]) == (
        "Wheat prices rise <in> Egypt", "الأهرام", "http://feed.example/1",
    )  # fmt: skip
    hits = {h["field"]: [h["text"][s["start"] : s["end"]] for s in h["spans"]] for h in data["highlights"]}
    assert hits == {"title": ["القمح"], "title_en": ["Wheat"], "text": ["القمح"]}
    assert (alert["state"], alert["due"]) == ("sent", None)
    assert telling.get(f"/v1/watches/{watch['id']}").get_json()["last_sent"] == alert["sent"]

    assert sorted((*first.recipients, *second.recipients)) == ["a@example.org", "b@example.org"]
    assert first.message["Subject"] == "أسعار القمح: Wheat prices rise <in> Egypt"
    plain, html = first.part("plain"), first.part("html")
    assert "ارتفاع أسعار القمح في مصر" in plain
    assert "http://feed.example/1" in plain
    assert f"{HOST}/mujaz/stories/{data['story_id']}" in plain
    assert f'href="{HOST}/mujaz/stories/{data["story_id"]}"' in html
    assert "prices rise &lt;in&gt; Egypt" in html
    assert 'dir="rtl" lang="ar"' in html
    assert '<mark style="background:#fde68a;color:#111">Wheat</mark>' in html

    shown = telling.get("/v1/mails").get_json()["items"]
    assert [mail["recipient"] for mail in shown] == ["b@example.org", "a@example.org"]
    assert len(receiver.came) == 1
    assert len(box.came) == 2


def test_a_watch_may_leave_webhooks_out(telling: FlaskClient, receiver: Receiver, box: Mailbox) -> None:
    made(telling, emails=["a@example.org"], webhooks=False)
    arrive(telling, "أسعار القمح", "Wheat prices")
    box.wait(1)
    assert receiver.came == []


def test_a_test_mail(telling: FlaskClient, box: Mailbox) -> None:
    watch = made(telling, emails=["a@example.org"])
    response = post(telling, f"/v1/watches/{watch['id']}/test")
    assert response.status_code == 202
    [queued] = response.get_json()["items"]
    assert (queued["recipient"], queued["state"], queued["subject"]) == (
        "a@example.org", "waiting", "Test: قمح",
    )  # fmt: skip
    [came] = box.wait(1)
    assert came.message["Subject"] == "Test: قمح"
    assert "This is a test" in came.part("html")
    nobody = made(telling)
    refused = post(telling, f"/v1/watches/{nobody['id']}/test")
    assert refused.get_json()["errors"][0]["pointer"] == "/emails"


def test_dead_mail_is_listed_and_sent_again(client_of: Any, box: Mailbox) -> None:
    box.refuse = lambda recipient, before: "550 no such user" if before == 0 else None
    client: FlaskClient = client_of(Config(mail=mailing(box)))
    watch = made(client, emails=["a@example.org"])
    [mail] = post(client, f"/v1/watches/{watch['id']}/test").get_json()["items"]
    for _ in range(500):
        dead = client.get("/v1/mails?state=dead").get_json()["items"]
        if dead:
            break
        time.sleep(0.02)
    assert [(d["id"], d["last_error"], d["next_attempt"]) for d in dead] == [
        (mail["id"], "The mail server refused the recipient: 550 no such user", None)
    ]
    again = client.post(f"/v1/mails/{mail['id']}/resend")
    assert (again.status_code, again.get_json()["attempts"]) == (202, 0)
    [came] = box.wait(1)
    assert came.message["Message-ID"] == dead[0]["message_id"]
    assert client.post("/v1/mails/mail_x/resend").status_code == 404


def test_the_preview_shows_what_would_have_been_found(client: FlaskClient) -> None:
    wheat = arrive(client, "أسعار القمح ترتفع في مصر", "Wheat prices rise in Egypt", guid="1")
    arrive(client, "أسعار النفط تنخفض", "Oil prices fall", guid="2")
    found = post(client, "/v1/watch-preview", query="القمح -روسيا").get_json()
    assert (found["count"], found["stories"], found["more"]) == (1, 1, False)
    [item] = found["items"]
    assert (item["entry_id"], item["feed"]) == (wheat, "الأهرام")
    assert item["story_id"].startswith("sto_")
    assert {h["field"] for h in item["highlights"]} == {"title"}
    assert post(client, "/v1/watch-preview", query="السكر").get_json() == {
        "count": 0, "stories": 0, "more": False, "items": [],
    }  # fmt: skip
    refused = post(client, "/v1/watch-preview", query="(القمح").get_json()
    assert refused["errors"][0]["pointer"] == "/query"


def test_unknown_ones(client: FlaskClient) -> None:
    for method, path in (
        ("GET", "/v1/watches/wat_x"), ("PATCH", "/v1/watches/wat_x"), ("DELETE", "/v1/watches/wat_x"),
        ("GET", "/v1/watches/wat_x/alerts"),
    ):  # fmt: skip
        body = {"json": {"name": "x"}} if method == "PATCH" else {}
        assert client.open(path, method=method, **body).status_code == 404, path


def test_a_password_of_the_configuration_is_masked() -> None:
    config = Config(mail=MailConfig(host="m.example", sender=SENDER, user="u", password=SecretStr("hush")))
    assert "hush" not in str(config) + str(config.model_dump(mode="json"))
