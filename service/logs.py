"""Logging for the service: one line an event, as text or JSON, with request and key id.

Never article text, never a key's secret.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from service.config import LogConfig
from service.principal import LOCAL

#: The id of the request that the current thread works on.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
#: The key whose request that is, and the key's team.
caller: ContextVar[tuple[str, str] | None] = ContextVar("caller", default=None)

#: The part of an outgoing feed's address that is its secret.
_SECRET = re.compile(r"(?i)(/out/)[^/]+")


def shown_path(path: str) -> str:
    """A request's path as the log may have it: one line of ASCII, cut, and without what only its reader is to
    know."""
    return ascii(_SECRET.sub(r"\1*", path)[:200])[1:-1]


@contextmanager
def work_of(request: str | None, key_id: str | None = None, owner: str = "") -> Iterator[None]:
    """Name a request (or job) and its key in everything that this thread logs meanwhile: threads know nothing
    of the request that they work for. Callers without a key are not named."""
    told = caller.set(None if key_id is None or key_id == LOCAL.key_id else (key_id, owner))
    named = request_id.set(request)
    try:
        yield
    finally:
        request_id.reset(named)
        caller.reset(told)


def _context() -> dict[str, str]:
    """What every line says of the work that it came from."""
    found = {}
    if (current := request_id.get()) is not None:
        found["request_id"] = current
    if (asking := caller.get()) is not None:
        found["key"], found["owner"] = asking
    return found


class _JsonLines(logging.Formatter):
    """One JSON object a line; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update(_context())
        entry.update(getattr(record, "fields", {}))
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    """The same for people; line breaks inside a message are escaped, so that nothing can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().replace("\n", "\n  ").replace("\r", "\\r")
        named = getattr(record, "fields", {}) | _context()
        fields = "".join(f" {name}={value}" for name, value in named.items())
        line = f"{self.formatTime(record)} {record.levelname:<7} {record.name}: {message}{fields}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure(options: LogConfig) -> None:
    """Send all logging to standard error in the configured format. For entry points."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if options.format == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options.level)
