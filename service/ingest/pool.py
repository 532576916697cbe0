"""A few processes that take pages and feeds apart, so that the serving threads keep the interpreter.

Plain subprocesses over pipes, not `ProcessPoolExecutor`: that one can't stop a single stuck worker, fails
every waiting page when one worker dies, and imports the parent's main module again in each. Starting one is
fork and exec at once, which is safe beside a loaded model. The first starts with the first page.
"""

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import Busy

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "service.ingest.worker")
_ROOT = Path(__file__).resolve().parents[2]


class ExtractionFailed(Exception):
    """A page could not be taken apart; the message says why, for the sender."""


class _WorkerDied(Exception):
    """The process ended without an answer: crashed, out of memory, or stopped at the time limit."""


class _Worker:
    def __init__(self, command: Sequence[str]) -> None:
        # Its own session: Ctrl-C in a terminal reaches the service only, which closes it in order.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1"},
            start_new_session=True,
        )
        self.pages = 0

    def ask(self, page: bytes, asked: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        self.pages += 1
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(timeout, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps({**asked, "size": len(page)}).encode() + b"\n" + page)
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:
            line = b""
        finally:
            timer.cancel()
        if not line.endswith(b"\n"):
            raise _WorkerDied
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """`timeout` in seconds bounds one page, and the wait for a free worker before it. `what` a page is, and
    the `parser` that it may break, are for the messages."""

    workers: int = 1
    timeout: float = 20.0
    pages_per_worker: int = 500
    what: str = "page"
    parser: str = "HTML parser"


class Pool:
    """Thread-safe. `close` stops the processes; they also end by themselves when this process does."""

    def __init__(self, options: PoolOptions, command: Sequence[str] = COMMAND) -> None:
        self._options = options
        self._command = command
        self._free = threading.Semaphore(options.workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._closed = False

    def run(self, page: str) -> dict[str, Any]:
        """The worker's answer for `page`. Raises `ExtractionFailed`, or `Busy` when no worker got free."""
        return self.ask(page.encode("utf-8"), {})

    def ask(self, page: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The worker's answer to what is `asked` about the bytes. Raises as above."""
        if not self._free.acquire(timeout=self._options.timeout):
            raise Busy(f"Too many {self._options.what}s are being read at once.", self._options.timeout)
        try:
            return self._run(page, asked)
        finally:
            self._free.release()

    def _run(self, page: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
        what, breaks = self._options.what, f"breaks the {self._options.parser}"
        worker = self._take()
        started = time.monotonic()
        try:
            answer = worker.ask(page, asked, self._options.timeout)
        except _WorkerDied:
            worker.stop()
            late = time.monotonic() - started >= self._options.timeout
            log.warning("an extraction worker was lost (%s)", "time limit" if late else "it ended by itself")
            reason = f"takes over {self._options.timeout:g} s" if late else breaks
            raise ExtractionFailed(f"The {what} {reason}.") from None
        self._give_back(worker)
        if "failed" in answer:
            raise ExtractionFailed(f"The {what} {breaks} ({answer['failed']}).")
        return answer

    def _take(self) -> _Worker:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return _Worker(self._command)

    def _give_back(self, worker: _Worker) -> None:
        with self._lock:
            if not self._closed and worker.pages < self._options.pages_per_worker:
                self._idle.append(worker)
                return
        worker.stop()

    def close(self) -> None:
        """Stop the idle workers; a busy one is stopped when its page is done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.stop()
