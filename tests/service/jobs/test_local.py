"""Jobs done by threads: each once, whatever becomes of executors, stores and callers."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.errors import Busy, TooLong
from service.jobs.executor import Kind, Output, Stopped, Watch
from service.jobs.live import Live
from service.jobs.local import ExecutorOptions, LocalExecutor
from service.store import jobs
from service.store.database import Database
from service.store.errors import StoreBusy
from service.store.jobs import Job, NewJob
from tests.service.store.test_jobs import NOW, get, new

LEASE = 1.0


class Bench:
    """Executors over one database. `done` counts how often each job's work came to its end, `ended` how often
    that was written."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.live = Live()
        self.executors: list[LocalExecutor] = []
        self.done: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.gate = threading.Event()
        self.entered = threading.Semaphore(0)
        self.gate.set()

    def executor(self, kind: Kind | None = None, **options: Any) -> LocalExecutor:
        given = {
            "workers": {"interactive": 2},
            "lease": timedelta(seconds=LEASE),
            "max_attempts": 3,
        } | options
        kinds: Mapping[str, Kind] = {"summary": kind or self.work}
        made = LocalExecutor(self.database, kinds, ExecutorOptions(**given), self.live, self._ended)
        self.executors.append(made)
        made.start()
        return made

    def work(self, job: Job, watch: Watch) -> Output:
        """Reports progress until the gate opens."""
        self.entered.release()
        for n in range(3000):
            watch.progress(n, 3000)
            if self.gate.wait(0.01):
                break
        self.done[job.id] += 1
        return Output(f'"{job.id}"')

    def _ended(self, session: Session, job: Job) -> None:
        self.ended[job.id] += 1

    def add(self, *made: NewJob) -> None:
        with self.database.write() as session:
            jobs.add(session, made, NOW)
        for executor in self.executors:
            executor.notify()

    def wait(self, job: NewJob, met: Callable[[Job], bool] = lambda job: job.ended) -> Job:
        for _ in range(1500):
            found = get(self.database, job)
            if met(found):
                return found
            time.sleep(0.01)
        raise AssertionError(f"that never comes: {found}")

    def close(self) -> None:
        self.gate.set()
        for executor in self.executors:
            executor.close()


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    made = Bench(database)
    yield made
    made.close()


def test_two_executors_on_one_database_do_each_job_once(bench: Bench) -> None:
    for _ in range(2):  # the lease is another test's matter: a busy machine must not let one run out here
        bench.executor(workers={"interactive": 3, "bulk": 2}, lease=timedelta(seconds=60))
    made = [new(n, f"o{n % 4}", "bulk" if n % 2 else "interactive") for n in range(40)]
    bench.add(*made)
    ended = [bench.wait(job) for job in made]
    assert {job.state for job in ended} == {"succeeded"}
    assert bench.ended == bench.done == Counter(job.id for job in made)


