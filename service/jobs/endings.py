"""What follows from the end of a job or of a batch, in the transaction that ends it: either both are written
or neither. Whoever ends jobs calls `job_ended`, whoever wants to hear of it is called here."""

from sqlalchemy.orm import Session

from service.store import batches, usage
from service.store.batches import Batch
from service.store.jobs import Job


def job_ended(session: Session, job: Job) -> None:
    """`job` has just ended; called once for each job. Who gets no result pays nothing."""
    if job.state != "succeeded":
        usage.give_back(session, job)
    if job.batch_id is not None and job.finished is not None:
        batch = batches.close(session, job.batch_id, job.finished)
        if batch is not None:
            batch_ended(session, batch)


def batch_ended(session: Session, batch: Batch) -> None:
    """The last job of `batch` has just ended; called once for each batch."""
