"""Quiet hours: until when a message has to wait. Pure.

They are a span of the clock on the wall of a time zone, across midnight where it ends before it begins. When
the clock is set forward over their end, they end with the hour that is left out; when it is set back, the
clock on the wall still counts, so that an hour which comes twice is quiet twice.
"""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def is_hour(text: str) -> bool:
    """Whether it is a time of day such as 22:00."""
    return _HOUR.fullmatch(text) is not None


def until(now: datetime, quiet_from: str | None, quiet_to: str | None, zone: str) -> datetime | None:
    """When the quiet hours end in which `now` is; None when it is in none."""
    if quiet_from is None or quiet_to is None:
        return None
    begin, end, there = time.fromisoformat(quiet_from), time.fromisoformat(quiet_to), ZoneInfo(zone)
    local = now.astimezone(there)
    clock = local.time()
    across = end <= begin
    if not (clock >= begin or clock < end if across else begin <= clock < end):
        return None
    day = local.date() + timedelta(days=1) if across and clock >= begin else local.date()
    for fold in (0, 1):
        ends = datetime.combine(day, end, there).replace(fold=fold).astimezone(UTC)
        if ends > now:
            return ends
    return None
