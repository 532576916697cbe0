"""The dashboard: how much came in and when, from where, which words rise, and what is flagged.

Every chart is drawn by the page's script from a table that stands beside it, so there is one set of numbers,
and who has no script or can't see the chart reads it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Response, request

from service import zones
from service.context import principal, services
from service.rows import direction
from service.store import trends
from service.store.trends import Rising, Share
from service.ui.pages import PageRoute, render

#: Days that a reader can choose to look back.
RANGES = (7, 30, 90)
#: Feeds in the chart; the table has them all. Words in a list.
SOURCES, WORDS = 15, 12


@dataclass(frozen=True, slots=True)
class Volume:
    """Entries published, by day and by hour of the day in the reader's zone. Days without any are there too;
    `hours` has 24 numbers."""

    days: tuple[tuple[date, int], ...]
    hours: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.days)


def dashboard() -> Response:
    """`days`: how far to look back; `zone`: whose days and hours."""
    now = datetime.now(UTC)
    days = next((n for n in RANGES if str(n) == request.args.get("days")), RANGES[1])
    zone = request.args.get("zone", "UTC")
    zone = zone if zone in zones.names() else "UTC"
    owner = principal().owner
    start = _start(now, days, ZoneInfo(zone))
    with services().database.read() as session:
        counted = trends.by_hour(session, owner, start)
        sources = trends.by_source(session, owner, start)
        shares = trends.shares(session, owner, start.date())
        rising = {
            language: trends.rising(session, owner, language, now.date(), WORDS) for language in ("ar", "en")
        }
    return render(
        "dashboard.html",
        days=days,
        ranges=RANGES,
        zone=zone,
        zones=zones.choices(),
        volume=volume(counted, start, now, ZoneInfo(zone)),
        sources=sources,
        most_sources=SOURCES,
        shares=shares,
        overall=_overall(shares),
        rising=rising,
        strongest=_strongest(rising),
        has_feeds=bool(sources),
        direction=direction,
        percent=percent,
    )


def volume(counted: Mapping[datetime, int], start: datetime, now: datetime, zone: ZoneInfo) -> Volume:
    """Hours (UTC) with their numbers as days and hours of the day in `zone`. Zones that are half an hour off
    count by the hour in which an hour of UTC begins there."""
    first, last = start.astimezone(zone).date(), now.astimezone(zone).date()
    days = {first + timedelta(days=n): 0 for n in range((last - first).days + 1)}
    hours = [0] * 24
    for moment, number in counted.items():
        there = moment.astimezone(zone)
        if there.date() in days:
            days[there.date()] += number
            hours[there.hour] += number
    return Volume(tuple(days.items()), tuple(hours))


def percent(part: int, whole: int) -> float:
    """To one decimal; nothing of nothing is 0."""
    return round(100 * part / whole, 1) if whole else 0.0


def _start(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The beginning of the first of `days` days, of which today is the last."""
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)


def _overall(shares: Sequence[Share]) -> Share | None:
    if not shares:
        return None
    sums = [sum(getattr(one, name) for one in shares) for name in Share.__slots__[1:]]
    return Share(shares[0].day, *sums)


def _strongest(rising: Mapping[str, Sequence[Rising]]) -> int:
    """What the longest bar beside a word stands for."""
    return max((word.now for words in rising.values() for word in words), default=1)


PAGES = (PageRoute("GET", "/dashboard", dashboard),)
