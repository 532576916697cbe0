"""Dates as feeds and pages write them, Arabic ones too.

Feeds should say RFC 822 (RSS) or RFC 3339 (Atom) and often don't: `٢٨ تشرين الثاني ٢٠٢٦ - ٨:١٥ م`,
`28/11/2026 20:15`, a local time with no zone, `GMT+3`.
"""

import email.utils
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from models import arabic
from models.quality import arabic_lexicon

_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s*[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*(?P<year>\d{4})(?!\d)"
)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>\d{4})\s*[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*(?P<day>\d{1,2})(?!\d)"
)
_WORDS = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s+(?P<name>[^\d\s].{0,60}?)\s*[،,]?\s*(?P<year>\d{4})(?!\d)")
_TIME = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[صم]|[ap]\.?m\b)?", re.I
)
_ZONE = re.compile(
    r"(?:GMT|UTC|غرينتش|جرينتش)\s*(?P<hours>[+-]\d{1,2})?(?::?(?P<minutes>\d{2}))?(?!\d)", re.I
)
_OFFSET = re.compile(r"(?<=\d)\s*(?P<hours>[+-]\d{2}):?(?P<minutes>\d{2})(?!\d)")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
_MOST_HOURS = 15


def parse(text: str, zone: tzinfo = UTC) -> datetime | None:
    """The instant, in UTC; None when it can't be made out. A time without a zone is taken for `zone`'s."""
    plain = _MARKS.sub("", arabic.to_western_digits(text)).strip()[:200]
    found = _standard(plain) or _written(plain)
    if found is None:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _standard(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        found = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if found.year < 1990:
        return None
    # "GMT+3" is plain GMT to the parser of mail dates.
    zone = _ZONE.search(text)
    return found.replace(tzinfo=_zone(text)) if zone and zone["hours"] else found


def _written(text: str) -> datetime | None:
    """Date, time and zone, wherever in the text they stand."""
    date = _date(text)
    if date is None:
        return None
    year, month, day = date
    hour, minute, second = _time(text)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=_zone(text))
    except ValueError:
        return None


def _date(text: str) -> tuple[int, int, int] | None:
    numbers = _YEAR_FIRST.search(text) or _DAY_FIRST.search(text)
    if numbers is not None:
        return int(numbers["year"]), int(numbers["month"]), int(numbers["day"])
    for words in _WORDS.finditer(text):
        month = _month(words["name"])
        if month is not None:
            return int(words["year"]), month, int(words["day"])
    return None


def _month(name: str) -> int | None:
    """Number of a Gregorian month; where both names are given ("تشرين الثاني / نوفمبر"), of the first."""
    pattern, numbers, _ = arabic_lexicon.months()
    match = pattern.search(arabic.for_matching(name).text)
    number = numbers.get(match[0]) if match else None
    return number if number is not None and number <= 12 else None


def _time(text: str) -> tuple[int, int, int]:
    match = _TIME.search(text)
    if match is None:
        return 0, 0, 0
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half[:1] in ("م", "p") and hour < 12:
        hour += 12
    elif half[:1] in ("ص", "a") and hour == 12:
        hour = 0
    return hour, int(match["minute"]), int(match["second"] or 0)


def _zone(text: str) -> tzinfo | None:
    match = _ZONE.search(text) or _OFFSET.search(text)
    if match is None:
        return None
    hours, minutes = int(match["hours"] or 0), int(match["minutes"] or 0)
    if abs(hours) >= _MOST_HOURS or minutes >= 60:
        return None
    return timezone(timedelta(hours=hours, minutes=-minutes if hours < 0 else minutes))
