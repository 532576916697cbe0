"""Identifiers that sort by the time they were made: a prefix, 48 bits of milliseconds, 80 random bits.

The layout is ULID's (github.com/ulid/spec), with its rule for several in one millisecond: each is greater
than the one before. So new rows go to the end of an index, and lists in the order of their ids are lists in
the order of creation, for those that one process made.
"""

import secrets
import threading
import time
import uuid
from collections.abc import Callable

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case


class Sequence:
    """Numbers of 128 bits by the seconds of `clock`, each greater than the one before, also when the clock
    stands or goes back. Steps within a millisecond are random too: nobody can guess the next one, and
    processes that were forked from one don't meet."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._last = -1

    def __next__(self) -> int:
        with self._lock:
            now = (int(self._clock() * 1000) & (2**48 - 1)) << 80 | secrets.randbits(80)
            self._last = now if now >> 80 > self._last >> 80 else self._last + 1 + secrets.randbits(64)
            return self._last


_sequence = Sequence()


def new_id(prefix: str) -> str:
    """Such as `job_01jdv6m3k8w2q0x4n5r7t9y1za`: `prefix`, then 26 characters. Safe from several threads."""
    return written(prefix, next(_sequence))


def as_uuid(own: str) -> uuid.UUID:
    """One of our ids as a UUID, which other APIs have for theirs."""
    value = 0
    for character in own.partition("_")[2]:
        value = value << 5 | _ALPHABET.index(character)
    return uuid.UUID(int=value)


def canonical(prefix: str, given: str) -> str:
    """Our id for a UUID; anything else comes back as it is."""
    try:
        return written(prefix, uuid.UUID(given).int)
    except ValueError:
        return given


def written(prefix: str, value: int) -> str:
    """The id with this number of 128 bits."""
    return f"{prefix}_{''.join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))}"
