"""How much each watch of an owner has found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.alerts import KNOWN
from service.store.watch_tables import AlertRow


@dataclass(frozen=True, slots=True)
class Found:
    """The alerts of a watch that are still kept: how many, and when the last one was found."""

    alerts: int
    last: datetime


def found(session: Session, owner: str) -> dict[str, Found]:
    """By the watch's id; watches that found nothing are left out."""
    wanted = (
        select(AlertRow.watch_id, func.count(), func.max(AlertRow.created))
        .where(AlertRow.owner == owner, AlertRow.state != KNOWN)
        .group_by(AlertRow.watch_id)
    )
    return {watch_id: Found(number, last) for watch_id, number, last in session.execute(wanted)}
