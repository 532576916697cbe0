"""GET /spec: these paths in Swagger 2.0, which is what LibreTranslate describes itself in."""

from functools import cache
from typing import Any

from flask import Response, json, request

from service.api.libretranslate.pairs import AUTO, NAMES
from service.api.libretranslate.settings import FILES
from service.documents import MIMETYPES
from service.version import VERSION

_ERRORS = {
    400: "Invalid request, or a key is needed and there is none",
    403: "Wrong key, key without the scope, or the day's quota is used",
    413: "The body is too large",
    429: "Slowdown: try again after Retry-After seconds",
    500: "Our fault",
    503: "The model can't work, or the service is stopping",
}
_TEXT: dict[str, Any] = {"type": "string"}
_DETECTED = {"$ref": "#/definitions/detection"}
_KEY = ("api_key", "a key, where keys are needed", False)
_TARGETS = {"type": "string", "enum": list(NAMES)}
_SOURCES = {"type": "string", "enum": [*NAMES, AUTO]}


def spec() -> Response:
    return Response(json.dumps(description(request.script_root or "/")), mimetype="application/json")


def description(base: str) -> dict[str, Any]:
    """The whole description, for a service at the path `base`."""
    return _described() | {"basePath": base}


@cache
def _described() -> dict[str, Any]:
    return {
        "swagger": "2.0",
        "info": {
            "title": "LibreTranslate's API, by Mujaz",
            "version": VERSION,
            "description": "Forms are taken as well as JSON; arrays of texts in JSON only.",
        },
        "paths": _paths(),
        "definitions": {
            "error": {"type": "object", "required": ["error"], "properties": {"error": _TEXT}},
            "detection": {
                "type": "object",
                "required": ["confidence", "language"],
                "properties": {
                    "confidence": {"type": "number", "minimum": 0, "maximum": 100},
                    "language": _TEXT,
                },
            },
        },
    }


def _paths() -> dict[str, Any]:
    language = {"type": "object", "properties": {"code": _TEXT, "name": _TEXT, "targets": _array(_TEXT)}}
    file = [
        _form(name, what, needed, "file" if name == "file" else "string")
        for name, what, needed in (
            ("file", f"one of {', '.join(FILES)}", True),
            ("source", "its language, or auto", True),
            ("target", "the language wanted", True),
            _KEY,
        )
    ]
    return {
        "/translate": {"post": _translate()},
        "/detect": {
            "post": _json(
                "Detect the language of a text",
                {"q": _one_or_many(_TEXT), "api_key": _TEXT},
                ("q",),
                _array(_DETECTED),
            )
        },
        "/translate_file": {
            "post": _operation("Translate a file", _object({"translatedFileUrl": _TEXT}))
            | {"consumes": ["multipart/form-data"], "parameters": file}
        },
        "/download_file/{name}": {
            "get": _operation("Fetch a translated file", {"type": "file"})
            | {
                "produces": [*MIMETYPES.values(), "application/json"],  # errors are JSON
                "parameters": [{"name": "name", "in": "path", "required": True, **_TEXT}],
            }
        },
        "/suggest": {
            "post": _json(
                "Suggest a translation: always refused here",
                {"q": _TEXT, "s": _TEXT, "source": _TEXT, "target": _TEXT, "api_key": _TEXT},
                ("q", "s", "source", "target"),
                _object({"success": {"type": "boolean"}}),
            )
        },
        "/languages": {"get": _operation("List the languages", _array(language))},
        "/frontend/settings": {"get": _operation("What is switched on", {"type": "object"})},
        "/health": {"get": _operation("Whether the process lives", _object({"status": _TEXT}))},
        "/spec": {"get": _operation("This description", {"type": "object"})},
    }


def _translate() -> dict[str, Any]:
    return _json(
        "Translate a text, or an array of texts together",
        {
            "q": _one_or_many(_TEXT),
            "source": _SOURCES,
            "target": _TARGETS,
            "format": {"type": "string", "enum": ["text", "html"], "default": "text"},
            "alternatives": {"type": "integer", "minimum": 0, "maximum": 4, "default": 0},
            "api_key": _TEXT,
        },
        ("q", "source", "target"),
        _object(
            {
                "translatedText": _one_or_many(_TEXT),
                "alternatives": _one_or_many(_TEXT),
                "detectedLanguage": _one_or_many(_DETECTED),
            }
        ),
    )


def _json(summary: str, fields: dict[str, Any], needed: tuple[str, ...], success: Any) -> dict[str, Any]:
    """An operation with a JSON body."""
    schema = _object(fields) | {"required": list(needed)}
    return _operation(summary, success) | {
        "consumes": ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
        "parameters": [{"name": "body", "in": "body", "required": True, "schema": schema}],
    }


def _operation(summary: str, success: Any) -> dict[str, Any]:
    error = {"schema": {"$ref": "#/definitions/error"}}
    responses: dict[str, Any] = {"200": {"description": "Success", "schema": success}}
    responses |= {str(status): {"description": what, **error} for status, what in _ERRORS.items()}
    return {"summary": summary, "produces": ["application/json"], "responses": responses}


def _form(name: str, what: str, needed: bool, kind: str) -> dict[str, Any]:
    return {"name": name, "in": "formData", "description": what, "required": needed, "type": kind}


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


def _array(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _one_or_many(items: dict[str, Any]) -> dict[str, Any]:
    """Swagger 2.0 has no word for "a string or an array of strings"; this leaves the type open."""
    return {"description": "one, or an array of them for an array of texts", "x-item": items}
