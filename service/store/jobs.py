"""Jobs in the store: the truth about accepted work.

A job is `queued`, then `running` under a lease, then `succeeded`, `failed` or `cancelled`. A worker that
stops renewing its lease is taken for dead, and the job is anyone's again. What a worker writes counts only
while it holds the job: its name and `attempts` fence out one that was slow and has been replaced.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.tables import JobRow
from service.store.types import UtcTime

State = Literal["queued", "running", "succeeded", "failed", "cancelled"]
#: Old jobs deleted in one transaction.
PIECE = 500
#: Attempts after which a job no longer goes before others.
SUSPECT = 3
ENDED: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class NewJob:
    """What to do. `request` is JSON that the job's kind understands; `article_id` the id that its result will
    have in the store, chosen now, so that a job that runs twice stores once."""

    id: str
    owner: str
    key_id: str
    kind: str
    lane: str
    request: Mapping[str, Any]
    characters: int
    article_id: str | None = None
    batch_id: str | None = None
    position: int | None = None
    custom_id: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now; fields as in `JobRow`."""

    id: str
    owner: str
    key_id: str | None
    kind: str
    lane: str
    state: str
    request: Mapping[str, Any]
    characters: int
    batch_id: str | None
    position: int | None
    custom_id: str | None
    attempts: int
    leased_by: str | None
    cancelling: bool
    done: int
    total: int
    article_id: str | None
    problem: Mapping[str, Any] | None
    created: datetime
    started: datetime | None
    finished: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ENDED


_FIELDS = tuple(getattr(JobRow, name) for name in Job.__slots__)


def add(session: Session, jobs: Sequence[NewJob], now: datetime) -> None:
    """Accept jobs: once the transaction is committed they survive anything."""
    if jobs:
        fixed = {"state": "queued", "attempts": 0, "cancelling": False, "done": 0, "total": 0, "created": now}
        session.execute(
            insert(JobRow), [{name: getattr(job, name) for name in NewJob.__slots__} | fixed for job in jobs]
        )


def get(session: Session, owner: str, job_id: str) -> Job | None:
    return _one(session, JobRow.id == job_id, JobRow.owner == owner)


