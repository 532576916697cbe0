"""The parameters of a request: JSON, a form, multipart or the query. Unknown names are passed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from service import auth
from service.api.libretranslate.errors import Refused, missing
from service.api.requests import once
from service.body import Body, Upload, read_body, read_query
from service.context import current
from service.errors import Problem


@dataclass(frozen=True, slots=True)
class Fields:
    """What was sent; `typed` when it came as JSON, where a value can be something else than a string. Each
    method raises `Refused` for a value that can't be used."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload]
    typed: bool

    def key(self) -> str | None:
        sent = self._first("api_key")
        return str(sent) if sent else None

    def authorise(self) -> None:
        """Refuse whoever has no key that may translate. Raises `Problem`."""
        auth.require("translate")

    def text(self, name: str) -> str | None:
        """One string; None when it isn't given or empty."""
        value = self._first(name)
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            raise Refused(f"Invalid request: {name} parameter is not a string")
        return value

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise missing(name)
        return value

    def q(self) -> str | list[str]:
        """The text, or in JSON an array of texts. A form's line ends become LF."""
        value = self.values.get("q")
        if value in (None, "", []):
            raise missing("q")
        if isinstance(value, str):
            return value if self.typed else value.replace("\r\n", "\n").replace("\r", "\n")
        if self.typed and isinstance(value, list) and all(isinstance(text, str) for text in value):
            return value
        raise Refused("Invalid request: q parameter is not a string or, in JSON, an array of strings")

    def number(self, name: str) -> int:
        """A number; 0 when it isn't given."""
        value = self._first(name)
        if value in (None, ""):
            return 0
        try:
            return int(value)
        except (ValueError, TypeError, OverflowError):
            raise Refused(f"Invalid request: {name} parameter is not a number") from None

    def _first(self, name: str) -> Any:
        """Of a field that a form repeats, the first."""
        value = self.values.get(name)
        return value[0] if isinstance(value, list) and value and not self.typed else value


def finds_key() -> str | None:
    """The key of the current request. Raises `Problem`."""
    return read().key()


@once
def read() -> Fields:
    """The parameters of the current request. The query counts before a form, JSON before the query. Raises
    `Problem`."""
    query = read_query(request).fields
    try:
        body = read_body(request, current().config.limits.max_body_bytes, files=("file",))
    except Problem as problem:
        if problem.kind.code != "empty_body":
            raise
        body = Body({}, typed=False)
    values = {**query, **body.fields} if body.typed else {**body.fields, **query}
    return Fields(values, body.files, body.typed)
