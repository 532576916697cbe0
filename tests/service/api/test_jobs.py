"""/v1/jobs and what leads there: accepted with 202, followed live, resumed, cancelled, paid back."""

import json
import threading
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.api import job_events
from service.config import Config, JobsConfig, LimitsConfig
from tests.service.fakes import FakePipeline
from tests.service.keyed import Keyed

ASYNC = {"Prefer": "respond-async"}
TEXT = "أعلنت وزارة الصحة اليوم.\nوقال الوزير.\nوانتهى الاجتماع."


def accepted(client: FlaskClient, text: str = TEXT, **fields: Any) -> dict[str, Any]:
    response = client.post("/v1/summaries", json={"text": text, **fields}, headers=ASYNC)
    assert response.status_code == 202, response.get_data(as_text=True)
    job: dict[str, Any] = response.get_json()
    return job


def ended(client: FlaskClient, job_id: str) -> dict[str, Any]:
    for _ in range(500):
        job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").get_json()
        if job["finished"]:
            return job
        time.sleep(0.02)
    raise AssertionError(f"the job does not end: {job}")


def events(client: FlaskClient, job_id: str, last: str | None = None) -> list[tuple[str, int, Any]]:
    """Name, id and data of the events up to the end of the stream."""
    headers = {} if last is None else {"Last-Event-ID": last}
    with client.get(f"/v1/jobs/{job_id}/events", headers=headers) as response:
        assert response.mimetype == "text/event-stream"
        text = response.get_data(as_text=True)
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return found


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("respond-async", True),
        ("wait=10, Respond-Async", True),
        ("respond-asynchronously", False),
        ("", False),
    ],
)
def test_who_prefers_a_job_gets_one(client: FlaskClient, prefer: str, applied: bool) -> None:
    response = client.post("/v1/summaries", json={"text": TEXT}, headers={"Prefer": prefer})
    assert response.status_code == (202 if applied else 200)
    assert response.headers.get("Preference-Applied") == ("respond-async" if applied else None)
    if applied:
        assert response.headers["Location"] == f"/v1/jobs/{response.get_json()['id']}"


@pytest.mark.parametrize("path", ["/v1/summaries", "/v1/translations"])
def test_a_long_text_becomes_a_job(client_of: Any, path: str) -> None:
    client = client_of(Config(limits=LimitsConfig(sync_chars=10)))

    def send(text: str) -> Any:
        return client.post(path, json={"text": text} if path == "/v1/summaries" else {"texts": [text]})

    assert send("أ" * 10).status_code == 200
    long = send("أ" * 11)
    assert long.status_code == 202
    assert "Preference-Applied" not in long.headers
    assert ended(client, long.get_json()["id"])["state"] == "succeeded"


@pytest.mark.parametrize("store", [True, False])
def test_a_job_answers_what_the_request_would_have(client: FlaskClient, store: bool) -> None:
    job = ended(client, accepted(client, store=store, sentences=2)["id"])
    direct = client.post("/v1/summaries", json={"text": TEXT, "store": store, "sentences": 2}).get_json()
    result = client.get(job["result_url"]).get_json()
    assert job["result_url"].startswith("/v1/articles/" if store else "/v1/jobs/")
    assert client.get(f"/v1/jobs/{job['id']}/result").get_json() == result
    assert {**result, "timing": None} == {**direct, "timing": None}  # the id too: stored once


def test_translations_as_a_job(client: FlaskClient) -> None:
    body = {"texts": ["أول", "ثان"], "alternatives": 1}
    made = client.post("/v1/translations", json=body, headers=ASYNC).get_json()
    job = ended(client, made["id"])
    result = client.get(job["result_url"]).get_json()
    assert [t["text"] for t in result["translations"]] == ["EN:أول", "EN:ثان"]
    assert len(result["translations"][0]["alternatives"]) == 1


REFUSED_BEFORE: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/summaries", {"text": "أ" * 101}, "text_too_long"),
    ("/v1/summaries", {"text": "أ" * 90, "title": "ب" * 11}, "text_too_long"),
    ("/v1/summaries", {"text": TEXT, "method": "abstractive"}, "summary_failed"),
    ("/v1/summaries", {"url": "http://169.254.169.254/latest/"}, "url_refused"),
    ("/v1/summaries", {"url": "http://[::1]/"}, "url_refused"),
    ("/v1/summaries", {"url": "http://0x7f.1/"}, "url_refused"),
    ("/v1/summaries", {"url": "https://example.org:8443/"}, "url_refused"),
    ("/v1/summaries", {"url": "ftp://example.org/"}, "url_refused"),
    ("/v1/translations", {"texts": ["أ"] * 6}, "text_too_long"),
    ("/v1/translations", {"texts": ["أ" * 60] * 2}, "text_too_long"),
]


