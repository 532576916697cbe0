"""Batches in the store: many jobs that came together, and the moment at which the last of them has ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from service.store import jobs
from service.store.jobs import ENDED, Job
from service.store.tables import BatchRow, JobRow

#: Old batches deleted in one transaction.
PIECE = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is now; `announced` is when the end of its last job was seen."""

    id: str
    owner: str
    key_id: str | None
    kind: str
    total: int
    created: datetime
    announced: datetime | None = None


_FIELDS = tuple(getattr(BatchRow, name) for name in Batch.__slots__)


def add(session: Session, batch: Batch) -> None:
    """Accept a batch; its jobs are added with `jobs.add` in the same transaction."""
    session.execute(insert(BatchRow).values({name: getattr(batch, name) for name in Batch.__slots__}))


def get(session: Session, owner: str, batch_id: str) -> Batch | None:
    """The owner's batch with this id."""
    wanted = select(*_FIELDS).where(BatchRow.id == batch_id, BatchRow.owner == owner)
    row = session.execute(wanted).one_or_none()
    return None if row is None else Batch(*row)


def page(session: Session, owner: str, limit: int, after: str | None = None) -> list[Batch]:
    """Up to `limit` batches, newest first; `after` is the last id of the page before."""
    wanted = select(*_FIELDS).where(BatchRow.owner == owner).order_by(BatchRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(BatchRow.id < after)
    return [Batch(*row) for row in session.execute(wanted)]


def counts(session: Session, batch_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many jobs of each batch are in which state; states without any are left out."""
    wanted = (
        select(JobRow.batch_id, JobRow.state, func.count())
        .where(JobRow.batch_id.in_(batch_ids))
        .group_by(JobRow.batch_id, JobRow.state)
    )
    found: dict[str, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    for batch_id, state, number in session.execute(wanted):
        if batch_id is not None:
            found[batch_id][state] = number
    return found


def items(
    session: Session, batch_id: str, limit: int, after: int = -1, states: Sequence[str] | None = None
) -> list[Job]:
    """Up to `limit` jobs of a batch in the order in which they were sent, those at places behind `after`;
    with `states` only those in one of them."""
    where = [JobRow.batch_id == batch_id, JobRow.position > after]
    if states is not None:
        where.append(JobRow.state.in_(states))
    return jobs.select_all(session, where, JobRow.position, limit)


def cancel(session: Session, batch_id: str, now: datetime) -> int:
    """End the jobs of a batch that wait, and ask for the end of those that run. Answers how many characters
    were in those that waited. `close` afterwards: there may be none left."""
    mine = JobRow.batch_id == batch_id
    waited = session.scalars(
        update(JobRow)
        .where(mine, JobRow.state == "queued")
        .values(state="cancelled", finished=now, cancelling=True)
        .returning(JobRow.characters)
    ).all()
    session.execute(update(JobRow).where(mine, JobRow.state == "running").values(cancelling=True))
    return sum(waited)


def close(session: Session, batch_id: str, now: datetime) -> Batch | None:
    """The batch, when all its jobs have ended and nobody has seen that before; call it in the transaction
    that ends a job of it.

    Of the transactions that end the last jobs at the same moment each would see the others' jobs at work. So
    they queue for the batch's row; the last one sees what the others wrote (PostgreSQL at READ COMMITTED;
    SQLite has one writer anyway).

    FOR NO KEY UPDATE, not FOR UPDATE: writing a job's row twice in a transaction makes PostgreSQL check its
    foreign key again, which takes a KEY SHARE lock on the batch. Two that have it would wait for ever."""
    wanted = select(*_FIELDS).where(BatchRow.id == batch_id).with_for_update(key_share=True)
    row = session.execute(wanted).one_or_none()
    if row is None or row.announced is not None or _is_open(session, batch_id):
        return None
    session.execute(update(BatchRow).where(BatchRow.id == batch_id).values(announced=now))
    return replace(Batch(*row), announced=now)


def _is_open(session: Session, batch_id: str) -> bool:
    """Whether a job has still to end. From the end of the batch, which is worked off from its beginning: so
    an open one is found at once, not behind all those that have ended."""
    wanted = (
        select(JobRow.id)
        .where(JobRow.batch_id == batch_id, JobRow.state.not_in(ENDED))
        .order_by(JobRow.position.desc())
        .limit(1)
    )
    return session.scalar(wanted) is not None


def expire(session: Session, before: datetime, limit: int = PIECE) -> int:
    """Delete up to `limit` batches that ended before then and of which no job is kept any more; returns how
    many."""
    empty = ~exists().where(JobRow.batch_id == BatchRow.id)
    old = select(BatchRow.id).where(BatchRow.announced < before, empty).limit(limit)
    wanted = delete(BatchRow).where(BatchRow.id.in_(old)).returning(BatchRow.id)
    return len(session.scalars(wanted).all())
