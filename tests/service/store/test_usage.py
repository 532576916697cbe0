"""Quotas are charged at once and never overdrawn, on both databases."""

import threading
from datetime import date, timedelta

import pytest

from service.store import usage
from service.store.database import Database
from service.store.usage import Usage

DAY = date(2026, 11, 28)


def charge(database: Database, characters: int, quota: int | None = None, key: str = "k") -> bool:
    with database.write() as session:
        return usage.charge(session, key, DAY, characters, quota)


def used(database: Database, key: str = "k") -> int:
    with database.read() as session:
        return usage.used(session, key, DAY)


@pytest.mark.parametrize(
    ("charges", "quota", "taken"),
    [
        ([1, 2, 3], None, [True, True, True]),
        ([10, 1], 10, [True, False]),
        ([11], 10, [False]),
        ([4, 7, 6, 1], 10, [True, False, True, False]),
        ([0, 10, 0, 1], 10, [True, True, True, False]),
        ([10**11, 10**11], 10**12, [True, True]),
    ],
)
def test_charges(database: Database, charges: list[int], quota: int | None, taken: list[bool]) -> None:
    assert [charge(database, n, quota) for n in charges] == taken
    assert used(database) == sum(n for n, ok in zip(charges, taken, strict=True) if ok)


def test_what_was_refused_counts_as_nothing(database: Database) -> None:
    charge(database, 5, 10)
    charge(database, 6, 10)
    with database.read() as session:
        assert usage.days(session, "k", DAY) == [Usage(DAY, 5, 1)]


def test_a_lower_quota_holds_at_once(database: Database) -> None:
    assert charge(database, 8, 10)
    assert not charge(database, 1, 5)


def test_keys_and_days_are_counted_apart(database: Database) -> None:
    charge(database, 5, 10)
    assert charge(database, 10, 10, key="other")
    with database.write() as session:
        assert usage.charge(session, "k", DAY + timedelta(days=1), 10, 10)
    assert used(database) == 5


@pytest.mark.parametrize(("characters", "left"), [(3, 7), (10, 0), (11, 0)])
def test_refunds(database: Database, characters: int, left: int) -> None:
    charge(database, 10, 10)
    with database.write() as session:
        usage.refund(session, "k", DAY, characters)
        usage.refund(session, "nobody", DAY, characters)
    assert used(database) == left
    assert used(database, "nobody") == 0


def test_a_refused_charge_leaves_the_rest_of_its_transaction_to_its_caller(database: Database) -> None:
    with database.write() as session:
        assert not usage.charge(session, "k", DAY, 11, 10)
        assert usage.charge(session, "other", DAY, 1, 10)
    assert used(database, "other") == 1


def test_days_newest_first(database: Database) -> None:
    with database.write() as session:
        for back in (3, 0, 1):
            usage.charge(session, "k", DAY - timedelta(days=back), 10 + back, None, requests=2)
    with database.read() as session:
        assert usage.days(session, "k", DAY - timedelta(days=2)) == [
            Usage(DAY, 10, 2), Usage(DAY - timedelta(days=1), 11, 2)
        ]  # fmt: skip


def test_a_crowd_cannot_overdraw(database: Database) -> None:
    """Twenty threads want 7 each of 100: fourteen get it, whoever they are."""
    taken: list[bool] = []
    start = threading.Barrier(20)

    def want() -> None:
        start.wait()
        taken.append(charge(database, 7, 100))

    threads = [threading.Thread(target=want) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 14
    assert used(database) == 98
