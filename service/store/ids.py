"""Identifiers that sort by the time they were made: a prefix, 48 bits of milliseconds, 80 random bits.

The layout is ULID's (github.com/ulid/spec): new rows go to the end of an index, and lists in the order of
their ids are lists in the order of creation.
"""

import secrets
import time
from collections.abc import Callable

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case


def new_id(prefix: str, clock: Callable[[], float] = time.time) -> str:
    """Such as `job_01jdv6m3k8w2q0x4n5r7t9y1za`: `prefix`, then 26 characters."""
    value = (int(clock() * 1000) & (2**48 - 1)) << 80 | secrets.randbits(80)
    digits = []
    for _ in range(26):
        digits.append(ALPHABET[value & 31])
        value >>= 5
    return f"{prefix}_{''.join(reversed(digits))}"
