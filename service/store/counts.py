"""Numbers about the store, for the metrics."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.tables import JobRow

STATES = ("queued", "running", "succeeded", "failed", "cancelled")


def jobs_by_state(session: Session) -> dict[str, int]:
    """How many jobs the store has in each state."""
    found = session.execute(select(JobRow.state, func.count().label("jobs")).group_by(JobRow.state))
    return dict.fromkeys(STATES, 0) | {row.state: row.jobs for row in found}
