"""Jobs in the store, on both databases: fair claims under leases, fences, ends that happen once."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.store import batches, jobs
from service.store.batches import Batch
from service.store.database import Database
from service.store.ids import new_id
from service.store.jobs import Filter, Job, NewJob

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def new(n: int, owner: str = "a", lane: str = "interactive", **fields: Any) -> NewJob:
    """Ids in the order of `n`."""
    given: dict[str, Any] = {"kind": "summary", "request": {"n": n}, "characters": 10, **fields}
    return NewJob(f"job_{n:04}", owner, "k", given.pop("kind"), lane, **given)


def add(database: Database, *made: NewJob) -> None:
    with database.write() as session:
        jobs.add(session, made, NOW)


def claim(
    database: Database, worker: str = "w", lane: str = "interactive", now: datetime = NOW
) -> Job | None:
    with database.write() as session:
        return jobs.claim(session, lane, worker, now, LEASE)


def claimed(database: Database, *args: Any, **named: Any) -> Job:
    job = claim(database, *args, **named)
    assert job is not None
    return job


def get(database: Database, job: Job | NewJob) -> Job:
    with database.read() as session:
        found = jobs.get(session, job.owner, job.id)
    assert found is not None
    return found


def test_times_never_run_backwards(database: Database) -> None:
    """Also when the clock of whoever does the job is behind that of whoever accepted it."""
    add(database, new(1), new(2))
    first, second = (claimed(database, now=later(seconds)) for seconds in (-5, 1))
    assert [first.started, second.started] == [NOW, later(1)]
    with database.write() as session:
        jobs.finish(session, first, later(-4), "{}", 1)
        jobs.fail(session, second, later(-3), {})
    assert [get(database, job).finished for job in (first, second)] == [NOW, later(1)]


def test_a_job_from_acceptance_to_its_result(database: Database) -> None:
    add(database, new(1))
    job = claimed(database)
    assert (job.state, job.attempts, job.leased_by, job.started) == ("running", 1, "w", NOW)
    assert job.request == {"n": 1}
    with database.write() as session:
        assert jobs.finish(session, job, later(5), '{"done": true}', 7)
    ended = get(database, job)
    assert (ended.state, ended.finished, ended.done, ended.total) == ("succeeded", later(5), 7, 7)
    assert ended.leased_by is None
    with database.read() as session:
        assert jobs.result(session, job.id) == '{"done": true}'
    assert claim(database) is None


def test_another_owner_sees_nothing(database: Database) -> None:
    add(database, new(1))
    with database.write() as session:
        assert jobs.get(session, "b", "job_0001") is None
        assert jobs.page(session, "b", Filter(), 10) == []
        assert jobs.cancel(session, "b", "job_0001", NOW) == (None, False)
    assert get(database, new(1)).state == "queued"


def test_lanes_are_apart(database: Database) -> None:
    add(database, new(1, lane="bulk"))
    assert claim(database) is None
    assert claimed(database, lane="bulk").id == "job_0001"


def test_owners_take_turns_by_what_they_have_running(database: Database) -> None:
    add(database, *(new(n, "crowd") for n in range(6)), new(6, "one"), new(7, "two"))
    order = [claimed(database).owner for _ in range(8)]
    assert order == ["crowd", "one", "two", "crowd", "crowd", "crowd", "crowd", "crowd"]


def test_the_oldest_of_an_owner_comes_first(database: Database) -> None:
    add(database, new(3), new(1), new(2))
    assert [claimed(database).id for _ in range(3)] == ["job_0001", "job_0002", "job_0003"]


def test_a_job_put_back_waits_as_long_as_it_was_told(database: Database) -> None:
    add(database, new(1))
    job = claimed(database)
    with database.write() as session:
        assert jobs.release(session, job, later(10))
    assert get(database, job).attempts == 0
    with database.read() as session:
        assert not jobs.any_ready(session, "interactive", later(9))
        assert jobs.any_ready(session, "interactive", later(10))
    assert claim(database, now=later(9)) is None
    assert claimed(database, now=later(10)).attempts == 1


def test_a_dead_workers_job_is_taken_over_and_its_late_result_dropped(database: Database) -> None:
    add(database, new(1))
    first = claimed(database, "slow")
    assert claim(database, "quick", now=later(29)) is None
    second = claimed(database, "quick", now=later(30))
    assert (second.id, second.attempts) == (first.id, 2)
    with database.write() as session:
        assert not jobs.finish(session, first, later(31), '"late"', 1)
        assert not jobs.fail(session, first, later(31), {})
        assert not jobs.release(session, first)
        assert not jobs.cancelled(session, first, later(31))
        assert jobs.finish(session, second, later(32), '"right"', 1)
    with database.read() as session:
        assert jobs.result(session, first.id) == '"right"'


def test_the_same_worker_again_is_fenced_by_attempts(database: Database) -> None:
    add(database, new(1))
    first = claimed(database)
    second = claimed(database, now=later(31))
    with database.write() as session:
        assert not jobs.finish(session, first, later(32), '"late"', 1)
        assert jobs.finish(session, second, later(33), '"right"', 1)


def test_a_lease_is_kept_by_renewing_it(database: Database) -> None:
    add(database, new(1))
    job = claimed(database)
    with database.write() as session:
        assert jobs.renew(session, [job.id, "job_none"], "w", later(20), LEASE) == {job.id: False}
        assert jobs.renew(session, [job.id], "other", later(20), LEASE) == {}
    assert claim(database, "other", now=later(49)) is None
    assert claim(database, "other", now=later(50)) is not None


def test_progress_counts_only_from_who_holds_the_job(database: Database) -> None:
    add(database, new(1))
    job = claimed(database)
    with database.write() as session:
        jobs.progress(session, {job.id: (3, 9)}, "w")
        jobs.progress(session, {job.id: (8, 9)}, "other")
    now = get(database, job)
    assert (now.done, now.total) == (3, 9)


@pytest.mark.parametrize("state", ["queued", "running", "ended"])
def test_cancelling(database: Database, state: str) -> None:
    add(database, new(1))
    job = claimed(database) if state != "queued" else get(database, new(1))
    if state == "ended":
        with database.write() as session:
            jobs.finish(session, job, NOW, "1", 1)
    with database.write() as session:
        after, ended_now = jobs.cancel(session, "a", job.id, later(1))
    assert after is not None
    expected = {"queued": ("cancelled", True), "running": ("running", False), "ended": ("succeeded", False)}
    assert (after.state, ended_now) == expected[state]
    assert after.cancelling == (state != "ended")
    with database.write() as session:
        assert jobs.cancel(session, "a", job.id, later(2))[1] is False  # it is ended once
    if state == "running":
        with database.write() as session:
            assert jobs.renew(session, [job.id], "w", later(1), LEASE) == {job.id: True}
            assert jobs.cancelled(session, job, later(3))
        assert get(database, job).state == "cancelled"


def test_pages_newest_first(database: Database) -> None:
    add(database, *(new(n) for n in range(5)))
    claimed(database)
    with database.read() as session:
        first = jobs.page(session, "a", Filter(), 2)
        rest = jobs.page(session, "a", Filter(), 9, after=first[-1].id)
        running = jobs.page(session, "a", Filter(state="running"), 9)
    assert [job.request["n"] for job in first + rest] == [4, 3, 2, 1, 0]
    assert [job.request["n"] for job in running] == [0]


def test_the_backlog_is_what_waits_or_runs(database: Database) -> None:
    add(database, *(new(n, characters=10**10) for n in range(3)))
    job = claimed(database)
    with database.write() as session:
        jobs.finish(session, job, NOW, None, 1)
    claimed(database)
    with database.read() as session:
        found = jobs.backlog(session)
    assert (found.jobs, found.characters) == (2, 2 * 10**10)


@pytest.mark.parametrize("workers", [8])
def test_workers_at_the_same_moment_never_take_the_same_job(database: Database, workers: int) -> None:
    add(database, *(new(n, f"o{n % 3}") for n in range(40)))
    taken: list[str] = []
    errors: list[BaseException] = []

    def work(name: str) -> None:
        try:
            while True:
                with database.read() as session:
                    if not jobs.any_ready(session, "interactive", NOW):
                        return
                job = claim(database, name)
                if job is not None:
                    taken.append(job.id)
        except BaseException as error:
            errors.append(error)

    _together([lambda n=n: work(f"w{n}") for n in range(workers)])
    assert errors == []
    assert sorted(taken) == [f"job_{n:04}" for n in range(40)]


def test_workers_at_the_same_moment_take_a_dead_ones_job_once(database: Database) -> None:
    add(database, *(new(n) for n in range(10)))
    while claim(database, "dead") is not None:
        pass
    taken: list[Job] = []

    def work(name: str) -> None:
        while (job := claim(database, name, now=later(31))) is not None:
            taken.append(job)

    _together([lambda n=n: work(f"w{n}") for n in range(6)])
    assert sorted(job.id for job in taken) == [f"job_{n:04}" for n in range(10)]
    assert {job.attempts for job in taken} == {2}


def test_the_end_of_a_batch_is_seen_once(database: Database) -> None:
    """Its last jobs end in transactions that overlap: none sees the others' writes before they are committed."""
    batch = Batch(new_id("bat"), "a", "k", "summary", 12, NOW)
    with database.write() as session:
        batches.add(session, batch)
        jobs.add(session, [new(n, batch_id=batch.id, position=n) for n in range(12)], NOW)
    held = [claimed(database) for _ in range(12)]
    seen: list[Batch | None] = []
    together = threading.Barrier(12)

    def end(job: Job) -> None:
        together.wait(30)
        with database.write() as session:
            assert jobs.finish(session, job, later(1), None, 1)
            jobs.stored_as(session, job, "art_1")  # a second write of the row: see `close` on locks
            seen.append(batches.close(session, batch.id, later(1)))

    _together([lambda job=job: end(job) for job in held])
    [closed] = [one for one in seen if one is not None]
    assert (closed.id, closed.announced) == (batch.id, later(1))
    with database.read() as session:
        assert batches.get(session, "a", batch.id) == closed
        assert batches.counts(session, [batch.id]) == {batch.id: {"succeeded": 12}}


def test_jobs_are_forgotten_with_their_whole_batch(database: Database) -> None:
    batch = Batch(new_id("bat"), "a", "k", "summary", 2, NOW)
    with database.write() as session:
        batches.add(session, batch)
        jobs.add(session, [new(n, batch_id=batch.id, position=n) for n in (1, 2)] + [new(3)], NOW)
    first, second, single = (claimed(database) for _ in range(3))

    def end(job: Job, at: datetime) -> None:
        with database.write() as session:
            jobs.finish(session, job, at, "1", 1)
            batches.close(session, batch.id, at)

    end(first, NOW)
    end(single, NOW)
    with database.write() as session:
        assert jobs.expire(session, later(10)) == 1  # the single one: the batch is still open
        assert batches.expire(session, later(10)) == 0
    end(second, later(20))
    with database.write() as session:
        assert jobs.expire(session, later(10)) == 0
        assert jobs.expire(session, later(21)) == 2
        assert batches.expire(session, later(21)) == 1
        assert batches.get(session, "a", batch.id) is None


def _together(calls: Sequence[Any]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
