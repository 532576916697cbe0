"""When a feed is polled next. Pure: times and counts in, a time out.

A feed is looked at about twice as often as it publishes, within bounds, but never sooner than it asks
(`ttl`, `Cache-Control: max-age`, `Retry-After`, `skipHours`, `skipDays`). Failures double the time; jitter
keeps feeds that failed together from coming back together.
"""

import email.utils
import itertools
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=12)
#: Where nothing is known of a feed's rhythm.
USUAL = timedelta(minutes=30)
#: A server's wish is obeyed up to this; beyond it a slip of a digit would silence a feed for good.
LONGEST_WISH = timedelta(days=1)
#: Entries looked at for the rhythm: the present one, not last year's.
RECENT = 20
JITTER = 0.1
_MAX_AGE = re.compile(r"max-age\s*=\s*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a feed and its server ask for."""

    wait: timedelta = timedelta(0)
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, Any]:
        minutes = round(self.wait.total_seconds() / 60)
        return {"minutes": minutes, "hours": sorted(self.skip_hours), "days": sorted(self.skip_days)}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Wishes":
        """What `to_json` made; nothing is no wish."""
        wait = timedelta(minutes=kept.get("minutes", 0))
        return cls(wait, frozenset(kept.get("hours", ())), frozenset(kept.get("days", ())))

    def and_wait(self, wait: timedelta) -> "Wishes":
        """With a wait of at least `wait`."""
        return replace(self, wait=max(self.wait, wait))


def rhythm(published: Sequence[datetime], now: datetime) -> timedelta:
    """Half the usual time between entries; longer when the feed has been silent for longer than that."""
    latest = sorted((time for time in published if time <= now), reverse=True)[:RECENT]
    if not latest:
        return USUAL
    gaps = sorted(a - b for a, b in itertools.pairwise(latest))
    usual = gaps[len(gaps) // 2] if gaps else USUAL
    silence = (now - latest[0]) / 10
    return _within(max(usual / 2, silence))


def after_success(interval: timedelta, wishes: Wishes, now: datetime, draw: random.Random) -> datetime:
    """The next look at a feed that answered."""
    wait = max(interval, min(wishes.wait, LONGEST_WISH))
    return _outside(now + _shaken(wait, draw), wishes)


def after_failure(failures: int, wishes: Wishes, now: datetime, draw: random.Random) -> datetime:
    """The next look after `failures` failures in a row (at least one)."""
    wait = min(SHORTEST * 2 ** min(failures, 12), LONGEST)
    return now + _shaken(max(wait, min(wishes.wait, LONGEST_WISH)), draw)


def wait_asked(headers: dict[str, str], now: datetime) -> timedelta:
    """`Retry-After` (seconds or a date), else `max-age`; nothing without either. Names in lower case."""
    after = headers.get("retry-after", "").strip()
    if after.isdecimal():
        # Python makes no number of thousands of digits.
        return timedelta(seconds=int(after) if len(after) < 8 else 10**7)
    if after:
        try:
            until = email.utils.parsedate_to_datetime(after)
        except (ValueError, TypeError, OverflowError):
            return timedelta(0)
        return max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta(0))
    age = _MAX_AGE.search(headers.get("cache-control", ""))
    return timedelta(seconds=int(age[1])) if age else timedelta(0)


def _within(interval: timedelta) -> timedelta:
    return min(max(interval, SHORTEST), LONGEST)


def _shaken(wait: timedelta, draw: random.Random) -> timedelta:
    return wait * (1 + JITTER * draw.random())


def _outside(time: datetime, wishes: Wishes) -> datetime:
    """The first moment from `time` on that isn't in an hour (UTC) or on a day the feed wants to be left
    alone; `time` itself when it names them all."""
    hours = range(8 * 24)
    for hour in hours:
        start = (
            time if hour == 0 else (time + timedelta(hours=hour)).replace(minute=0, second=0, microsecond=0)
        )
        day = start.strftime("%A").lower()
        if start.hour not in wishes.skip_hours and day not in wishes.skip_days:
            return start
    return time
