"""Jobs done by threads of the serving process. What a crash leaves is taken up by whoever lives: the lease of
a dead worker runs out.

One more thread keeps the leases, writes progress down and looks whether jobs were cancelled or taken over.
"""

import logging
import os
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from models.errors import Busy, Closed
from service import logs
from service.background import Background
from service.errors import Problem, as_problem, document
from service.jobs.executor import Ended, Kind, Output, Stopped
from service.jobs.live import Live
from service.store import jobs, usage
from service.store.database import Database
from service.store.errors import StoreError
from service.store.jobs import Job

log = logging.getLogger(__name__)

#: Seconds between two times that progress is written down.
WRITE_EVERY = 1.0
#: Seconds that jobs at work get to notice that the service closes.
CLOSE_SECONDS = 10.0
#: Characters a second that a worker does, until it is measured.
FIRST_RATE = 500.0


@dataclass(frozen=True, slots=True)
class ExecutorOptions:
    """Threads by lane; `lease` is how long a worker may be silent before its job is given to another."""

    workers: Mapping[str, int]
    lease: timedelta
    max_attempts: int


class _Work:
    """One job at work; what its kind sees as `Watch`."""

    def __init__(self, job: Job, live: Live) -> None:
        self.job = job
        self._live = live
        self.total = 0
        self.stopped = threading.Event()

    def progress(self, done: int, total: int) -> None:
        if self.stopped.is_set():
            raise Stopped
        self.total = total
        self._live.progress(self.job.id, done, total)

    def segments(self, fresh: Sequence[Mapping[str, Any]]) -> None:
        if self.stopped.is_set():
            raise Stopped
        self._live.segments(self.job.id, fresh)


