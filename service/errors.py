"""What a caller did wrong or the service can't do, as RFC 9457 `application/problem+json`.

Handlers raise `Problem("code", "detail")`; `KINDS` holds every code with its status and meaning, and is what
the page at /docs/problems (the `type` of each problem) is made from. Errors of `models` are turned into
problems here, in one place.

Nothing a caller sent is repeated in a problem or in the log beyond names of fields.
"""

import logging
import math
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, json, request
from werkzeug.exceptions import HTTPException

from models.errors import Busy, Closed, EngineUnavailable, ModelError, MujazError, SummaryFailed, TooLong
from service.glossaries import UnknownGlossary
from service.ingest.fetch_errors import (
    FetchError,
    FetchFailed,
    FetchRefused,
    FetchTimeout,
    FetchTooLarge,
    FetchUnsupported,
)
from service.ingest.pool import ExtractionFailed
from service.ingest.uploads import NoText, UnreadableFile
from service.store.errors import StoreBusy, StoreError, StoreFull

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem. `meaning` is for the documentation: when it comes and what to do."""

    code: str
    status: int
    title: str
    meaning: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("bad_request", 400, "Bad request", "The request isn't valid HTTP or can't be understood."),
        Kind("empty_body", 400, "Empty body", "The request has no body. Send JSON or a form."),
        Kind("incomplete_body", 400, "Incomplete body", "The connection ended within the body."),
        Kind("bad_utf8", 400, "Body is not UTF-8", "`detail` names the offset of the first wrong byte."),
        Kind("bad_json", 400, "Body is not JSON", "`detail` names line and column. NaN isn't JSON."),
        Kind("duplicate_key", 400, "Key stands twice", "A JSON object holds a key twice."),
        Kind("not_an_object", 400, "Body is not an object", "The JSON must be an object: {\"text\": \"…\"}."),
        Kind("bad_form", 400, "Broken form", "The form data can't be taken apart."),
        Kind("unauthorized", 401, "Key needed",
             "Send `Authorization: Bearer mjz_…` with a key that works. Whoever runs the service makes one: "
             "`mujaz keys create NAME`, or POST /v1/keys."),
        Kind("forbidden", 403, "Not with this key", "The key lacks the scope that `detail` names."),
        Kind("host_not_allowed", 403, "Host not allowed",
             "Without keys only localhost and `server.allowed_hosts` are answered, against DNS rebinding."),
        Kind("origin_not_allowed", 403, "Origin not allowed",
             "A web page of another site sent this. Allow it with `server.allowed_origins`."),
        Kind("not_found", 404, "Not found", "There is nothing at this path."),
        Kind("method_not_allowed", 405, "Method not allowed", "The `Allow` header names those that are."),
        Kind("still_at_work", 409, "Still at work", "The first request with this key is at work."),
        Kind("no_result", 409, "No result", "The job is still at work, failed, or was cancelled."),
        Kind("body_too_large", 413, "Body too large", "The body is over `limits.max_body_bytes`."),
        Kind("too_many_items", 413, "Too many items", "The batch is over `limits.max_batch`."),
        Kind("unsupported_media_type", 415, "Unsupported content type",
             "`detail` names the content types that this path reads."),
        Kind("key_reused", 422, "Key used before", "Another request had the same Idempotency-Key."),
        Kind("invalid", 422, "Invalid request", "`errors` says for each field what is wrong with it."),
        Kind("text_too_long", 422, "Text too long", "The text is over `limits.max_text_chars`."),
        Kind("not_available", 422, "Not available", "That isn't to be had here; `detail` says where it is."),
        Kind("unknown_model", 422, "Unknown model", "Only the active model of /v1/models can be asked for."),
        Kind("unknown_glossary", 422, "Unknown glossary", "There is no such glossary, or it isn't yours."),
        Kind("unreadable_file", 422, "Unreadable file", "It isn't text or HTML in a known encoding."),
        Kind("no_text", 422, "No text found", "The page or file holds no text to work on."),
        Kind("not_a_feed", 422, "Not a feed",
             "The URL leads to neither RSS, Atom nor JSON Feed, nor to a page that names one."),
        Kind("too_many_feeds", 422, "Too many feeds", "The team follows `monitoring.max_feeds` already."),
        Kind("url_refused", 422, "URL not fetched",
             "Only public http(s) addresses on ports 80 and 443 are fetched, or those in `fetch.allow`."),
        Kind("page_too_large", 422, "Page too large", "The page is over `fetch.max_bytes`."),
        Kind("page_unsupported", 422, "Not a page", "The URL leads to neither HTML nor plain text."),
        Kind("fetch_failed", 422, "Page not fetched",
             "The server can't be reached, or answered with an error; `detail` says which."),
        Kind("fetch_timeout", 422, "Page too slow", "It was not complete within `fetch.timeout_seconds`."),
        Kind("extraction_failed", 422, "Extraction failed", "The page took too long or broke the parser."),
        Kind("summary_failed", 422, "No summary", "The summary can't be made; `detail` says why."),
        Kind("too_many_requests", 429, "Too many requests",
             "Over `limits.requests_per_minute`; `Retry-After` says when there is room."),
        Kind("too_many_running", 429, "Too many at once",
             "Over `limits.concurrent_requests` of this key; wait for one of them to end."),
        Kind("quota_exceeded", 429, "Quota used up",
             "The key's characters of the day are used; `Retry-After` is the time to midnight UTC."),
        Kind("queue_full", 429, "Too many jobs", "`jobs.max_waiting` jobs wait; try after `Retry-After`."),
        Kind("too_many_streams", 429, "Too many streams", "`limits.event_streams` are open already."),
        Kind("busy", 429, "Busy", "More work waits than is taken; try again after `Retry-After` seconds."),
        Kind("store_full", 507, "No room to store", "The disk is full; nothing of the request was kept."),
        Kind("gave_up", 500, "Given up", "The process ended `jobs.max_attempts` times while at work on it."),
        Kind("internal", 500, "Internal error", "Our fault. The log has it under the request id."),
        Kind("unavailable", 503, "Not available now", "The model isn't loaded or can't work; see /readyz."),
        Kind("store_busy", 503, "Store busy", "The database is held by another process; try again."),
        Kind("draining", 503, "Shutting down", "The service is stopping and takes no new work."),
    )
}  # fmt: skip
#: Seconds after which it may be worth fetching a page again.
FETCH_WAIT = 30
_FETCHING: dict[type[FetchError], str] = {
    FetchRefused: "url_refused",
    FetchFailed: "fetch_failed",
    FetchTimeout: "fetch_timeout",
    FetchTooLarge: "page_too_large",
    FetchUnsupported: "page_unsupported",
}
_BY_STATUS = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large",
              415: "unsupported_media_type", 422: "invalid"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `pointer` is a JSON pointer into the body."""

    pointer: str
    detail: str


