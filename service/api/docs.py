"""/openapi.json and /docs: the description of the API and a page to try it, without any network."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, json, render_template_string, request, send_from_directory, url_for

from service.api import ROUTES, described
from service.api.problems import problem_responses
from service.api.routes import Route
from service.api.schemas import ProblemJson
from service.context import current
from service.version import VERSION

docs = Blueprint("docs", __name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Mujaz API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{{ url_for('ui.static', filename='mujaz.svg') }}" type="image/svg+xml">
<link rel="stylesheet" href="{{ url_for('docs.asset', name='css/swagger-ui.css') }}">
</head>
<body>
<div id="swagger-ui"></div>
<script src="{{ url_for('docs.asset', name='js/swagger-ui-bundle.js') }}"></script>
<script src="{{ url_for('docs.start') }}"></script>
</body>
</html>
"""
#: `validatorUrl: null`: Swagger UI would ask a server of its makers to check the description.
_START = """SwaggerUIBundle({
  url: %s, dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
"""


@docs.get("/openapi.json")
def description() -> Response:
    """The API's description in OpenAPI 3.1."""
    key: list[dict[str, list[str]]] = [{"key": []}]
    described = {
        **openapi(),
        "servers": [{"url": request.script_root or "/"}],
        "security": key if current().config.needs_keys else [{}, *key],
    }
    return Response(json.dumps(described), mimetype="application/json")


@docs.get("/docs")
def page() -> Response:
    """Swagger UI over /openapi.json."""
    return Response(
        render_template_string(_PAGE), mimetype="text/html", headers={"Content-Security-Policy": _POLICY}
    )


@docs.get("/docs/start.js")
def start() -> Response:
    """The script that starts Swagger UI."""
    return Response(_START % json.dumps(url_for("docs.description")), mimetype="text/javascript")


@docs.get("/docs/assets/<path:name>")
def asset(name: str) -> Response:
    """Swagger UI's own files, from the installed package."""
    return send_from_directory(_assets(), name, max_age=86_400)


def _assets() -> Path:
    spec = importlib.util.find_spec("flask_openapi3_swagger")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "templates" / "swagger"


@cache
def openapi() -> dict[str, Any]:
    """The description, made by flask-openapi3 from the routes' models and docstrings.

    It describes an application that never serves: flask-openapi3's own reading of bodies takes bad UTF-8 and
    broken JSON for an empty one, and building the description at every start would cost 0.2 s."""
    from flask_openapi3.models.info import Info
    from flask_openapi3.models.tag import Tag
    from flask_openapi3.openapi import OpenAPI

    about = "Arabic articles in, English translations and bilingual summaries out."
    made = OpenAPI(
        "service",
        info=Info(title="Mujaz", version=VERSION, description=about),
        doc_ui=False,
        static_folder=None,
        security_schemes={
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "A key, as `mujaz keys create NAME` or POST /v1/keys makes it: `mjz_…`.",
            }
        },
        validation_error_model=ProblemJson,
        # Every operation describes its own errors; under this name flask-openapi3 finds nothing to add.
        validation_error_status="default",
    )
    for route in ROUTES:
        add = getattr(made, route.method.lower())
        responses = {route.status: _success(route), **problem_responses()}
        security: list[dict[str, list[Any]]] | None = [] if route.scope is None else None
        add(route.path, tags=[Tag(name=route.tag)], responses=responses, security=security)(route.handler)
    return described.complete(made.api_doc, ROUTES)


def _success(route: Route) -> Any:
    """What a success looks like: a model, another content type, or nothing at all."""
    if route.answer is not None:
        return route.answer
    if route.mimetype is not None:
        return {"description": "Success", "content": {route.mimetype: {"schema": {"type": "string"}}}}
    return None
