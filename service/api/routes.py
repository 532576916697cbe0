"""What a topic of the API consists of: its routes, each with what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from flask import Flask, Response
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. Flask gets it as it is; /openapi.json is made from the handler's docstring and its
    `body` annotation, and from `answer`, when somebody asks for it."""

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[..., Response]
    answer: type[BaseModel]
    tag: str


def register(app: Flask, routes: tuple[Route, ...]) -> None:
    for route in routes:
        app.add_url_rule(route.path, route.handler.__name__, route.handler, methods=[route.method])
