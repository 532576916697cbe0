"""From what a watch found to the outboxes: once, bundled after quiet hours and throttle; on both databases."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.monitor import alert_mail, alerting
from service.monitor.alerting import EVENT, Alerting, Told, tell
from service.store import alerts, entries, feeds, mails, watches, webhooks
from service.store.database import Database
from service.store.mails import Mail
from service.store.tables import DeliveryRow
from service.store.watches import Watch
from service.store.webhooks import Webhook
from tests.service.webhooks.test_deliverer import Clock

#: 23:00 in Riyadh.
NIGHT = datetime(2026, 3, 4, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
QUIET = {"quiet_from": "22:00", "quiet_to": "06:00", "zone": "Asia/Riyadh"}
HIT = {"field": "title", "text": "أسعار القمح", "offset": 0, "spans": [{"start": 6, "end": 11}]}


def watch(database: Database, **fields: Any) -> Watch:
    wanted = {"name": "قمح", "query": "القمح", "emails": ("a@example.org",), **fields}
    with database.write() as session:
        return watches.add(session, "o", NIGHT, wanted)


def hook(database: Database, id: str = "whk_a", events: tuple[str, ...] = (EVENT,)) -> None:
    with database.write() as session:
        webhooks.add(session, Webhook(id, "o", "https://hooks.example/", "whs_x", events, NIGHT))


def find(database: Database, found: Watch, *stories: str, now: datetime = NIGHT) -> None:
    with database.write() as session:
        for story in stories:
            alerts.add(session, "o", story, f"ent_{story}", {found.id: [HIT]}, now)


def told(database: Database, found: Watch, now: datetime, url: str | None = None) -> Told | None:
    with database.write() as session:
        return tell(session, found.id, now, url)


def deliveries(database: Database) -> list[Any]:
    with database.read() as session:
        payloads = session.scalars(select(DeliveryRow.payload).order_by(DeliveryRow.id)).all()
    return [json.loads(payload) for payload in payloads]


def letters(database: Database) -> list[Mail]:
    with database.read() as session:
        return mails.page(session, "o", 100)


def states(database: Database) -> list[str]:
    with database.read() as session:
        return [alert.state for alert in alerts.page(session, "o", None, 100)]


def test_each_webhook_gets_each_alert_and_each_address_one_mail(database: Database) -> None:
    hook(database)
    hook(database, "whk_b")
    hook(database, "whk_c", events=("job.failed",))
    found = watch(database, emails=("a@example.org", "b@example.org"))
    find(database, found, "sto_1", "sto_2", "sto_3")
    assert told(database, found, NIGHT) == Told(deliveries=6, mails=2)
    assert told(database, found, NIGHT) is None
    with database.read() as session:
        ids = {alert.id for alert in alerts.page(session, "o", found.id, 10)}
    rows = deliveries(database)
    assert len(rows) == 6
    assert {row["data"]["id"] for row in rows} == ids
    assert {row["event"] for row in rows} == {"watch.matched"}
    assert rows[0]["data"]["highlights"] == [HIT]
    assert [mail.subject for mail in letters(database)] == ["قمح: 3 stories"] * 2


def test_quiet_hours_hold_all_back_and_then_all_comes_in_one_mail(database: Database) -> None:
    hook(database)
    found = watch(database, **QUIET)
    find(database, found, "sto_1")
    assert told(database, found, NIGHT) == Told()
    find(database, found, "sto_2", now=NIGHT + MINUTE)
    assert told(database, found, NIGHT + MINUTE) == Told()
    with database.read() as session:
        assert alerts.due(session, MORNING - MINUTE, 10) == []
        assert alerts.due(session, MORNING, 10) == [found.id]
    assert told(database, found, MORNING) == Told(deliveries=2, mails=1)
    assert [mail.subject for mail in letters(database)] == ["قمح: 2 stories"]
    assert states(database) == ["sent", "sent"]


def test_between_two_messages_there_is_time(database: Database) -> None:
    found = watch(database, throttle_minutes=30)
    find(database, found, "sto_1")
    assert told(database, found, NIGHT) == Told(mails=1)
    find(database, found, "sto_2", "sto_3", now=NIGHT + MINUTE)
    assert told(database, found, NIGHT + MINUTE) == Told()
    with database.read() as session:
        assert alerts.due(session, NIGHT + 29 * MINUTE, 10) == []
    assert told(database, found, NIGHT + 30 * MINUTE) == Told(mails=1)
    assert [mail.subject for mail in letters(database)] == ["قمح: 2 stories", "قمح: أسعار القمح"]


def test_a_watch_that_changed_is_judged_anew(database: Database) -> None:
    found = watch(database, **QUIET)
    find(database, found, "sto_1")
    told(database, found, NIGHT)
    with database.write() as session:
        watches.change(session, "o", found.id, NIGHT + MINUTE, {"quiet_from": None, "quiet_to": None})
    assert told(database, found, NIGHT + MINUTE) == Told(mails=1)


def test_what_waits_for_a_paused_watch_is_dropped(database: Database) -> None:
    found = watch(database, **QUIET)
    find(database, found, "sto_1")
    told(database, found, NIGHT)
    with database.write() as session:
        watches.change(session, "o", found.id, NIGHT, {"active": False})
    assert told(database, found, MORNING) == Told()
    with database.write() as session:
        watches.change(session, "o", found.id, NIGHT, {"active": True})
    assert told(database, found, MORNING) is None
    assert (states(database), letters(database)) == (["dropped"], [])


def test_more_than_one_mail_holds_waits_for_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "MOST_AT_ONCE", 2)
    found = watch(database)
    find(database, found, *(f"sto_{n}" for n in range(5)))
    assert [told(database, found, NIGHT) for _ in range(4)] == [Told(mails=1)] * 3 + [None]
    assert states(database) == ["sent"] * 5


@pytest.mark.parametrize(
    ("sent", "throttle", "fields", "expected"),
    [
        (None, 30, {}, None),
        (NIGHT - 29 * MINUTE, 30, {}, NIGHT + MINUTE),
        (NIGHT - 30 * MINUTE, 30, {}, None),
        (NIGHT - MINUTE, 0, {}, None),
        (NIGHT - MINUTE, 30, QUIET, MORNING),
        (NIGHT - MINUTE, 600, QUIET, NIGHT + 599 * MINUTE),
    ],
)
def test_until_when_it_is_held(
    sent: datetime | None, throttle: int, fields: dict[str, str], expected: datetime | None
) -> None:
    held = Watch("wat_1", "o", "n", "q", NIGHT, NIGHT, throttle_minutes=throttle, last_sent=sent, **fields)
    assert alerting.held_until(held, NIGHT) == expected


def test_two_processes_tell_each_alert_once(database: Database) -> None:
    hook(database)
    found = [watch(database, name=str(n)) for n in range(6)]
    clock = Clock()
    senders = [Alerting(database, None, lambda: None, clock) for _ in range(2)]
    for sender in senders:
        sender.start()
    try:
        for n in range(5):
            for one in found:
                find(database, one, f"sto_{n}", now=clock())
            for sender in senders:
                sender.notify()
        for _ in range(1000):
            if set(states(database)) == {"sent"} and len(deliveries(database)) >= 30:
                break
            time.sleep(0.02)
    finally:
        for sender in senders:
            sender.close()
    told_of = [row["data"]["id"] for row in deliveries(database)]
    assert len(told_of) == len(set(told_of)) == 30


def test_whoever_sends_is_woken(database: Database) -> None:
    woken = threading.Event()
    sender = Alerting(database, None, woken.set)
    sender.start()
    try:
        find(database, watch(database), "sto_1", now=datetime.now(UTC))
        sender.notify()
        assert woken.wait(20)
    finally:
        sender.close()
    assert len(letters(database)) == 1


@pytest.fixture
def found_entry(database: Database) -> tuple[Database, Watch]:
    """An entry with a hostile link, found by a watch with a hostile name."""
    with database.write() as session:
        feed, _ = feeds.add(session, "o", "http://f.example/", NIGHT, "<b>الأهرام</b>")
        arrival = entries.Arrival("1", "javascript:alert(1)", "أسعار القمح <script>", "", None, NIGHT)
        [entry] = entries.take_in(session, feed.id, "o", [arrival], NIGHT)
        entries.finish(session, entry.id, entry.digest, entries.Outcome("translated", "Wheat <prices>"))
    found = watch(database, name='<img src="x">\nBcc: x@example.org')
    with database.write() as session:
        alerts.add(session, "o", "sto_1", entry.id, {found.id: [HIT]}, NIGHT)
    return database, found


def test_what_strangers_wrote_stays_text(found_entry: tuple[Database, Watch]) -> None:
    database, found = found_entry
    told(database, found, NIGHT, "https://news.example")
    [mail] = letters(database)
    assert mail.html is not None
    for hostile in ("<img", "<script", "<b>", "<prices", "javascript:"):
        assert hostile not in mail.html
    assert "javascript:" not in mail.text
    assert "\n" not in mail.subject
    assert "https://news.example/stories/sto_1" in mail.text
    assert "Wheat <prices>" in mail.text


def test_an_entry_that_was_deleted_is_told_by_what_was_hit(database: Database) -> None:
    found = watch(database)
    find(database, found, "sto_1")
    told(database, found, NIGHT)
    [mail] = letters(database)
    assert (mail.subject, "أسعار القمح" in mail.text) == ("قمح: أسعار القمح", True)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [("abcdef", False)]),
        ([(0, 6)], [("abcdef", True)]),
        ([(1, 2), (4, 6)], [("a", False), ("b", True), ("cd", False), ("ef", True)]),
        ([(0, 1), (1, 2)], [("a", True), ("b", True), ("cdef", False)]),
    ],
)
def test_pieces(spans: list[tuple[int, int]], expected: list[tuple[str, bool]]) -> None:
    highlight = {"text": "abcdef", "spans": [{"start": a, "end": b} for a, b in spans]}
    assert list(alert_mail.pieces(highlight)) == expected
