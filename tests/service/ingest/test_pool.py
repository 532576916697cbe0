"""The pool with real processes: one that is stuck or dies costs its own page only."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import Busy
from service.ingest.pool import ExtractionFailed, Pool, PoolOptions
from tests.service.ingest.test_extract import ARTICLE, PARAGRAPHS

ROOT = Path(__file__).parents[3]
#: Stands in for the worker: does as the page says.
WORKER = """
import json, os, sys, time
for head in sys.stdin.buffer:
    page = sys.stdin.buffer.read(json.loads(head)["size"]).decode()
    if page == "die": os._exit(1)
    if page == "hang": time.sleep(60)
    if page == "half": sys.stdout.write('{"te'); sys.stdout.flush(); os._exit(0)
    if page == "fail": print(json.dumps({"failed": "ParserError"}), flush=True); continue
    if page.startswith("slow"): time.sleep(0.3)
    print(json.dumps({"text": page, "pid": os.getpid()}), flush=True)
"""
COMMAND = (sys.executable, "-c", WORKER)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(PoolOptions(workers=2, timeout=2, pages_per_worker=3), COMMAND)
    yield made
    made.close()


def test_real_worker() -> None:
    pool = Pool(PoolOptions(timeout=60))
    try:
        assert pool.run(ARTICLE)["text"] == "\n".join(PARAGRAPHS)
        assert pool.run("<p>مرحبا")["text"] == "مرحبا"
        assert pool.run("<p>" + "كلمة " * 200_000)["text"].startswith("كلمة كلمة")  # larger than a pipe
    finally:
        pool.close()


def test_worker_imports_neither_flask_nor_the_model() -> None:
    code = (
        "import sys, service.ingest.worker, service.ingest.extract, service.ingest.feed_reader; "
        "heavy = ('flask', 'pydantic', 'ctranslate2', 'sentencepiece', 'torch'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"


def test_nothing_starts_before_the_first_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    Pool(PoolOptions()).close()


def test_one_worker_serves_pages_in_turn_and_is_replaced(pool: Pool) -> None:
    pids = [pool.run("a")["pid"] for _ in range(4)]
    assert len(set(pids[:3])) == 1
    assert pids[3] != pids[0]
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


@pytest.mark.parametrize(
    ("page", "reason"),
    [("die", "breaks the HTML parser"), ("half", "breaks the HTML parser"), ("fail", "ParserError")],
)
def test_page_that_kills_its_worker(pool: Pool, page: str, reason: str) -> None:
    with pytest.raises(ExtractionFailed, match=reason):
        pool.run(page)
    assert pool.run("next")["text"] == "next"


def test_page_that_takes_too_long() -> None:
    pool = Pool(PoolOptions(timeout=0.5), COMMAND)
    pool.run("warm")
    started = time.monotonic()
    with pytest.raises(ExtractionFailed, match=r"takes over 0\.5 s"):
        pool.run("hang")
    assert time.monotonic() - started < 30  # the page takes a minute
    assert pool.run("next")["text"] == "next"
    pool.close()


def test_others_are_not_harmed_by_a_crash(pool: Pool) -> None:
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.append(pool.run("slow")["text"]))
    thread.start()
    with pytest.raises(ExtractionFailed):
        pool.run("die")
    thread.join()
    assert results == ["slow"]


def test_pages_wait_for_a_worker_but_not_for_ever() -> None:
    pool = Pool(PoolOptions(workers=1, timeout=0.5), COMMAND)
    pool.run("warm")

    def hang() -> None:
        with pytest.raises(ExtractionFailed):
            pool.run("hang")

    holding = threading.Thread(target=hang)
    holding.start()
    time.sleep(0.1)
    waiting = pool.run("after")  # gets the worker's successor once the stuck one is stopped
    assert waiting["text"] == "after"
    holding.join()
    pool.close()


def test_busy_when_no_worker_gets_free() -> None:
    pool = Pool(PoolOptions(workers=1, timeout=0.2), COMMAND)
    pool._free.acquire()
    with pytest.raises(Busy):
        pool.run("a")
    pool.close()


def test_close_stops_the_workers(pool: Pool) -> None:
    pid = pool.run("a")["pid"]
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_workers_end_with_the_service() -> None:
    """Even when it is killed: their input ends."""
    code = (
        "import os; from service.ingest.pool import Pool, PoolOptions\n"
        f"pool = Pool(PoolOptions(), {COMMAND!r})\n"
        "print(pool.run('a')['pid'], flush=True)\n"
        "os.kill(os.getpid(), 9)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    pid = int(run.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            return  # nobody reaps orphans in this container
        time.sleep(0.05)
    pytest.fail("the worker outlived the service")
