"""How a request handler finds the runtime of its application."""

from flask import Flask, current_app

from service.runtime import Runtime

_KEY = "mujaz"


def attach(app: Flask, runtime: Runtime) -> None:
    app.extensions[_KEY] = runtime


def runtime_of(app: Flask) -> Runtime:
    runtime: Runtime = app.extensions[_KEY]
    return runtime


def current() -> Runtime:
    """The runtime of the application that handles the current request."""
    runtime: Runtime = current_app.extensions[_KEY]
    return runtime
