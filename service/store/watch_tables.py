"""The tables of watches, of what they found, and of the mail that tells about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base, OutboxRow


class WatchRow(Base):
    """A stored query. `emails`: who is written to; `webhooks`: whether the owner's webhooks are told.
    `throttle_minutes`: the least time between two messages. `quiet_from`, `quiet_to` (such as "22:00") in
    `zone`: nothing is sent in between, what was found then is sent after. `stamp`: a random number, another
    one with every change of what is looked for: their sum tells a process that it has to look again."""

    __tablename__ = "watches"
    __table_args__ = (Index("watches_by_owner", "owner", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    emails: Mapped[list[Any]]
    webhooks: Mapped[bool] = mapped_column(default=True)
    throttle_minutes: Mapped[int] = mapped_column(default=0)
    quiet_from: Mapped[str | None]
    quiet_to: Mapped[str | None]
    zone: Mapped[str]
    created: Mapped[datetime]
    changed: Mapped[datetime]
    stamp: Mapped[int] = mapped_column(BigInteger)
    last_sent: Mapped[datetime | None]


class AlertRow(Base):
    """A watch found a story; once for each of the two. `state`: waiting (for the end of quiet hours or of the
    throttle, until `due`), sent, which means written into the outboxes of mail and webhooks, or dropped, as
    its watch was paused by then; known is no alert but says that there shall be none, since the watch found
    the story that this one was split off. `sent`: when it was sent or dropped."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("watch_id", "story_id"),
        Index("alerts_due", "state", "due"),
        Index("alerts_by_owner", "owner", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    watch_id: Mapped[str] = mapped_column(ForeignKey("watches.id", ondelete="CASCADE"))
    story_id: Mapped[str]
    entry_id: Mapped[str]
    highlights: Mapped[list[Any]]
    state: Mapped[str]
    due: Mapped[datetime]
    created: Mapped[datetime]
    sent: Mapped[datetime | None]


class MailRow(OutboxRow):
    """A mail to be sent. `state`: waiting, sent or dead. `message_id` is given with the first attempt and
    stays."""

    __tablename__ = "mails"
    __table_args__ = (Index("mails_due", "state", "next_attempt"), Index("mails_by_owner", "owner", "id"))
    owner: Mapped[str]
    message_id: Mapped[str | None]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    sent: Mapped[datetime | None]
