"""/v1/jobs: accepted work, how far it is, what came out, and ending it."""

from datetime import UTC, datetime

from flask import Response
from sqlalchemy.orm import Session

from service.api import acceptance, job_events, stored
from service.api.job_schemas import JobJson, JobList, JobPath, JobQuery
from service.api.requests import answer, reads
from service.api.routes import Route
from service.api.schemas import SummaryResponse, TranslationResponse
from service.context import principal, services
from service.errors import Problem
from service.jobs import endings, orders
from service.store import articles, jobs
from service.store.jobs import Filter, Job


@reads()
def list_jobs(query: JobQuery) -> Response:
    """List jobs, newest first.

    Those of feeds' entries, of which there are many, are shown only to who asks for `kind=entry`. A finished
    job is kept for `jobs.retention_days`.
    """
    without = orders.ENTRY if query.kind is None else None
    wanted = Filter(query.state, query.batch_id, query.kind, without)
    with services().database.read() as session:
        found = jobs.page(session, principal().owner, wanted, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(JobList(items=[acceptance.job_json(job) for job in page], next=after))


@reads()
def get_job(path: JobPath) -> Response:
    """Look a job up."""
    return answer(acceptance.job_json(own(path.job_id)))


@reads()
def cancel_job(path: JobPath) -> Response:
    """Cancel a job.

    One that waits ends at once; one at work ends as soon as it notices, within a second or two. A job that
    has ended stays as it is.
    """
    owner, now = principal().owner, datetime.now(UTC)
    with services().database.write() as session:
        job, ended_now = jobs.cancel(session, owner, path.job_id, now)
        if job is not None and ended_now:
            endings.job_ended(session, job)
    if job is None:
        raise unknown()
    services().executor.stop(job.id)
    return answer(acceptance.job_json(job))


@reads()
def get_job_result(path: JobPath) -> Response:
    """Read what came out of a job.

    The same JSON that the request would have been answered with.
    """
    job = own(path.job_id)
    if job.state != "succeeded":
        raise Problem("no_result", f"The job is {job.state}.", retry_after=None if job.ended else 1)
    return Response(result_of(job), mimetype="application/json")


@reads()
def stream_job_events(path: JobPath) -> Response:
    """Follow a job (server-sent events).

    Events: `progress` ({done, total}), of a summary `segment` (a finished segment, in order), and at the end
    `done`, `failed` or `cancelled` (the job). After a break, `Last-Event-ID` says how many segments are
    known.
    """
    return job_events.stream(own(path.job_id), own, result_of)


def own(job_id: str) -> Job:
    """The caller's job with this id. Raises `Problem`."""
    with services().database.read() as session:
        job = jobs.get(session, principal().owner, job_id)
    if job is None:
        raise unknown()
    return job


def result_of(job: Job) -> str:
    """The JSON that a succeeded job answers. Raises `Problem` when its article was deleted."""
    with services().database.read() as session:
        result = result_in(session, job)
    if result is None:
        raise Problem("not_found", "The stored article was deleted.")
    return result


def result_in(session: Session, job: Job) -> str | None:
    """The JSON that a succeeded job answers; None when its article was deleted."""
    if job.article_id is None:
        return jobs.result(session, job.id) or "null"
    article = articles.get(session, job.owner, job.article_id)
    return None if article is None else stored.answer(article).model_dump_json(exclude_unset=True)


def unknown() -> Problem:
    return Problem("not_found", "There is no job with this id.")


#: What came out of a list of texts.
_EITHER = ((200, TranslationResponse),)

ROUTES = (
    Route("GET", "/v1/jobs", list_jobs, JobList, "jobs"),
    Route("GET", "/v1/jobs/<job_id>", get_job, JobJson, "jobs"),
    Route("DELETE", "/v1/jobs/<job_id>", cancel_job, JobJson, "jobs"),
    Route("GET", "/v1/jobs/<job_id>/result", get_job_result, SummaryResponse, "jobs", also=_EITHER),
    Route("GET", "/v1/jobs/<job_id>/events", stream_job_events, None, "jobs", mimetype=job_events.EVENTS),
)
