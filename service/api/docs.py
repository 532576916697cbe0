"""/openapi.json and /docs: the description of the API and a page to try it, without any network."""

import importlib.util
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, json, render_template_string, send_from_directory, url_for

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
    return Response(json.dumps(openapi()), mimetype="application/json")


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


def openapi() -> dict[str, Any]:
    """flask-openapi3's description, with what it has no words for: bodies other than JSON."""
    description: dict[str, Any] = current_app.api_doc  # type: ignore[attr-defined]
    for path, item in description["paths"].items():
        for operation in item.values():
            if "requestBody" in operation:
                _add_forms(operation["requestBody"]["content"], upload=path == "/v1/summaries")
    return description


def _add_forms(content: dict[str, Any], *, upload: bool) -> None:
    """The same fields as a form and, where a file is taken, as multipart or as the bare article."""
    schema = content["application/json"]["schema"]
    content["application/x-www-form-urlencoded"] = {"schema": schema}
    if upload:
        file = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        content["multipart/form-data"] = {"schema": {"anyOf": [schema, file]}}
        content["text/plain"] = {"schema": {"type": "string"}}
        content["text/html"] = {"schema": {"type": "string"}}