def test_a_job_is_never_begun_before_it_was_accepted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that looks for work and then waits for the database meets jobs that came in meanwhile."""
    looking, go, any_ready = threading.Event(), threading.Event(), jobs.any_ready

    def slow(*args: Any) -> bool:
        found = any_ready(*args)
        looking.set()
        assert go.wait(20)
        return found or True

    monkeypatch.setattr(jobs, "any_ready", slow)
    bench.executor(workers={"interactive": 1})
    assert looking.wait(20)
    accepted = datetime.now(UTC)
    with bench.database.write() as session:
        jobs.add(session, [new(1)], accepted)
    claims: list[datetime] = []
    claim = jobs.claim

    def noted(session: Session, lane: str, worker: str, now: datetime, lease: timedelta) -> Job | None:
        claims.append(now)
        return claim(session, lane, worker, now, lease)

    monkeypatch.setattr(jobs, "claim", noted)
    go.set()
    assert bench.wait(new(1)).started is not None
    assert claims[0] >= accepted


def test_a_bulk_job_never_keeps_an_interactive_one_waiting(bench: Bench) -> None:
    bench.executor(workers={"interactive": 1, "bulk": 1})
    bench.gate.clear()
    bench.add(*(new(n, lane="bulk") for n in range(3)))
    assert bench.entered.acquire(timeout=10)
    bench.add(new(9))
    assert bench.entered.acquire(timeout=10)
    assert bench.wait(new(9), lambda job: job.state == "running")


def test_a_job_that_outlives_its_lease_at_work_is_kept(bench: Bench) -> None:
    bench.executor()
    bench.executor()
    bench.gate.clear()
    bench.add(new(1))
    assert bench.entered.acquire(timeout=10)
    time.sleep(2.5 * LEASE)
    bench.gate.set()
    assert bench.wait(new(1)).attempts == 1


def test_an_executor_that_hangs_is_replaced_and_its_result_dropped(bench: Bench) -> None:
    """What a process that was stopped and wakes up again does: its lease is over, and it doesn't know."""
    asleep, awake = threading.Event(), threading.Event()

    def sleeps(job: Job, watch: Watch) -> Output:
        asleep.set()
        assert awake.wait(20)
        return Output('"late"')

    hung = bench.executor(sleeps, workers={"interactive": 1})
    hung._write = lambda *_: None  # type: ignore[method-assign]  # renews nothing
    bench.add(new(1))
    assert asleep.wait(10)
    bench.executor()
    ended = bench.wait(new(1))
    awake.set()
    hung.close()
    assert ended.attempts == 2
    assert bench.ended == {ended.id: 1}
    with bench.database.read() as session:
        assert jobs.result(session, ended.id) == f'"{ended.id}"'


def test_an_executor_may_take_a_job_over_from_itself(bench: Bench) -> None:
    """Where the whole process was held up for longer than the lease, both of its threads live on."""
    slow, first = threading.Event(), threading.Event()

    def kind(job: Job, watch: Watch) -> Output:
        if not first.is_set():
            first.set()
            assert slow.wait(20)
            return Output('"late"')
        return bench.work(job, watch)

    executor = bench.executor(kind)
    write, executor._write = executor._write, lambda *_: None  # type: ignore[method-assign]
    bench.add(new(1))
    ended = bench.wait(new(1))
    executor._write = write  # type: ignore[method-assign]
    slow.set()
    made = [new(n) for n in range(2, 8)]
    bench.add(*made)
    for job in made:
        bench.wait(job)
    assert (ended.attempts, bench.ended[ended.id]) == (2, 1)
    assert all(thread.is_alive() for lane in executor._lanes for thread in lane._threads)


def test_closing_puts_jobs_back_for_others_at_once(bench: Bench) -> None:
    bench.gate.clear()
    first = bench.executor(lease=timedelta(seconds=3600))
    bench.add(new(1))
    assert bench.entered.acquire(timeout=10)
    first.close()
    back = get(bench.database, new(1))
    assert (back.state, back.attempts, back.leased_by) == ("queued", 0, None)
    bench.gate.set()
    bench.executor()
    assert bench.wait(new(1)).attempts == 1


def test_cancelling_stops_the_work(bench: Bench) -> None:
    bench.gate.clear()
    executor = bench.executor()
    bench.add(new(1))
    assert bench.entered.acquire(timeout=10)
    with bench.database.write() as session:
        jobs.cancel(session, "a", "job_0001", NOW)
    executor.stop("job_0001")
    assert bench.wait(new(1)).state == "cancelled"
    assert (bench.done, bench.ended) == ({}, {"job_0001": 1})


def test_cancelling_in_another_process_is_noticed(bench: Bench) -> None:
    bench.gate.clear()
    bench.executor()
    bench.add(new(1))
    assert bench.entered.acquire(timeout=10)
    with bench.database.write() as session:
        jobs.cancel(session, "a", "job_0001", NOW)
    assert bench.wait(new(1)).state == "cancelled"


def test_progress_is_written_while_the_work_goes_on(bench: Bench) -> None:
    bench.gate.clear()
    bench.executor()
    bench.add(new(1))
    job = bench.wait(new(1), lambda job: job.done > 0)
    assert job.total == 3000


