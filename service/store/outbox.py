"""Outboxes: messages wait in a table, written in the transaction that does what they tell of, until they are
sent.

A message is `waiting`, then has arrived, or is `dead` once it was refused for good or tried often enough.
Whoever sends one claims it first: that counts an attempt and puts the next one off beyond the time that
sending may take, so a process that dies while sending is replaced after that time. What a sender writes
counts only while its attempt is the latest one.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.tables import OutboxRow

#: Old messages deleted in one transaction.
PIECE = 500


@dataclass(frozen=True, slots=True)
class Message:
    """What every outbox keeps of a message; fields as in `OutboxRow`."""

    id: str
    state: str
    attempts: int
    next_attempt: datetime
    last_error: str | None
    created: datetime


M = TypeVar("M", bound=Message)


def fresh(id: str, now: datetime) -> dict[str, Any]:
    """The columns of a message that is due at once."""
    return {
        "id": id,
        "state": "waiting",
        "attempts": 0,
        "next_attempt": now,
        "last_error": None,
        "created": now,
    }


class Outbox(Generic[M]):
    """The messages in `table`, given out as `message`, whose fields are columns. `arrived` is the state of
    those that have arrived, and the column that says when. `which`: only those rows are meant."""

    def __init__(self, table: type[OutboxRow], message: type[M], arrived: str) -> None:
        self._row = table
        self._message = message
        self._arrived = arrived
        self._columns = tuple(getattr(table, field.name) for field in fields(message))

    def is_due(self, now: datetime) -> ColumnElement[bool]:
        """Of rows: to be sent now."""
        return (self._row.state == "waiting") & (self._row.next_attempt <= now)

    def any_due(self, session: Session, now: datetime) -> bool:
        """Whether a message is to be sent now."""
        return bool(session.scalar(select(exists().where(self.is_due(now)))))

    def claim(
        self, session: Session, now: datetime, lease: timedelta, *which: ColumnElement[bool]
    ) -> M | None:
        """Take the message that is due first; until `lease` has passed nobody else gets it."""
        first = (
            select(self._row.id)
            .where(self.is_due(now), *which)
            .order_by(self._row.next_attempt, self._row.id)
            .limit(1)
        )
        id = session.scalar(first.with_for_update(skip_locked=True))
        if id is None:
            return None
        taken = {"attempts": self._row.attempts + 1, "next_attempt": now + lease}
        session.execute(update(self._row).where(self._row.id == id).values(taken))
        return self._get(session, self._row.id == id)

    def arrived(self, session: Session, message: M, now: datetime, **more: Any) -> bool:
        """The receiver has taken it; `more`: columns to write too. False, and nothing written, when a later
        attempt was made meanwhile."""
        values = {"state": self._arrived, self._arrived: now, "next_attempt": now, "last_error": None}
        return self._end(session, message, values | more)

    def failed(self, session: Session, message: M, again: datetime, **why: Any) -> bool:
        """The attempt failed; try `again` then. `why`: columns. False as above."""
        return self._end(session, message, {"next_attempt": again, **why})

    def died(self, session: Session, message: M, now: datetime, **why: Any) -> bool:
        """The attempt failed and was the last one. False as above."""
        return self._end(session, message, {"state": "dead", "next_attempt": now, **why})

    def resend(self, session: Session, now: datetime, *which: ColumnElement[bool]) -> M | None:
        """Send it at once, whatever became of it; one that is at rest gets all its attempts again. None when
        there is none."""
        anew = {"state": "waiting", "attempts": 0, self._arrived: None}
        session.execute(update(self._row).where(*which, self._row.state != "waiting").values(anew))
        session.execute(update(self._row).where(*which).values(next_attempt=now))
        return self._get(session, *which)

    def page(
        self, session: Session, limit: int, after: str | None, state: str | None, *which: ColumnElement[bool]
    ) -> list[M]:
        """Up to `limit` messages, newest first; `after` is the last id of the page before."""
        wanted = select(*self._columns).where(*which)
        if after is not None:
            wanted = wanted.where(self._row.id < after)
        if state is not None:
            wanted = wanted.where(self._row.state == state)
        found = session.execute(wanted.order_by(self._row.id.desc()).limit(limit))
        return [self._message(*row) for row in found]

    def counts(self, session: Session) -> dict[str, int]:
        """How many messages the store has in each state."""
        found = session.execute(select(self._row.state, func.count()).group_by(self._row.state))
        return dict.fromkeys(("waiting", self._arrived, "dead"), 0) | dict(found.all())

    def expire(self, session: Session, before: datetime, limit: int = PIECE) -> int:
        """Delete messages, dead ones too, that came to rest before then; returns how many."""
        at_rest = (self._row.state != "waiting") & (self._row.next_attempt < before)
        old = select(self._row.id).where(at_rest).limit(limit)
        return _count(session.execute(delete(self._row).where(self._row.id.in_(old))))

    def _end(self, session: Session, message: M, values: dict[str, Any]) -> bool:
        row = self._row
        mine = (row.id == message.id, row.state == "waiting", row.attempts == message.attempts)
        return _count(session.execute(update(row).where(*mine).values(values))) > 0

    def _get(self, session: Session, *which: ColumnElement[bool]) -> M | None:
        row = session.execute(select(*self._columns).where(*which)).one_or_none()
        return None if row is None else self._message(*row)


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
