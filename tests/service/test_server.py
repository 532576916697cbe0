"""The real gunicorn in a process of its own: starting, draining, surviving."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
#: What a service that is ready has had no use for yet.
LATER = ("alembic", "datasketch", "feedparser", "flask_limiter", "flask_openapi3", "lxml", "numpy", "psycopg",
         "py3langid", "redis", "scipy", "sqlalchemy.dialects.postgresql", "torch", "trafilatura")  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Running:
    process: subprocess.Popen[str]
    port: int

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(
        self, path: str, body: Any = None, connection: http.client.HTTPConnection | None = None
    ) -> tuple[int, dict[str, str], Any]:
        talk = connection or self.connect()
        data = None if body is None else json.dumps(body).encode()
        try:
            talk.request("GET" if data is None else "POST", path, data, {"Content-Type": "application/json"})
            response = talk.getresponse()
            answer = response.read()
        finally:
            if connection is None:
                talk.close()
        return response.status, dict(response.headers), json.loads(answer)

    def wait_ready(self) -> None:
        for _ in range(400):
            try:
                if self.ask("/readyz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def children(self, parent: int | None = None) -> list[int]:
        """Processes started by any thread of `parent`."""
        tasks = Path(f"/proc/{parent or self.process.pid}/task").glob("*/children")
        return [int(pid) for path in tasks for pid in path.read_text().split()]

    def stop(self) -> str:
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=30)[1]


def start(drain: float = 10) -> Running:
    port = free_port()
    command = [sys.executable, "-m", "tests.service.serving", str(port), str(drain)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    running = Running(process, port)
    running.wait_ready()
    return running


@pytest.fixture
def running() -> Iterator[Running]:
    made = start()
    with made.process:  # closes its pipe and waits for it
        yield made
        made.process.kill()


def in_background(running: Running, text: str) -> tuple[threading.Thread, list[Any]]:
    results: list[Any] = []

    def ask() -> None:
        try:
            results.append(running.ask("/v1/translations", {"texts": [text]}))
        except OSError as error:
            results.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    time.sleep(0.3)  # the request has to be inside
    return thread, results


def test_serves_and_stops(running: Running) -> None:
    status, headers, answer = running.ask("/v1/translations", {"texts": ["سطر"]})
    assert (status, answer["translations"][0]["text"]) == (200, "EN:سطر")
    assert headers["X-Request-ID"]
    assert len(running.children()) == 1  # one process holds the model
    log = running.stop()
    assert running.process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert any(line["message"].startswith("listening at http://127.0.0.1:") for line in lines)
    [request] = [line for line in lines if line["message"] == "POST /v1/translations 200"]
    assert request["request_id"] == headers["X-Request-ID"]
    assert request["ms"] >= 0
    assert "سطر" not in log


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("broken", "There is no model 'gone'; see `mujaz models list`."),
        ("keys", "Make one: `mujaz keys create NAME`."),
    ],
)
def test_what_stops_the_start_is_said_in_one_line(trouble: str, says: str) -> None:
    command = [sys.executable, "-m", "tests.service.serving", str(free_port()), "1", trouble]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 3
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    problems = [line["message"] for line in lines if line["level"] == "ERROR"]
    assert problems[0].startswith("can't start: ")
    assert says in problems[0]
    assert "Traceback" not in run.stderr


def test_a_start_imports_only_what_it_needs(tmp_path: Path) -> None:
    """The worker's part of a first start, with the bundled model; how long it takes, `benchmarks.start` says."""
    code = (
        "import gc, sys\n"
        "from service.config import Config\n"
        "from service.server import Server\n"
        f"app = Server(Config(data_dir={str(tmp_path)!r})).load()\n"
        "assert app.test_client().get('/readyz', headers={'Host': 'localhost:8000'}).status_code == 200\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 50_000\n"
        f"print([m for m in {LATER!r} if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def test_watching_process_is_light(running: Running) -> None:
    maps = Path(f"/proc/{running.process.pid}/maps").read_text()
    for library in ("ctranslate2", "sentencepiece", "numpy", "lxml"):
        assert library not in maps


def test_running_requests_finish_and_newcomers_are_told(running: Running) -> None:
    kept = running.connect()
    assert running.ask("/healthz", connection=kept)[0] == 200
    thread, results = in_background(running, "slow 2")
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.4)
    status, headers, problem = running.ask("/readyz", connection=kept)
    assert (status, problem["title"]) == (503, "Shutting down")
    assert headers["Connection"] == "close"
    kept.close()
    thread.join()
    assert results[0][0] == 200
    assert running.process.wait(timeout=10) == 0


def test_new_work_is_refused_while_draining(running: Running) -> None:
    kept = running.connect()
    running.ask("/healthz", connection=kept)
    thread, results = in_background(running, "slow 2")
    running.process.send_signal(signal.SIGTERM)
    time.sleep(0.4)
    status, headers, problem = running.ask("/v1/translations", {"texts": ["سطر"]}, connection=kept)
    assert status == 503
    assert problem["type"].endswith("#draining")
    assert int(headers["Retry-After"]) > 0
    kept.close()
    thread.join()
    assert results[0][0] == 200


