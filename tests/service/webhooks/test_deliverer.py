"""Messages get there: signed, again after failures, at least once, and past receivers that hang."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service import background, backoff
from service.ingest.fetch import Fetcher, FetchOptions
from service.store import webhooks
from service.store.database import Database
from service.store.errors import StoreBusy
from service.store.webhooks import Delivery, Webhook
from service.webhooks import deliverer as module
from service.webhooks.deliverer import Deliverer, DeliveryOptions
from service.webhooks.turns import AT_ONCE
from tests.service.fakes import fresh_database
from tests.service.webhooks.receiver import Came, Receiver, receiving

SECRET = "whs_secret"
PUBLIC = "192.0.2.7"


class Clock:
    """Stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Sending:
    """A deliverer on a database of its own, whose clock is moved by hand."""

    def __init__(self, database: Database, allow: tuple[str, ...], **options: Any) -> None:
        self.database = database
        self.clock = Clock()
        resolve = options.pop("resolve", None)
        wanted = {"max_attempts": 3, "timeout_seconds": 5.0} | options
        fetch = FetchOptions(allow=allow, timeout_seconds=wanted["timeout_seconds"])
        self.deliverer = Deliverer(
            database,
            lambda: Fetcher(fetch) if resolve is None else Fetcher(fetch, resolve),
            DeliveryOptions(**wanted),
            self.clock,
        )

    def webhook(self, url: str, id: str = "whk_a") -> str:
        made = Webhook(id, "o", url, SECRET, ("job.succeeded",), self.clock())
        with self.database.write() as session:
            webhooks.add(session, made)
        return id

    def send(self, webhook_id: str = "whk_a", data: dict[str, Any] | None = None) -> str:
        with self.database.write() as session:
            made = webhooks.deliver(session, webhook_id, "job.succeeded", data or {}, self.clock())
        self.deliverer.notify()
        return made.id

    def pass_by(self, seconds: float) -> None:
        self.clock.pass_by(seconds)
        self.deliverer.notify()

    def look(self, webhook_id: str = "whk_a") -> Delivery:
        with self.database.read() as session:
            return webhooks.deliveries(session, webhook_id, 1)[0]

    def wait_idle(self) -> None:
        """Until what was sent is written down."""
        while self.deliverer._background.running:
            time.sleep(0.01)

    def until(self, met: Callable[[Delivery], bool], webhook_id: str = "whk_a") -> Delivery:
        for _ in range(1000):
            found = self.look(webhook_id)
            if met(found):
                return found
            time.sleep(0.02)
        raise AssertionError(f"still {found}")


@pytest.fixture
def sending(request: pytest.FixtureRequest) -> Iterator[Callable[..., Sending]]:
    """Makes a started deliverer, on SQLite unless another database is given."""
    made: list[Sending] = []
    own: list[Database] = []

    def make(*receivers: Receiver, database: Database | None = None, **options: Any) -> Sending:
        if database is None:
            database = Database(fresh_database())
            own.append(database)
        allow = tuple(receiver.netloc for receiver in receivers)
        made.append(Sending(database, allow, **options))
        made[-1].deliverer.start()
        return made[-1]

    yield make
    for one in made:
        one.deliverer.close()
    for database in own:
        database.close()


def refused(status: int) -> Callable[[Came, int], tuple[int, dict[str, str]]]:
    """Answers `status` the first time, 200 after that."""
    return lambda came, number: (status if number == 0 else 200, {})


def test_a_message_arrives_signed_on_both_databases(
    database: Database, sending: Callable[..., Sending], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), receiving() as receiver:
        out = sending(receiver, database=database)
        out.webhook(f"{receiver.url}?token=hush")
        id = out.send(data={"title": "خبر"})
        [came] = receiver.wait(1)
        after = out.until(lambda d: d.state == "delivered")
    assert came.path == "/hook?token=hush"
    assert came.is_signed(SECRET)
    assert not came.is_signed(SECRET + "x")
    assert came.headers["Content-Type"] == "application/json"
    assert came.headers["User-Agent"].startswith("Mujaz/")
    assert (came.headers["Mujaz-Event"], came.id) == ("job.succeeded", id)
    assert (came.json["event"], came.json["id"], came.json["data"]) == ("job.succeeded", id, {"title": "خبر"})
    assert (after.attempts, after.last_status, after.last_error) == (1, 200, None)
    assert "whk_a" in caplog.text
    assert "hush" not in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [201, 204, 299])
