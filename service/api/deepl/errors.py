"""Errors in DeepL's shape: `{"message": …, "detail": …}`, which its clients show to their users, and statuses
that they act on: 429 and 5xx are sent again, 403, 404 and 456 are not."""

import math

from flask import Response, json

from service import errors
from service.errors import Problem

QUOTA_EXCEEDED = 456
#: Where our status says something else than DeepL's for the same thing; other problems with 422 are 400.
_STATUS = {
    "unauthorized": 403,
    "quota_exceeded": QUOTA_EXCEEDED,
    "text_too_long": 413,
    "store_full": 503,
}
_MESSAGE = {
    "unauthorized": "Forbidden",
    "forbidden": "Forbidden",
    "quota_exceeded": "Quota for this billing period has been exceeded.",
    "too_many_requests": "Too many requests",
    "too_many_running": "Too many requests",
    "busy": "Too many requests",
    "text_too_long": "Payload too large",
    "body_too_large": "Payload too large",
    "not_found": "Not found",
}


class Refused(Exception):
    """Ends a request with a message in DeepL's words; `detail` is ours."""

    def __init__(self, status: int, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail


def unsupported(parameter: str, detail: str | None = None) -> Refused:
    """For a value that the parameter can't have."""
    return Refused(400, f"Value for '{parameter}' not supported.", detail)


def render(error: Exception) -> Response:
    """Any error as a response."""
    if isinstance(error, Refused):
        return _response(error.status, error.message, error.detail)
    problem = errors.as_problem(error)
    if problem.kind.code == "internal":
        errors.log_unforeseen(error)
    return _of_problem(problem)


def _of_problem(problem: Problem) -> Response:
    code = problem.kind.code
    status = _STATUS.get(code, 400 if problem.kind.status == 422 else problem.kind.status)
    message = _MESSAGE.get(code)
    response = _response(status, message or problem.detail, problem.detail if message else None)
    if problem.retry_after is not None and status != QUOTA_EXCEEDED:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return response


def _response(status: int, message: str, detail: str | None) -> Response:
    body = {"message": message} | ({"detail": detail} if detail else {})
    return Response(json.dumps(body), status, mimetype="application/json")
