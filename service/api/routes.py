"""What a topic of the API consists of: its routes, each with what it answers and who may use it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Flask, Response
from pydantic import BaseModel

from service.principal import Scope

#: Finds the key where callers of its kind put it besides `Authorization`: in the body, in the query. Raises
#: `Problem` for a request that can't be read.
FindsKey = Callable[[], str | None]
#: What is asked before a handler runs: a scope, nothing, or only whose key it is. Then the handler says first
#: what is wrong with the request, and asks for the scope itself, with `auth.require`.
Asks = Scope | FindsKey | None


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. Flask gets it as it is; /openapi.json is made from the handler's docstring and its
    `body`, `query` and `path` annotations, and from `answer`, when somebody asks for it.

    `path` is Flask's (`/v1/jobs/<job_id>`), `scope` what a caller's key must allow (None: everyone),
    `answer` the JSON of a success (None: no body, or what `mimetype` says instead), `status` its code;
    `others`: content types of text that a caller may have instead, `also`: further successes, status and
    JSON; with `status`, either of both."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Callable[..., Response]
    answer: type[BaseModel] | None
    tag: str
    scope: Asks = "translate"
    status: int = 200
    mimetype: str | None = None
    others: tuple[str, ...] = ()
    also: tuple[tuple[int, type[BaseModel]], ...] = ()


def register(app: Flask, routes: tuple[Route, ...]) -> None:
    for route in routes:
        app.add_url_rule(route.path, route.handler.__name__, route.handler, methods=[route.method])
