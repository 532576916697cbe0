"""The real server is killed with messages on their way and others waiting: all arrive after it is back."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.http import free_port, post_json, wait_until_ready
from service.client import Client
from tests.service.webhooks.receiver import Came, receiving

ROOT = Path(__file__).resolve().parents[3]
JOBS = 10


@contextmanager
def serving(port: int, store_url: str, netloc: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.service.webhooks.serving", str(port), store_url, netloc]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def test_a_killed_process_loses_no_message(store_url: str) -> None:
    port, back = free_port(), threading.Event()

    def slow_at_first(came: Came, number: int) -> tuple[int, dict[str, str]]:
        if not back.is_set():
            time.sleep(0.7)
        return 200, {}

    with receiving(slow_at_first) as receiver:
        base = f"http://127.0.0.1:{port}"
        with serving(port, store_url, receiver.netloc):
            secret = post_json(f"{base}/v1/webhooks", {"url": receiver.url})["secret"]
            items = [{"text": f"خبر رقم {n}."} for n in range(3)]
            post_json(f"{base}/v1/batches", {"items": items})
            with Client(base) as client:
                jobs = [client.submit(f"خبر {n}.")["id"] for n in range(JOBS)]
            receiver.wait(4)
        before = len(receiver.came)
        assert before < JOBS  # some hadn't been sent
        back.set()
        with serving(port, store_url, receiver.netloc):
            _wait(lambda: len({c.id for c in receiver.came}) == JOBS + 1)
            _wait(lambda: _repeated(receiver.came) > 0)  # those on their way when it was killed
    assert all(c.is_signed(secret) for c in receiver.came)
    told = {c.json["data"]["id"] for c in receiver.came if c.json["event"] == "job.succeeded"}
    assert told == set(jobs)
    assert len({c.id for c in receiver.came if c.json["event"] == "batch.finished"}) == 1
    assert len({(c.id, c.body) for c in receiver.came}) == JOBS + 1  # the same id says the same


def _repeated(came: list[Came]) -> int:
    return sum(number > 1 for number in Counter(c.id for c in came).values())


def _wait(met: Callable[[], bool]) -> None:
    for _ in range(1500):
        if met():
            return
        time.sleep(0.02)
    raise AssertionError("not all came")
