"""Time zones by IANA's name, such as Africa/Cairo."""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def names() -> frozenset[str]:
    """Of all zones that this machine knows, to choose from."""
    return frozenset(available_timezones())


@cache
def choices() -> tuple[str, ...]:
    """The names in the order of a list to choose from."""
    return tuple(sorted(names()))


def is_known(name: str) -> bool:
    """Whether this machine has such a zone, be it one not to choose, such as posix/UTC; paths are none."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder's name an OSError
        return False
    return bool(name)


def named(name: str | None) -> tzinfo:
    """The zone; UTC without a name, and where this machine doesn't know the zone that another one knew."""
    return ZoneInfo(name) if name and is_known(name) else UTC
