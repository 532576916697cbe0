"""What a watch may be, and what is wrong with one that may not; for the API, the pages and the command line.

Reasons are sentences for whoever typed it, without a capital and a full stop, as they follow a field's name.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from models import query
from models.query import QueryError
from service.field_rules import Wrong, tidy_emails, wrong_emails, wrong_zone
from service.mail.addresses import Recipients
from service.monitor import quiet

#: Who is written to about one watch.
MOST_EMAILS = 20
LONGEST_NAME, LONGEST_QUERY = 200, 2000
#: Minutes between two messages: a week.
LONGEST_THROTTLE = 7 * 24 * 60


def tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored: addresses in their canonical form, each once, and no white space around
    names. For fields with which nothing is wrong."""
    values = dict(fields)
    for name in ("name", "query"):
        if name in values:
            values[name] = values[name].strip()
    if "emails" in values:
        values["emails"] = tidy_emails(values["emails"])
    return values


def wrong(fields: Mapping[str, Any], recipients: Recipients | None) -> list[Wrong]:
    """Everything that is wrong with these fields of a watch; `recipients`: who may be written to, None where
    mail isn't set up. Quiet hours are looked at where both ends are there (None: no quiet hours)."""
    return list(_wrong(fields, recipients))


def _wrong(fields: Mapping[str, Any], recipients: Recipients | None) -> Iterator[Wrong]:
    if "name" in fields and not 0 < len(fields["name"].strip()) <= LONGEST_NAME:
        yield Wrong("name", f"has to have 1 to {LONGEST_NAME} characters")
    if "query" in fields and (reason := wrong_query(fields["query"])) is not None:
        yield Wrong("query", reason)
    if "emails" in fields:
        yield from wrong_emails(fields["emails"], recipients, MOST_EMAILS)
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


def _wrong_hours(begin: str | None, end: str | None) -> Iterator[Wrong]:
    for field, value in (("quiet_from", begin), ("quiet_to", end)):
        if value is not None and not quiet.is_hour(value):
            yield Wrong(field, "is no time of day such as 22:00")
            return
    if (begin is None) != (end is None):
        yield Wrong("quiet_to" if end is None else "quiet_from", "is missing: quiet hours have two ends")
    elif begin is not None and begin == end:
        yield Wrong("quiet_to", "is the same as quiet_from: nothing would ever be sent, or always")