@pytest.mark.parametrize(("path", "body", "code"), REFUSED_BEFORE)
def test_what_can_never_be_done_is_refused_at_once(
    client_of: Any, pipeline: FakePipeline, path: str, body: dict[str, Any], code: str
) -> None:
    """As a request, by wish or as it is long a job, and within a batch."""
    pipeline.methods = {"extractive"}
    for sync_chars in (100_000, 20):
        limits = LimitsConfig(max_text_chars=100, max_texts=5, sync_chars=sync_chars)
        client = client_of(Config(limits=limits))
        for headers in ASYNC, {}:
            response = client.post(path, json=body, headers=headers)
            if sync_chars == 20 or headers or code == "url_refused":  # otherwise it is done at once
                assert response.status_code == 422, response.get_data(as_text=True)
                assert response.get_json()["type"] == f"/docs/problems#{code}"
        kind = "summary" if path == "/v1/summaries" else "translation"
        batch = client.post("/v1/batches", json={"kind": kind, "items": [body]})
        assert batch.status_code == 422
        assert batch.get_json()["errors"][0]["pointer"].startswith("/items/0")
        assert client.get("/v1/jobs").get_json()["items"] == []


def test_a_page_longer_than_an_article_may_be_is_taken(client_of: Any) -> None:
    """How long its article is, shows when it is read."""
    client = client_of(Config(limits=LimitsConfig(max_text_chars=500, sync_chars=500)))
    page = f"<html><body><article><p>{TEXT * 3}</p></article><!-- {'x' * 600} --></body></html>"
    made = client.post("/v1/summaries", json={"html": page}, headers=ASYNC)
    assert made.status_code == 202
    assert ended(client, made.get_json()["id"])["state"] == "succeeded"


def test_a_list_of_texts_tells_progress_and_its_end_but_no_segments(
    client: FlaskClient, pipeline: FakePipeline
) -> None:
    pipeline.gate = threading.Event()
    job = client.post("/v1/translations", json={"texts": ["أول", "ثان"]}, headers=ASYNC).get_json()
    threading.Timer(0.3, pipeline.gate.set).start()
    names = [name for name, _, _ in events(client, job["id"])]
    assert names[-1] == "done"
    assert "segment" not in names


