"""What a topic of the API consists of: its routes, each with what it answers and who may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Flask, Response
from pydantic import BaseModel

from service.principal import Scope

#: What is asked before a handler runs: a scope, nothing, or "handler": the handler finds the key itself,
#: where callers of its kind put it, with `auth.require`.
Asks = Scope | Literal["handler"] | None


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. Flask gets it as it is; /openapi.json is made from the handler's docstring and its
    `body`, `query` and `path` annotations, and from `answer`, when somebody asks for it.

    `path` is Flask's (`/v1/jobs/<job_id>`), `scope` what a caller's key must allow (None: everyone),
    `answer` the JSON of a success (None: no body, or what `mimetype` says instead), `status` its code;
    `others`: content types of text that a caller may have instead."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Callable[..., Response]
    answer: type[BaseModel] | None
    tag: str
    scope: Asks = "translate"
    status: int = 200
    mimetype: str | None = None
    others: tuple[str, ...] = ()


def register(app: Flask, routes: tuple[Route, ...]) -> None:
    for route in routes:
        app.add_url_rule(route.path, route.handler.__name__, route.handler, methods=[route.method])
