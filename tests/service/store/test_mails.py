"""Mail: what its outbox has besides what every outbox has (`test_outbox.py`); on both databases."""

from datetime import timedelta

from service.store import mails
from service.store.database import Database
from service.store.mails import Mail
from tests.service.store.rows import NOW

LEASE = timedelta(seconds=15)


def queue(database: Database, owner: str = "o", subject: str = "خبر\r\nBcc: x@example.org") -> str:
    with database.write() as session:
        return mails.queue(session, owner, "a@example.org", subject, "نص", "<p>نص</p>", NOW)


def look(database: Database, owner: str = "o") -> list[Mail]:
    with database.read() as session:
        return mails.page(session, owner, 100)


def test_a_mail_is_as_it_was_written_and_its_subject_is_one_line(database: Database) -> None:
    id = queue(database)
    [mail] = look(database)
    assert (mail.id, mail.recipient, mail.subject) == (id, "a@example.org", "خبر Bcc: x@example.org")
    assert (mail.text, mail.html, mail.state, mail.attempts) == ("نص", "<p>نص</p>", "waiting", 0)


def test_the_message_is_named_once(database: Database) -> None:
    id = queue(database)
    names = []
    for number, domain in enumerate(("example.org", "elsewhere.example")):
        with database.write() as session:
            found = mails.claim(session, NOW + number * LEASE, LEASE, domain)
            assert mails.claim(session, NOW + number * LEASE, LEASE, domain) is None
        assert found is not None
        assert [found] == look(database)
        names.append(found.message_id)
    assert names == 2 * [f"<{id}@example.org>"]
    with database.write() as session:
        again = mails.resend(session, "o", id, NOW)
    assert again is not None
    assert again.message_id == names[0]


def test_a_mail_is_its_owners_alone(database: Database) -> None:
    id = queue(database)
    assert [mail.id for mail in look(database)] == [id]
    assert look(database, "other") == []
    with database.write() as session:
        assert mails.resend(session, "other", id, NOW) is None
