"""Plans of digests and what was made by them, on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from service.store import digests
from service.store.database import Database
from service.store.digests import Digest, Plan, TooManyPlans
from tests.service.store.rows import NOW

HOUR = timedelta(hours=1)
FIELDS = {"name": "Morning", "hours": ("07:00",), "zone": "Asia/Riyadh", "emails": ("a@example.org",)}


def plan(database: Database, owner: str = "o", due: timedelta = HOUR) -> Plan:
    with database.write() as session:
        return digests.add_plan(session, owner, NOW, NOW + due, FIELDS)


def digest(id: str, owner: str = "o", plan_id: str | None = None) -> Digest:
    return Digest(id, owner, plan_id, NOW - HOUR, NOW, {"name": "يوم", "n": [1, None]}, NOW)


def test_a_plan_is_its_owners_until_it_is_removed(database: Database) -> None:
    made = plan(database)
    assert (made.covered_to, made.stories, made.active) == (NOW - 23 * HOUR, 10, True)
    with database.write() as session:
        assert digests.plan(session, "o", made.id) == made
        assert digests.plan(session, "p", made.id) is None
        assert digests.change_plan(session, "p", made.id, {"name": "x"}) is None
        assert not digests.remove_plan(session, "p", made.id)
        changed = digests.change_plan(session, "o", made.id, {"hours": ("08:00", "09:00"), "folder": "مصر"})
    assert changed == replace(made, hours=("08:00", "09:00"), folder="مصر")
    with database.write() as session:
        assert digests.change_plan(session, "o", made.id, {}) == changed
        assert digests.remove_plan(session, "o", made.id)
        assert digests.plans(session, "o", 9) == []


def test_a_plan_is_due_when_its_time_has_come(database: Database) -> None:
    later, sooner, other = plan(database), plan(database, due=HOUR / 2), plan(database, "p", 3 * HOUR)
    paused = plan(database)
    with database.write() as session:
        digests.change_plan(session, "o", paused.id, {"active": False})
        assert not digests.any_due(session, NOW)
        assert digests.due(session, NOW) == []
        assert digests.any_due(session, NOW + HOUR)
        assert [p.id for p in digests.due(session, NOW + HOUR)] == [sooner.id, later.id]
        assert [p.id for p in digests.due(session, NOW + 3 * HOUR)] == [sooner.id, later.id, other.id]


def test_a_plan_moves_on_once(database: Database) -> None:
    made = plan(database)
    with database.write() as session:
        assert digests.advance(session, made, NOW + 9 * HOUR, NOW + HOUR)
    with database.write() as session:
        assert not digests.advance(session, made, NOW + 9 * HOUR, NOW + HOUR)
        moved = digests.plan(session, "o", made.id)
    assert moved == replace(made, next_due=NOW + 9 * HOUR, covered_to=NOW + HOUR)
    assert moved is not None
    with database.write() as session:
        digests.change_plan(session, "o", made.id, {"active": False})
        assert not digests.advance(session, moved, NOW + 10 * HOUR, NOW + HOUR)


def test_of_many_at_the_same_moment_one_moves_it(database: Database) -> None:
    made = plan(database)
    ready, moved = threading.Barrier(6), []

    def move() -> None:
        ready.wait()
        with database.write() as session:
            if digests.advance(session, made, NOW + 9 * HOUR, NOW + HOUR):
                moved.append(threading.get_ident())

    threads = [threading.Thread(target=move) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(moved) == 1


def test_digests_come_back_as_they_were(database: Database) -> None:
    made = [digest("dig_1"), digest("dig_2", plan_id="dpl_a"), digest("dig_3")]
    with database.write() as session:
        for one in (*made, digest("dig_4", "p")):
            digests.keep(session, one)
    with database.write() as session:
        assert digests.get(session, "o", "dig_2") == made[1]
        assert digests.get(session, "p", "dig_2") is None
        assert digests.page(session, "o", 2) == [made[2], made[1]]
        assert digests.page(session, "o", 2, "dig_2") == [made[0]]
        assert digests.page(session, "o", 9, plan_id="dpl_a") == [made[1]]
        assert not digests.remove(session, "p", "dig_2")
        assert digests.remove(session, "o", "dig_2")
        assert digests.get(session, "o", "dig_2") is None
        assert digests.expire(session, NOW) == 0
        assert digests.expire(session, NOW + HOUR, 2) == 2
        assert digests.expire(session, NOW + HOUR) == 1


def test_there_is_a_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST", 1)
    plan(database)
    plan(database, "p")
    with pytest.raises(TooManyPlans):
        plan(database)
