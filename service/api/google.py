"""Google's Translation API, version 2 (Basic): `/language/translate/v2`, for programs that speak it already.

Texts are HTML unless `format` says otherwise, as there. Its version 3 takes Google's own sign-in and is not
imitated.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, g, json, request

from models.markup import MarkupOptions
from models.translator import TranslateOptions
from service import auth, errors
from service.api.admission import admit
from service.api.requests import once
from service.api.routes import Asks
from service.body import Body, read_body, read_query
from service.context import current
from service.errors import Problem

NAME = "google"
LANGUAGES = ("ar", "en")
FORMATS = ("html", "text")
#: Names of Google's models: whichever is asked for, ours translates.
MODELS = ("base", "nmt")
#: Google's reasons for statuses other than a bad request.
_REASONS = {403: "forbidden", 404: "notFound", 413: "uploadTooLarge", 429: "rateLimitExceeded",
            500: "backendError", 503: "backendError"}  # fmt: skip


class Refused(Exception):
    """Ends a request with an error in Google's shape."""

    def __init__(self, message: str, reason: str = "invalid") -> None:
        super().__init__(message)
        self.message = message
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request. `source` and `model` are None when they weren't named."""

    texts: tuple[str, ...]
    source: str | None
    target: str
    html: bool
    model: str | None


@dataclass(frozen=True, slots=True)
class Done:
    text: str
    language: str


def translate() -> Response:
    given = _read()
    _key(given)
    auth.require("translate")
    wanted = _wanted(given)
    found = [_json(done, wanted) for done in _results(wanted)]
    return Response(json.dumps({"data": {"translations": found}}), mimetype="application/json")


def finds_key() -> str | None:
    """The key of the current request. Raises `Problem`."""
    try:
        return _key(_read())
    except Refused:
        return None


ASKS: dict[str | None, Asks] = {f"{NAME}.translate": finds_key}


def _key(given: Mapping[str, Any]) -> str | None:
    return _text(given, "key") or request.headers.get("X-Goog-Api-Key")


def register(app: Flask) -> None:
    """Answer Google's path on `app`."""
    blueprint = Blueprint(NAME, __name__)
    blueprint.add_url_rule("/language/translate/v2", "translate", translate, methods=["GET", "POST"])
    blueprint.register_error_handler(Exception, _render)
    app.register_blueprint(blueprint)


@once
def _read() -> Mapping[str, Any]:
    """Query and body together; what both hold is added up, as with several `q` in the address."""
    query = read_query(request).fields
    try:
        body = read_body(request, current().config.limits.max_body_bytes, empty=("q",))
    except Problem as problem:
        if problem.kind.code != "empty_body":
            raise
        body = Body({})
    both = {**query, **body.fields}
    if "q" in query and "q" in body.fields:
        both["q"] = [*_listed(query["q"]), *_listed(body.fields["q"])]
    return both


def _wanted(given: Mapping[str, Any]) -> Wanted:
    texts = _listed(given.get("q"))
    if not texts:
        raise Refused("Required Text", "required")
    if not all(isinstance(text, str) for text in texts):
        raise Refused("Invalid Value: q is a string or an array of strings.")
    bounds = current().config.limits
    if len(texts) > bounds.max_texts:
        raise Refused("Too many text segments", "invalid")
    if sum(map(len, texts)) > bounds.max_text_chars:
        raise Refused("The request text is too large.", "badRequest")
    target = _text(given, "target")
    if target is None:
        raise Refused("The target language is required", "required")
    kind = _choice(given, "format", FORMATS) or "html"
    source, target = _language(_text(given, "source")), _language(target)
    model = _choice(given, "model", MODELS)
    if source == "en" and target == "ar":
        raise Refused("Bad language pair: en|ar")
    return Wanted(tuple(texts), source, target or "en", kind == "html", model)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(given: Mapping[str, Any], name: str) -> str | None:
    """One string; None when it isn't given or empty."""
    value = given.get(name)
    if value in (None, ""):
        return None
    if not isinstance(value, str):
        raise Refused(f"Invalid Value: {name} is a string.")
    return value


def _choice(given: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str | None:
    value = _text(given, name)
    if value is not None and value not in choices:
        raise Refused(f"Invalid Value: {name} is one of {', '.join(choices)}.")
    return value


def _language(code: str | None) -> str | None:
    """Without its region: `ar-EG` is Arabic."""
    if code is None:
        return None
    base = code.lower().partition("-")[0]
    if base not in LANGUAGES:
        raise Refused("Invalid Value")
    return base


def _results(wanted: Wanted) -> list[Done]:
    """One for each text, in order. Raises what the runtime raises."""
    if wanted.target != "en" or wanted.source == "en":
        return _unchanged(wanted)
    options = TranslateOptions()
    with admit(sum(map(len, wanted.texts))):
        if wanted.html:
            pages = current().translate_markup(wanted.texts, MarkupOptions("html"), options)
            return [Done(r.text, lang) for r, lang in zip(pages.results, pages.languages, strict=True)]
        made = current().translate(wanted.texts, options)
    return [Done(r.english, lang) for r, lang in zip(made.results, made.languages, strict=True)]


def _unchanged(wanted: Wanted) -> list[Done]:
    """Texts that are in the target language. Raises `Refused` for those that turn out not to be."""
    if wanted.source is not None:
        return [Done(text, wanted.source) for text in wanted.texts]
    found = [d.language for d in current().detect(wanted.texts)]
    for language in found:
        if language not in (wanted.target, "und"):
            raise Refused(f"Bad language pair: {language}|{wanted.target}")
    return [Done(text, language) for text, language in zip(wanted.texts, found, strict=True)]


def _json(done: Done, wanted: Wanted) -> dict[str, str]:
    found = {"translatedText": done.text}
    if wanted.source is None:
        found["detectedSourceLanguage"] = done.language
    if wanted.model is not None:
        found["model"] = wanted.model
    return found


def _render(error: Exception) -> Response:
    if isinstance(error, Refused):
        return _error(400, error.message, error.reason)
    problem = errors.as_problem(error)
    code, status = problem.kind.code, problem.kind.status
    if code == "internal":
        errors.log_unforeseen(error)
    if code == "unauthorized":
        return _unauthorized()
    if code == "quota_exceeded":
        response = _error(403, f"Daily Limit Exceeded: {problem.detail}", "dailyLimitExceeded")
    else:
        status = 400 if status in (415, 422) else status
        response = _error(status, problem.detail, _REASONS.get(status, "badRequest"))
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return response


def _unauthorized() -> Response:
    if g.get("wrong_key"):
        return _error(400, "API key not valid. Please pass a valid API key.", "badRequest")
    return _error(403, "The request is missing a valid API key.", "forbidden")


def _error(status: int, message: str, reason: str) -> Response:
    one = {"message": message, "domain": "global", "reason": reason}
    body = {"error": {"code": status, "message": message, "errors": [one]}}
    return Response(json.dumps(body), status, mimetype="application/json")