def test_no_result_before_the_end(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.gate = threading.Event()
    job = accepted(client)
    early = client.get(f"/v1/jobs/{job['id']}/result")
    assert (early.status_code, early.get_json()["type"]) == (409, "/docs/problems#no_result")
    assert "Retry-After" in early.headers
    pipeline.gate.set()
    ended(client, job["id"])


def test_a_failed_job_says_why(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.error = ValueError("a piece of the article")
    job = ended(client, accepted(client)["id"])
    assert (job["state"], job["problem"]["status"], job["result_url"]) == ("failed", 500, None)
    assert "piece" not in json.dumps(job)
    assert [name for name, _, _ in events(client, job["id"])] == ["failed"]


def test_lists_by_state(client: FlaskClient) -> None:
    ids = [accepted(client, f"خبر {n}")["id"] for n in range(3)]
    for id in ids:
        ended(client, id)
    first = client.get("/v1/jobs?state=succeeded&limit=2").get_json()
    rest = client.get(f"/v1/jobs?state=succeeded&limit=2&after={first['next']}").get_json()
    assert [job["id"] for job in first["items"] + rest["items"]] == ids[::-1]
    assert client.get("/v1/jobs?state=failed").get_json()["items"] == []
    assert client.get("/v1/jobs?state=lost").status_code == 422


def test_cancelling_one_that_waits_and_one_at_work(client_of: Any, pipeline: FakePipeline) -> None:
    client = client_of(Config(jobs=JobsConfig(workers=1)))
    pipeline.gate = threading.Event()
    working = accepted(client)
    assert pipeline.entered.acquire(timeout=10)
    waiting = accepted(client, "آخر")
    assert client.delete(f"/v1/jobs/{waiting['id']}").get_json()["state"] == "cancelled"
    assert client.delete(f"/v1/jobs/{working['id']}").get_json()["state"] == "running"
    pipeline.gate.set()
    assert ended(client, working["id"])["state"] == "cancelled"
    assert events(client, working["id"])[-1][0] == "cancelled"
    assert client.get("/v1/articles").get_json()["items"] == []


def test_who_gets_no_result_pays_nothing_and_only_once() -> None:
    pipeline = FakePipeline()
    pipeline.gate = threading.Event()
    keyed = Keyed(pipeline=pipeline)
    caller = keyed.caller(daily_characters=1000)
    caller.open("/v1/translations", "POST", json={"texts": ["أ" * 7]}, headers=ASYNC)
    caller.open("/v1/translations", "POST", json={"texts": ["ب" * 7]}, headers=ASYNC)
    third = caller.open("/v1/translations", "POST", json={"texts": ["ج" * 7]}, headers=ASYNC).get_json()
    assert caller.open("/v1/usage").get_json()["used"] == 21
    for _ in range(3):
        caller.open(f"/v1/jobs/{third['id']}", "DELETE")
    pipeline.gate.set()
    for _ in range(500):
        if not caller.open("/v1/jobs?state=running").get_json()["items"]:
            break
        time.sleep(0.02)
    assert caller.open("/v1/usage").get_json()["used"] == 14
    keyed.close()


def test_events_tell_segments_in_order_then_the_end(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.gate = threading.Event()
    job = accepted(client)
    assert pipeline.entered.acquire(timeout=10)
    threading.Timer(0.3, pipeline.gate.set).start()
    found = events(client, job["id"])  # opened while the job is at work
    segments = [data for name, _, data in found if name == "segment"]
    assert [s["index"] for s in segments] == [0, 1, 2]
    assert segments == client.get(f"/v1/jobs/{job['id']}/result").get_json()["translation"]["segments"]
    name, number, data = found[-1]
    assert (name, number, data["state"]) == ("done", 3, "succeeded")


def test_a_stream_without_news_rests(
    client: FlaskClient, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment after each silence and nothing more, also before it is known how many segments there are."""
    monkeypatch.setattr(job_events, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(job_events, "BEAT", 0.2)
    pipeline.gate = threading.Event()
    job = accepted(client)
    assert pipeline.entered.acquire(timeout=10)
    live, looks = client.application.extensions["mujaz"].services.live, []
    wait = live.wait
    monkeypatch.setattr(live, "wait", lambda *args: looks.append(args) or wait(*args))
    threading.Timer(1, pipeline.gate.set).start()
    with client.get(f"/v1/jobs/{job['id']}/events") as response:
        text = response.get_data(as_text=True)
    assert 1 <= text.count(": still at work") <= 5
    assert len(looks) <= 30


@pytest.mark.parametrize(
    ("last", "left"),
    [(None, [0, 1, 2]), ("0", [0, 1, 2]), ("2", [2]), ("3", []), ("99", []), ("x", [0, 1, 2])],
)
def test_events_go_on_where_they_stopped(client: FlaskClient, last: str | None, left: list[int]) -> None:
    job = ended(client, accepted(client)["id"])
    found = events(client, job["id"], last)
    assert [data["index"] for name, _, data in found if name == "segment"] == left
    assert found[-1][0] == "done"


def test_streams_are_counted_and_given_back(client_of: Any, pipeline: FakePipeline) -> None:
    client = client_of(Config(limits=LimitsConfig(event_streams=1)))
    pipeline.gate = threading.Event()
    job = accepted(client)
    first = client.get(f"/v1/jobs/{job['id']}/events")
    second = client.get(f"/v1/jobs/{job['id']}/events")
    assert (second.status_code, second.get_json()["type"]) == (429, "/docs/problems#too_many_streams")
    first.close()
    pipeline.gate.set()
    ended(client, job["id"])
    assert events(client, job["id"])[-1][0] == "done"


def test_a_full_queue_says_when_to_come_back(client_of: Any, pipeline: FakePipeline) -> None:
    client = client_of(Config(jobs=JobsConfig(max_waiting=2)))
    pipeline.gate = threading.Event()
    made = [accepted(client, f"خبر {n}") for n in range(2)]
    full = client.post("/v1/summaries", json={"text": TEXT}, headers=ASYNC)
    assert (full.status_code, full.get_json()["type"]) == (429, "/docs/problems#queue_full")
    assert int(full.headers["Retry-After"]) >= 1
    pipeline.gate.set()
    for job in made:
        ended(client, job["id"])
    assert accepted(client)


def test_unknown_jobs(client: FlaskClient) -> None:
    for path in ("", "/result", "/events"):
        assert client.get(f"/v1/jobs/job_none{path}").status_code == 404
    assert client.delete("/v1/jobs/job_none").status_code == 404
