"""What each key used on each day (UTC), and the day's quota.

A charge is one statement that counts only while the sum stays within the quota: two requests at the same
moment can't both take the last characters, on SQLite or PostgreSQL.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from service.store.jobs import Job
from service.store.tables import UsageRow
from service.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Usage:
    """One day of one key: code points of source text, and how often it asked for work."""

    day: date
    characters: int
    requests: int


def charge(
    session: Session, key_id: str, day: date, characters: int, quota: int | None, requests: int = 1
) -> bool:
    """Count `characters` for `key_id`, unless that would go over `quota`: then nothing is counted and the
    answer is False. The first characters of a day are held against the quota like any others."""
    if quota is not None and characters > quota:
        return False
    counted = UsageRow.characters + characters
    counted_now = session.scalar(
        insert_into(session, UsageRow)
        .values(key_id=key_id, day=day, characters=characters, requests=requests)
        .on_conflict_do_update(
            index_elements=[UsageRow.key_id, UsageRow.day],
            set_={"characters": counted, "requests": UsageRow.requests + requests},
            where=None if quota is None else counted <= quota,
        )
        .returning(UsageRow.characters)
    )
    return counted_now is not None


def refund(session: Session, key_id: str, day: date, characters: int) -> None:
    """Give back what was charged on `day` for work that failed; the request stays counted."""
    left = UsageRow.characters - characters
    session.execute(
        update(UsageRow)
        .where(UsageRow.key_id == key_id, UsageRow.day == day)
        .values(characters=case((left > 0, left), else_=0))
    )


def used(session: Session, key_id: str, day: date) -> int:
    """Characters charged on `day`."""
    wanted = select(UsageRow.characters).where(UsageRow.key_id == key_id, UsageRow.day == day)
    return session.scalar(wanted) or 0


def days(session: Session, key_id: str, since: date) -> list[Usage]:
    """The days from `since` on which the key was used, newest first."""
    wanted = select(UsageRow).where(UsageRow.key_id == key_id, UsageRow.day >= since)
    rows = session.scalars(wanted.order_by(UsageRow.day.desc()))
    return [Usage(row.day, row.characters, row.requests) for row in rows]


def give_back(session: Session, job: Job, characters: int | None = None) -> None:
    """Within the transaction that ends a job: what it was charged, all of it by default."""
    if job.key_id is not None:
        given = job.characters if characters is None else characters
        refund(session, job.key_id, job.created.date(), given)