def test_drain_has_an_end() -> None:
    running = start(drain=1)
    with running.process:
        thread, results = in_background(running, "slow 15")
        begun = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(timeout=12)
        assert time.monotonic() - begun < 8
    thread.join()
    assert isinstance(results[0], OSError)


def test_idle_server_stops_at_once(running: Running) -> None:
    begun = time.monotonic()
    running.stop()
    assert time.monotonic() - begun < 8  # the time to drain, 10 seconds, is for work


def test_health_is_answered_while_all_work_threads_are_taken(running: Running) -> None:
    """Five threads: three work, and two are kept for this. Who waits has a thread of its own."""
    threads = [in_background(running, f"slow 7.{n}") for n in range(3)]
    waiting = [in_background(running, "سطر") for _ in range(3)]
    begun = time.monotonic()
    assert running.ask("/healthz")[0] == 200
    assert time.monotonic() - begun < 5
    for thread, results in waiting:
        thread.join()
        status, headers, problem = results[0]
        assert (status, problem["type"].partition("#")[2]) == (429, "busy")
        assert int(headers["Retry-After"]) > 0
    for thread, results in threads:
        thread.join()
        assert results[0][0] == 200


def answer_on(client: socket.socket) -> bytes:
    """One answer of /healthz, to its last byte."""
    came = b""
    while not came.endswith(b"}"):
        more = client.recv(65536)
        assert more, came
        came += more
    return came


def test_connections_that_say_half_a_sentence_hold_no_thread(running: Running) -> None:
    """More than there are threads: new ones, and such as had an answer and begin another request."""
    kept = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    beginnings = [b"", b"G", b"GET /healthz HTTP/1.1\r\nHost: loc", kept, kept + b"GET /he"]
    held = [socket.create_connection(("127.0.0.1", running.port), timeout=20) for _ in range(100)]
    for number, client in enumerate(held):
        client.sendall(beginnings[number % len(beginnings)])
    for client in held[3::5]:
        assert answer_on(client).startswith(b"HTTP/1.1 200")
        client.sendall(b"G")
    for _ in range(3):
        assert running.ask("/healthz")[0] == 200
    for client in held[3::5]:  # the rest of it, byte by byte
        for byte in kept[1:]:
            client.sendall(bytes([byte]))
        assert answer_on(client).startswith(b"HTTP/1.1 200")
    for client in held:
        client.close()


def test_a_head_that_trickles_has_an_end(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
        client.settimeout(0.5)
        for _ in range(120):
            try:
                client.sendall(b"a")
                assert client.recv(100) == b""
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("the server still listens to it")
    assert running.ask("/healthz")[0] == 200


def test_a_head_that_never_ends_is_refused(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\n" + b"X-A: b\r\n" * 8200)
        assert client.recv(100).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("start", [b"\n\n", b"\r\n\n", b"GET / HTTP/1.1\n"])
def test_a_wrong_head_gets_its_answer_at_once(running: Running, start: bytes) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=60) as client:
        client.sendall(start)
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_short_crowd_is_served_late_instead_of_being_refused(running: Running) -> None:
    """Three may work at once; a fourth waits for the first of them."""
    threads = [in_background(running, f"slow 1.{n}") for n in range(3)]
    assert running.ask("/v1/translations", {"texts": ["سطر"]})[0] == 200
    for thread, results in threads:
        thread.join()
        assert results[0][0] == 200


def test_crashed_worker_is_replaced(running: Running) -> None:
    [before] = running.children()
    with pytest.raises(OSError, match=r"."):
        running.ask("/v1/translations", {"texts": ["die"]})
    running.wait_ready()
    [after] = running.children()
    assert after != before
    assert running.ask("/v1/translations", {"texts": ["سطر"]})[0] == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_body_gets_its_answer(running: Running, chunked: bool) -> None:
    """The client still sends when the answer is ready; it must be able to read it."""
    size = 9 * 1024 * 1024
    talk = running.connect()
    if chunked:
        body: Any = (b"a" * 65536 for _ in range(size // 65536))
        talk.request("POST", "/v1/summaries", body, {"Content-Type": "application/json"}, encode_chunked=True)
    else:
        talk.request("POST", "/v1/summaries", b"a" * size, {"Content-Type": "application/json"})
    response = talk.getresponse()
    assert response.status == 413
    assert json.loads(response.read())["title"] == "Body too large"
    talk.close()
    assert running.ask("/healthz")[0] == 200


def test_extraction_process_goes_with_the_server(running: Running) -> None:
    html = "<p>أعلنت وزارة الصحة"
    assert running.ask("/v1/summaries", {"html": html})[2]["article"]["text"] == "أعلنت وزارة الصحة"
    [worker] = running.children()
    [extractor] = running.children(worker)
    running.stop()
    for _ in range(100):
        try:
            os.kill(extractor, 0)
            if Path(f"/proc/{extractor}/stat").read_text().split()[2] == "Z":
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.05)
    pytest.fail("the extraction process is still there")
