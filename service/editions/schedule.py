"""When a digest is due: at set hours of the clock in a zone. Pure.

An hour that the clock skips in spring stands for the moment that many minutes after the jump, one that comes
twice in autumn for the first of the two: each gives one digest. Two hours that fall on the same moment that
way give one together.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service import zones

_HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


class WrongPlan(ValueError):
    """Hours or zone can't be used. The message says why."""


def zone_of(name: str) -> ZoneInfo:
    """The zone of the tz database with this name, such as Asia/Riyadh. Raises `WrongPlan`."""
    if not zones.is_known(name):
        raise WrongPlan("There is no such time zone; Asia/Riyadh or Europe/Berlin would be one.")
    return ZoneInfo(name)


def hours_of(written: Sequence[str]) -> tuple[str, ...]:
    """Hours such as "07:00", sorted, each once. Raises `WrongPlan`."""
    wrong = [hour for hour in written if not _HOUR.fullmatch(hour)]
    if wrong or not written:
        raise WrongPlan('are written like "07:00", from 00:00 to 23:59')
    return tuple(sorted(set(written)))


def next_due(hours: Sequence[str], zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment later than `after` at which the clock of `zone` shows one of `hours`, in UTC."""
    today = after.astimezone(zone).date()
    moments = (
        datetime.combine(today + timedelta(days=days), time.fromisoformat(hour), zone).astimezone(UTC)
        # A zone can leave out a whole day (Samoa in 2011).
        for days in range(-1, 4)
        for hour in hours
    )
    return min(moment for moment in moments if moment > after)
