"""What holds for every outbox: claimed by one, tried until it has arrived or is dead; on both databases."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from service.store import mails, webhooks
from service.store.database import Database
from service.store.outbox import Message, Outbox
from service.store.webhooks import Webhook
from tests.service.store.rows import NOW

LEASE, SECOND = timedelta(seconds=15), timedelta(seconds=1)


@dataclass(frozen=True)
class Kind:
    """An outbox, how a message gets into it, and what it calls one that has arrived."""

    outbox: Outbox[Any]
    put: Callable[[Session], str]
    arrived: str


MAILS = Kind(
    mails.OUTBOX, lambda session: mails.queue(session, "o", "a@example.org", "s", "t", None, NOW), "sent"
)
WEBHOOKS = Kind(
    webhooks.OUTBOX, lambda session: webhooks.deliver(session, "whk_a", "ping", {}, NOW).id, "delivered"
)


class Box:
    """An outbox in a database, each step a transaction."""

    def __init__(self, kind: Kind, database: Database) -> None:
        self.kind, self.outbox, self.database = kind, kind.outbox, database
        with database.write() as session:
            webhooks.add(session, Webhook("whk_a", "o", "https://a.example/", "s", (), NOW))

    def put(self, number: int = 1) -> list[str]:
        with self.database.write() as session:
            return [self.kind.put(session) for _ in range(number)]

    def claim(self, after: timedelta = timedelta()) -> Message | None:
        with self.database.write() as session:
            found: Message | None = self.outbox.claim(session, NOW + after, LEASE)
            return found

    def claimed(self, after: timedelta = timedelta()) -> Message:
        found = self.claim(after)
        assert found is not None
        return found

    def say(self, what: str, message: Message, when: timedelta = timedelta(), **columns: Any) -> bool:
        with self.database.write() as session:
            return bool(getattr(self.outbox, what)(session, message, NOW + when, **columns))

    def resend(self, id: str, after: timedelta = timedelta()) -> Message | None:
        with self.database.write() as session:
            found: Message | None = self.outbox.resend(session, NOW + after, self.outbox._row.id == id)
            return found

    def page(self, limit: int = 100, after: str | None = None, state: str | None = None) -> list[Any]:
        with self.database.read() as session:
            return self.outbox.page(session, limit, after, state)

    def expire(self, after: timedelta, limit: int = 100) -> int:
        with self.database.write() as session:
            return self.outbox.expire(session, NOW + after, limit)

    def counts(self) -> tuple[int, int, int]:
        """Those that wait, have arrived, are dead."""
        with self.database.read() as session:
            found = self.outbox.counts(session)
        assert list(found) == ["waiting", self.kind.arrived, "dead"]
        return found["waiting"], found[self.kind.arrived], found["dead"]


@pytest.fixture(params=[MAILS, WEBHOOKS], ids=["mails", "webhooks"])
def box(request: pytest.FixtureRequest, database: Database) -> Box:
    return Box(request.param, database)


def test_a_claim_counts_and_keeps_others_away(box: Box) -> None:
    box.put()
    assert box.claimed().attempts == 1
    assert box.claim() is None
    with box.database.read() as session:
        assert not box.outbox.any_due(session, NOW + LEASE - SECOND)
        assert box.outbox.any_due(session, NOW + LEASE)
    assert box.claimed(LEASE).attempts == 2  # whoever claimed it first has died


def test_who_is_due_first_is_claimed_first(box: Box) -> None:
    one, two, three = box.put(3)
    assert [box.claimed().id for _ in range(3)] == [one, two, three]
    box.resend(two, 2 * SECOND)
    box.resend(one, 3 * SECOND)
    assert [box.claimed(4 * SECOND).id for _ in range(2)] == [two, one]


def test_many_claim_and_each_message_is_claimed_once(box: Box) -> None:
    ids = box.put(12)
    found: list[str] = []

    def work() -> None:
        while (mine := box.claim()) is not None:
            found.append(mine.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()  # those that were skipped as another was just at it
    assert sorted(found) == sorted(ids)


def test_arrived_failed_dead(box: Box) -> None:
    box.put(3)
    one, two, three = (box.claimed() for _ in range(3))
    assert box.say("arrived", one, SECOND)
    assert box.say("failed", two, 9 * SECOND, last_error="no answer")
    assert box.say("died", three, last_error="refused")
    assert not box.say("arrived", one)
    assert not box.say("failed", one)  # too late to say otherwise
    assert box.counts() == (1, 1, 1)
    shown = {message.id: message for message in box.page()}
    assert (shown[one.id].state, shown[one.id].last_error) == (box.kind.arrived, None)
    assert getattr(shown[one.id], box.kind.arrived) == NOW + SECOND
    assert (shown[two.id].state, shown[two.id].last_error) == ("waiting", "no answer")
    assert (shown[three.id].state, shown[three.id].last_error) == ("dead", "refused")
    assert box.claim(8 * SECOND) is None
    again = box.claimed(9 * SECOND)
    assert (again.id, again.attempts) == (two.id, 2)
    assert box.say("arrived", again)
    assert [message.last_error for message in box.page(state=box.kind.arrived)] == [None, None]


@pytest.mark.parametrize("late", ["arrived", "failed", "died"])
def test_what_an_earlier_attempt_says_does_not_count(box: Box, late: str) -> None:
    box.put()
    early, later = box.claimed(), box.claimed(LEASE)
    assert not box.say(late, early)
    assert box.page() == [later]
    assert box.say("arrived", later)


@pytest.mark.parametrize("end", ["arrived", "died"])
def test_one_at_rest_is_sent_again_with_the_same_id_and_all_its_attempts(box: Box, end: str) -> None:
    box.put()
    mine = box.claimed()
    box.say(end, mine)
    assert box.claim(LEASE) is None
    again = box.resend(mine.id, SECOND)
    assert again is not None
    assert (again.state, again.attempts, again.next_attempt) == ("waiting", 0, NOW + SECOND)
    assert getattr(again, box.kind.arrived) is None
    assert box.claimed(SECOND).id == mine.id


def test_one_that_waits_is_sent_at_once_and_its_attempts_count(box: Box) -> None:
    box.put()
    box.say("failed", box.claimed(), LEASE)
    [waiting] = box.page()
    again = box.resend(waiting.id, SECOND)
    assert again is not None
    assert (again.attempts, again.next_attempt) == (1, NOW + SECOND)
    assert box.resend("none") is None


def test_pages_are_newest_first(box: Box) -> None:
    ids = sorted(box.put(3), reverse=True)
    first = box.page(2)
    assert [message.id for message in first + box.page(2, first[-1].id)] == ids
    box.say("died", box.claimed())
    assert [message.id for message in box.page(state="dead")] == ids[-1:]


def test_old_ones_at_rest_are_deleted(box: Box) -> None:
    box.put(4)
    for end, when in (("died", 0), ("arrived", 1), ("died", 1)):
        box.say(end, box.claimed(), when * SECOND)
    assert [box.expire(timedelta()), box.expire(SECOND)] == [0, 1]
    assert [box.expire(2 * SECOND, 1) for _ in range(3)] == [1, 1, 0]
    assert box.counts() == (1, 0, 0)
