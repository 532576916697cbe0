"""Jobs and batches as they are shown: by the API when asked, and to webhooks when they have ended. `root` is
the path under which the API is reached."""

from collections.abc import Mapping
from typing import Any

from service.store.batches import Batch
from service.store.jobs import Job

STATES = ("queued", "running", "succeeded", "failed", "cancelled")


def job_fields(job: Job, root: str = "") -> dict[str, Any]:
    """A job, without anything of its text."""
    result_url = None
    if job.state == "succeeded":
        kept = job.article_id is not None
        result_url = f"{root}/v1/articles/{job.article_id}" if kept else f"{root}/v1/jobs/{job.id}/result"
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": {"done": job.done, "total": job.total},
        "attempts": job.attempts,
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "result_url": result_url,
        "problem": None if job.problem is None else dict(job.problem),
        "batch_id": job.batch_id,
        "position": job.position,
        "custom_id": job.custom_id,
    }


def batch_fields(batch: Batch, counts: Mapping[str, int], root: str = "") -> dict[str, Any]:
    """A batch; `counts` is how many of its jobs are in which state."""
    place = f"{root}/v1/batches/{batch.id}"
    return {
        "id": batch.id,
        "kind": batch.kind,
        "total": batch.total,
        "counts": {state: counts.get(state, 0) for state in STATES},
        "created": batch.created,
        "finished": batch.announced,
        "items_url": f"{place}/items",
        "results_url": f"{place}/results",
    }
