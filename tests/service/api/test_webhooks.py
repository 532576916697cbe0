"""/v1/webhooks: made, shown without secrets, told of jobs and batches, and the receiver of docs/webhooks.md."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.errors import SummaryFailed
from service import background
from service.config import Config, FetchConfig, WebhooksConfig
from service.jobs.endings import EVENTS
from service.store import webhooks
from tests.service.fakes import FakePipeline
from tests.service.ingest.test_fetch_hostile import CORPUS
from tests.service.keyed import Keyed
from tests.service.webhooks.receiver import Receiver, receiving

ROOT = Path(__file__).resolve().parents[3]
TEXT = "أعلنت وزارة الصحة اليوم."
URL = "https://hooks.example.org/mujaz"
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def config(netloc: str, **options: Any) -> Config:
    return Config(fetch=FetchConfig(allow=(netloc,)), webhooks=WebhooksConfig(**options))


def make(client: FlaskClient, **fields: Any) -> TestResponse:
    return client.post("/v1/webhooks", json=fields)


def made(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    response = make(client, **fields)
    assert response.status_code == 201, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def delivered(client: FlaskClient, webhook_id: str, met: Callable[[Any], bool]) -> dict[str, Any]:
    """The newest delivery, once it is as wanted."""
    for _ in range(500):
        [newest, *_rest] = client.get(f"/v1/webhooks/{webhook_id}/deliveries").get_json()["items"]
        if met(newest):
            return dict(newest)
        time.sleep(0.02)
    raise AssertionError(f"still {newest}")


def test_the_secret_is_shown_once(client: FlaskClient) -> None:
    response = make(client, url=URL)
    answer = response.get_json()
    id, secret = answer["id"], answer.pop("secret")
    assert response.headers["Location"] == f"/v1/webhooks/{id}"
    assert response.headers["Cache-Control"] == "no-store"
    assert answer["events"] == list(EVENTS)
    assert answer["gone"] is None
    shown = client.get(f"/v1/webhooks/{id}")
    assert shown.get_json() == answer
    assert client.get("/v1/webhooks").get_json() == {"items": [answer], "next": None}
    assert secret not in shown.get_data(as_text=True)


def test_lists_go_page_by_page(client: FlaskClient) -> None:
    ids = [made(client, url=f"{URL}/{n}", events=["job.failed"])["id"] for n in range(3)]
    first = client.get("/v1/webhooks?limit=2").get_json()
    rest = client.get(f"/v1/webhooks?limit=2&after={first['next']}").get_json()
    assert sorted(item["id"] for item in first["items"] + rest["items"]) == sorted(ids)
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({}, "/url"),
        ({"url": URL, "events": []}, "/events"),
        ({"url": URL, "events": ["job.started"]}, "/events/0"),
        ({"url": URL, "secret": "mine"}, "/secret"),
        ({"url": "https://" + "a" * 9000}, "/url"),
    ],
)
def test_wrong_fields(client: FlaskClient, fields: dict[str, Any], pointer: str) -> None:
    response = make(client, **fields)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == [pointer]


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    service = Keyed()
    yield service
    service.close()


@pytest.mark.parametrize("url", [row[3] for row in CORPUS if row[2] == "-"], ids=lambda url: url[:60])
def test_hostile_urls_are_refused(keyed: Keyed, url: str) -> None:
    caller = keyed.caller()
    response = caller.open("/v1/webhooks", "POST", json={"url": json.loads(url)})
    assert response.status_code == 422
    [error] = response.get_json()["errors"]
    assert error["pointer"] == "/url"
    assert error["detail"]
    assert caller.open("/v1/webhooks").get_json()["items"] == []


def test_a_name_of_our_own_machine_is_refused_with_the_reason(client: FlaskClient) -> None:
    response = make(client, url="http://localhost/")
    assert response.status_code == 422
    assert response.get_json()["detail"] == "/url: The host's address is not public (loopback)."


def test_a_team_may_have_so_many(client: FlaskClient) -> None:
    for n in range(webhooks.MOST):
        made(client, url=f"http://192.0.9.9/{n}")
    refused = make(client, url=URL)
    assert refused.status_code == 422
    assert str(webhooks.MOST) in refused.get_json()["detail"]


def test_unknown_ones(client: FlaskClient) -> None:
    id = made(client, url=URL)["id"]
    for method, path in (
        ("GET", "/v1/webhooks/whk_x"),
        ("DELETE", "/v1/webhooks/whk_x"),
        ("POST", "/v1/webhooks/whk_x/test"),
        ("GET", "/v1/webhooks/whk_x/deliveries"),
        ("POST", f"/v1/webhooks/{id}/deliveries/dlv_x/redeliver"),
    ):
        assert client.open(path, method=method).status_code == 404, path
    assert client.delete(f"/v1/webhooks/{id}").status_code == 204
    assert client.get(f"/v1/webhooks/{id}").status_code == 404


@pytest.mark.parametrize("store", [True, False])
def test_a_job_that_succeeded_is_told_at_once_and_as_it_is_shown(
    client_of: Any, receiver: Receiver, store: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LOOK_EVERY", 600.0)
    client: FlaskClient = client_of(config(receiver.netloc))
    webhook = made(client, url=receiver.url, events=["job.succeeded"])
    job = client.post("/v1/summaries", json={"text": TEXT, "store": store}, headers=ASYNC).get_json()
    [came] = receiver.wait(1)
    assert came.is_signed(webhook["secret"])
    assert (came.json["event"], came.headers["Mujaz-Event"]) == ("job.succeeded", "job.succeeded")
    assert came.json["data"] == client.get(f"/v1/jobs/{job['id']}").get_json()
    assert came.json["data"]["result_url"].startswith("/v1/articles/art_" if store else "/v1/jobs/job_")
    assert "الصحة" not in came.body.decode()
    shown = delivered(client, webhook["id"], lambda d: d["state"] == "delivered")
    assert shown["payload"] == came.json
    assert (shown["id"], shown["attempts"], shown["last_status"]) == (came.id, 1, 200)
    assert shown["next_attempt"] is None


def test_a_job_that_failed_is_told_with_its_problem(
    client_of: Any, receiver: Receiver, pipeline: FakePipeline
) -> None:
    client: FlaskClient = client_of(config(receiver.netloc))
    made(client, url=receiver.url)
    pipeline.error = SummaryFailed("no words")
    job = client.post("/v1/summaries", json={"text": TEXT}, headers=ASYNC).get_json()
    [came] = receiver.wait(1)
    assert came.json["event"] == "job.failed"
    assert came.json["data"] == client.get(f"/v1/jobs/{job['id']}").get_json()
    assert came.json["data"]["problem"]["type"].endswith("#summary_failed")


def test_a_batch_is_told_once_and_its_items_not(client_of: Any, receiver: Receiver) -> None:
    client: FlaskClient = client_of(config(receiver.netloc))
    made(client, url=receiver.url)
    batch = client.post(
        "/v1/batches", json={"items": [{"text": f"{TEXT} {n}"} for n in range(30)]}
    ).get_json()
    [came] = receiver.wait(1)
    assert came.json["event"] == "batch.finished"
    assert came.json["data"] == client.get(f"/v1/batches/{batch['id']}").get_json()
    assert came.json["data"]["counts"]["succeeded"] == 30
    time.sleep(0.3)
    assert len(receiver.came) == 1


def test_a_cancelled_batch_has_finished_and_a_cancelled_job_is_no_news(
    client_of: Any, receiver: Receiver, pipeline: FakePipeline
) -> None:
    client: FlaskClient = client_of(config(receiver.netloc))
    made(client, url=receiver.url)
    pipeline.gate = gate = threading.Event()
    jobs = [
        client.post("/v1/summaries", json={"text": f"{TEXT} {n}"}, headers=ASYNC).get_json() for n in range(6)
    ]
    batch = client.post("/v1/batches", json={"items": [{"text": f"{TEXT} {n}"} for n in range(9, 19)]})
    client.delete(f"/v1/jobs/{jobs[-1]['id']}")
    client.delete(f"/v1/batches/{batch.get_json()['id']}")
    for job in jobs[:-1]:
        client.delete(f"/v1/jobs/{job['id']}")
    gate.set()
    came = receiver.wait(1)
    assert {c.json["event"] for c in came} <= {"batch.finished", "job.succeeded"}
    for _ in range(300):
        if any(c.json["event"] == "batch.finished" for c in receiver.came):
            break
        time.sleep(0.02)
    [told] = [c for c in receiver.came if c.json["event"] == "batch.finished"]
    assert told.json["data"] == client.get(f"/v1/batches/{batch.get_json()['id']}").get_json()
    assert jobs[-1]["id"] not in {c.json["data"]["id"] for c in receiver.came}


def test_a_team_hears_of_its_own_work_only(receiver: Receiver) -> None:
    service = Keyed()
    try:
        maker, stranger = service.caller(), service.caller()
        assert maker.open("/v1/webhooks", "POST", json={"url": URL}).status_code == 201
        job = stranger.open("/v1/summaries", "POST", json={"text": TEXT}, headers=ASYNC).get_json()
        for _ in range(300):
            if stranger.open(f"/v1/jobs/{job['id']}").get_json()["finished"]:
                break
            time.sleep(0.02)
        [webhook] = maker.open("/v1/webhooks").get_json()["items"]
        assert maker.open(f"/v1/webhooks/{webhook['id']}/deliveries").get_json()["items"] == []
    finally:
        service.close()


def test_dead_letters_are_listed_and_sent_again(client_of: Any) -> None:
    with receiving(lambda came, number: (500 if number < 1 else 204, {})) as receiver:
        client: FlaskClient = client_of(config(receiver.netloc, max_attempts=1))
        id = made(client, url=receiver.url)["id"]
        sent = client.post(f"/v1/webhooks/{id}/test")
        assert (sent.status_code, sent.get_json()["state"], sent.get_json()["event"]) == (
            202,
            "waiting",
            "ping",
        )
        dead = delivered(client, id, lambda d: d["state"] == "dead")
        assert (dead["last_status"], dead["last_error"]) == (500, "The receiver answered 500.")
        listed = client.get(f"/v1/webhooks/{id}/deliveries?state=dead").get_json()["items"]
        assert [d["id"] for d in listed] == [dead["id"]]
        assert client.get(f"/v1/webhooks/{id}/deliveries?state=delivered").get_json()["items"] == []
        again = client.post(f"/v1/webhooks/{id}/deliveries/{dead['id']}/redeliver")
        assert (again.status_code, again.get_json()["id"]) == (202, dead["id"])
        delivered(client, id, lambda d: d["state"] == "delivered")
        assert [came.id for came in receiver.came] == [dead["id"]] * 2


def test_gone_is_shown_and_a_test_that_gets_through_ends_it(client_of: Any) -> None:
    with receiving(lambda came, number: (410 if number < 1 else 200, {})) as receiver:
        client: FlaskClient = client_of(config(receiver.netloc))
        id = made(client, url=receiver.url)["id"]
        client.post(f"/v1/webhooks/{id}/test")
        delivered(client, id, lambda d: d["state"] == "dead")
        assert client.get(f"/v1/webhooks/{id}").get_json()["gone"]
        client.post(f"/v1/webhooks/{id}/test")
        delivered(client, id, lambda d: d["state"] == "delivered")
        assert client.get(f"/v1/webhooks/{id}").get_json()["gone"] is None


@pytest.mark.parametrize(("right", "status"), [(True, 204), (False, 403)])
def test_the_receiver_of_the_documentation_works(client_of: Any, right: bool, status: int) -> None:
    page = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client: FlaskClient = client_of(config(f"127.0.0.1:{port}"))
    webhook = made(client, url=f"http://127.0.0.1:{port}/mujaz")
    secret = webhook["secret"] if right else "whs_wrong"
    environment = {**os.environ, "SECRET": secret, "PORT": str(port)}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_listening(port)
            client.post(f"/v1/webhooks/{webhook['id']}/test")
            shown = delivered(client, webhook["id"], lambda d: d["last_status"] is not None)
        finally:
            process.kill()
        assert process.stdout is not None
        printed = process.stdout.read().decode()
    assert shown["last_status"] == status
    assert printed.startswith(f"{shown['id']} ping ") if right else printed == ""


def _wait_listening(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the receiver does not start")
