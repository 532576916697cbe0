"""LibreTranslate's API at its paths, for programs that speak it already. They need another address and
nothing else; docs/coming-from-libretranslate.md says what differs.

It goes through the same runtime, keys, limits and quotas as our own API and adds nothing that only it can do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Flask, Response

from service.api.libretranslate import detect, files, settings, spec, translate
from service.api.libretranslate.errors import render
from service.api.libretranslate.fields import finds_key
from service.api.routes import Asks

NAME = "libretranslate"


@dataclass(frozen=True, slots=True)
class _Path:
    method: str
    path: str
    handler: Callable[..., Response]
    asks: Asks


#: The key is in the body or the query. What asks for none shows everyone the same, or has a secret address.
_PATHS = (
    _Path("POST", "/translate", translate.translate, finds_key),
    _Path("POST", "/detect", detect.detect, finds_key),
    _Path("POST", "/translate_file", files.translate_file, finds_key),
    _Path("GET", "/download_file/<name>", files.download_file, None),
    _Path("POST", "/suggest", settings.suggest, finds_key),
    _Path("GET", "/languages", settings.languages, None),
    _Path("GET", "/frontend/settings", settings.frontend, None),
    _Path("GET", "/health", settings.health, None),
    _Path("GET", "/spec", spec.spec, None),
)
#: What each endpoint asks of its callers.
ASKS: dict[str | None, Asks] = {f"{NAME}.{p.handler.__name__}": p.asks for p in _PATHS}


def register(app: Flask) -> None:
    """Answer LibreTranslate's paths on `app`."""
    blueprint = Blueprint(NAME, __name__)
    for p in _PATHS:
        blueprint.add_url_rule(p.path, p.handler.__name__, p.handler, methods=[p.method])
    blueprint.register_error_handler(Exception, render)
    app.register_blueprint(blueprint)
