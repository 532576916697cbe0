"""The same request again, under the same Idempotency-Key."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.context import runtime_of
from service.store import idempotency
from service.store.idempotency import ABANDONED, KEPT, Saved, Taken
from tests.service.fakes import FakePipeline

TEXT = "وصل الوفد إلى بيروت."


def post(client: FlaskClient, key: str, path: str = "/v1/summaries", **fields: Any) -> Any:
    headers = {"Idempotency-Key": key} | fields.pop("headers", {})
    return client.post(path, json={"text": TEXT, **fields}, headers=headers)


def test_the_answer_is_the_same_and_nothing_is_done_twice(
    client: FlaskClient, pipeline: FakePipeline
) -> None:
    first, second = post(client, "a"), post(client, "a")
    assert first.status_code == second.status_code == 200
    assert first.data == second.data
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert pipeline.entered.acquire(timeout=1)
    assert not pipeline.entered.acquire(blocking=False)


def test_one_job_for_the_same_request(client: FlaskClient) -> None:
    first, second = (post(client, "a", headers={"Prefer": "respond-async"}) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.headers["Location"] == second.headers["Location"]
    assert len(client.get("/v1/jobs").get_json()["items"]) == 1


def test_one_batch_for_the_same_request(client: FlaskClient) -> None:
    items = {"items": [{"text": TEXT}]}
    made = [client.post("/v1/batches", json=items, headers={"Idempotency-Key": "a"}) for _ in range(3)]
    assert [answer.status_code for answer in made] == [202, 202, 202]
    assert len({answer.get_json()["id"] for answer in made}) == 1
    assert len(client.get("/v1/batches").get_json()["items"]) == 1


@pytest.mark.parametrize(
    "other",
    [{"sentences": 2}, {"title": "عنوان"}, {"headers": {"Prefer": "respond-async"}}, {"store": False}],
)
def test_another_request_with_the_key_is_refused(client: FlaskClient, other: dict[str, Any]) -> None:
    assert post(client, "a").status_code == 200
    refused = post(client, "a", **other)
    assert refused.status_code == 422
    assert refused.get_json()["type"].endswith("#key_reused")


def test_another_path_is_another_request(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "a"}
    assert client.post("/v1/detect", json={"texts": [TEXT]}, headers=headers).status_code == 200
    assert client.post("/v1/translations", json={"texts": [TEXT]}, headers=headers).status_code == 422


def test_a_failure_is_not_kept(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.error = RuntimeError()
    assert post(client, "a").status_code == 500
    pipeline.error = None
    assert post(client, "a").status_code == 200


def test_while_the_first_is_at_work_the_second_is_told_to_wait(
    client: FlaskClient, pipeline: FakePipeline
) -> None:
    pipeline.gate = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(post, client.application.test_client(), "a")
        assert pipeline.entered.acquire(timeout=10)
        second = post(client, "a")
        assert second.status_code == 409
        assert second.headers["Retry-After"] == "1"
        pipeline.gate.set()
        assert first.result(10).status_code == 200
    assert post(client, "a").headers["Idempotent-Replayed"] == "true"


def test_of_many_at_once_one_is_done(client: FlaskClient) -> None:
    headers = {"Prefer": "respond-async"}
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: post(client.application.test_client(), "a", headers=headers), range(8))
        )
    assert {answer.status_code for answer in made} <= {202, 409}
    time.sleep(0.1)
    assert len(client.get("/v1/jobs").get_json()["items"]) == 1


def test_the_secret_of_a_new_key_is_not_kept(client: FlaskClient) -> None:
    headers = {"Idempotency-Key": "a"}
    made = [client.post("/v1/keys", json={"name": "desk"}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].get_json()["secret"] != made[1].get_json()["secret"]


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_keys_that_cannot_be(client: FlaskClient, key: str) -> None:
    assert post(client, key).status_code == 400


def test_rows_of_dead_requests_are_taken_over_and_old_answers_forgotten(client: FlaskClient) -> None:
    database, now = runtime_of(client.application).services.database, datetime.now(UTC)

    def begin(when: datetime, fingerprint: str = "f") -> Saved | Taken | None:
        with database.write() as session:
            return idempotency.begin(session, "local", "k", fingerprint, when)

    assert begin(now) is None
    assert begin(now) == Taken(same=True)
    assert begin(now, "g") == Taken(same=False)
    assert begin(now + ABANDONED + timedelta(seconds=1)) is None
    with database.write() as session:
        idempotency.finish(session, "local", "k", Saved(200, {"Content-Type": "text/plain"}, "نص"))
    later = now + ABANDONED * 2
    assert begin(later) == Saved(200, {"Content-Type": "text/plain"}, "نص")
    assert begin(later + KEPT, "g") is None
    with database.write() as session:
        assert idempotency.expire(session, later + KEPT * 3) == 1
