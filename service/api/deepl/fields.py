"""The parameters of a request: JSON with DeepL's types or a form with strings for them, read as leniently as
DeepL does. Parameters that we don't know are passed over: programs send what is new elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import request

from service.api.deepl.errors import Refused, unsupported
from service.body import Body, Upload, read_body
from service.context import current
from service.errors import Problem

Choice = TypeVar("Choice", bound=str)
_FLAGS = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class Fields:
    """What was sent. Each method raises `Refused` for a value that can't be used."""

    body: Body = field(default_factory=lambda: Body({}))

    @property
    def files(self) -> dict[str, Upload]:
        return dict(self.body.files)

    def text(self, name: str) -> str | None:
        """One string; None when it isn't given or empty."""
        value = self.body.fields.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise Refused(400, f"Parameter '{name}' must be a string.")
        return value

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise Refused(400, f"Parameter '{name}' not specified")
        return value

    def texts(self, name: str) -> list[str]:
        """One string or several, in order; empty strings count."""
        value = self.body.fields.get(name)
        values = [value] if isinstance(value, str) else value
        if not values:
            raise Refused(400, f"Parameter '{name}' not specified")
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise Refused(400, f"Parameter '{name}' must be an array of strings.")
        return values

    def names(self, name: str) -> tuple[str, ...]:
        """A list, or names with commas between them, or both."""
        value = self.body.fields.get(name)
        values = [value] if isinstance(value, str) else value or []
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise Refused(400, f"Parameter '{name}' must be an array of strings.")
        return tuple(part.strip() for v in values for part in v.split(",") if part.strip())

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.body.fields.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        known = _FLAGS.get(str(value).strip().lower())
        if known is None:
            raise unsupported(name)
        return known

    def choice(self, name: str, choices: Collection[Choice], default: Choice) -> Choice:
        """One of some words, in any case."""
        value = self.body.fields.get(name)
        if value is None or value == "":
            return default
        for choice in choices:
            if str(value).lower() == choice:
                return choice
        raise unsupported(name, f"It is one of {', '.join(choices)}.")

    def items(self, name: str) -> list["Fields"]:
        """A list of objects."""
        value = self.body.fields.get(name)
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise Refused(400, f"Parameter '{name}' must be an array of objects.")
        return [Fields(Body(v)) for v in value]


def read(*, files: Collection[str] = ()) -> Fields:
    """The body of the current request; without one nothing is given. Raises `Problem`."""
    limit = current().config.limits.max_body_bytes
    try:
        return Fields(read_body(request, limit, files=files, empty=("text",)))
    except Problem as problem:
        if problem.kind.code == "empty_body":
            return Fields()
        raise


def query() -> Fields:
    """The query, and on a GET an urlencoded body as well: DeepL's client sends `type=target` there."""
    given: dict[str, Any] = dict(request.args.items())
    if request.content_length:
        given = dict(read().body.fields) | given
    return Fields(Body(given, typed=False))
