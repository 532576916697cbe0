"""Mail in the store: an outbox (`outbox.py`), as webhooks have one. A mail is `sent` once the mail server has
taken it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from service.store.ids import new_id
from service.store.outbox import Message, Outbox, fresh
from service.store.watch_tables import MailRow


@dataclass(frozen=True, slots=True)
class Mail(Message):
    """A mail; fields as in `MailRow`."""

    owner: str
    message_id: str | None
    recipient: str
    subject: str
    text: str
    html: str | None
    sent: datetime | None


OUTBOX = Outbox(MailRow, Mail, "sent")


def queue(
    session: Session, owner: str, recipient: str, subject: str, text: str, html: str | None, now: datetime
) -> str:
    """Write a mail to one recipient, due at once; answers its id. `html` is the same as `text`, for programs
    that show it."""
    id = new_id("mail")
    content = {
        "owner": owner,
        "recipient": recipient,
        "subject": " ".join(subject.split()),
        "text": text,
        "html": html,
    }
    session.execute(insert(MailRow).values(fresh(id, now) | content))
    return id


def claim(session: Session, now: datetime, lease: timedelta, domain: str) -> Mail | None:
    """Take the mail that is due first; until `lease` has passed nobody else gets it. Its Message-ID, in
    `domain`, is made with its first attempt."""
    mail = OUTBOX.claim(session, now, lease)
    if mail is None or mail.message_id is not None:
        return mail
    message_id = f"<{mail.id}@{domain}>"
    session.execute(update(MailRow).where(MailRow.id == mail.id).values(message_id=message_id))
    return replace(mail, message_id=message_id)


def resend(session: Session, owner: str, mail_id: str, now: datetime) -> Mail | None:
    """Send it at once, as `Outbox.resend` says. None when the owner has no such mail."""
    return OUTBOX.resend(session, now, MailRow.id == mail_id, MailRow.owner == owner)


def page(
    session: Session, owner: str, limit: int, after: str | None = None, state: str | None = None
) -> list[Mail]:
    """Up to `limit` mails, newest first; `after` is the last id of the page before."""
    return OUTBOX.page(session, limit, after, state, MailRow.owner == owner)