def result(session: Session, job_id: str) -> str | None:
    """What came out, as JSON; None while there is none, or when it is the stored article."""
    return session.scalar(select(JobRow.result).where(JobRow.id == job_id))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs are wanted; None: all."""

    state: str | None = None
    batch_id: str | None = None
    kind: str | None = None
    without: str | None = None  # a kind that isn't wanted


def page(session: Session, owner: str, wanted: Filter, limit: int, after: str | None = None) -> list[Job]:
    """Up to `limit` jobs, newest first; `after` is the last id of the page before."""
    query = select(*_FIELDS).where(JobRow.owner == owner).order_by(JobRow.id.desc()).limit(limit)
    if after is not None:
        query = query.where(JobRow.id < after)
    if wanted.state is not None:
        query = query.where(JobRow.state == wanted.state)
    if wanted.batch_id is not None:
        query = query.where(JobRow.batch_id == wanted.batch_id)
    if wanted.kind is not None:
        query = query.where(JobRow.kind == wanted.kind)
    if wanted.without is not None:
        query = query.where(JobRow.kind != wanted.without)
    return [Job(*row) for row in session.execute(query)]


def select_all(session: Session, where: Sequence[ColumnElement[bool]], order: Any, limit: int) -> list[Job]:
    """Up to `limit` jobs that meet all of `where`, in `order`; for queries of other topics."""
    return [Job(*row) for row in session.execute(select(*_FIELDS).where(*where).order_by(order).limit(limit))]


def any_ready(session: Session, lane: str, now: datetime) -> bool:
    """Whether `claim` may find something; a read, so that idle workers never hold up a write."""
    ready = or_(_queued(lane, now), _dead(lane, now))
    return bool(session.scalar(select(exists().where(ready))))


def claim(session: Session, lane: str, worker: str, now: datetime, lease: timedelta) -> Job | None:
    """Take a job: one whose worker died, else the oldest of the owner who has the fewest running. One that
    has seen several workers die comes last: it may be what kills them."""
    job_id = (
        _abandoned(session, lane, now, SUSPECT)
        or _fairest(session, lane, now)
        or _abandoned(session, lane, now)
    )
    if job_id is None:
        return None
    session.execute(
        update(JobRow)
        .where(JobRow.id == job_id)
        .values(
            state="running",
            attempts=JobRow.attempts + 1,
            leased_by=worker,
            lease_until=now + lease,
            not_before=None,
            started=func.coalesce(JobRow.started, _not_before(JobRow.created, now)),
            done=0,
            total=0,
        )
    )
    return _one(session, JobRow.id == job_id)


def _not_before(column: Any, now: datetime) -> ColumnElement[datetime]:
    """`now`, but no earlier than what another process wrote, whose clock may be ahead."""
    return case((column > now, column), else_=literal(now, UtcTime()))


def _abandoned(session: Session, lane: str, now: datetime, under: int | None = None) -> str | None:
    attempts = true() if under is None else JobRow.attempts < under
    return session.scalar(
        select(JobRow.id)
        .where(_dead(lane, now), attempts)
        .order_by(JobRow.attempts, JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _queued(lane: str, now: datetime) -> ColumnElement[bool]:
    due = or_(JobRow.not_before.is_(None), JobRow.not_before <= now)
    return and_(JobRow.state == "queued", JobRow.lane == lane, due)


def _dead(lane: str, now: datetime) -> ColumnElement[bool]:
    return and_(JobRow.state == "running", JobRow.lane == lane, JobRow.lease_until <= now)


def _fairest(session: Session, lane: str, now: datetime) -> str | None:
    """Owners who wait come in the order of how much of theirs runs, then of how long they have waited."""
    ready = _queued(lane, now)
    oldest = select(JobRow.owner, func.min(JobRow.id)).where(ready).group_by(JobRow.owner)
    waiting = dict(session.execute(oldest).all())
    if not waiting:
        return None
    counts = select(JobRow.owner, func.count()).where(JobRow.state == "running").group_by(JobRow.owner)
    running = dict(session.execute(counts).all())
    for owner in sorted(waiting, key=lambda o: (running.get(o, 0), waiting[o])):
        found = session.scalar(
            select(JobRow.id)
            .where(ready, JobRow.owner == owner)
            .order_by(JobRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is not None:
            return found
    return None


def renew(
    session: Session, job_ids: Iterable[str], worker: str, now: datetime, lease: timedelta
) -> dict[str, bool]:
    """Renew the leases of jobs at work. Those that are still the worker's come back, with whether somebody
    wants them cancelled; the others were taken over."""
    ids = list(job_ids)
    held = (JobRow.id.in_(ids), JobRow.state == "running", JobRow.leased_by == worker)
    session.execute(update(JobRow).where(*held).values(lease_until=now + lease))
    return dict(session.execute(select(JobRow.id, JobRow.cancelling).where(*held)).all())


def progress(session: Session, marks: Mapping[str, tuple[int, int]], worker: str) -> None:
    """Write down how far jobs at work are: segments done, of how many."""
    for job_id, (done, total) in marks.items():
        session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.state == "running", JobRow.leased_by == worker)
            .values(done=done, total=total)
        )


def finish(session: Session, job: Job, now: datetime, outcome: str | None, segments: int) -> bool:
    """The job is done, with its result as JSON (None: it is the stored article). False, and nothing
    written, when the worker has lost the job."""
    marks = {"done": segments, "total": segments}
    return _end(
        session, job, {"state": "succeeded", "finished": _after(job, now), "result": outcome, **marks}
    )


def stored_as(session: Session, job: Job, article_id: str) -> None:
    """The result was stored before under another id: the same work had been done."""
    session.execute(update(JobRow).where(JobRow.id == job.id).values(article_id=article_id))


def measured(session: Session, job: Job, characters: int) -> None:
    """The job turned out to be this long."""
    session.execute(update(JobRow).where(JobRow.id == job.id).values(characters=characters))


def grown(session: Session, job: Job, characters: int) -> bool:
    """The job at work turned out to be longer. False when the worker has lost the job."""
    changed = session.execute(update(JobRow).where(*_held(job)).values(characters=characters))
    assert isinstance(changed, CursorResult)
    return changed.rowcount > 0


def fail(session: Session, job: Job, now: datetime, problem: Mapping[str, Any]) -> bool:
    """The job can't be done; `problem` is the problem document. False when the worker has lost the job."""
    return _end(session, job, {"state": "failed", "finished": _after(job, now), "problem": dict(problem)})


