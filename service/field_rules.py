"""What is wrong with fields that several forms have: addresses of mail, time zones.

Reasons are sentences for whoever typed it, without a capital and a full stop, as they follow a field's name.
"""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from service import zones
from service.mail.addresses import BadAddress, Recipients, canonical

NO_MAIL = (
    "mail isn't set up here: mail.host is empty (docs/configuration.md); leave the addresses out, or set it"
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field; `at` is the place in a list."""

    field: str
    reason: str
    at: int | None = None


def reason_of(error: Any) -> str:
    """Why pydantic refused a value. What our own validators raise is told in their words alone."""
    message = str(error["ctx"]["error"]) if error["type"] == "value_error" else str(error["msg"])
    return message[:1].lower() + message[1:]


def wrong_zone(name: str) -> str | None:
    """Why this is no time zone; None when it is one."""
    if name in zones.names():
        return None
    close = difflib.get_close_matches(name[:80], zones.names(), n=1)
    return "is no time zone" + (f"; did you mean {close[0]}?" if close else "; one is like Asia/Riyadh")


def wrong_emails(emails: Sequence[str], recipients: Recipients | None, most: int) -> Iterator[Wrong]:
    """What is wrong with the field `emails`; `recipients`: who may be written to, None where mail isn't set
    up; `most`: how many addresses there may be."""
    if not emails:
        return
    if recipients is None:
        yield Wrong("emails", NO_MAIL)
        return
    if len(emails) > most:
        yield Wrong("emails", f"has more than {most} addresses")
        return
    for n, email in enumerate(emails):
        try:
            recipients.canonical(email)
        except BadAddress as error:
            yield Wrong("emails", f"{error}: {email[:80]}", n)


def tidy_emails(emails: Sequence[str]) -> tuple[str, ...]:
    """Addresses with which nothing is wrong as they are stored: in their canonical form, each once."""
    return tuple(dict.fromkeys(map(canonical, emails)))
