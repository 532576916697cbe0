"""Feeds read in another process (`pool.py`), where a hostile one can neither hold the interpreter nor take
all memory: feedparser has patterns that take time with the square of what they read, and no limits."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from service import zones
from service.ingest import discovery, feeds
from service.ingest.feeds import Entry, Feed, NotAFeed
from service.ingest.pool import ExtractionFailed, Pool


class Reads(Protocol):
    """Reads a feed, fetched from `url` with this content type; dates without a zone are of `zone` (UTC).
    Raises `NotAFeed`, which for a web page names its feeds."""

    def __call__(self, data: bytes, url: str, content_type: str = "", zone: str | None = None) -> Feed: ...


def read_here(data: bytes, url: str, content_type: str = "", zone: str | None = None) -> Feed:
    """`Reads` in this process: for the worker, and for feeds that we made ourselves."""
    try:
        return feeds.parse(data, url, content_type, zones.named(zone))
    except NotAFeed as error:
        raise NotAFeed(str(error), discovery.feeds_of(data, url)) from None


class FeedReader:
    """`Reads` in a process of the pool. Thread-safe. Raises `Busy` too, when no process got free."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __call__(self, data: bytes, url: str, content_type: str = "", zone: str | None = None) -> Feed:
        asked = {"feed": {"url": url, "content_type": content_type, "zone": zone}}
        try:
            answered = self._pool.ask(data, asked)
        except ExtractionFailed as error:
            raise NotAFeed(str(error)) from None
        if "reason" in answered:
            raise NotAFeed(answered["reason"], answered["named"])
        return _feed(answered)


def answer(data: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the worker says to what `FeedReader` asks, as JSON."""
    try:
        found = read_here(data, **asked)
    except NotAFeed as error:
        return {"reason": str(error), "named": error.named}
    entries = [
        asdict(entry) | {"published": entry.published and entry.published.isoformat()}
        for entry in found.entries
    ]
    lists = {"skip_hours": sorted(found.skip_hours), "skip_days": sorted(found.skip_days)}
    return asdict(found) | lists | {"entries": entries}


def _feed(made: dict[str, Any]) -> Feed:
    """The feed that `answer` wrote."""
    return Feed(
        **made
        | {
            "entries": tuple(map(_entry, made["entries"])),
            "skip_hours": frozenset(made["skip_hours"]),
            "skip_days": frozenset(made["skip_days"]),
            "remarks": tuple(made["remarks"]),
        }
    )


def _entry(made: dict[str, Any]) -> Entry:
    written = made["published"]
    return Entry(**made | {"published": datetime.fromisoformat(written) if written else None})
