"""Errors in LibreTranslate's shape, `{"error": "…"}`, with its texts and statuses: a missing key is 400, a
wrong one 403. Where it has no word for something the text is ours."""

import math

from flask import Response, g, json

from service import errors
from service.errors import Problem

#: Mastodon takes 403 for a used-up quota and 429 for a short wait.
_STATUS = {"quota_exceeded": 403, "unsupported_media_type": 400}
_SLOW_DOWN = ("too_many_requests", "too_many_running", "busy")


class Refused(Exception):
    """Ends a request with a text in LibreTranslate's words."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def missing(name: str) -> Refused:
    return Refused(f"Invalid request: missing {name} parameter")


def too_long(size: int, limit: int) -> Refused:
    return Refused(f"Invalid request: request ({size}) exceeds text limit ({limit})")


def render(error: Exception) -> Response:
    """Any error as a response."""
    if isinstance(error, Refused):
        return _response(error.status, error.message)
    problem = errors.as_problem(error)
    if problem.kind.code == "internal":
        errors.log_unforeseen(error)
    return _of_problem(problem)


def _of_problem(problem: Problem) -> Response:
    code, status = problem.kind.code, problem.kind.status
    if code == "unauthorized":
        if g.get("wrong_key"):
            return _response(403, "Invalid API key")
        return _response(400, "Please contact the server operator to get an API key")
    response = _response(_STATUS.get(code, 400 if status == 422 else status), _text(problem))
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return response


def _text(problem: Problem) -> str:
    code = problem.kind.code
    if code == "not_an_object":
        return "Invalid JSON format"
    if code == "bad_json":
        return f"Invalid JSON format: {problem.detail}"
    if code in _SLOW_DOWN:
        return f"Slowdown: {problem.detail}"
    return problem.detail


def _response(status: int, message: str) -> Response:
    return Response(json.dumps({"error": message}), status, mimetype="application/json")
