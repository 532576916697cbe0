"""DeepL's API, version 2 (and the glossaries of version 3), at the root and under /deepl/: for programs that
speak it already. They need another address and nothing else; docs/coming-from-deepl.md says what differs.

It goes through the same runtime, keys, limits and store as our own API and adds nothing that only it can do.
"""

from flask import Blueprint, Flask, Response, g

from service.api.deepl import documents, glossaries, languages, translate
from service.api.deepl.errors import Refused, render
from service.api.deepl.flights import open_flights

#: Methods of paths that nothing stands at.
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: Clients join the address and `v2/…`; whoever puts Mujaz beside other services gives it a folder of its own.
PREFIXES = (("deepl", ""), ("deepl_folder", "/deepl"))


def register(app: Flask) -> None:
    """Answer DeepL's paths on `app`."""
    blueprint = Blueprint("deepl", __name__)
    for topic in (translate, languages, documents, glossaries):
        for method, path, handler in topic.ROUTES:
            blueprint.add_url_rule(path, f"{method} {path}".replace(".", "_"), handler, methods=[method])
    for version in ("v2", "v3"):
        path = f"/{version}/<path:rest>"
        blueprint.add_url_rule(path, f"{version}_unknown", _unknown, methods=METHODS)
    blueprint.register_error_handler(Exception, render)
    blueprint.after_request(_trace)
    open_flights(app)
    for name, prefix in PREFIXES:
        app.register_blueprint(blueprint, name=name, url_prefix=prefix)


def _unknown(rest: str) -> Response:
    raise Refused(404, "Not found", "This server doesn't offer that part of the API.")


def _trace(response: Response) -> Response:
    response.headers["X-Trace-ID"] = g.request_id
    return response
