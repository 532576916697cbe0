"""Logging for the service: one line an event, as text or JSON, with the request id. Never article text."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from service.config import LogConfig

#: The id of the request that the current thread works on.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class _JsonLines(logging.Formatter):
    """One JSON object a line; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (current := request_id.get()) is not None:
            entry["request_id"] = current
        entry.update(getattr(record, "fields", {}))
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    """The same for people; line breaks inside a message are escaped, so that nothing can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage().replace("\n", "\n  ").replace("\r", "\\r")
        fields = "".join(f" {k}={v}" for k, v in getattr(record, "fields", {}).items())
        current = request_id.get()
        suffix = f" request_id={current}" if current is not None else ""
        line = f"{self.formatTime(record)} {record.levelname:<7} {record.name}: {message}{fields}{suffix}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure(options: LogConfig) -> None:
    """Send all logging to standard error in the configured format. For entry points."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if options.format == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options.level)
