"""/v1/batches: items accepted all or none, worked on in order, results in one file."""

import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.config import Config, JobsConfig, LimitsConfig
from tests.service.fakes import FakePipeline
from tests.service.keyed import Keyed

PAGE = "<html><head><title>عنوان الصفحة</title></head><body><article><p>{}</p></article></body></html>"
LINES = "application/x-ndjson"


def send(client: FlaskClient, items: list[Any], **fields: Any) -> TestResponse:
    return client.post("/v1/batches", json={"items": items, **fields})


def send_lines(client: FlaskClient, text: str, query: str = "") -> TestResponse:
    return client.post(f"/v1/batches{query}", data=text.encode(), content_type=LINES)


def finished(client: FlaskClient, batch_id: str) -> dict[str, Any]:
    for _ in range(400):
        batch: dict[str, Any] = client.get(f"/v1/batches/{batch_id}").get_json()
        if batch["finished"]:
            return batch
        time.sleep(0.02)
    raise AssertionError(f"the batch does not end: {batch}")


def results(client: FlaskClient, batch_id: str) -> list[dict[str, Any]]:
    response = client.get(f"/v1/batches/{batch_id}/results")
    assert response.mimetype == LINES
    return [json.loads(line) for line in response.get_data(as_text=True).splitlines()]


def test_a_batch_from_acceptance_to_its_results(client: FlaskClient) -> None:
    items = [{"text": f"خبر {n}.", "custom_id": f"n{n}"} for n in range(45)]
    accepted = send(client, items)
    assert accepted.status_code == 202
    made = accepted.get_json()
    assert (made["total"], made["kind"], made["finished"]) == (45, "summary", None)
    assert accepted.headers["Location"] == f"/v1/batches/{made['id']}"
    batch = finished(client, made["id"])
    assert batch["counts"] == {"queued": 0, "running": 0, "succeeded": 45, "failed": 0, "cancelled": 0}
    lines = results(client, made["id"])
    assert [line["custom_id"] for line in lines] == [f"n{n}" for n in range(45)]
    assert [line["position"] for line in lines] == list(range(45))
    assert [line["result"]["article"]["text"] for line in lines] == [i["text"] for i in items]
    assert len({line["result"]["id"] for line in lines}) == 45  # each stored


def test_items_of_one_moment_are_worked_on_in_their_order(client_of: Any, pipeline: FakePipeline) -> None:
    client = client_of(Config(jobs=JobsConfig(bulk_workers=1)))
    made = send(client, [{"text": f"خبر {n}"} for n in range(60)]).get_json()
    finished(client, made["id"])
    jobs = client.get(f"/v1/batches/{made['id']}/items?limit=200").get_json()["items"]
    ends = [job["finished"] for job in jobs]
    assert ends == sorted(ends)


def test_translations(client: FlaskClient) -> None:
    made = send(client, [{"texts": ["سطر", "آخر"]}, {"texts": ["ثالث"]}], kind="translation").get_json()
    finished(client, made["id"])
    texts = [[t["text"] for t in line["result"]["translations"]] for line in results(client, made["id"])]
    assert texts == [["EN:سطر", "EN:آخر"], ["EN:ثالث"]]


@pytest.mark.parametrize("form", ["body", "file"])
def test_json_lines(client: FlaskClient, form: str) -> None:
    text = '\ufeff{"text": "أول", "custom_id": "a"}\r\n\n{"text": "ثان", "store": false}'
    if form == "body":
        accepted = send_lines(client, text)
    else:
        data = {"file": (io.BytesIO(text.encode()), "in.jsonl"), "kind": "summary"}
        accepted = client.post("/v1/batches", data=data)
    assert accepted.status_code == 202, accepted.get_data(as_text=True)
    id = accepted.get_json()["id"]
    finished(client, id)
    first, second = results(client, id)
    assert (first["custom_id"], first["result"]["article"]["text"]) == ("a", "أول")
    assert (second["custom_id"], second["result"]["id"]) == (None, None)


def test_the_kind_of_lines_stands_in_the_query(client: FlaskClient) -> None:
    accepted = send_lines(client, '{"texts": ["سطر"]}', "?kind=translation")
    assert accepted.get_json()["kind"] == "translation"


