"""What follows from the end of a job or of a batch, in the transaction that ends it: either both are written
or neither. Whoever ends jobs calls `job_ended`, whoever wants to hear of it is called here."""

from typing import Literal, get_args

from sqlalchemy.orm import Session

from service.jobs import orders, shown
from service.store import batches, entries, usage, webhooks
from service.store.batches import Batch
from service.store.entries import Outcome
from service.store.jobs import Job

#: What webhooks are told. A cancelled job is no news to the team that cancelled it.
Event = Literal["job.succeeded", "job.failed", "batch.finished", "watch.matched", "digest.made"]
EVENTS: tuple[Event, ...] = get_args(Event)


def job_ended(session: Session, job: Job) -> None:
    """`job` has just ended; called once for each job. Who gets no result pays nothing. Webhooks are told of
    jobs that somebody sent alone, and of batches."""
    if job.state != "succeeded":
        usage.give_back(session, job)
        if orders.is_of_feed(job):
            _entry_failed(session, job)
    event = f"job.{job.state}"
    alone = job.batch_id is None and not orders.is_of_feed(job)
    if alone and job.finished is not None and event in EVENTS:
        webhooks.announce(session, job.owner, event, shown.job_fields(job), job.finished)
    if job.batch_id is not None and job.finished is not None:
        batch = batches.close(session, job.batch_id, job.finished)
        if batch is not None:
            batch_ended(session, batch)


def _entry_failed(session: Session, job: Job) -> None:
    """The entry says why it isn't translated; it must not seem to wait for ever."""
    detail = "Its translation was cancelled." if job.problem is None else str(job.problem.get("detail", ""))
    outcome = Outcome("failed", remark=detail)
    entries.finish(session, job.request["entry_id"], job.request["digest"], outcome)


def batch_ended(session: Session, batch: Batch) -> None:
    """The last job of `batch` has just ended; called once for each batch."""
    assert batch.announced is not None
    counts = batches.counts(session, [batch.id])[batch.id]
    fields = shown.batch_fields(batch, counts)
    webhooks.announce(session, batch.owner, "batch.finished", fields, batch.announced)
