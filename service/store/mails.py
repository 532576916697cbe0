"""Mail in the store: an outbox, as `webhooks.py` has one for messages to webhooks.

Mails are written in the transaction that does what they tell of. One is `waiting`, then `sent`, or `dead`
once the mail server refused it for good or it was tried often enough. Whoever sends one claims it first: that
counts an attempt and puts the next one off beyond the time that sending may take. What a sender writes counts
only while its attempt is the latest one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.ids import new_id
from service.store.watch_tables import MailRow

#: Old mails deleted in one transaction.
PIECE = 500


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail; fields as in `MailRow`."""

    id: str
    owner: str
    message_id: str | None
    recipient: str
    subject: str
    text: str
    html: str | None
    state: str
    attempts: int
    next_attempt: datetime
    last_error: str | None
    created: datetime
    sent: datetime | None


def queue(
    session: Session, owner: str, recipient: str, subject: str, text: str, html: str | None, now: datetime
) -> str:
    """Write a mail to one recipient, due at once; answers its id. `html` is the same as `text`, for programs
    that show it."""
    id = new_id("mail")
    session.add(
        MailRow(
            id=id,
            owner=owner,
            message_id=None,
            recipient=recipient,
            subject=" ".join(subject.split()),
            text=text,
            html=html,
            state="waiting",
            attempts=0,
            next_attempt=now,
            last_error=None,
            created=now,
            sent=None,
        )
    )
    session.flush()
    return id


def any_due(session: Session, now: datetime) -> bool:
    """Whether a mail is to be sent now."""
    return bool(session.scalar(select(exists().where(_due(now)))))


def claim(session: Session, now: datetime, lease: timedelta, domain: str) -> Mail | None:
    """Take the mail that is due first; until `lease` has passed nobody else gets it. Its Message-ID, in
    `domain`, is made with its first attempt."""
    row = session.scalar(
        select(MailRow)
        .where(_due(now))
        .order_by(MailRow.next_attempt, MailRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return None
    row.attempts += 1
    row.next_attempt = now + lease
    row.message_id = row.message_id or f"<{row.id}@{domain}>"
    session.flush()
    return _mail(row)


def sent(session: Session, mail: Mail, now: datetime) -> bool:
    """The mail server has taken it. False, and nothing written, when a later attempt was made meanwhile."""
    return _end(session, mail, {"state": "sent", "last_error": None, "sent": now, "next_attempt": now})


def failed(session: Session, mail: Mail, error: str, again: datetime) -> bool:
    """The attempt failed; try `again` then. False as above."""
    return _end(session, mail, {"next_attempt": again, "last_error": error})


def died(session: Session, mail: Mail, error: str, now: datetime) -> bool:
    """The attempt failed and was the last one. False as above."""
    return _end(session, mail, {"state": "dead", "next_attempt": now, "last_error": error})


def resend(session: Session, owner: str, mail_id: str, now: datetime) -> Mail | None:
    """Send it at once, whatever became of it; one that is at rest gets all its attempts again. None when the
    owner has no such mail."""
    mine = (MailRow.id == mail_id, MailRow.owner == owner)
    session.execute(
        update(MailRow)
        .where(*mine, MailRow.state != "waiting")
        .values(state="waiting", attempts=0, sent=None)
    )
    session.execute(update(MailRow).where(*mine).values(next_attempt=now))
    row = session.scalar(select(MailRow).where(*mine).execution_options(populate_existing=True))
    return None if row is None else _mail(row)


def page(
    session: Session, owner: str, limit: int, after: str | None = None, state: str | None = None
) -> list[Mail]:
    """Up to `limit` mails, newest first; `after` is the last id of the page before."""
    wanted = select(MailRow).where(MailRow.owner == owner)
    if after is not None:
        wanted = wanted.where(MailRow.id < after)
    if state is not None:
        wanted = wanted.where(MailRow.state == state)
    return [_mail(row) for row in session.scalars(wanted.order_by(MailRow.id.desc()).limit(limit))]


def counts(session: Session) -> dict[str, int]:
    """How many mails the store has in each state."""
    found = session.execute(select(MailRow.state, func.count()).group_by(MailRow.state))
    return dict.fromkeys(("waiting", "sent", "dead"), 0) | dict(found.all())


def expire(session: Session, before: datetime, limit: int = PIECE) -> int:
    """Delete mails, dead ones too, that came to rest before then; returns how many."""
    old = select(MailRow.id).where(MailRow.state != "waiting", MailRow.next_attempt < before).limit(limit)
    return _count(session.execute(delete(MailRow).where(MailRow.id.in_(old))))


def _due(now: datetime) -> ColumnElement[bool]:
    return (MailRow.state == "waiting") & (MailRow.next_attempt <= now)


def _end(session: Session, mail: Mail, values: Mapping[str, Any]) -> bool:
    changed = session.execute(
        update(MailRow)
        .where(MailRow.id == mail.id, MailRow.state == "waiting", MailRow.attempts == mail.attempts)
        .values(**values)
    )
    return _count(changed) > 0


def _mail(row: MailRow) -> Mail:
    return Mail(**{name: getattr(row, name) for name in Mail.__slots__})


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