def test_no_room_in_the_model_is_no_failure(bench: Bench) -> None:
    refusals = iter([Busy("full", 0.1), Busy("full", 0.1)])

    def kind(job: Job, watch: Watch) -> Output:
        for error in refusals:
            raise error
        return bench.work(job, watch)

    bench.executor(kind)
    bench.add(new(1))
    ended = bench.wait(new(1))
    assert (ended.state, ended.attempts) == ("succeeded", 1)


@pytest.mark.parametrize(
    ("error", "code"), [(TooLong("It is too long."), "text_too_long"), (ValueError("secret"), "internal")]
)
def test_what_cannot_be_done_fails_at_once(bench: Bench, error: Exception, code: str) -> None:
    def kind(job: Job, watch: Watch) -> Output:
        raise error

    bench.executor(kind)
    bench.add(new(1), new(2))
    ended = bench.wait(new(1))
    assert (ended.state, ended.attempts) == ("failed", 1)
    assert ended.problem is not None
    assert ended.problem["type"].endswith(f"#{code}")
    assert "secret" not in str(ended.problem)
    bench.wait(new(2))  # the worker lives on
    assert bench.ended == {"job_0001": 1, "job_0002": 1}


def test_a_job_that_kills_its_process_again_and_again_is_given_up(bench: Bench) -> None:
    bench.add(new(1))
    for _ in range(3):
        with bench.database.write() as session:
            dead = jobs.claim(session, "interactive", "dead", NOW, timedelta(0))
        assert dead is not None
    bench.executor()
    ended = bench.wait(new(1))
    assert (ended.state, bench.done) == ("failed", {})
    assert ended.problem is not None
    assert ended.problem["type"].endswith("#gave_up")


def test_an_end_that_cannot_be_written_is_done_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    finish, refusals = jobs.finish, iter([StoreBusy("held")])

    def refused(*given: Any) -> bool:
        for error in refusals:
            raise error
        return finish(*given)

    monkeypatch.setattr(jobs, "finish", refused)
    bench.executor()
    bench.add(new(1))
    ended = bench.wait(new(1))
    assert ended.state == "succeeded"
    assert ended.attempts >= 2, "more where the machine stands still for longer than a lease"
    assert bench.ended == {ended.id: 1}


@pytest.mark.parametrize("error", [StoreBusy("held"), ZeroDivisionError()])
def test_leases_are_kept_again_after_whatever_error(
    bench: Bench, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried, renewed, renew = threading.Semaphore(0), threading.Semaphore(0), jobs.renew

    def broken(*args: Any) -> Any:
        tried.release()
        raise error

    def working(*args: Any) -> Any:
        held = renew(*args)
        renewed.release()
        return held

    bench.executor(lease=timedelta(seconds=60), workers={"interactive": 1})
    bench.gate.clear()
    monkeypatch.setattr("service.jobs.local.jobs.renew", broken)
    bench.add(new(1))
    for _ in range(2):
        assert tried.acquire(timeout=30)
    assert [r.message.split(":")[0] for r in caplog.records].count("leases can't be renewed") == 1
    monkeypatch.setattr("service.jobs.local.jobs.renew", working)
    for _ in range(2):
        assert renewed.acquire(timeout=30)
    bench.gate.set()
    assert bench.wait(new(1)).attempts == 1


def test_work_that_is_stopped_hears_of_it_in_either_report(bench: Bench) -> None:
    """`Stopped` comes from segments too: an article may have many before its next progress."""
    heard = threading.Event()

    def kind(job: Job, watch: Watch) -> Output:
        bench.entered.release()
        try:
            for _ in range(3000):
                watch.segments([{"index": 0}])
                time.sleep(0.01)
        except Stopped:
            heard.set()
            raise
        return Output("1")

    executor = bench.executor(kind)
    bench.add(new(1))
    assert bench.entered.acquire(timeout=10)
    executor.close()
    assert heard.is_set()
