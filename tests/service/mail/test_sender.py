"""Mail gets to a real mail server: encrypted, logged in, again after failures, at least once, as it was written."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.mail import sender as module
from service.mail.addresses import Recipients
from service.mail.sender import MailOptions, MailSender
from service.mail.smtp import MailServer
from service.store import mails
from service.store.database import Database
from service.store.errors import StoreBusy
from service.store.mails import Mail
from tests.service.fakes import fresh_database
from tests.service.mail.mail_server import PASSWORD, SENDER, USER, Mailbox, mail_server
from tests.service.webhooks.test_deliverer import Clock

ANYONE = Recipients()
SUBJECT = "قمح: ارتفاع أسعار القمح في مصر وسط مخاوف من نقص الإمدادات خلال الأشهر المقبلة"
TEXT = "ارتفعت أسعار القمح.\nWheat prices rose.\n"
HTML = '<p dir="rtl" lang="ar">ارتفعت أسعار القمح.</p>'


class Sending:
    """A mail sender on a database, whose clock is moved by hand."""

    def __init__(
        self,
        database: Database,
        server: MailServer | None,
        max_attempts: int = 3,
        recipients: Recipients = ANYONE,
    ) -> None:
        self.database = database
        self.clock = Clock()
        self.sender = MailSender(database, MailOptions(server, max_attempts, recipients), self.clock)
        self.sender.start()

    def send(self, recipient: str = "editor@example.org", html: str | None = HTML) -> str:
        with self.database.write() as session:
            id = mails.queue(session, "o", recipient, SUBJECT, TEXT, html, self.clock())
        self.sender.notify()
        return id

    def pass_by(self, seconds: float) -> None:
        self.clock.pass_by(seconds)
        self.sender.notify()

    def look(self, id: str) -> Mail:
        with self.database.read() as session:
            [found] = [mail for mail in mails.page(session, "o", 100) if mail.id == id]
        return found

    def until(self, id: str, met: Callable[[Mail], bool]) -> Mail:
        for _ in range(1000):
            found = self.look(id)
            if met(found):
                return found
            time.sleep(0.02)
        raise AssertionError(f"still {found}")

    def failed(self, id: str, attempts: int = 1) -> Mail:
        """Once so many attempts are written down as failed."""
        return self.until(id, lambda m: m.attempts == attempts and m.last_error is not None)


@pytest.fixture
def sending() -> Iterator[Callable[..., Sending]]:
    """Makes a started sender, on SQLite unless another database is given."""
    made: list[Sending] = []
    own: list[Database] = []

    def make(server: MailServer | None, database: Database | None = None, **options: Any) -> Sending:
        if database is None:
            database = Database(fresh_database())
            own.append(database)
        made.append(Sending(database, server, **options))
        return made[-1]

    yield make
    for one in made:
        one.sender.close()
    for database in own:
        database.close()


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """What was logged, but for what the mail server of the test says."""
    return "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith(("mail", "asyncio")))


def is_sent(mail: Mail) -> bool:
    return mail.state == "sent"


def test_a_mail_arrives_as_it_was_written_on_both_databases(
    database: Database, sending: Callable[..., Sending], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), mail_server() as box:
        out = sending(box.server(), database)
        id = out.send()
        [came] = box.wait(1)
        after = out.until(id, is_sent)
    assert (came.sender, came.recipients) == (SENDER, ["editor@example.org"])
    message = came.message
    assert (message["From"], message["To"]) == (f"Mujaz <{SENDER}>", "editor@example.org")
    assert message["Subject"] == SUBJECT
    assert message["Message-ID"] == after.message_id == f"<{id}@news.example>"
    assert message["Date"].datetime == after.created.replace(microsecond=0)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert came.part("plain").replace("\r\n", "\n") == TEXT
    assert came.part("html").strip() == HTML
    assert (after.attempts, after.last_error) == (1, None)
    logged = ours(caplog)
    assert id in logged
    assert "editor@" not in logged
    assert "قمح" not in logged


def test_a_mail_without_html(sending: Callable[..., Sending]) -> None:
    with mail_server() as box:
        sending(box.server()).send(html=None)
        [came] = box.wait(1)
    assert came.message.get_content_type() == "text/plain"


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_encrypted_and_logged_in(sending: Callable[..., Sending], tmp_path: Path, tls: str) -> None:
    with mail_server(folder=tmp_path, tls=tls) as box:
        server = box.server(security=tls, user=USER, password=PASSWORD, ca_file=box.ca_file)
        assert PASSWORD not in repr(server)
        out = sending(server)
        id = out.send()
        [came] = box.wait(1)
        out.until(id, is_sent)
    assert came.user == USER
    assert came.encrypted or tls == "tls"  # the server doesn't know what is around it


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"password": "wrong"}, "The mail server refused the user or the password (535)."),
        ({"user": None}, "The mail server refused the sender: 530 "),
        ({"ca_file": None}, "The mail server's certificate isn't trusted: "),
        ({"security": "tls"}, "The mail server doesn't speak TLS here; look at mail.security and mail.port."),
        ({"security": "none"}, "The mail server can't do what mail.security or mail.user asks for: "),
    ],
)
def test_what_an_operator_has_to_mend_is_said_and_waited_for(
    sending: Callable[..., Sending],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    options: dict[str, Any],
    said: str,
) -> None:
    with caplog.at_level(logging.DEBUG), mail_server(folder=tmp_path, tls="starttls") as box:
        wanted = {"security": "starttls", "user": USER, "password": PASSWORD, "ca_file": box.ca_file}
        out = sending(box.server(**wanted | options))
        failed = out.failed(out.send())
    assert failed.state == "waiting"
    assert failed.last_error is not None
    assert failed.last_error.startswith(said)
    assert PASSWORD not in ours(caplog) + failed.last_error
    assert box.came == []


def test_a_server_without_starttls_gets_nothing_in_the_clear(sending: Callable[..., Sending]) -> None:
    with mail_server() as box:
        out = sending(box.server(security="starttls"))
        failed = out.failed(out.send())
    assert failed.last_error is not None
    assert failed.last_error.startswith("The mail server can't do what mail.security")
    assert box.came == []


def test_a_passing_refusal_is_tried_again_with_the_same_message(sending: Callable[..., Sending]) -> None:
    """As greylisting does; the second time the message itself is put off."""
    box = Mailbox(
        lambda recipient, before: "451 greylisted" if before == 0 else None,
        lambda before: "452 no room" if before == 0 else None,
    )
    with mail_server(box):
        out = sending(box.server())
        id = out.send()
        failed = out.failed(id)
        assert (failed.state, failed.last_error) == (
            "waiting",
            "The mail server refused the recipient: 451 greylisted",
        )
        assert 7.5 <= (failed.next_attempt - out.clock()).total_seconds() <= 12.5
        out.pass_by(7)
        time.sleep(0.2)
        assert out.look(id).attempts == 1
        out.pass_by(6)
        out.until(id, lambda m: m.last_error == "The mail server refused the message: 452 no room")
        out.pass_by(51)
        out.until(id, is_sent)
    first, second = box.came
    assert first.message.as_bytes() == second.message.as_bytes()
    assert first.message["Message-ID"] == f"<{id}@news.example>"


@pytest.mark.parametrize(
    "box",
    [
        Mailbox(lambda recipient, before: "550 no such user here"),
        Mailbox(refuse_data=lambda before: "554 looks like spam"),
    ],
)
def test_a_final_refusal_is_dead_at_once_and_others_are_sent(
    sending: Callable[..., Sending], box: Mailbox
) -> None:
    with mail_server(box):
        out = sending(box.server())
        dead = out.until(out.send(), lambda m: m.state == "dead")
        assert dead.attempts == 1
        assert dead.last_error is not None
        assert dead.last_error.startswith("The mail server refused the ")
        box.refuse, box.refuse_data = (lambda recipient, before: None), (lambda before: None)
        out.until(out.send(), is_sent)
        with out.database.write() as session:
            mails.resend(session, "o", dead.id, out.clock())
        out.sender.notify()
        out.until(dead.id, is_sent)


def test_an_address_that_is_not_allowed_any_more_is_dead_at_once(sending: Callable[..., Sending]) -> None:
    with mail_server() as box:
        out = sending(box.server(), recipients=Recipients(frozenset(["@example.net", "desk@example.org"])))
        dead = out.until(out.send("editor@example.org"), lambda m: m.state == "dead")
        assert dead.last_error == "mail.recipients doesn't name this address any more"
        for allowed in ("desk@example.org", "anyone@example.net"):
            out.until(out.send(allowed), is_sent)
        assert len(box.wait(2)) == 2


def test_after_the_last_attempt_it_is_dead(sending: Callable[..., Sending]) -> None:
    with mail_server(Mailbox(lambda recipient, before: "450 later")) as box:
        out = sending(box.server(), max_attempts=2)
        id = out.send()
        out.failed(id)
        out.pass_by(60)
        dead = out.until(id, lambda m: m.state == "dead")
    assert dead.attempts == 2


def test_nobody_listens_then_somebody_does(
    sending: Callable[..., Sending], caplog: pytest.LogCaptureFixture
) -> None:
    """One look at a server that is down is enough for all that waits."""
    with mail_server() as closed:
        pass
    out = sending(closed.server())
    ids = [out.send() for _ in range(5)]
    failed = out.until(ids[0], lambda m: m.last_error is not None)
    assert failed.last_error == "The mail server can't be reached (ConnectionRefusedError)."
    time.sleep(0.2)
    assert [out.look(id).attempts for id in ids] == [1, 0, 0, 0, 0]
    with mail_server(port=closed.port) as box:
        out.pass_by(module.SERVER_WAIT + 1)
        for id in ids:
            out.until(id, is_sent)
        assert len(box.came) == 5
        assert box.connections == 1


def test_a_server_that_hangs_is_given_up(sending: Callable[..., Sending]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1], SENDER, "none", timeout_seconds=0.3)
        out = sending(server)
        failed = out.failed(out.send())
    assert failed.last_error == "The mail server doesn't answer in time."


def test_what_nobody_foresaw_counts_as_an_attempt_and_holds_nobody_up(
    sending: Callable[..., Sending],
) -> None:
    with mail_server() as box:
        out = sending(box.server(), max_attempts=2)
        odd = out.send(html="خبر \ud800 سيئ")  # no UTF-8 can be made of it
        next = out.send()
        out.until(next, is_sent)
        assert out.failed(odd).state == "waiting"
        out.pass_by(20)
        dead = out.until(odd, lambda mail: mail.state == "dead")
        assert dead.last_error == "Something unforeseen went wrong here (UnicodeEncodeError)."
        assert len(box.came) == 1


def test_sent_but_not_written_down_is_sent_again_with_the_same_message_id(
    sending: Callable[..., Sending], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the process dies in between; here the database fails then."""
    written, calls = mails.OUTBOX.arrived, list[str]()

    def fails_once(session: Any, mail: Mail, now: Any) -> bool:
        calls.append(mail.id)
        if len(calls) == 1:
            raise StoreBusy("held")
        return written(session, mail, now)

    monkeypatch.setattr(mails.OUTBOX, "arrived", fails_once)
    with mail_server() as box:
        out = sending(box.server())
        id = out.send()
        box.wait(1)
        out.pass_by(5 + module.LEASE_MARGIN)
        first, second = box.wait(2)
        assert out.until(id, is_sent).attempts == 2
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_two_processes_send_each_mail_once(database: Database, sending: Callable[..., Sending]) -> None:
    with mail_server() as box:
        one, two = sending(box.server(), database), sending(box.server(), database)
        ids = [one.send(f"e{n}@example.org") for n in range(20)]
        two.sender.notify()
        for id in ids:
            one.until(id, is_sent)
        assert sorted(came.recipients[0] for came in box.came) == sorted(
            f"e{n}@example.org" for n in range(20)
        )


def test_without_a_server_nothing_is_sent_and_nothing_lost(sending: Callable[..., Sending]) -> None:
    out = sending(None)
    assert not out.sender.is_set_up
    id = out.send()
    time.sleep(0.2)
    assert (out.look(id).state, out.look(id).attempts) == ("waiting", 0)
    assert out.look(id).next_attempt - out.clock() <= timedelta()