def test_pages_are_read_by_the_job_and_cost_what_their_article_has() -> None:
    keyed = Keyed()
    caller = keyed.caller()
    items = [{"html": PAGE.format("قال الوزير اليوم إن القمح وصل. " * 5)}, {"html": "<html></html>"}]
    made = caller.open("/v1/batches", "POST", json={"items": items}).get_json()
    batch = finished(keyed_client(caller), made["id"])
    assert batch["counts"]["succeeded"] == 1
    good, bad = results(keyed_client(caller), made["id"])
    assert good["result"]["article"]["title"] == "عنوان الصفحة"
    assert bad["problem"]["type"].endswith("#no_text")
    article = good["result"]["article"]
    used = caller.open("/v1/usage").get_json()["used"]
    assert used == len(article["text"]) + len(article["title"])
    keyed.close()


def keyed_client(caller: Any) -> Any:
    """A client that shows the caller's key."""

    class Client:
        def get(self, path: str) -> TestResponse:
            response: TestResponse = caller.open(path)
            return response

    return Client()


@pytest.mark.parametrize(
    ("items", "kind", "wrong"),
    [
        ([{"text": "أ"}, {"txt": "أ"}], "summary", {"/items/1/txt": "unknown field; did you mean text?"}),
        ([{}], "summary", {"/items/0": None}),
        ([7, {"text": "أ"}], "summary", {"/items/0": "must be a JSON object"}),
        ([{"text": "أ", "sentences": "3"}], "summary", {"/items/0/sentences": None}),
        ([{"text": "  "}], "summary", {"/items/0/text": "holds no text"}),
        ([{"html": " "}], "summary", {"/items/0/html": "holds no text"}),
        ([{"text": "أ", "custom_id": "x"}, {"text": "ب", "custom_id": "x"}], "summary",
         {"/items/1/custom_id": "is that of item 0 too"}),
        ([{"text": "أ", "glossary_id": "glo_none"}], "summary", {"/items/0/glossary_id": None}),
        ([{"text": "أ"}], "translation", {"/items/0/texts": "is missing"}),
        ([{"texts": ["أ"], "model": "other"}], "translation", {"/items/0/model": None}),
        ([{"texts": ["أ" * 101]}], "translation", {"/items/0": None}),
    ],
)  # fmt: skip
def test_wrong_items_are_named_and_nothing_is_taken(
    client_of: Any, items: list[Any], kind: str, wrong: dict[str, str | None]
) -> None:
    limits = LimitsConfig(max_text_chars=100)
    client = client_of(Config(limits=limits))
    refused = send(client, items, kind=kind)
    assert refused.status_code == 422
    errors = {e["pointer"]: e["detail"] for e in refused.get_json()["errors"]}
    for place, detail in wrong.items():
        assert place in errors
        assert detail is None or errors[place] == detail
    assert client.get("/v1/jobs").get_json()["items"] == []


def test_every_bad_line_is_named(client: FlaskClient) -> None:
    lines = ['{"text": "أ"}', '{"text": }', "", "[1]", '{"text": "ب", "text": "ج"}', '{"words": 0}']
    refused = send_lines(client, "\n".join(lines))
    errors = [(e["pointer"], e["detail"]) for e in refused.get_json()["errors"]]
    assert errors[0] == ("/items/1", "line 2: it isn't JSON: Expecting value at line 2, column 10.")
    assert errors[1] == ("/items/2", "line 4: it is an array, not a JSON object.")
    assert errors[2] == ("/items/3", 'line 5: The key "text" stands twice in one object.')
    assert all(detail.startswith("line 6: ") for _, detail in errors[3:])
    assert "4 of 5 items are wrong" in refused.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"items": []}, 422), ({"items": [{"text": "أ"}] * 4}, 413), ({"items": {"text": "أ"}}, 422)],
)
def test_batches_that_are_none(client_of: Any, body: dict[str, Any], status: int) -> None:
    client = client_of(Config(limits=LimitsConfig(max_batch=3)))
    assert client.post("/v1/batches", json=body).status_code == status


