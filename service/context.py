"""How a request handler finds the runtime of its application."""

from flask import Flask, current_app, g

from service.principal import LOCAL, Principal
from service.runtime import Runtime
from service.services import Services

_KEY = "mujaz"


def attach(app: Flask, runtime: Runtime) -> None:
    app.extensions[_KEY] = runtime


def bare(runtime: Runtime) -> Flask:
    """An application that serves nothing; its context is for calling parts of the API from elsewhere."""
    app = Flask("mujaz", static_folder=None)
    attach(app, runtime)
    return app


def runtime_of(app: Flask) -> Runtime:
    runtime: Runtime = app.extensions[_KEY]
    return runtime


def current() -> Runtime:
    """The runtime of the application that handles the current request."""
    runtime: Runtime = current_app.extensions[_KEY]
    return runtime


def services() -> Services:
    """What the service keeps and does in the background."""
    return current().services


def principal() -> Principal:
    """The caller of the current request."""
    found: Principal = g.get("principal", LOCAL)
    return found
