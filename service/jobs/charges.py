"""What a job is charged for beyond what its request said: an article behind a URL is as long as it is."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from service import quotas
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
        quota = quotas.size(None if key is None else key.daily_characters, runtime.config.limits)
        charged = usage.charge(session, job.key_id, job.created.date(), more, quota, requests=0)
        if charged and not jobs.grown(session, job, characters):
            raise Stopped  # another worker has the job, and charges for it
    if charged:
        return
    runtime.services.metrics.refused("quota")
    raise quotas.exceeded(characters, quota, datetime.now(UTC))
