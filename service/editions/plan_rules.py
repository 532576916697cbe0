"""What a plan of digests may be, and what is wrong with one that may not, whichever way it comes."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.editions import schedule
from service.editions.schedule import WrongPlan
from service.field_rules import Wrong, tidy_emails, wrong_emails, wrong_zone
from service.mail.addresses import Recipients

#: Who is sent the digests of one plan.
MOST_EMAILS = 50
MOST_HOURS = 24
LONGEST_NAME, LONGEST_FOLDER = 200, 200


def wrong(fields: Mapping[str, Any], recipients: Recipients | None) -> list[Wrong]:
    """Everything that is wrong with these fields of a plan; `recipients`: who may be written to, None where
    mail isn't set up."""
    return list(_wrong(fields, recipients))


def _wrong(fields: Mapping[str, Any], recipients: Recipients | None) -> Iterator[Wrong]:
    if "name" in fields and not 0 < len(fields["name"].strip()) <= LONGEST_NAME:
        yield Wrong("name", f"has to have 1 to {LONGEST_NAME} characters")
    if len(fields.get("folder") or "") > LONGEST_FOLDER:
        yield Wrong("folder", f"has more than {LONGEST_FOLDER} characters")
    if len(fields.get("hours", ())) > MOST_HOURS:
        yield Wrong("hours", f"are more than {MOST_HOURS}")
    elif "hours" in fields:
        try:
            schedule.hours_of(fields["hours"])
        except WrongPlan as error:
            yield Wrong("hours", str(error))
    if "zone" in fields and (reason := wrong_zone(fields["zone"])) is not None:
        yield Wrong("zone", reason)
    if "emails" in fields:
        yield from wrong_emails(fields["emails"], recipients, MOST_EMAILS)


def tidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are stored: hours sorted, addresses in their canonical form, each once, and no white
    space around the name. For fields with which nothing is wrong."""
    values = dict(fields)
    if "name" in values:
        values["name"] = values["name"].strip()
    if "hours" in values:
        values["hours"] = schedule.hours_of(values["hours"])
    if "emails" in values:
        values["emails"] = tidy_emails(values["emails"])
    return values
