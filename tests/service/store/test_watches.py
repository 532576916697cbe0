"""Watches and their alerts in the store: found once for each story, told once; on both databases."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from service.store import alerts, entries, feeds, watches
from service.store.alerts import Alert
from service.store.database import Database
from service.store.watches import TooManyWatches, Watch
from tests.service.store.rows import NOW

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
HIT = {"field": "title", "text": "خبر", "offset": 0, "spans": [{"start": 0, "end": 3}]}


def add(database: Database, owner: str = "o", **fields: Any) -> Watch:
    with database.write() as session:
        return watches.add(session, owner, NOW, {"name": "قمح", "query": "القمح", **fields})


def find(
    database: Database, *found: Watch, story: str = "sto_1", owner: str = "o", entry: str = "ent_1"
) -> int:
    with database.write() as session:
        return alerts.add(session, owner, story, entry, {watch.id: [HIT] for watch in found}, NOW)


def all_of(database: Database, owner: str = "o") -> list[Alert]:
    with database.read() as session:
        return alerts.page(session, owner, None, 100)


def due(database: Database, after: timedelta = timedelta()) -> list[str]:
    with database.read() as session:
        return alerts.due(session, NOW + after, 10)


def test_a_watch_comes_back_as_it_was_and_to_its_owner_alone(database: Database) -> None:
    made = add(database, emails=("a@example.org",), quiet_from="22:00", quiet_to="06:00", zone="Asia/Riyadh")
    with database.write() as session:
        assert watches.get(session, "o", made.id) == made
        assert watches.get(session, "other", made.id) is None
        assert watches.change(session, "other", made.id, NOW, {"name": "x"}) is None
        assert not watches.remove(session, "other", made.id)
        assert watches.page(session, "other", 10) == []
        assert watches.page(session, "o", 10) == [made]


def test_pages_are_newest_first(database: Database) -> None:
    ids = [add(database, name=str(n)).id for n in range(3)]
    with database.read() as session:
        first = watches.page(session, "o", 2)
        rest = watches.page(session, "o", 2, first[-1].id)
    assert [w.id for w in first + rest] == sorted(ids, reverse=True)


def test_an_owner_may_have_so_many(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "MOST", 2)
    add(database)
    add(database)
    with pytest.raises(TooManyWatches):
        add(database)
    add(database, owner="another")


def test_the_version_moves_with_all_that_changes_what_is_found(database: Database) -> None:
    seen = set()

    def look() -> None:
        with database.read() as session:
            version = watches.version(session, "o")
        assert version not in seen
        seen.add(version)

    look()
    first, second = add(database), add(database, query="الذهب")
    look()
    for fields in ({"query": "النفط"}, {"active": False}, {"active": True}):
        with database.write() as session:
            watches.change(session, "o", first.id, NOW, fields)
        look()
    with database.write() as session:
        watches.remove(session, "o", second.id)
        watches.add(session, "o", NOW, {"name": "x", "query": "y"})
    look()
    with database.write() as session:
        before = watches.version(session, "o")
        watches.change(session, "o", first.id, NOW, {"name": "another name", "emails": ("a@b.example",)})
        assert watches.version(session, "o") == before  # finds the same
        add_other = watches.version(session, "other")
    assert add_other.number == 0


def test_only_active_ones_are_looked_for(database: Database) -> None:
    made, _ = add(database, query="القمح"), add(database, active=False)
    with database.read() as session:
        assert watches.active(session, "o") == {made.id: "القمح"}


def test_a_story_is_found_once_for_each_watch(database: Database) -> None:
    one, two = add(database), add(database)
    assert find(database, one) == 1
    assert find(database, one, two, entry="ent_2") == 1
    assert find(database, one, two) == 0
    assert find(database, one, story="sto_2") == 1
    with database.read() as session:
        assert alerts.known(session, "sto_1", [one.id, two.id, "wat_x"]) == {one.id, two.id}
        assert alerts.known(session, "sto_2", [one.id, two.id]) == {one.id}
    found = all_of(database)
    assert [(a.watch_id, a.story_id, a.entry_id) for a in found[::-1]] == [
        (one.id, "sto_1", "ent_1"), (two.id, "sto_1", "ent_2"), (one.id, "sto_2", "ent_1"),
    ]  # fmt: skip
    assert {a.state for a in found} == {"waiting"}
    assert found[0].highlights == (HIT,)


def test_watches_that_went_or_were_paused_meanwhile_find_nothing(database: Database) -> None:
    gone, paused, others = add(database), add(database), add(database, owner="other")
    with database.write() as session:
        watches.remove(session, "o", gone.id)
        watches.change(session, "o", paused.id, NOW, {"active": False})
    assert find(database, gone, paused, others) == 0
    assert all_of(database) == []


def test_the_same_story_found_by_two_at_the_same_time(database: Database) -> None:
    """Many watches, in the same transaction each: nobody waits for ever and each alert is there once."""
    made = [add(database) for _ in range(30)]
    threads = [threading.Thread(target=find, args=(database, *made)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(a.watch_id for a in all_of(database)) == sorted(w.id for w in made)


def test_a_watch_is_not_deleted_under_its_alert(postgres_database: Database) -> None:
    """Else the translation that is filed would be undone with it."""
    made, gone = add(postgres_database), threading.Event()

    def remove() -> None:
        with postgres_database.write() as session:
            watches.remove(session, "o", made.id)
        gone.set()

    thread = threading.Thread(target=remove)
    with postgres_database.write() as session:
        assert alerts.add(session, "o", "sto_1", "ent_1", {made.id: []}, NOW) == 1
        thread.start()
        assert not gone.wait(0.3)
    thread.join(10)
    assert all_of(postgres_database) == []


def test_alerts_go_with_their_watch(database: Database) -> None:
    made = add(database)
    find(database, made)
    with database.write() as session:
        assert watches.remove(session, "o", made.id)
    assert all_of(database) == []


def test_what_waits_is_told_once(database: Database) -> None:
    one, two = add(database), add(database)
    find(database, one, two)
    assert due(database, -SECOND) == []
    assert sorted(due(database)) == sorted([one.id, two.id])
    with database.write() as session:
        told = alerts.waiting(session, one.id, NOW, 10)
        alerts.sent(session, one.id, told, NOW)
    assert due(database) == [two.id]
    [after] = [a for a in all_of(database) if a.watch_id == one.id]
    assert (after.state, after.sent) == ("sent", NOW)
    with database.read() as session:
        found = watches.get(session, "o", one.id)
    assert found is not None
    assert found.last_sent == NOW


def test_what_is_put_off_is_looked_at_again_when_the_watch_changes(database: Database) -> None:
    made = add(database)
    find(database, made)
    with database.write() as session:
        alerts.put_off(session, made.id, NOW + HOUR)
    assert due(database, HOUR - SECOND) == []
    assert due(database, HOUR) == [made.id]
    with database.write() as session:
        watches.change(session, "o", made.id, NOW + SECOND, {"throttle_minutes": 0})
    assert due(database, SECOND) == [made.id]


def test_what_is_dropped_is_not_told(database: Database) -> None:
    made = add(database)
    find(database, made)
    with database.write() as session:
        alerts.drop(session, made.id, NOW)
    assert due(database, HOUR) == []
    assert [a.state for a in all_of(database)] == ["dropped"]


def test_one_sends_for_a_watch_at_a_time(postgres_database: Database) -> None:
    """New alerts come in meanwhile."""
    made = add(postgres_database)
    find(postgres_database, made)
    with postgres_database.write() as session:
        assert alerts.hold_watch(session, made.id) == made
        with postgres_database.write() as other:
            assert alerts.hold_watch(other, made.id) is None
        assert find(postgres_database, made, story="sto_2") == 1
    with postgres_database.write() as session:
        assert alerts.hold_watch(session, made.id) == made
        assert alerts.hold_watch(session, "wat_x") is None


def test_an_alert_tells_of_its_entry_while_there_is_one(database: Database) -> None:
    with database.write() as session:
        feed, _ = feeds.add(session, "o", "http://f.example/", NOW, "الأهرام")
        arrival = entries.Arrival("1", "http://f.example/1", "خبر", "نص", None, NOW)
        [entry] = entries.take_in(session, feed.id, "o", [arrival], NOW)
        entries.finish(session, entry.id, entry.digest, entries.Outcome("translated", "News"))
    made = add(database)
    find(database, made, entry=entry.id)
    [shown] = all_of(database)
    assert shown.about == alerts.About("خبر", "News", "http://f.example/1", NOW, "الأهرام", None)
    with database.write() as session:
        feeds.delete(session, "o", feed.id)
    [shown] = all_of(database)
    assert shown.about is None
    assert shown.highlights == (HIT,)


def test_stories_that_became_one_are_not_told_again(database: Database) -> None:
    both, first, second = add(database), add(database), add(database)
    find(database, both, first, story="sto_1")
    find(database, both, second, story="sto_2")
    with database.write() as session:
        alerts.moved(session, "sto_1", "sto_2")
    assert find(database, both, first, second, story="sto_1") == 0


def test_pages_of_alerts_are_newest_first(database: Database) -> None:
    made, other = add(database), add(database)
    for n in range(3):
        find(database, made, story=f"sto_{n}")
    find(database, other)
    with database.read() as session:
        first = alerts.page(session, "o", made.id, 2)
        rest = alerts.page(session, "o", made.id, 2, first[-1].id)
        assert alerts.page(session, "other", made.id, 2) == []
    ids = [a.id for a in first + rest]
    assert len(ids) == 3
    assert ids == sorted(ids, reverse=True)


def test_old_ones_that_were_told_are_deleted(database: Database) -> None:
    told, waits = add(database), add(database)
    find(database, told, waits)
    with database.write() as session:
        alerts.sent(session, told.id, alerts.waiting(session, told.id, NOW, 10), NOW)
        assert alerts.expire(session, NOW) == 0
        assert alerts.expire(session, NOW + SECOND) == 1
        assert alerts.expire(session, NOW + SECOND) == 0
    assert [a.watch_id for a in all_of(database)] == [waits.id]
