"""What a job is charged for beyond what its request said: an article behind a URL is as long as it is."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from service.errors import Problem
from service.jobs.executor import Stopped
from service.store import jobs, keys, usage
from service.store.jobs import Job

if TYPE_CHECKING:
    from service.runtime import Runtime


def charge_rest(runtime: "Runtime", job: Job, characters: int) -> None:
    """Charge the job's key for the code points that it turned out to have beyond those that it was charged
    for, before they are translated; what isn't translated in the end is given back with the rest. Raises
    `Problem` (`quota_exceeded`), and `Stopped` when the worker has lost the job."""
    more = characters - job.characters
    if not job.key_id or more <= 0:
        return  # what comes with feeds is nobody's request
    with runtime.services.database.write(durable=False) as session:
        key = keys.get(session, job.key_id)
        quota = None if key is None else key.daily_characters
        if quota is None:
            quota = runtime.config.limits.daily_characters or None
        charged = usage.charge(session, job.key_id, job.created.date(), more, quota, requests=0)
        if charged and not jobs.grown(session, job, characters):
            raise Stopped  # another worker has the job, and charges for it
    if charged:
        return
    runtime.services.metrics.refused("quota")
    raise Problem(
        "quota_exceeded",
        f"The article has {characters:,} characters, more than is left of the day's {quota:,}.",
        retry_after=_until_midnight(),
    )


def _until_midnight() -> float:
    now = datetime.now(UTC)
    return (datetime.combine(now.date() + timedelta(days=1), time(tzinfo=UTC)) - now).total_seconds()
