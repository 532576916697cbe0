"""Counts that may wait are written together, and lost by nothing but a kill."""

import threading
import time
from datetime import date

import pytest

from service.ledger import Ledger
from service.store import usage
from service.store.database import Database
from service.store.errors import StoreBusy
from service.store.usage import Usage

DAY, NEXT = date(2026, 11, 28), date(2026, 11, 29)


def days(database: Database, key: str = "k") -> list[Usage]:
    with database.read() as session:
        return usage.days(session, key, DAY)


def test_notes_are_written_together(database: Database) -> None:
    ledger = Ledger(database)
    for characters in (1, 2, 3):
        ledger.note("k", DAY, characters)
    ledger.note("k", NEXT, 10)
    ledger.note("other", DAY, 5)
    assert days(database) == []
    ledger.flush()
    ledger.flush()  # nothing twice
    assert days(database) == [Usage(NEXT, 10, 1), Usage(DAY, 6, 3)]
    assert days(database, "other") == [Usage(DAY, 5, 1)]


def test_nothing_is_lost_when_the_store_fails(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(database)
    ledger.note("k", DAY, 4)

    def broken(*args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("service.store.usage.charge", broken)
        with pytest.raises(ZeroDivisionError):
            ledger.flush()

    def busy(*args: object) -> None:
        raise StoreBusy("locked")

    with monkeypatch.context() as patch:
        patch.setattr("service.store.usage.charge", busy)
        with pytest.raises(StoreBusy):
            ledger.flush()
    ledger.note("k", DAY, 1)
    ledger.flush()
    assert days(database) == [Usage(DAY, 5, 2)]


def test_it_writes_by_itself_and_at_the_end(database: Database) -> None:
    ledger = Ledger(database, every=0.02)
    ledger.start()
    ledger.note("k", DAY, 4)
    for _ in range(200):
        if days(database):
            break
        time.sleep(0.02)
    assert days(database) == [Usage(DAY, 4, 1)]
    slow = Ledger(database, every=3600)
    slow.start()
    slow.note("k", DAY, 1)
    slow.close()
    ledger.close()
    assert days(database) == [Usage(DAY, 5, 2)]


@pytest.mark.parametrize("error", [StoreBusy("locked"), ZeroDivisionError()])
def test_whatever_the_store_says_it_goes_on_and_tells_once(
    database: Database,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ledger, tried = Ledger(database, every=0.01), threading.Semaphore(0)

    def broken(*args: object) -> None:
        tried.release()
        raise error

    ledger.note("k", DAY, 4)
    with monkeypatch.context() as patch:
        patch.setattr("service.store.usage.charge", broken)
        ledger.start()
        for _ in range(3):
            assert tried.acquire(timeout=30)
    for _ in range(1500):
        if days(database):
            break
        time.sleep(0.02)
    assert days(database) == [Usage(DAY, 4, 1)]  # before the end, at which it would be written anyway
    ledger.close()
    assert [r.message.split(":")[0] for r in caplog.records].count("usage is written later") == 1


def test_a_crowd_of_threads(database: Database) -> None:
    ledger = Ledger(database, every=0.001)
    ledger.start()

    def work() -> None:
        for _ in range(50):
            ledger.note("k", DAY, 2)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger.close()
    assert days(database) == [Usage(DAY, 800, 400)]