class Problem(Exception):
    """Ends a request with a problem document. `code` is one of `KINDS`."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = KINDS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.headers = dict(headers or {})


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901) to a field; long names are cut, they come from the caller."""
    return "".join("/" + str(part)[:80].replace("~", "~0").replace("/", "~1") for part in parts)


def as_problem(error: BaseException) -> Problem:
    """The problem that an exception stands for; `internal` for what nobody foresaw."""
    match error:
        case Problem():
            return error
        case Busy():
            return Problem("busy", str(error), retry_after=error.retry_after)
        case Closed():
            return Problem("draining", "The service is shutting down.", retry_after=10)
        case TooLong():
            return Problem("text_too_long", str(error))
        case UnreadableFile():
            return Problem("unreadable_file", str(error))
        case NoText():
            return Problem("no_text", str(error))
        case ExtractionFailed():
            return Problem("extraction_failed", str(error))
        case FetchError():
            wait = FETCH_WAIT if error.retryable else None
            return Problem(_FETCHING[type(error)], str(error), retry_after=wait)
        case SummaryFailed():
            return Problem("summary_failed", str(error))
        case UnknownGlossary():
            return Problem("unknown_glossary", str(error))
        case StoreFull():
            return Problem("store_full", str(error))
        case StoreBusy():
            return Problem("store_busy", str(error), retry_after=5)
        case StoreError():
            return Problem("unavailable", str(error), retry_after=30)
        case ModelError() | EngineUnavailable():
            return Problem("unavailable", str(error), retry_after=30)
        case HTTPException() if error.code == 429:
            detail = "Too many requests in a minute from this key or address."
            return Problem("too_many_requests", detail, retry_after=g.get("retry_after", 1))
        case HTTPException() if error.code is not None and error.code < 500:
            return Problem(_BY_STATUS.get(error.code, "bad_request"), _http_detail(error))
    return Problem("internal", "Something went wrong here; the log has it under this request id.")


def _http_detail(error: HTTPException) -> str:
    if error.code == 404:
        return "There is nothing at this path; /docs lists what there is."
    if error.code == 405:
        methods = set(getattr(error, "valid_methods", None) or ()) - {"OPTIONS", "HEAD"}
        allowed = " and ".join(sorted(methods))
        return f"This path answers {allowed} only."
    return error.description or "The request can't be understood."


def document(problem: Problem, request_id: str | None = None, root: str = "") -> dict[str, Any]:
    """The problem document. `root` is the path under which a proxy serves us."""
    return {
        "type": f"{root}/docs/problems#{problem.kind.code}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "request_id": request_id,
        "errors": [{"pointer": e.pointer, "detail": e.detail} for e in problem.errors],
    }


def render(problem: Problem) -> Response:
    """The problem as a response, `Retry-After` included."""
    body = document(problem, g.get("request_id"), request.script_root)
    response = Response(json.dumps(body), problem.kind.status, mimetype=PROBLEM_JSON, headers=problem.headers)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return response


def log_unforeseen(error: BaseException) -> None:
    """The message may hold a piece of the article; type and place tell what we need."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("unforeseen %s\n%s", type(error).__qualname__, frames)


def handle(error: Exception) -> Response:
    """Answer a request with what went wrong in it."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return Response(error.get_body(), error.code, list(error.get_headers()))  # a redirect
    problem = as_problem(error)
    if problem.kind.code == "internal":
        log_unforeseen(error)
    response = render(problem)
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
    return response


def init_app(app: Flask) -> None:
    """Answer every error of `app` with a problem document."""
    for kind in (Problem, MujazError, StoreError, HTTPException, Exception):
        app.register_error_handler(kind, handle)