def test_any_2xx_will_do(sending: Callable[..., Sending], status: int) -> None:
    with receiving(lambda came, number: (status, {})) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        assert out.until(lambda d: d.state == "delivered").last_status == status


@pytest.mark.parametrize("status", [500, 503, 404, 400, 302, 307])
def test_anything_else_is_tried_again_with_the_same_id_and_a_new_signature(
    sending: Callable[..., Sending], status: int
) -> None:
    with receiving(refused(status)) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        failed = out.until(lambda d: d.last_error is not None)
        assert (failed.state, failed.attempts, failed.last_status) == ("waiting", 1, status)
        assert failed.last_error == f"The receiver answered {status}."
        assert 7.5 <= (failed.next_attempt - out.clock()).total_seconds() <= 12.5
        out.pass_by(7)
        time.sleep(0.2)
        assert len(receiver.came) == 1
        out.pass_by(6)
        first, second = receiver.wait(2)
        assert out.until(lambda d: d.state == "delivered").attempts == 2
    assert first.id == second.id
    assert first.body == second.body
    assert first.headers["Mujaz-Signature"] != second.headers["Mujaz-Signature"]
    assert second.is_signed(SECRET)


def test_a_redirect_is_not_followed(sending: Callable[..., Sending]) -> None:
    with receiving() as other, receiving(lambda came, number: (307, {"Location": other.url})) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        out.until(lambda d: d.last_status == 307)
        assert other.came == []


def test_a_receiver_that_asks_for_time_gets_it(sending: Callable[..., Sending]) -> None:
    with receiving(lambda came, number: (503, {"Retry-After": "3600"})) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        failed = out.until(lambda d: d.last_status == 503)
        assert failed.next_attempt - out.clock() == timedelta(hours=1)


def test_nobody_listens_then_somebody_does(sending: Callable[..., Sending]) -> None:
    with receiving() as closed:
        pass
    out = sending(closed)
    out.webhook(closed.url)
    id = out.send()
    failed = out.until(lambda d: d.last_error is not None)
    assert failed.last_status is None
    assert failed.last_error == "unreachable: The server can't be reached."
    with receiving(port=closed.port) as receiver:
        out.pass_by(20)
        assert receiver.wait(1)[0].id == id
        out.until(lambda d: d.state == "delivered")


def test_after_the_last_attempt_it_is_dead_and_can_be_sent_again(sending: Callable[..., Sending]) -> None:
    with receiving(lambda came, number: (500 if number < 3 else 200, {})) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        id = out.send()
        for n in range(1, 4):
            receiver.wait(n)
            out.wait_idle()
            out.pass_by(60)
        dead = out.until(lambda d: d.state == "dead")
        assert (dead.attempts, dead.last_status) == (3, 500)
        out.pass_by(10 * backoff.LONGEST)
        time.sleep(0.2)
        assert len(receiver.came) == 3
        with out.database.write() as session:
            webhooks.redeliver(session, "whk_a", id, out.clock())
        out.deliverer.notify()
        assert receiver.wait(4)[3].id == id
        assert out.until(lambda d: d.state == "delivered").attempts == 1


def test_gone_ends_a_webhook(sending: Callable[..., Sending]) -> None:
    with receiving(lambda came, number: (410, {})) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        assert out.until(lambda d: d.state == "dead").last_status == 410
        with out.database.write() as session:
            assert webhooks.announce(session, "o", "job.succeeded", {}, out.clock()) == 0


def test_a_receiver_that_hangs_is_given_up(sending: Callable[..., Sending]) -> None:
    release = threading.Event()

    def hang(came: Came, number: int) -> tuple[int, dict[str, str]]:
        release.wait(20)
        return 200, {}

    with receiving(hang) as receiver:
        out = sending(receiver, timeout_seconds=0.4)
        out.webhook(receiver.url)
        out.send()
        failed = out.until(lambda d: d.last_error is not None)
        release.set()
    assert (failed.state, failed.last_status) == ("waiting", None)
    assert failed.last_error is not None
    assert failed.last_error.startswith("timeout: ")


def test_a_receiver_that_hangs_holds_nobody_up(sending: Callable[..., Sending]) -> None:
    """More messages wait for it than can be on their way, and none of those ends before the others' arrive."""
    release = threading.Event()

    def hang(came: Came, number: int) -> tuple[int, dict[str, str]]:
        release.wait(60)
        return 200, {}

    with receiving(hang) as hanging, receiving() as quick:
        out = sending(hanging, quick, timeout_seconds=60)
        out.webhook(hanging.url)
        out.webhook(quick.url, "whk_b")
        for _ in range(2 * module.WORKERS):
            out.send()
        for _ in range(20):
            out.send("whk_b")
        quick.wait(20, 30)
        assert len(hanging.came) == AT_ONCE
        release.set()


