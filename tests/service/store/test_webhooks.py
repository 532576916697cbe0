"""Webhooks and what their outbox has besides what every outbox has (`test_outbox.py`); on both databases."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.store import webhooks
from service.store.database import Database
from service.store.tables import DeliveryRow
from service.store.webhooks import Delivery, Failure, TooManyWebhooks, Webhook
from tests.service.store.rows import NOW

LEASE = timedelta(seconds=15)
SECOND = timedelta(seconds=1)
FAILURE = Failure("The receiver answered 500.", 500)


def add(
    database: Database, id: str = "whk_a", owner: str = "o", events: tuple[str, ...] = ("job.succeeded",)
) -> Webhook:
    made = Webhook(id, owner, f"https://{id[4:]}.example/", "whs_x", events, NOW)
    with database.write() as session:
        webhooks.add(session, made)
    return made


def announce(database: Database, owner: str = "o", event: str = "job.succeeded") -> int:
    with database.write() as session:
        return webhooks.announce(session, owner, event, {"id": "job_1", "created": NOW}, NOW)


def claim(database: Database, id: str = "whk_a", now: timedelta = timedelta()) -> Delivery | None:
    with database.write() as session:
        found = webhooks.claim(session, id, NOW + now, LEASE)
    return None if found is None else found[1]


def claimed(database: Database, now: timedelta = timedelta()) -> Delivery:
    found = claim(database, now=now)
    assert found is not None
    return found


def all_of(database: Database, id: str = "whk_a") -> list[Delivery]:
    with database.read() as session:
        return webhooks.deliveries(session, id, 100)


def waiting(database: Database, now: timedelta = timedelta()) -> list[str]:
    with database.read() as session:
        return [one.webhook_id for one in webhooks.due(session, NOW + now)]


def test_a_webhook_comes_back_as_it_was_and_to_its_owner_alone(database: Database) -> None:
    made = add(database)
    with database.write() as session:
        assert webhooks.get(session, "o", "whk_a") == made
        assert webhooks.get(session, "other", "whk_a") is None
        assert not webhooks.remove(session, "other", "whk_a")
        assert webhooks.page(session, "other", 10) == []
    assert "whs_x" not in repr(made)


def test_pages_are_newest_first(database: Database) -> None:
    for letter in "abc":
        add(database, f"whk_{letter}")
    with database.read() as session:
        first = webhooks.page(session, "o", 2)
        rest = webhooks.page(session, "o", 2, first[-1].id)
    assert [w.id for w in first + rest] == ["whk_c", "whk_b", "whk_a"]


def test_an_owner_may_have_so_many(database: Database) -> None:
    for n in range(webhooks.MOST):
        add(database, f"whk_{n:02}")
    with pytest.raises(TooManyWebhooks):
        add(database, "whk_x")
    add(database, "whk_y", owner="another")


def test_those_are_told_who_want_to_hear_of_it(database: Database) -> None:
    add(database, "whk_a")
    add(database, "whk_b", events=("batch.finished", "job.succeeded"))
    add(database, "whk_c", events=("job.failed",))
    add(database, "whk_d", owner="another")
    assert announce(database) == 2
    [delivery] = all_of(database, "whk_b")
    assert json.loads(delivery.payload) == {
        "id": delivery.id,
        "event": "job.succeeded",
        "created": "2026-03-04T05:06:07.089000Z",
        "data": {"id": "job_1", "created": "2026-03-04T05:06:07.089000Z"},
    }
    assert (delivery.state, delivery.attempts, delivery.next_attempt) == ("waiting", 0, NOW)
    assert all_of(database, "whk_c") == all_of(database, "whk_d") == []


def test_what_is_undone_was_not_announced(database: Database) -> None:
    add(database)

    def undone() -> None:
        with database.write() as session:
            webhooks.announce(session, "o", "job.succeeded", {}, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        undone()
    assert all_of(database) == []


def test_a_claimed_delivery_is_not_due(database: Database) -> None:
    add(database)
    announce(database)
    assert waiting(database) == ["whk_a"]
    assert claim(database, "whk_b") is None
    assert claimed(database).attempts == 1
    assert waiting(database, LEASE - SECOND) == []
    assert waiting(database, LEASE) == ["whk_a"]


def test_what_the_receiver_answered_is_kept(database: Database) -> None:
    add(database)
    for _ in range(3):
        announce(database)
    one, two, three = (claimed(database) for _ in range(3))
    with database.write() as session:
        assert webhooks.delivered(session, one, 204, NOW)
        assert webhooks.failed(session, two, FAILURE, NOW)
        assert webhooks.died(session, three, FAILURE, NOW)
        assert not webhooks.failed(session, one, FAILURE, NOW)
        assert not webhooks.gone(session, one, FAILURE, NOW)
        [dead] = webhooks.deliveries(session, "whk_a", 10, state="dead")
    shown = {d.id: (d.state, d.last_status, d.last_error) for d in all_of(database)}
    assert shown == {
        one.id: ("delivered", 204, None),
        two.id: ("waiting", 500, FAILURE.error),
        three.id: ("dead", 500, FAILURE.error),
    }
    with database.write() as session:
        assert webhooks.redeliver(session, "whk_other", dead.id, NOW) is None
        assert webhooks.redeliver(session, "whk_a", dead.id, NOW) is not None


def test_gone_ends_all_that_waits_and_all_that_would_come(database: Database) -> None:
    add(database)
    add(database, "whk_b")
    for _ in range(3):
        announce(database)
    mine = claimed(database)
    with database.write() as session:
        assert webhooks.gone(session, mine, Failure("The receiver answered 410.", 410), NOW + SECOND)
        webhook = webhooks.get(session, "o", "whk_a")
    assert webhook is not None
    assert webhook.gone == NOW + SECOND
    assert {(d.state, d.next_attempt, d.last_status) for d in all_of(database)} == {
        ("dead", NOW + SECOND, 410)
    }
    assert announce(database) == 1  # the other one
    with database.write() as session:
        ping = webhooks.deliver(session, "whk_a", "ping", {}, NOW)
    tried = claimed(database)
    assert tried.id == ping.id
    with database.write() as session:
        webhooks.delivered(session, tried, 200, NOW)
    assert announce(database) == 2


def test_deliveries_go_with_their_webhook(database: Database) -> None:
    add(database)
    announce(database)
    mine = claimed(database)
    with database.write() as session:
        assert webhooks.remove(session, "o", "whk_a")
    with database.write() as session:
        assert not webhooks.delivered(session, mine, 200, NOW)
        assert session.scalars(select(DeliveryRow.id)).all() == []


def test_a_webhook_is_not_deleted_under_its_delivery(postgres_database: Database) -> None:
    """Else the end of the work that is told of would be undone with it."""
    add(postgres_database)
    gone = threading.Event()

    def remove() -> None:
        with postgres_database.write() as session:
            webhooks.remove(session, "o", "whk_a")
        gone.set()

    thread = threading.Thread(target=remove)
    with postgres_database.write() as session:
        assert webhooks.announce(session, "o", "job.succeeded", {}, NOW) == 1
        thread.start()
        assert not gone.wait(0.3)
    thread.join(10)
    assert all_of(postgres_database) == []


@pytest.mark.parametrize("letters", ["ab", "ba"])
def test_who_waits_longest_is_named_first(database: Database, letters: str) -> None:
    for letter in "ab":
        add(database, f"whk_{letter}")
    for n, letter in enumerate(letters):
        with database.write() as session:
            webhooks.deliver(session, f"whk_{letter}", "ping", {}, NOW + n * SECOND)
    assert waiting(database, SECOND) == [f"whk_{letter}" for letter in letters]
