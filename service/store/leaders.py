"""Who does the work that only one process may do at a time: a row that says until when it is whose.

A lease, not the database's own locks: SQLite has none that outlive a transaction, and PostgreSQL's advisory
locks end with a connection, which a pooler may share and a lost network keeps open for hours. A lease ends by
itself, on both databases alike.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.tables import Base
from service.store.upsert import insert_into


class LeaderRow(Base):
    """Who leads in `work`. `term` counts the leaders there were."""

    __tablename__ = "leaders"
    work: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    term: Mapped[int]
    until: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Claim:
    """`lease`: how long who took the lead may be silent; `grace`: how much longer others wait then, so that
    clocks that differ a little make no two leaders."""

    work: str
    holder: str
    lease: timedelta
    grace: timedelta


def is_held(session: Session, work: str, now: datetime, grace: timedelta) -> bool:
    """Whether somebody leads."""
    row = session.get(LeaderRow, work)
    return row is not None and now < row.until + grace


def take(session: Session, claim: Claim, now: datetime) -> int | None:
    """Take the lead where it is free, or go on leading; the number of the term, or None: another leads."""
    row = session.get(LeaderRow, claim.work, with_for_update=True)
    if row is None:
        first = {"work": claim.work, "holder": "", "term": 0, "until": now - claim.grace}
        session.execute(insert_into(session, LeaderRow).values(first).on_conflict_do_nothing())
        row = session.get_one(LeaderRow, claim.work, with_for_update=True)
    if row.holder != claim.holder:
        if now < row.until + claim.grace:
            return None
        row.holder, row.term = claim.holder, row.term + 1
    row.until = now + claim.lease
    session.flush()
    return row.term


def give_up(session: Session, claim: Claim, now: datetime) -> None:
    """Others may lead at once."""
    session.execute(
        update(LeaderRow)
        .where(LeaderRow.work == claim.work, LeaderRow.holder == claim.holder)
        .values(holder="", until=now - claim.grace)
    )