def cancelled(session: Session, job: Job, now: datetime) -> bool:
    """The worker stopped, as somebody wanted. False when the worker has lost the job."""
    return _end(session, job, {"state": "cancelled", "finished": _after(job, now)})


def _after(job: Job, now: datetime) -> datetime:
    """When the job ended by this clock; another machine's, which began it, may be ahead."""
    return now if job.started is None else max(job.started, now)


def release(session: Session, job: Job, not_before: datetime | None = None) -> bool:
    """Put a job back unharmed: the service shuts down, or there was no room for it. It doesn't count as an
    attempt."""
    values = {"state": "queued", "attempts": JobRow.attempts - 1, "not_before": not_before}
    return _end(session, job, values)


def _end(session: Session, job: Job, values: Mapping[str, Any]) -> bool:
    changed = session.execute(
        update(JobRow).where(*_held(job)).values(leased_by=None, lease_until=None, **values)
    )
    assert isinstance(changed, CursorResult)
    return changed.rowcount > 0


def _held(job: Job) -> tuple[ColumnElement[bool], ...]:
    """That the job is still the worker's that claimed it."""
    return (
        JobRow.id == job.id,
        JobRow.state == "running",
        JobRow.leased_by == job.leased_by,
        JobRow.attempts == job.attempts,
    )


def cancel(session: Session, owner: str, job_id: str, now: datetime) -> tuple[Job | None, bool]:
    """End a job that waits; ask the worker of one that runs to stop. One that has ended stays as it is.
    Answers the job, and whether this ended it: then `endings.job_ended` is to be called."""
    mine = (JobRow.id == job_id, JobRow.owner == owner)
    ended = session.scalar(
        update(JobRow)
        .where(*mine, JobRow.state == "queued")
        .values(state="cancelled", finished=now, cancelling=True)
        .returning(JobRow.id)
    )
    session.execute(update(JobRow).where(*mine, JobRow.state == "running").values(cancelling=True))
    return _one(session, *mine), ended is not None


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits or runs."""

    jobs: int
    characters: int


def backlog(session: Session) -> Backlog:
    wanted = select(func.count(), func.coalesce(func.sum(JobRow.characters), 0)).where(
        JobRow.state.in_(("queued", "running"))
    )
    number, characters = session.execute(wanted).one()
    return Backlog(number, int(characters))


def remove(session: Session, job: Job) -> None:
    """Forget a job that has ended."""
    session.execute(delete(JobRow).where(JobRow.id == job.id, JobRow.state.in_(ENDED)))


def expire(session: Session, before: datetime, limit: int = PIECE) -> int:
    """Delete up to `limit` jobs that ended before then, those of batches when the whole batch has; returns
    how many."""
    open_batches = select(JobRow.batch_id).where(
        JobRow.batch_id.is_not(None),
        or_(JobRow.finished.is_(None), JobRow.finished >= before),
    )
    old = select(JobRow.id).where(
        JobRow.state.in_(ENDED),
        JobRow.finished < before,
        or_(JobRow.batch_id.is_(None), JobRow.batch_id.not_in(open_batches)),
    )
    gone = session.execute(delete(JobRow).where(JobRow.id.in_(old.limit(limit))))
    assert isinstance(gone, CursorResult)
    return gone.rowcount


def _one(session: Session, *where: Any) -> Job | None:
    row = session.execute(select(*_FIELDS).where(*where)).one_or_none()
    return None if row is None else Job(*row)
