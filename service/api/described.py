"""What /openapi.json says beyond the routes' models: bodies other than JSON and the fields in the query that
go with them, headers, further answers, examples."""

import re
from collections.abc import Collection, Iterable, Iterator
from http import HTTPStatus
from typing import Any

from service.api import examples, idempotency
from service.api.requests import given_of
from service.api.routes import Route
from service.body import FORM, JSON, MULTIPART

_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
#: Fields that are the text itself: a body that is a file stands for them.
_INPUTS = frozenset({"text", "html", "url", "entries", "tsv", "csv", "items"})
_LISTS = frozenset({"items", "entries"})
#: What the text of a file is sent as where everybody's strings will do.
_TEXTS = frozenset({"text/plain", "text/html", "text/tab-separated-values", "text/csv"})
#: Content types that some operations have no use for: a list of objects is no form, an OPML file no field.
_NOT_READ = {"/v1/batches": (FORM,), "/v1/feeds.opml": (JSON, FORM)}
#: Models of what has a path of its own when it is accepted.
_PLACED = ("/JobJson", "/BatchJson")

_KEY = "Yours to make up: sent again with the same key within 24 hours, the request is done once."
_PREFER = "`respond-async`: answer 202 with a job at once."
_LAST = "How many segments the listener has: the id of the last event that it saw."
_RETRY = {"description": "Seconds after which to try again.", "schema": {"type": "integer"}}
_LOCATION = {"description": "The path of what was made.", "schema": {"type": "string"}}
_REPLAYED = {"description": "This answer was given before.", "schema": {"enum": ["true"]}}
_APPLIED = {"description": "If it was preferred.", "schema": {"enum": ["respond-async"]}}


def complete(description: dict[str, Any], routes: Iterable[Route]) -> dict[str, Any]:
    """The description that flask-openapi3 made of `routes`, with all that it has no words for."""
    for route in routes:
        path = re.sub(r"<(\w+)>", r"{\1}", route.path)
        operation = description["paths"][path][route.method.lower()]
        _add_answers(route, operation["responses"])
        _add_headers_of_answers(route, operation["responses"])
        _add_headers_of_requests(route, operation)
        if "requestBody" in operation:
            _add_bodies(route, operation, description["components"]["schemas"])
    return description


def _add_answers(route: Route, responses: dict[str, Any]) -> None:
    """Other content types, other successes, and either of two models."""
    success = responses[str(route.status)]
    for mimetype in route.others:
        success["content"][mimetype] = {"schema": {"type": "string"}}
    for status, model in route.also:
        schema = {"$ref": f"#/components/schemas/{model.__name__}"}
        if status == route.status:
            first = success["content"][JSON]["schema"]
            success["content"][JSON]["schema"] = {"anyOf": [first, schema]}
        else:
            said = HTTPStatus(status).phrase
            responses[str(status)] = {"description": said, "content": {JSON: {"schema": schema}}}


def _add_headers_of_answers(route: Route, responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        headers: dict[str, Any] = {}
        if status in ("409", "422", "429", "503"):  # 422: a page that could not be fetched now
            headers["Retry-After"] = _RETRY
        if status in ("200", "201", "202", "204") and route.method == "POST":
            headers[idempotency.REPLAYED] = _REPLAYED
        if _has_place(route, status, response):
            headers["Location"] = _LOCATION
        if status == "202" and _becomes_job(route):
            headers["Preference-Applied"] = _APPLIED
        if headers:
            response["headers"] = headers


def _has_place(route: Route, status: str, response: dict[str, Any]) -> bool:
    """Whether the answer names the path of something new: keys have none of their own."""
    if status == "202":
        return str(response["content"][JSON]["schema"].get("$ref")).endswith(_PLACED)
    return status == "201" and route.path != "/v1/keys"


def _becomes_job(route: Route) -> bool:
    """Whether the work is done at once or accepted for later, as the caller prefers."""
    return any(status == 202 for status, _ in route.also)


def _add_headers_of_requests(route: Route, operation: dict[str, Any]) -> None:
    headers: dict[str, tuple[str, dict[str, Any]]] = {}
    if route.method == "POST":
        headers[idempotency.HEADER] = (_KEY, {"minLength": 1, "maxLength": idempotency.LONGEST_KEY})
    if _becomes_job(route):
        headers["Prefer"] = (_PREFER, {})
    if route.mimetype == "text/event-stream":
        headers["Last-Event-ID"] = (_LAST, {})
    for name, (said, bounds) in headers.items():
        schema = {"type": "string", **bounds}
        header = {"name": name, "in": "header", "required": False, "description": said, "schema": schema}
        operation.setdefault("parameters", []).append(header)


def _add_bodies(route: Route, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """The same fields as a form and, where a file is taken, as multipart or as the bare file, beside which
    the fields stand in the query."""
    content, given = operation["requestBody"]["content"], given_of(route.handler)
    fields = schemas[content[JSON]["schema"]["$ref"].rpartition("/")[2]]
    content[FORM] = {"schema": content[JSON]["schema"]}
    content[JSON]["example"] = examples.JSON.get((route.method, route.path))
    if given.files:
        file_only = JSON in _NOT_READ.get(route.path, ())
        content[MULTIPART] = {"schema": _form(fields, given.files, needed=file_only)}
    for mimetype in given.raw:
        content[mimetype] = {"schema": {"type": "string"} if mimetype in _TEXTS else _BINARY}
    if given.raw:
        operation.setdefault("parameters", []).extend(_beside(fields, given.raw))
    for mimetype in _NOT_READ.get(route.path, ()):
        del content[mimetype]
    for mimetype in content.keys() & examples.FILES.keys():
        content[mimetype]["example"] = examples.FILES[mimetype]


def _form(fields: dict[str, Any], files: Collection[str], *, needed: bool) -> dict[str, Any]:
    """The fields of a multipart form, but for lists of objects, which no form can hold; whether it needs the
    files."""
    properties = {name: field for name, field in fields["properties"].items() if name not in _LISTS}
    return {
        "type": "object",
        "properties": properties | dict.fromkeys(files, _BINARY),
        "required": [*fields.get("required", []), *(files if needed else ())],
        "additionalProperties": False,
    }


def _beside(fields: dict[str, Any], mimetypes: Collection[str]) -> Iterator[dict[str, Any]]:
    """The fields in the query beside a body that is a file. A default isn't named as one: pages that fill it
    in would send it beside every body."""
    for name, field in fields["properties"].items():
        if name not in _INPUTS:
            schema = {key: value for key, value in field.items() if key not in ("default", "description")}
            said = f"Beside a body of {' or '.join(mimetypes)} only. {field.get('description', '')}".rstrip()
            yield {"name": name, "in": "query", "required": False, "description": said, "schema": schema}
