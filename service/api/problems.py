"""The error answers of every operation, for /openapi.json, and the page that explains each problem."""

from html import escape
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response

from service.errors import KINDS, PROBLEM_JSON

_SCHEMA = {"$ref": "#/components/schemas/ProblemJson"}


def problem_responses() -> dict[str | int | HTTPStatus, Any]:
    """One response per status, its description naming the problems that have it."""
    statuses = sorted({kind.status for kind in KINDS.values()})
    return {
        status: {
            "description": ", ".join(f"`{k.code}`" for k in KINDS.values() if k.status == status),
            "content": {PROBLEM_JSON: {"schema": _SCHEMA}},
        }
        for status in statuses
    } | {"default": {"description": "Any other problem", "content": {PROBLEM_JSON: {"schema": _SCHEMA}}}}


pages = Blueprint("problems", __name__)


@pages.get("/docs/problems")
def problems() -> Response:
    """What each problem's `type` points to."""
    rows = "".join(
        f'<tr id="{kind.code}"><th scope="row"><code>{kind.code}</code></th><td>{kind.status}</td>'
        f"<td>{escape(kind.title)}</td><td>{escape(kind.meaning)}</td></tr>"
        for kind in KINDS.values()
    )
    return Response(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Problems | Mujaz</title>'
        "<h1>Problems</h1><p>What the <code>type</code> of a problem document points to.</p>"
        "<table><thead><tr><th>Code<th>Status<th>Title<th>When it comes, what to do</thead>"
        f"<tbody>{rows}</tbody></table></html>",
        mimetype="text/html",
    )
