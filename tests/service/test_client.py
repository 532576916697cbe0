"""The client against a real server on loopback, and against answers that a real server gives rarely."""

import json
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
from werkzeug.serving import make_server

from service.app import create_app
from service.client import ApiError, Client, JobFailed
from tests.service.fakes import FakePipeline, runtime

TEXT = "وصل الوفد إلى بيروت.\nثم غادر."


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def client(pipeline: FakePipeline) -> Iterator[Client]:
    parts = runtime(pipeline)
    server = make_server("127.0.0.1", 0, create_app(parts.config, parts), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with Client(
        f"http://127.0.0.1:{server.server_port}", sleep=lambda _: threading.Event().wait(0.02)
    ) as made:
        yield made
    server.shutdown()
    thread.join()
    server.server_close()
    parts.close()


def scripted(*answers: httpx.Response | Exception) -> tuple[Client, list[httpx.Request], list[float]]:
    """A client whose requests get these answers in turn, what it sent and how long it slept."""
    left, sent, slept = list(answers), list[httpx.Request](), list[float]()

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        following = left.pop(0)
        if isinstance(following, Exception):
            raise following
        return following

    return Client("http://mujaz.test", transport=httpx.MockTransport(answer), sleep=slept.append), sent, slept


def test_summarise(client: Client) -> None:
    answer = client.summarise(TEXT, title="الوفد", sentences=1)
    assert answer["article"]["text"] == TEXT
    assert (answer["title"]["ar"], answer["title"]["en"]) == ("الوفد", "EN:الوفد")
    assert len(answer["summary"]["sentences"]) == 1


def test_translate_keeps_the_order(client: Client) -> None:
    texts = [f"النص {n}." for n in range(20)]
    assert [t["text"] for t in client.translate(texts)] == [f"EN:{text}" for text in texts]


def test_detect(client: Client) -> None:
    assert [d["language"] for d in client.detect([TEXT, "Hello there, world"])] == ["ar", "en"]


def test_a_job_from_submission_to_result(client: Client) -> None:
    job = client.submit(TEXT)
    assert job["state"] in ("queued", "running", "succeeded")
    assert client.wait(job["id"])["article"]["text"] == TEXT
    assert client.job(job["id"])["state"] == "succeeded"


def test_the_events_of_a_job(client: Client) -> None:
    events = list(client.events(client.submit(TEXT)["id"]))
    assert [data["en"]["text"] for name, data in events if name == "segment"] == [
        f"EN:{line}" for line in TEXT.split("\n")
    ]
    assert events[-1][0] == "done"


def test_a_job_that_fails_says_why(client: Client, pipeline: FakePipeline) -> None:
    pipeline.error = RuntimeError("the engine broke")
    job = client.submit(TEXT)
    with pytest.raises(JobFailed) as caught:
        client.wait(job["id"])
    assert caught.value.job["problem"]["title"] == "Internal error"


def test_a_batch_yields_every_item_in_order(client: Client) -> None:
    items = [{"text": f"المقال {n}.", "custom_id": f"n{n}"} for n in range(30)]
    results = list(client.batch(items))
    assert [r["custom_id"] for r in results] == [f"n{n}" for n in range(30)]
    assert all(r["state"] == "succeeded" for r in results)


def test_lists_go_on_page_by_page(client: Client) -> None:
    for n in range(5):
        client.summarise(f"مقال عن الميناء رقم {n}.")
    found = list(client.items("/v1/articles", limit=2))
    assert len(found) == 5
    client.delete(f"/v1/articles/{found[0]['id']}")
    assert len(list(client.items("/v1/articles", limit=2))) == 4


def test_a_refusal_names_its_kind(client: Client) -> None:
    with pytest.raises(ApiError, match="422") as caught:
        client.summarise(TEXT, sentences=0)
    assert caught.value.code == "invalid"
    assert caught.value.problem["errors"][0]["pointer"] == "/sentences"


OK = {"translations": [{"text": "ok"}]}


@pytest.mark.parametrize(
    ("refusals", "slept"),
    [
        ([httpx.Response(429, headers={"Retry-After": "7"})], [7]),
        ([httpx.Response(503, headers={"Retry-After": "2"}), httpx.Response(503)], [2, 2]),
        ([httpx.Response(409, headers={"Retry-After": "1"})], [1]),
        ([httpx.ConnectError("refused")], [1]),
        ([httpx.ReadTimeout("slow"), httpx.ReadTimeout("slow")], [1, 2]),
    ],
)
def test_what_may_be_tried_again_is(refusals: list[httpx.Response | Exception], slept: list[float]) -> None:
    client, sent, waits = scripted(*refusals, httpx.Response(200, json=OK))
    assert client.translate(["نص"]) == [{"text": "ok"}]
    assert waits == slept
    assert len({request.headers["Idempotency-Key"] for request in sent}) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 500])
