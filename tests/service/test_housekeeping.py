"""Retention and renewal, with a clock in hand."""

import platform
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import query as queries
from service.config import Config, JobsConfig, StoreConfig
from service.housekeeping import Chore, Housekeeper, chores
from service.store import articles, batches, entries, feeds, idempotency, jobs
from service.store.database import Database
from service.store.entries import Arrival
from service.store.errors import StoreBusy
from service.store.feeds import Policy
from service.store.tables import BatchRow, IdempotencyRow, JobRow, WordsRow
from tests.service.store.rows import NOW, content


def add(database: Database, name: str, age: timedelta) -> str:
    with database.write() as session:
        return articles.add(session, "o", name, content(title=name), NOW - age)


def kept(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(item.title or "" for item in articles.newest(session, "o", 100))


def keeper(database: Database, config: Config, now: datetime = NOW) -> Housekeeper:
    return Housekeeper(database, chores(config), lambda: now)


def test_articles_are_kept_as_long_as_configured(database: Database) -> None:
    add(database, "old", timedelta(days=30, seconds=1))
    add(database, "new", timedelta(days=30, seconds=-1))
    keeper(database, Config()).round()
    assert kept(database) == ["new", "old"]
    config = Config(store=StoreConfig(retention_days=30))
    keeper(database, config).round()
    assert kept(database) == ["new"]
    keeper(database, config, NOW + timedelta(days=1)).round()
    assert kept(database) == []


def test_more_than_a_piece_is_deleted(database: Database) -> None:
    for n in range(5):
        add(database, f"n{n}", timedelta(days=2))
    deletes: Chore = lambda session, now: articles.expire(session, now, limit=2)  # noqa: E731
    Housekeeper(database, {"x": deletes}, lambda: NOW).round()
    assert kept(database) == []


def test_finished_jobs_go_after_their_time(database: Database) -> None:
    with database.write() as session:
        for name, state, age in (("a", "succeeded", 8), ("b", "failed", 6), ("c", "queued", 9)):
            finished = None if state == "queued" else NOW - timedelta(days=age)
            session.add(
                JobRow(id=name, owner="o", kind="summary", lane="bulk", state=state, request={}, characters=1,
                       created=NOW - timedelta(days=9), finished=finished)
            )  # fmt: skip
    keeper(database, Config(jobs=JobsConfig(retention_days=7))).round()
    with database.read() as session:
        assert sorted(session.scalars(select(JobRow.id))) == ["b", "c"]


def test_old_jobs_batches_and_keys_go_piece_by_piece(database: Database) -> None:
    """One transaction for tens of thousands holds up every other writer for seconds."""
    old = NOW - timedelta(days=40)
    with database.write() as session:
        for n in range(5):
            session.add(BatchRow(id=f"b{n}", owner="o", key_id="k", kind="summary", total=1, created=old,
                                 announced=old))  # fmt: skip
            session.flush()
            session.add(JobRow(id=f"j{n}", owner="o", kind="summary", lane="bulk", state="failed", request={},
                               characters=1, created=old, finished=old, batch_id=f"b{n}"))  # fmt: skip
            session.add(IdempotencyRow(owner="o", key=f"k{n}", fingerprint="f", created=old))
    for expire in (jobs.expire, batches.expire, idempotency.expire):
        numbers = []
        for _ in range(4):
            with database.write() as session:
                numbers.append(expire(session, NOW, limit=2))
        assert numbers == [2, 2, 1, 0]


@pytest.mark.parametrize(("state", "left"), [("active", {"listed", "new"}), ("retired", {"new"})])
def test_old_entries_go_also_when_a_feed_is_not_read(database: Database, state: str, left: set[str]) -> None:
    """But not those that it listed last: they would come in again as new."""
    with database.write() as session:
        feed, _ = feeds.add(session, "o", "http://a.example/", NOW, policy=Policy(keep_days=2))
        feeds.add(session, "o", "http://b.example/", NOW)
        for guid, days in (("old", 3), ("older", 4), ("listed", 3), ("new", 1)):
            arrival = Arrival(guid, None, "خبر", guid, None, NOW)
            entries.take_in(session, feed.id, "o", [arrival], NOW - timedelta(days=days))
        feeds.polled(session, feed.id, {"listed": ["listed"], "state": state})
    keeper(database, Config()).round()
    with database.read() as session:
        assert {entry.text for entry in entries.page(session, "o", entries.Filter(), 10)} == left


def test_words_cut_by_other_rules_are_cut_again(database: Database) -> None:
    for n in range(3):
        add(database, f"n{n}", timedelta())
    with database.write() as session:
        session.execute(update(WordsRow).values(policy="tokens:0", title="?", body="?"))
    query = queries.parse("القمح")
    assert query is not None
    with database.read() as session:
        assert articles.newest(session, "o", 9, query=query) == []
    keeper(database, Config()).round()
    with database.read() as session:
        assert len(articles.newest(session, "o", 9, query=query)) == 3


@pytest.mark.parametrize("error", [StoreBusy("held"), ZeroDivisionError("words of an article")])
def test_a_chore_that_fails_stops_no_other(
    database: Database, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(session: Session, now: datetime) -> int:
        raise error

    done: list[datetime] = []
    counts: Chore = lambda session, now: done.append(now) or 0  # type: ignore[func-returns-value]  # noqa: E731
    Housekeeper(database, {"broken": broken, "counts": counts}, lambda: NOW).round()
    assert done == [NOW]
    assert "broken" in caplog.text
    assert "words of an article" not in caplog.text


def test_it_works_at_the_start_and_again(database: Database) -> None:
    thrice = threading.Semaphore(0)

    def chore(session: Session, now: datetime) -> int:
        thrice.release()
        return 0

    made = Housekeeper(database, {"x": chore}, lambda: NOW, every=0.01)
    made.start()
    try:
        for _ in range(3):
            assert thrice.acquire(timeout=20)
    finally:
        made.close()


def test_closing_does_not_wait_for_the_hour(database: Database) -> None:
    begun = threading.Event()
    chore: Callable[..., int] = lambda session, now: begun.set() or 0  # type: ignore[func-returns-value]  # noqa: E731
    made = Housekeeper(database, {"x": chore})
    made.start()
    assert begun.wait(20)
    closer = threading.Thread(target=made.close)
    closer.start()
    closer.join(20)
    assert not closer.is_alive()


#: Blocks that malloc gives, freed but for every hundredth, which keep their pages' neighbours from the system.
FREED = """
from pathlib import Path
from service.housekeeping import give_memory_back
def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))
blocks = [bytes(6000) for _ in range(20_000)]
blocks = blocks[::100]
before = resident()
print(give_memory_back(), before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to")
def test_freed_memory_goes_back() -> None:
    made = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    was_given, megabytes = made.stdout.split()
    assert was_given == "True"
    assert int(megabytes) > 50
