"""E-mail addresses: what is taken for one, and how it is written."""

import re
from dataclasses import dataclass

import idna

#: RFC 5322's dot-atom; quoted local parts are legal, and nobody has one.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
#: RFC 5321, 4.5.3.1.
_LONGEST, _LONGEST_LOCAL = 254, 64


class BadAddress(ValueError):
    """It is no address; the message says why."""


def canonical(text: str) -> str:
    """The address as it goes into a mail, with an internationalised domain in ASCII. Raises `BadAddress`."""
    address = text.strip()
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise BadAddress("an address is like name@example.org")
    if not local.isascii():
        raise BadAddress("the part before the @ has to be in ASCII")
    if len(local) > _LONGEST_LOCAL or _LOCAL.fullmatch(local) is None:
        raise BadAddress("the part before the @ has a character, or a dot, that can't be there")
    try:
        domain = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise BadAddress("the part after the @ is no domain") from None
    labels = domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdecimal():
        raise BadAddress("the part after the @ is no domain")
    address = f"{local}@{domain.lower()}"
    if len(address) > _LONGEST:
        raise BadAddress(f"it is longer than {_LONGEST} characters")
    return address


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who may be written to: whole addresses, and domains with an @ before them (`@example.org`, which is not
    those below it). With none of them, anyone."""

    allowed: frozenset[str] = frozenset()

    def admit(self, address: str) -> bool:
        """Whether this address, in its canonical form, may be written to."""
        return not self.allowed or not self.allowed.isdisjoint((address, f"@{domain_of(address)}"))

    def canonical(self, text: str) -> str:
        """The address as it goes into a mail. Raises `BadAddress`, also for one that may not be."""
        address = canonical(text)
        if not self.admit(address):
            raise BadAddress("this server doesn't write to that address (mail.recipients)")
        return address


def canonical_recipient(text: str) -> str:
    """An entry of `Recipients` in the form in which addresses are compared. Raises `BadAddress`."""
    return canonical(f"x{text}")[1:] if text.startswith("@") else canonical(text)


def domain_of(address: str) -> str:
    """What follows the @."""
    return address.rpartition("@")[2]
