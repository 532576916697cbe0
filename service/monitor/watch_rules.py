"""What a watch may be, and what is wrong with one that may not; for the API, the pages and the command line.

Reasons are sentences for whoever typed it, without a capital and a full stop, as they follow a field's name.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models import query
from models.query import QueryError
from service.mail import addresses
from service.mail.addresses import BadAddress
from service.monitor import quiet
from service.zones import names as zone_names

#: Who is written to about one watch.
MOST_EMAILS = 20
LONGEST_NAME, LONGEST_QUERY = 200, 2000
#: Minutes between two messages: a week.
LONGEST_THROTTLE = 7 * 24 * 60
NO_MAIL = (
    "mail isn't set up here: mail.host is empty (docs/configuration.md); leave the addresses out, or set it"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field; `at` is the place in a list."""

    field: str
    reason: str
    at: int | None = None


def tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored: addresses in their canonical form, each once, and no white space around
    names. For fields with which nothing is wrong."""
    values = dict(fields)
    for name in ("name", "query"):
        if name in values:
            values[name] = values[name].strip()
    if "emails" in values:
        values["emails"] = tuple(dict.fromkeys(map(addresses.canonical, values["emails"])))
    return values


def wrong(fields: Mapping[str, Any], *, has_mail: bool) -> list[Wrong]:
    """Everything that is wrong with these fields of a watch; `has_mail`: whether mail can be sent at all.
    Quiet hours are looked at where both ends are there (None: no quiet hours)."""
    return list(_wrong(fields, has_mail))


def _wrong(fields: Mapping[str, Any], has_mail: bool) -> Iterator[Wrong]:
    if "name" in fields and not 0 < len(fields["name"].strip()) <= LONGEST_NAME:
        yield Wrong("name", f"has to have 1 to {LONGEST_NAME} characters")
    if "query" in fields and (reason := wrong_query(fields["query"])) is not None:
        yield Wrong("query", reason)
    if "emails" in fields:
        yield from _wrong_emails(fields["emails"], has_mail)
    if "throttle_minutes" in fields and not 0 <= fields["throttle_minutes"] <= LONGEST_THROTTLE:
        yield Wrong("throttle_minutes", f"has to be 0 to {LONGEST_THROTTLE:,}")
    if "zone" in fields and (reason := wrong_zone(fields["zone"])) is not None:
        yield Wrong("zone", reason)
    if "quiet_from" in fields and "quiet_to" in fields:
        yield from _wrong_hours(fields["quiet_from"], fields["quiet_to"])


def wrong_query(text: str) -> str | None:
    """Why nothing can be looked for with this text; None when something can."""
    if len(text) > LONGEST_QUERY:
        return f"has more than {LONGEST_QUERY:,} characters"
    try:
        parsed = query.parse(text)
    except QueryError as error:
        return f"at character {error.place.start + 1}: {error}"
    return "has no word to look for" if parsed is None else None


def wrong_zone(name: str) -> str | None:
    """Why this is no time zone; None when it is one."""
    if name in zone_names():
        return None
    close = difflib.get_close_matches(name[:80], zone_names(), n=1)
    return "is no time zone" + (f"; did you mean {close[0]}?" if close else "; one is like Asia/Riyadh")


def _wrong_emails(emails: Sequence[str], has_mail: bool) -> Iterator[Wrong]:
    if emails and not has_mail:
        yield Wrong("emails", NO_MAIL)
        return
    if len(emails) > MOST_EMAILS:
        yield Wrong("emails", f"has more than {MOST_EMAILS} addresses")
        return
    for n, email in enumerate(emails):
        try:
            addresses.canonical(email)
        except BadAddress as error:
            yield Wrong("emails", str(error), n)


def _wrong_hours(begin: str | None, end: str | None) -> Iterator[Wrong]:
    for field, value in (("quiet_from", begin), ("quiet_to", end)):
        if value is not None and not quiet.is_hour(value):
            yield Wrong(field, "is no time of day such as 22:00")
            return
    if (begin is None) != (end is None):
        yield Wrong("quiet_to" if end is None else "quiet_from", "is missing: quiet hours have two ends")
    elif begin is not None and begin == end:
        yield Wrong("quiet_to", "is the same as quiet_from: nothing would ever be sent, or always")