class LocalExecutor:
    """`kinds` does the jobs, `ended` is told of each that ended, within the transaction that ends it."""

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, Kind],
        options: ExecutorOptions,
        live: Live,
        ended: Ended | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._options = options
        self._live = live
        self._ended = ended
        self._clock = clock
        self.name = f"{socket.gethostname()}:{os.getpid()}:{id(self):x}"
        self._changed = threading.Condition()
        self._working: dict[str, _Work] = {}
        self._closing = False
        self._rate = FIRST_RATE
        self._lanes = [
            Background(f"mujaz-job-{lane}", partial(self._step, lane), count)
            for lane, count in options.workers.items()
        ]
        self._keeper = threading.Thread(target=self._keep, name="mujaz-job-leases", daemon=True)

    def start(self) -> None:
        for lane in self._lanes:
            lane.start()
        self._keeper.start()

    def notify(self) -> None:
        for lane in self._lanes:
            lane.notify()

    def stop(self, job_id: str) -> None:
        with self._changed:
            work = self._working.get(job_id)
        if work is not None:
            work.stopped.set()

    def seconds_for(self, characters: int, number: int) -> float:
        with self._database.read() as session:
            waiting = jobs.backlog(session)
        share = characters * number / max(1, waiting.jobs)
        return max(1.0, share / (self._rate * sum(self._options.workers.values())))

    def close(self) -> None:
        with self._changed:
            self._closing = True
            for work in self._working.values():
                work.stopped.set()
            self._changed.notify_all()
        until = time.monotonic() + CLOSE_SECONDS
        for lane in self._lanes:
            lane.close(max(0.0, until - time.monotonic()))
        if self._keeper.ident is not None:
            self._keeper.join(max(0.0, until - time.monotonic()))

    def _step(self, lane: str) -> bool:
        """Do a job of this lane; False when none is to be done now."""
        job = None if self._closing else self._claim(lane)
        if job is not None:
            self._do(job)
        return job is not None

    def _claim(self, lane: str) -> Job | None:
        with self._database.read() as session:
            if not jobs.any_ready(session, lane, self._clock()):
                return None
        with self._database.write(durable=False) as session:
            # The wait for the database may have been long: by the clock of before, a job that was accepted
            # meanwhile would have been started before it was there.
            return jobs.claim(session, lane, self.name, self._clock(), self._options.lease)

    def _do(self, job: Job) -> None:
        work = _Work(job, self._live)
        with self._changed:
            before = self._working.get(job.id)
            self._working[job.id] = work
            if before is not None:  # too slow to renew its lease, this process took the job from itself
                before.stopped.set()
            if self._closing:
                work.stopped.set()
        self._live.begin(job.id)
        try:
            with logs.work_of(job.id, job.key_id, job.owner):
                self._finish(work)
        finally:
            with self._changed:
                mine = self._working.get(job.id) is work
                if mine:
                    del self._working[job.id]
                self._changed.notify_all()
            if mine:
                self._live.end(job.id)

    def _finish(self, work: _Work) -> None:
        try:
            self._end(work, *self._outcome(work))
        except Exception as error:
            # Its lease runs out, and it is done again.
            log.error("the end of job %s can't be written: %s", work.job.id, type(error).__qualname__)
            if not isinstance(error, StoreError):
                log.error("%s", "".join(traceback.format_tb(error.__traceback__)))

    def _outcome(self, work: _Work) -> tuple[Output | None, Exception | None]:
        job = work.job
        if job.attempts > self._options.max_attempts:
            times = self._options.max_attempts
            return None, Problem("gave_up", f"The process ended {times} times while at work on this.")
        started = time.monotonic()
        try:
            output = self._kinds[job.kind](job, work)
            self._measure(job.characters / max(time.monotonic() - started, 0.001))
            return output, None
        except Exception as error:  # becomes the job's problem; the worker must live on
            return None, error

    def _measure(self, rate: float) -> None:
        with self._changed:
            self._rate += 0.1 * (rate - self._rate)

    def _end(self, work: _Work, output: Output | None, error: Exception | None) -> None:
        job = work.job
        with self._database.write(durable=False) as session:
            now = self._clock()
            if output is not None:
                mine = jobs.finish(session, job, now, output.result, work.total)
                if mine:
                    self._keep_output(session, job, output)
            elif isinstance(error, Stopped):
                mine = self._stopped(session, job, now)
            elif isinstance(error, Closed):
                mine = jobs.release(session, job)
            elif isinstance(error, Busy):
                mine = jobs.release(session, job, now + timedelta(seconds=error.retry_after))
            else:
                assert error is not None
                mine = jobs.fail(session, job, now, _problem(error))
            if not mine:
                log.warning("job %s was taken over by another worker; this result is dropped", job.id)
            elif self._ended is not None:
                after = jobs.get(session, job.owner, job.id)
                if after is not None and after.ended:
                    self._ended(session, after)

    def _keep_output(self, session: Session, job: Job, output: Output) -> None:
        article_id = None if output.store is None else output.store(session)
        if article_id is not None:
            jobs.stored_as(session, job, article_id)
        if output.characters is not None and output.characters < job.characters:
            usage.give_back(session, job, job.characters - output.characters)
            jobs.measured(session, job, output.characters)

    def _stopped(self, session: Any, job: Job, now: datetime) -> bool:
        current = jobs.get(session, job.owner, job.id)
        if current is not None and current.cancelling:
            return jobs.cancelled(session, job, now)
        return jobs.release(session, job)

    def _keep(self) -> None:
        """Renew leases in time, write progress as it goes on, pass on cancellations."""
        lease = self._options.lease.total_seconds()
        renewed, written, failing = time.monotonic(), dict[str, tuple[int, int]](), False
        while True:
            with self._changed:
                ended = self._changed.wait_for(self._is_over, min(WRITE_EVERY, lease / 4))
                working = dict(self._working)
                if ended:
                    return
            marks = {k: v for k, v in self._live.marks().items() if k in working and written.get(k) != v}
            due = time.monotonic() - renewed >= lease / 3
            if not working or not (marks or due):
                continue
            try:
                self._write(working, marks)
            except Exception as error:  # whatever it is, without this thread no lease would be kept
                if not failing:
                    log.error(
                        "leases can't be renewed: %s", error, exc_info=not isinstance(error, StoreError)
                    )
                failing = True
                continue
            renewed, failing = time.monotonic(), False
            written = {k: v for k, v in (written | marks).items() if k in working}

    def _is_over(self) -> bool:
        return self._closing and not self._working

    def _write(self, working: Mapping[str, _Work], marks: Mapping[str, tuple[int, int]]) -> None:
        with self._database.write(durable=False) as session:
            jobs.progress(session, marks, self.name)
            held = jobs.renew(session, working, self.name, self._clock(), self._options.lease)
        for job_id, work in working.items():
            if held.get(job_id, True):  # cancelled, or no longer ours
                work.stopped.set()


def _problem(error: Exception) -> dict[str, Any]:
    problem = as_problem(error)
    if problem.kind.code == "internal":
        # The message may hold a piece of the article; type and place tell what we need.
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("unforeseen %s\n%s", type(error).__qualname__, frames)
    return document(problem)