def test_what_would_fail_again_is_not(status: int) -> None:
    client, sent, waits = scripted(httpx.Response(status, json={"title": "No", "detail": "because"}))
    with pytest.raises(ApiError, match=f"{status} No: because"):
        client.translate(["نص"])
    assert (len(sent), waits) == (1, [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: httpx.Response(429, headers={"Retry-After": "200"}), ApiError),
        (lambda: httpx.ConnectError("refused"), httpx.ConnectError),
    ],
)
def test_patience_ends(answer: Callable[[], httpx.Response | Exception], error: type[Exception]) -> None:
    client, _, waits = scripted(*(answer() for _ in range(50)))
    with pytest.raises(error):
        client.translate(["نص"])
    assert sum(waits) <= 300


def test_events_go_on_after_a_break() -> None:
    def stream(*events: tuple[str, int, object]) -> bytes:
        return "".join(
            f"id: {n}\nevent: {name}\ndata: {json.dumps(data)}\n\n" for name, n, data in events
        ).encode()

    client, sent, _ = scripted(
        httpx.Response(200, content=stream(("segment", 1, {"n": 1}), ("segment", 2, {"n": 2}))),
        httpx.ConnectError("gone"),
        httpx.Response(200, content=b": beat\n\n" + stream(("segment", 3, {"n": 3}), ("done", 3, {}))),
    )
    assert [data.get("n") for _, data in client.events("job_1")] == [1, 2, 3, None]
    assert [request.headers.get("Last-Event-ID") for request in sent] == [None, "2", "2"]


@pytest.mark.parametrize(
    ("refusal", "waits"),
    [
        (httpx.Response(429, headers={"Retry-After": "7"}), [7]),
        (httpx.Response(503, headers={"Retry-After": "2"}), [2]),
        (httpx.ConnectError("refused"), [1]),
    ],
)
def test_streams_are_tried_again_too(refusal: httpx.Response | Exception, waits: list[float]) -> None:
    end = b"id: 0\nevent: done\ndata: {}\n\n"
    client, sent, slept = scripted(refusal, httpx.Response(200, content=end))
    assert list(client.events("job_1")) == [("done", {})]
    assert slept == waits
    refusal = (
        refusal
        if isinstance(refusal, Exception)
        else httpx.Response(refusal.status_code, headers=refusal.headers)
    )
    client, sent, slept = scripted(refusal, httpx.Response(200, content=b'{"position": 0}\n'))
    assert list(client.results("bat_1")) == [{"position": 0}]
    assert (slept, len(sent)) == (waits, 2)


def broken_after(*results: int) -> httpx.Response:
    """An answer whose connection breaks behind these results, within the next one."""

    def pieces() -> Iterator[bytes]:
        for position in results:
            yield b'{"position": %d}\n' % position
        yield b'{"posi'
        raise httpx.RemoteProtocolError("peer closed connection")

    return httpx.Response(200, content=pieces())


def test_results_go_on_after_a_break() -> None:
    client, sent, slept = scripted(
        httpx.Response(202, json={"id": "bat_1", "total": 4}),
        broken_after(0, 1),
        httpx.ConnectError("restarting"),
        httpx.Response(503, headers={"Retry-After": "3"}),
        httpx.Response(200, content=b'{"position": 2}\n'),
        httpx.Response(200, content=b'{"position": 3}\n'),
    )
    assert [r["position"] for r in client.batch([{"text": "نص"}] * 4)] == [0, 1, 2, 3]
    assert [request.url.params["start"] for request in sent[1:]] == ["0", "2", "2", "2", "3"]
    assert slept == [1, 2, 3, 1]


@pytest.mark.parametrize("call", [Client.results, Client.events])
def test_streams_are_not_tried_for_ever(call: Callable[[Client, str], Iterator[object]]) -> None:
    client, _, slept = scripted(*(httpx.ConnectError("refused") for _ in range(100)))
    with pytest.raises(httpx.ConnectError):
        list(call(client, "id"))
    assert 250 <= sum(slept) <= 300
    client, sent, slept = scripted(httpx.Response(404, json={"title": "Not found", "detail": "none"}))
    with pytest.raises(ApiError, match="404"):
        list(call(client, "id"))
    assert (len(sent), slept) == (1, [])


def test_the_key_is_sent() -> None:
    client = Client("http://mujaz.test/mujaz/", "mjz_abc", transport=httpx.MockTransport(
        lambda request: httpx.Response(200, json={"path": request.url.path, "key": request.headers["Authorization"]})
    ))  # fmt: skip
    assert client.get("/v1/jobs") == {"path": "/mujaz/v1/jobs", "key": "Bearer mjz_abc"}
