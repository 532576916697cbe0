"""`kill -9` while watches find and tell: no alert is lost, none is there twice, and one delivery goes with each."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select

from service.monitor import polling
from service.monitor.alerting import EVENT
from service.store import alerts, entries, feeds, jobs, mails, watches, webhooks
from service.store.alerts import Alert
from service.store.database import Database
from service.store.mails import Mail
from service.store.tables import DeliveryRow
from service.store.webhooks import Webhook
from tests.service.mail.mail_server import Came as Letter
from tests.service.mail.mail_server import mail_server
from tests.service.monitor.following import wait_for
from tests.service.webhooks.receiver import Came, receiving

ENTRIES, RECIPIENTS = 40, ("a@example.org", "b@example.org")
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمني"


def title(number: int) -> str:
    return f"أسعار القمح خبر{number:03}"


def filled(database: Database, url: str) -> None:
    """Entries that wait for their translation, each a story of its own, and two watches that will find all."""
    now, draw = datetime.now(UTC), random.Random(1)

    def text() -> str:
        return " ".join("".join(draw.choices(LETTERS, k=7)) for _ in range(60))

    with database.write() as session:
        feed, _ = feeds.add(session, "local", "http://feed.example/", now + timedelta(days=9))
        come = [entries.Arrival(str(n), None, title(n), text(), None, now) for n in range(ENTRIES)]
        jobs.add(session, polling.ordered(entries.take_in(session, feed.id, "local", come, now)), now)
        webhooks.add(session, Webhook("whk_a", "local", url, "whs_x", (EVENT,), now))
        watches.add(
            session, "local", now, {"name": "mail", "query": "القمح", "emails": RECIPIENTS, "webhooks": False}
        )
        watches.add(session, "local", now, {"name": "hook", "query": "title:القمح"})


def found(database: Database) -> list[Alert]:
    with database.read() as session:
        return alerts.page(session, "local", None, 10_000)


def deliveries(database: Database) -> list[tuple[str, str, str]]:
    """The id of each delivery, its alert's, and its state."""
    with database.read() as session:
        rows = session.execute(select(DeliveryRow.id, DeliveryRow.payload, DeliveryRow.state)).all()
    return [(id, json.loads(payload)["data"]["id"], state) for id, payload, state in rows]


def letters(database: Database) -> list[Mail]:
    with database.read() as session:
        return mails.page(session, "local", 10_000)


def test_kill_9(store_url: str, tmp_path: Path) -> None:
    database, draw = Database(store_url), random.Random(2)

    def slow(came: Came, number: int) -> tuple[int, dict[str, str]]:
        time.sleep(0.1)
        return 200, {}

    with receiving(slow) as receiver, mail_server() as box, (tmp_path / "log").open("w") as log:
        filled(database, receiver.url)
        command = [sys.executable, "-m", "tests.service.monitor.alerting"]
        command += [store_url, receiver.netloc, str(box.port)]

        def gone_on() -> int:
            return len(found(database)) + len({came.id for came in receiver.came})

        def is_done() -> bool:
            sent = [state for *_, state in deliveries(database)]
            waits = [mail for mail in letters(database) if mail.state != "sent"]
            told = len(found(database)) == 2 * ENTRIES and all(a.state == "sent" for a in found(database))
            return told and sent == ["delivered"] * ENTRIES and not waits

        kills = 0
        for more in (4, 16, 30, None):
            wanted = gone_on() + (more or 0)
            enough: Callable[[], bool] = is_done if more is None else partial(_reached, gone_on, wanted)
            with subprocess.Popen(command, stdout=log, stderr=log) as process:
                try:
                    wait_for(partial(_over, process, enough), "nothing goes on", 240)
                    time.sleep(draw.random() * 0.3 if more else 0)
                    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
                finally:
                    kills += more is not None and not is_done()
                    process.kill()
        assert kills == 3, "it was not killed at work"
        _check_alerts(database)
        _check_deliveries(database, receiver.came)
        _check_mails(database, box.came)
    database.close()


def _reached(gone_on: Callable[[], int], wanted: int) -> bool:
    return gone_on() >= wanted


def _over(process: "subprocess.Popen[bytes]", enough: Callable[[], bool]) -> bool:
    return process.poll() is not None or enough()


def _check_alerts(database: Database) -> None:
    told = found(database)
    assert Counter(alert.watch_id for alert in told) == dict.fromkeys((a.watch_id for a in told), ENTRIES)
    assert len({(alert.watch_id, alert.entry_id) for alert in told}) == len(told) == 2 * ENTRIES


def _check_deliveries(database: Database, came: list[Came]) -> None:
    """One row for each alert of the watch that tells webhooks; what came twice has the same id, and says the
    same."""
    rows = deliveries(database)
    with database.read() as session:
        [hook] = [watch.id for watch in watches.page(session, "local", 10) if watch.name == "hook"]
    ours = {alert.id for alert in found(database) if alert.watch_id == hook}
    assert {alert_id for _, alert_id, _ in rows} == ours
    assert len(rows) == ENTRIES
    assert {one.id for one in came} == {id for id, *_ in rows}
    assert len({(one.id, one.body) for one in came}) == ENTRIES


def _check_mails(database: Database, came: list[Letter]) -> None:
    """Each story is in one mail to each recipient, and each mail is one message, however often it came."""
    rows = letters(database)
    for recipient in RECIPIENTS:
        texts = "\n".join(mail.text for mail in rows if mail.recipient == recipient).splitlines()
        assert [texts.count(title(n)) for n in range(ENTRIES)] == [1] * ENTRIES
    assert {one.message["Message-ID"] for one in came} == {mail.message_id for mail in rows}
    assert len({one.message.as_bytes() for one in came}) == len(rows)
