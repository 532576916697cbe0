"""/v1/batches: many articles at once, each a job of its own, with their results in one file."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request, stream_with_context
from sqlalchemy.orm import Session

from service.api import acceptance, batch_items, idempotency
from service.api.admission import charge
from service.api.batch_schemas import (
    BatchJson,
    BatchList,
    BatchPath,
    BatchQuery,
    BatchRequest,
    ItemList,
    ItemQuery,
    ResultQuery,
)
from service.api.jobs import result_in
from service.api.requests import answer, reads
from service.api.routes import Route
from service.body import Upload
from service.context import principal, services
from service.errors import Problem
from service.jobs import endings, shown
from service.store import batches, jobs, usage
from service.store.batches import Batch
from service.store.ids import new_id
from service.store.jobs import ENDED, Job, NewJob

JSON_LINES = "application/x-ndjson"
#: Results read from the store at a time: enough to be quick, few enough for articles of any length.
TOGETHER = 20


@reads(files=("file",), raw={JSON_LINES: "file", "application/jsonl": "file"}, limit="max_batch_bytes")
def create_batch(body: BatchRequest, uploads: Mapping[str, Upload]) -> Response:
    """Send many articles.

    `items` has what POST /v1/summaries takes (with `kind: translation`: POST /v1/translations), each with a
    `custom_id` if you like. Or send JSON Lines: as the body (`application/x-ndjson`) or as a form's `file`,
    an item a line. All items are taken or none.
    """
    works = batch_items.read(body, uploads.get("file"))
    caller, now = principal(), datetime.now(UTC)
    batch = Batch(new_id("bat"), caller.owner, caller.key_id, body.kind, len(works), now)
    made = _jobs(batch, works)
    with services().database.write() as session:
        acceptance.check_room(jobs.backlog(session), len(made))
        charge(session, sum(job.characters for job in made), now, requests=len(made))
        batches.add(session, batch)
        jobs.add(session, made, now)
        response = answer(batch_json(batch, {"queued": len(made)}))
        response.status_code = 202
        response.headers["Location"] = f"{request.script_root}/v1/batches/{batch.id}"
        idempotency.keep(session, response)
    services().executor.notify()
    return response


def _jobs(batch: Batch, works: list[batch_items.Work]) -> list[NewJob]:
    """Ids of one millisecond are in no order; sorted, the items are worked on in the order they came in."""
    ids = sorted(new_id("job") for _ in works)
    return [
        NewJob(
            id=id,
            owner=batch.owner,
            key_id=batch.key_id or "",
            kind=batch.kind,
            lane="bulk",
            request=work.request,
            characters=work.characters,
            article_id=new_id("art") if work.stored else None,
            batch_id=batch.id,
            position=position,
            custom_id=work.custom_id,
        )
        for position, (id, work) in enumerate(zip(ids, works, strict=True))
    ]


@reads()
def list_batches(query: BatchQuery) -> Response:
    """List batches, newest first.

    A finished batch is kept for `jobs.retention_days`.
    """
    with services().database.read() as session:
        found = batches.page(session, principal().owner, query.limit + 1, query.after)
        shown = found[: query.limit]
        counts = batches.counts(session, [batch.id for batch in shown])
    after = shown[-1].id if len(found) > len(shown) else None
    return answer(BatchList(items=[batch_json(batch, counts[batch.id]) for batch in shown], next=after))


@reads()
def get_batch(path: BatchPath) -> Response:
    """Look a batch up."""
    return answer(_shown(path.batch_id))


@reads()
def cancel_batch(path: BatchPath) -> Response:
    """Cancel a batch.

    Items that wait end at once, those at work within a second or two; results that are there stay.
    """
    now = datetime.now(UTC)
    with services().database.write() as session:
        batch = _own(session, path.batch_id)
        waited = batches.cancel(session, batch.id, now)
        if batch.key_id is not None:
            usage.refund(session, batch.key_id, batch.created.date(), waited)
        closed = batches.close(session, batch.id, now)
        if closed is not None:
            endings.batch_ended(session, closed)
        running = batches.items(session, batch.id, batch.total, states=("running",))
    for job in running:
        services().executor.stop(job.id)
    return answer(_shown(path.batch_id))


@reads()
def list_batch_items(path: BatchPath, query: ItemQuery) -> Response:
    """List the items of a batch.

    Each as the job that it is, in the order in which they were sent.
    """
    states = None if query.state is None else (query.state,)
    with services().database.read() as session:
        batch = _own(session, path.batch_id)
        found = batches.items(session, batch.id, query.limit + 1, query.after, states)
    shown = found[: query.limit]
    after = str(shown[-1].position) if len(found) > len(shown) else None
    return answer(ItemList(items=[acceptance.job_json(job) for job in shown], next=after))


@reads()
def get_batch_results(path: BatchPath, query: ResultQuery) -> Response:
    """Read the results of a batch.

    JSON Lines, a line for each item that has ended, in the order in which they were sent; at any time, so
    before the batch has finished these are the results so far. `start` leaves out those before that position.
    """
    with services().database.read() as session:
        batch = _own(session, path.batch_id)
    response = Response(stream_with_context(_results(batch, query.start)), mimetype=JSON_LINES)
    response.headers["Content-Disposition"] = f'attachment; filename="{batch.id}.jsonl"'
    return response


def _results(batch: Batch, start: int) -> Iterator[str]:
    after = start - 1
    while True:
        with services().database.read() as session:
            found = batches.items(session, batch.id, TOGETHER, after, tuple(ENDED))
            lines = [_line(job, _result(session, job)) for job in found]
        yield from lines
        if len(found) < TOGETHER:
            return
        after = found[-1].position or 0


def _result(session: Session, job: Job) -> str | None:
    """None without a result; "null" when it was an article that has been deleted since."""
    return (result_in(session, job) or "null") if job.state == "succeeded" else None


def _line(job: Job, result: str | None) -> str:
    """The result is JSON already, and large; only what stands around it is written here."""
    head: dict[str, Any] = {
        "position": job.position,
        "custom_id": job.custom_id,
        "job_id": job.id,
        "state": job.state,
    }
    if job.problem is not None:
        head["problem"] = dict(job.problem)
    line = json.dumps(head, ensure_ascii=False)
    return f"{line}\n" if result is None else f'{line[:-1]}, "result": {result}}}\n'


def _own(session: Session, batch_id: str) -> Batch:
    batch = batches.get(session, principal().owner, batch_id)
    if batch is None:
        raise Problem("not_found", "There is no batch with this id.")
    return batch


def _shown(batch_id: str) -> BatchJson:
    with services().database.read() as session:
        batch = _own(session, batch_id)
        counts = batches.counts(session, [batch.id])[batch.id]
    return batch_json(batch, counts)


def batch_json(batch: Batch, counts: Mapping[str, int]) -> BatchJson:
    """A batch as the API shows it."""
    return BatchJson.model_validate(shown.batch_fields(batch, counts, request.script_root))


ROUTES = (
    Route("POST", "/v1/batches", create_batch, BatchJson, "batches", status=202),
    Route("GET", "/v1/batches", list_batches, BatchList, "batches"),
    Route("GET", "/v1/batches/<batch_id>", get_batch, BatchJson, "batches"),
    Route("DELETE", "/v1/batches/<batch_id>", cancel_batch, BatchJson, "batches"),
    Route("GET", "/v1/batches/<batch_id>/items", list_batch_items, ItemList, "batches"),
    Route("GET", "/v1/batches/<batch_id>/results", get_batch_results, None, "batches", mimetype=JSON_LINES),
)