def test_what_nobody_foresaw_counts_as_an_attempt(sending: Callable[..., Sending]) -> None:
    with receiving() as receiver:
        out = sending(receiver, max_attempts=2)
        out.webhook(receiver.url)
        out.send(data={"title": "خبر \ud800 سيئ"})  # no UTF-8 can be made of it
        first = out.until(lambda d: d.last_error is not None)
        assert (first.state, first.attempts) == ("waiting", 1)
        out.pass_by(20)
        dead = out.until(lambda d: d.state == "dead")
        assert dead.last_error == "unforeseen: UnicodeEncodeError while it was sent"
        out.send()
        receiver.wait(1)


def test_sent_but_not_written_down_is_sent_again_with_the_same_id(
    sending: Callable[..., Sending], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the process dies in between; here the database fails then."""
    written = webhooks.delivered
    calls: list[str] = []

    def fails_once(session: Any, delivery: Delivery, status: int, now: datetime) -> bool:
        calls.append(delivery.id)
        if len(calls) == 1:
            raise StoreBusy("held")
        return written(session, delivery, status, now)

    monkeypatch.setattr(webhooks, "delivered", fails_once)
    with receiving() as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        id = out.send()
        receiver.wait(1)
        for _ in range(500):
            if calls:
                break
            time.sleep(0.01)
        out.pass_by(9.9)  # 5 seconds to send, 5 more
        time.sleep(0.2)
        assert len(receiver.came) == 1
        out.pass_by(0.2)
        first, second = receiver.wait(2)
        assert (first.id, second.id) == (id, id)
        assert out.until(lambda d: d.state == "delivered").attempts == 2


def test_two_processes_send_each_message_once(database: Database, sending: Callable[..., Sending]) -> None:
    with receiving() as receiver:
        one, two = sending(receiver, database=database), sending(receiver, database=database)
        for n in range(4):
            one.webhook(receiver.url, f"whk_{n}")
        sent = [one.send(f"whk_{n % 4}") for n in range(40)]
        for _ in range(20):
            one.deliverer.notify()
            two.deliverer.notify()
            time.sleep(0.02)
        receiver.wait(40)
        time.sleep(0.3)
        assert sorted(came.id for came in receiver.came) == sorted(sent)


def test_a_name_that_turned_private_is_not_connected_to(sending: Callable[..., Sending]) -> None:
    """It was public when the webhook was made."""
    with receiving() as receiver:
        out = sending(resolve=lambda host, port: [PUBLIC, "127.0.0.1"])
        out.webhook("http://hooks.example/")
        out.send()
        failed = out.until(lambda d: d.last_error is not None)
        assert receiver.came == []
    assert failed.state == "waiting"
    assert failed.last_error is not None
    assert failed.last_error.startswith("address: The host's address is not public (")
    assert "127.0.0.1" not in failed.last_error


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "ftp://a/"]
)
def test_a_hostile_url_in_the_store_is_refused_when_it_is_sent(
    sending: Callable[..., Sending], url: str
) -> None:
    out = sending()
    out.webhook(url)
    out.send()
    failed = out.until(lambda d: d.last_error is not None)
    assert failed.last_error is not None
    assert failed.last_error.partition(":")[0] in ("address", "scheme")


def test_a_broken_store_is_waited_for(
    sending: Callable[..., Sending], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "STORE_WAIT", 0.05)
    real, broken = webhooks.due, [True]

    def due(session: Any, now: datetime) -> Any:
        if broken:
            broken.pop()
            raise StoreBusy("held")
        return real(session, now)

    monkeypatch.setattr(webhooks, "due", due)
    with receiving() as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        receiver.wait(1)
        out.until(lambda d: d.state == "delivered")


def test_closing_waits_for_what_is_on_its_way(sending: Callable[..., Sending]) -> None:
    def slow(came: Came, number: int) -> tuple[int, dict[str, str]]:
        time.sleep(0.5)
        return 200, {}

    with receiving(slow) as receiver:
        out = sending(receiver)
        out.webhook(receiver.url)
        out.send()
        receiver.wait(1)
        out.deliverer.close()
        assert out.look().state == "delivered"


def test_a_deliverer_that_never_started_can_be_closed() -> None:
    database = Database(fresh_database())
    Sending(database, ()).deliverer.close()
    database.close()
