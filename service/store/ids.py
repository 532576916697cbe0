"""Identifiers that sort by the time they were made: a prefix, 48 bits of milliseconds, 80 random bits.

The layout is ULID's (github.com/ulid/spec): new rows go to the end of an index, and lists in the order of
their ids are lists in the order of creation.
"""

import secrets
import time
import uuid
from collections.abc import Callable

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case


def new_id(prefix: str, clock: Callable[[], float] = time.time) -> str:
    """Such as `job_01jdv6m3k8w2q0x4n5r7t9y1za`: `prefix`, then 26 characters."""
    return _written(prefix, (int(clock() * 1000) & (2**48 - 1)) << 80 | secrets.randbits(80))


def as_uuid(own: str) -> uuid.UUID:
    """One of our ids as a UUID, which other APIs have for theirs."""
    value = 0
    for character in own.partition("_")[2]:
        value = value << 5 | _ALPHABET.index(character)
    return uuid.UUID(int=value)


def canonical(prefix: str, given: str) -> str:
    """Our id for a UUID; anything else comes back as it is."""
    try:
        return _written(prefix, uuid.UUID(given).int)
    except ValueError:
        return given


def _written(prefix: str, value: int) -> str:
    return f"{prefix}_{''.join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))}"
