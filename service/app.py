"""The application factory. Holds no logic: it puts the parts of the service on one Flask application."""

import logging
import re
import time
import uuid

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from service import auth, context, errors, guards, logs, ui
from service.api import ROUTES, deepl, docs, google, libretranslate, problems
from service.api.routes import register
from service.config import Config
from service.runtime import Runtime
from service.wsgi import RootPath

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,128}")


def create_app(config: Config, runtime: Runtime) -> Flask:
    """The service over `runtime`. Loads nothing: whoever calls it made the runtime and closes it."""
    app = Flask("service", static_folder=None)
    context.attach(app, runtime)
    app.before_request(_begin)
    guards.init_app(app, config)
    auth.init_app(app, config, ROUTES, libretranslate.ASKS | google.ASKS | ui.ASKS)
    app.after_request(_finish)
    app.teardown_request(_end)
    errors.init_app(app)
    register(app, ROUTES)
    for compatible in (deepl, libretranslate, google):
        compatible.register(app)
    app.register_blueprint(docs.docs)
    app.register_blueprint(problems.pages)
    app.register_blueprint(ui.blueprint(runtime))
    _put_behind_proxies(app, config)
    return app


def _put_behind_proxies(app: Flask, config: Config) -> None:
    server = config.server
    if server.root_path:
        app.wsgi_app = RootPath(app.wsgi_app, server.root_path)  # type: ignore[method-assign]
    if server.trusted_proxies:
        n = server.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]


def _begin() -> None:
    """Give the request its id: the caller's own when it is a plain token, else a new one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()
    logs.request_id.set(g.request_id)


def _end(error: BaseException | None) -> None:
    logs.request_id.set(None)  # the thread goes on to other things
    logs.caller.set(None)


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    seconds = time.perf_counter() - g.started
    rule = None if request.url_rule is None else request.url_rule.rule
    context.services().metrics.answered(rule, request.method, response.status_code, seconds)
    level = logging.DEBUG if request.path in guards.OPEN_PATHS else logging.INFO  # probes come all the time
    log.log(
        level,
        "%s %s %d",
        request.method,
        logs.shown_path(request.path),
        response.status_code,
        extra={"fields": {"ms": round(1000 * seconds, 1)}},
    )
    return response
