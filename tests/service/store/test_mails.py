"""The outbox of mail: claimed by one, tried until it is sent or dead; on both databases."""

import threading
from datetime import timedelta

import pytest

from service.store import mails
from service.store.database import Database
from service.store.mails import Mail
from tests.service.store.rows import NOW

LEASE, SECOND = timedelta(seconds=15), timedelta(seconds=1)


def queue(database: Database, owner: str = "o", subject: str = "خبر\r\nBcc: x@example.org") -> str:
    with database.write() as session:
        return mails.queue(session, owner, "a@example.org", subject, "نص", "<p>نص</p>", NOW)


def claim(database: Database, after: timedelta = timedelta(), domain: str = "example.org") -> Mail | None:
    with database.write() as session:
        return mails.claim(session, NOW + after, LEASE, domain)


def claimed(database: Database, after: timedelta = timedelta()) -> Mail:
    found = claim(database, after)
    assert found is not None
    return found


def look(database: Database, owner: str = "o", state: str | None = None) -> list[Mail]:
    with database.read() as session:
        return mails.page(session, owner, 100, state=state)


def test_a_mail_is_as_it_was_written_and_its_subject_is_one_line(database: Database) -> None:
    id = queue(database)
    [mail] = look(database)
    assert (mail.id, mail.recipient, mail.subject) == (id, "a@example.org", "خبر Bcc: x@example.org")
    assert (mail.text, mail.html, mail.state, mail.attempts) == ("نص", "<p>نص</p>", "waiting", 0)
    assert look(database, "other") == []


def test_a_claim_counts_keeps_others_away_and_names_the_message_once(database: Database) -> None:
    id = queue(database)
    first = claimed(database)
    assert (first.attempts, first.message_id) == (1, f"<{id}@example.org>")
    assert claim(database) is None
    with database.read() as session:
        assert not mails.any_due(session, NOW + LEASE - SECOND)
        assert mails.any_due(session, NOW + LEASE)
    again = claim(database, LEASE, "elsewhere.example")  # whoever claimed it first has died
    assert again is not None
    assert (again.attempts, again.message_id) == (2, first.message_id)


def test_many_claim_and_each_mail_is_claimed_once(database: Database) -> None:
    ids = [queue(database) for _ in range(12)]
    found: list[str] = []

    def work() -> None:
        while (mine := claim(database)) is not None:
            found.append(mine.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while (left := claim(database)) is not None:  # skipped as another was just at it
        found.append(left.id)
    assert sorted(found) == sorted(ids)


def test_sent_failed_dead(database: Database) -> None:
    for _ in range(3):
        queue(database)
    one, two, three = (claimed(database) for _ in range(3))
    with database.write() as session:
        assert mails.sent(session, one, NOW + SECOND)
        assert mails.failed(session, two, "no answer", NOW + 9 * SECOND)
        assert mails.died(session, three, "refused", NOW)
        assert not mails.sent(session, one, NOW)
        assert mails.counts(session) == {"waiting": 1, "sent": 1, "dead": 1}
    shown = {mail.id: mail for mail in look(database)}
    assert shown[one.id].sent == NOW + SECOND
    assert (shown[two.id].last_error, shown[two.id].next_attempt) == ("no answer", NOW + 9 * SECOND)
    assert [mail.id for mail in look(database, state="dead")] == [three.id]


@pytest.mark.parametrize("late", ["sent", "failed", "died"])
def test_what_an_earlier_attempt_says_does_not_count(database: Database, late: str) -> None:
    queue(database)
    early = claimed(database)
    later = claimed(database, LEASE)
    with database.write() as session:
        match late:
            case "sent":
                assert not mails.sent(session, early, NOW)
            case "failed":
                assert not mails.failed(session, early, "x", NOW)
            case _:
                assert not mails.died(session, early, "x", NOW)
    with database.write() as session:
        assert mails.sent(session, later, NOW)


def test_a_dead_one_is_sent_again_with_the_same_id_and_all_its_attempts(database: Database) -> None:
    queue(database)
    mine = claimed(database)
    with database.write() as session:
        mails.died(session, mine, "refused", NOW)
    with database.write() as session:
        assert mails.resend(session, "other", mine.id, NOW) is None
        again = mails.resend(session, "o", mine.id, NOW + SECOND)
    assert again is not None
    assert (again.state, again.attempts, again.message_id) == ("waiting", 0, mine.message_id)
    assert claimed(database, SECOND).message_id == mine.message_id


def test_pages_are_newest_first(database: Database) -> None:
    ids = [queue(database) for _ in range(3)]
    with database.read() as session:
        first = mails.page(session, "o", 2)
        rest = mails.page(session, "o", 2, first[-1].id)
    assert [m.id for m in first + rest] == sorted(ids, reverse=True)


def test_old_ones_at_rest_are_deleted(database: Database) -> None:
    for _ in range(3):
        queue(database)
    with database.write() as session:
        mails.died(session, claimed_in(session), "x", NOW)
    with database.write() as session:
        mails.sent(session, claimed_in(session), NOW + SECOND)
    with database.write() as session:
        assert mails.expire(session, NOW) == 0
        assert mails.expire(session, NOW + SECOND) == 1
        assert mails.expire(session, NOW + 2 * SECOND) == 1
        assert mails.counts(session)["waiting"] == 1


def claimed_in(session: object) -> Mail:
    found = mails.claim(session, NOW, LEASE, "example.org")  # type: ignore[arg-type]
    assert found is not None
    return found
