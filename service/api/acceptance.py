"""Work that is accepted now and done later: when that is, and the answer 202."""

import re
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from service.api import idempotency
from service.api.admission import charge
from service.api.job_schemas import JobJson
from service.api.requests import answer
from service.context import current, principal, services
from service.errors import Problem
from service.jobs import shown
from service.store import jobs
from service.store.ids import new_id
from service.store.jobs import Job, NewJob

_RESPOND_ASYNC = re.compile(r"(?:^|,)\s*respond-async\s*(?:;|,|$)", re.IGNORECASE)


def is_asked_for() -> bool:
    """Whether the caller prefers a job (RFC 7240, section 4.1)."""
    return bool(_RESPOND_ASYNC.search(request.headers.get("Prefer", "")))


def is_due(characters: int) -> bool:
    """Whether work of this size becomes a job: because the caller asks for it, or would wait too long."""
    return is_asked_for() or characters > current().config.limits.sync_chars


def order(kind: str, request: dict[str, Any], characters: int, *, stored: bool = False) -> NewJob:
    """A job of the caller's, to be accepted. `stored`: its result will be a stored article."""
    caller = principal()
    return NewJob(
        id=new_id("job"),
        owner=caller.owner,
        key_id=caller.key_id,
        kind=kind,
        lane="interactive",
        request=request,
        characters=characters,
        article_id=new_id("art") if stored else None,
    )


def accept(job: NewJob) -> Response:
    """Take the job on. Once this is answered, the work survives anything. Raises `Problem`: `queue_full`,
    `quota_exceeded`."""
    now = datetime.now(UTC)
    with services().database.write() as session:
        check_room(jobs.backlog(session), 1)
        charge(session, job.characters, now)
        jobs.add(session, [job], now)
        made = jobs.get(session, job.owner, job.id)
        assert made is not None
        response = answer(job_json(made))
        response.status_code = 202
        response.headers["Location"] = f"{request.script_root}/v1/jobs/{job.id}"
        if is_asked_for():
            response.headers["Preference-Applied"] = "respond-async"
        idempotency.keep(session, response)
    services().executor.notify()
    return response


def check_room(backlog: jobs.Backlog, wanted: int) -> None:
    """Raises `Problem` when `wanted` more jobs would be too many."""
    most = current().config.jobs.max_waiting
    if backlog.jobs + wanted > most:
        services().metrics.refused("queue_full")
        raise Problem(
            "queue_full",
            f"{backlog.jobs:,} jobs wait, and {most:,} may; try again later.",
            retry_after=services().executor.seconds_for(backlog.characters, backlog.jobs + wanted - most),
        )


def job_json(job: Job) -> JobJson:
    """A job as the API shows it."""
    return JobJson.model_validate(shown.job_fields(job, request.script_root))