def test_a_full_queue_takes_no_batch(client_of: Any) -> None:
    client = client_of(Config(jobs=JobsConfig(max_waiting=2)))
    refused = send(client, [{"text": "أ"}] * 3)
    assert (refused.status_code, refused.get_json()["type"]) == (429, "/docs/problems#queue_full")
    assert int(refused.headers["Retry-After"]) >= 1
    assert send(client, [{"text": "أ"}] * 2).status_code == 202


def test_results_can_be_had_before_the_end_and_the_rest_cancelled(
    client_of: Any, pipeline: FakePipeline
) -> None:
    client = client_of(Config(jobs=JobsConfig(bulk_workers=1)))
    pipeline.gate = threading.Event()
    made = send(client, [{"text": f"خبر {n}"} for n in range(5)]).get_json()
    assert pipeline.entered.acquire(timeout=10)
    assert results(client, made["id"]) == []
    cancelled = client.delete(f"/v1/batches/{made['id']}").get_json()
    assert cancelled["counts"]["cancelled"] == 4
    assert cancelled["finished"] is None  # one is still at work
    pipeline.gate.set()
    batch = finished(client, made["id"])
    assert batch["counts"]["cancelled"] == 5
    assert [line["state"] for line in results(client, made["id"])] == ["cancelled"] * 5
    assert client.delete(f"/v1/batches/{made['id']}").status_code == 200  # again, and nothing happens


def test_a_failed_item_leaves_the_others_alone(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.error = ValueError("broken")
    made = send(client, [{"text": "أ"}, {"text": "ب"}]).get_json()
    assert finished(client, made["id"])["counts"]["failed"] == 2
    line, _ = results(client, made["id"])
    assert line["problem"]["status"] == 500
    assert "result" not in line


def test_items_are_paged_and_filtered(client: FlaskClient) -> None:
    made = send(client, [{"text": f"خبر {n}"} for n in range(5)]).get_json()
    finished(client, made["id"])
    seen, after = [], "-1"
    while after is not None:
        page = client.get(f"/v1/batches/{made['id']}/items?limit=2&after={after}").get_json()
        seen += [item["position"] for item in page["items"]]
        after = page["next"]
    assert seen == [0, 1, 2, 3, 4]
    assert client.get(f"/v1/batches/{made['id']}/items?state=failed").get_json()["items"] == []
    assert client.get(f"/v1/jobs?batch_id={made['id']}&limit=200").get_json()["items"][0]["position"] == 4


def test_batches_are_listed_newest_first(client: FlaskClient) -> None:
    made = [send(client, [{"text": f"خبر {n}"}]).get_json()["id"] for n in range(3)]
    first = client.get("/v1/batches?limit=2").get_json()
    rest = client.get(f"/v1/batches?limit=2&after={first['next']}").get_json()
    assert [b["id"] for b in first["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


def test_a_cancelled_batch_is_paid_back(client_of: Any) -> None:
    pipeline = FakePipeline()
    keyed = Keyed(pipeline=pipeline)
    caller = keyed.caller(daily_characters=1000)
    pipeline.gate = threading.Event()
    made = caller.open("/v1/batches", "POST", json={"items": [{"text": "أ" * 10}] * 20}).get_json()
    assert caller.open("/v1/usage").get_json()["used"] == 200
    caller.open(f"/v1/batches/{made['id']}", "DELETE")
    pipeline.gate.set()
    assert finished(keyed_client(caller), made["id"])["counts"]["succeeded"] == 0
    assert caller.open("/v1/usage").get_json()["used"] == 0
    over = caller.open("/v1/batches", "POST", json={"items": [{"text": "أ" * 10}] * 101})
    assert (over.status_code, over.get_json()["type"].split("#")[1]) == (429, "quota_exceeded")
    keyed.close()


def test_unknown_batches(client: FlaskClient) -> None:
    calls: list[Callable[[str], TestResponse]] = [client.get, client.delete]
    assert [call("/v1/batches/bat_none").status_code for call in calls] == [404, 404]
    assert client.get("/v1/batches/bat_none/items").status_code == 404
    assert client.get("/v1/batches/bat_none/results").status_code == 404
