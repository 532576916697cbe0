"""POST /v2/document, its status and its result: files are translated in the background and fetched once."""

from datetime import UTC, datetime
from typing import Any

from flask import Response, json

from models.errors import TooLong
from service import document_jobs, documents
from service.api import acceptance
from service.api.admission import charge
from service.api.deepl import fields, work
from service.api.deepl.errors import Refused, unsupported
from service.api.deepl.fields import Fields
from service.body import Upload
from service.context import current, principal, services
from service.document_jobs import DOCUMENT, DocumentOrder
from service.documents import Document, UnknownKind, UnreadableDocument
from service.store import jobs
from service.store.ids import as_uuid
from service.store.jobs import Job

#: What each state of a job is in DeepL's words.
STATUSES = {
    "queued": "queued",
    "running": "translating",
    "succeeded": "done",
    "failed": "error",
    "cancelled": "error",
}


def upload_document() -> Response:
    """Answers as soon as the file is kept: clients give up on an upload that takes longer."""
    given = fields.read(files=("file",))
    document = _document(given)
    direction = work.direction(given)
    key, digest = document_jobs.new_key()
    source = None if direction.source is None else direction.source.lower()
    target = direction.target.base.lower()
    wanted = DocumentOrder(document, source, target, work.glossary_ids(given), digest)
    billed = 0 if source == target else len(document.text)
    job = acceptance.order(DOCUMENT, wanted.to_json(), billed)
    now = datetime.now(UTC)
    with services().database.write() as session:
        acceptance.check_room(jobs.backlog(session), 1)
        charge(session, job.characters, now)
        jobs.add(session, [job], now)
    services().executor.notify()
    return _answer({"document_id": as_uuid(job.id).hex.upper(), "document_key": key})


def show_document(document_id: str) -> Response:
    key = fields.read().needed("document_key")
    with services().database.read() as session:
        job = document_jobs.find(session, principal().owner, document_id, key)
    if job is None:
        raise _missing()
    return _answer({"document_id": document_id, "status": STATUSES[job.state]} | _details(job))


def download_document(document_id: str) -> Response:
    key = fields.read().needed("document_key")
    with services().database.write() as session:
        job = document_jobs.find(session, principal().owner, document_id, key)
        if job is None:
            raise _missing()
        if job.state in ("failed", "cancelled"):
            raise Refused(404, "Document not found", _reason(job))
        text = document_jobs.take(session, job)
    if text is None:
        raise Refused(503, "Document translation is not done")
    document = DocumentOrder.of(job.request).document
    response = Response(text.encode(), mimetype=documents.MIMETYPES[document.kind])
    response.headers["Content-Disposition"] = documents.disposition(document.name)
    return response


def _document(given: Fields) -> Document:
    upload: Upload | None = given.files.get("file")
    if upload is None:
        raise Refused(400, "Invalid file data.", "There is no file.")
    name = given.text("filename") or upload.name
    wanted = given.text("output_format")
    try:
        document = documents.read(name, upload.data, upload.charset)
    except (UnknownKind, UnreadableDocument) as error:
        raise Refused(400, "Invalid file data.", str(error)) from error
    if wanted is not None and documents.KINDS.get(f".{wanted.lower()}") != document.kind:
        raise unsupported("output_format", "Files keep their format.")
    limit = current().config.limits.max_text_chars
    if len(document.text) > limit:
        raise TooLong(f"{len(document.text):,} characters are over the limit of {limit:,}.")
    return document


def _details(job: Job) -> dict[str, Any]:
    if job.state == "succeeded":
        return {"billed_characters": job.characters}
    if job.ended:
        return {"error_message": _reason(job)}
    return {"seconds_remaining": round(services().executor.seconds_for(job.characters, 1))}


def _reason(job: Job) -> str:
    return "The translation was cancelled." if job.problem is None else str(job.problem["detail"])


def _missing() -> Refused:
    return Refused(404, "Document not found")


def _answer(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), mimetype="application/json")


ROUTES = (
    ("POST", "/v2/document", upload_document),
    ("POST", "/v2/document/<document_id>", show_document),
    ("POST", "/v2/document/<document_id>/result", download_document),
)
