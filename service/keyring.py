"""API keys: making them, and finding out whose a secret is.

A secret is 256 random bits and kept as its SHA-256 alone. A slow hash (bcrypt, Argon2) makes guessing dear
where people choose passwords; nobody guesses 256 random bits, and a slow hash would cost every request tens
of milliseconds. Looking a digest up in an index takes a time that depends on the digest; that tells an
attacker nothing, who can't choose what a secret's digest is (the reason that comparing secrets themselves
has to take constant time).
"""

import base64
import hashlib
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from service.principal import SCOPES, Principal, Scope
from service.store import keys
from service.store.database import Database
from service.store.ids import new_id
from service.store.keys import Key

PREFIX = "mjz_"
_SECRET = re.compile(r"mjz_[a-z2-7]{52}")
#: Characters of a secret that are kept to tell keys apart: 30 of its 256 bits.
HINT = len(PREFIX) + 6
#: Seconds that an answer of the store is believed: the longest that a key which another process revoked
#: still works. (One that this process revoked stops at once.)
CACHE_SECONDS = 5.0
#: Answers kept; the oldest goes.
CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class NewKey:
    """What to make. Without a team the key is a team of its own."""

    name: str
    team: str | None = None
    scopes: tuple[Scope, ...] = ("translate",)
    daily_characters: int | None = None


class Keyring:
    """The keys of one database. Thread-safe; `clock` counts seconds."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._revocations = 0
        self._known: OrderedDict[str, tuple[float, Principal | None]] = OrderedDict()

    def create(self, wanted: NewKey) -> tuple[Key, str]:
        """Make a key. The secret that comes with it is nowhere else: whoever asked must show it now."""
        secret = PREFIX + base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()
        id = new_id("key")
        scopes = tuple(scope for scope in SCOPES if scope in wanted.scopes)
        key = Key(
            id,
            wanted.team or id,
            wanted.name,
            secret[:HINT],
            scopes,
            wanted.daily_characters,
            datetime.now(UTC),
        )
        with self._database.write() as session:
            keys.add(session, key, _digest(secret))
        return key, secret

    def find(self, secret: str) -> Principal | None:
        """Whose secret this is; None for one that is wrong or revoked. At most one read of the database in
        `CACHE_SECONDS` for each secret; none for what can't be a secret of ours."""
        if not _SECRET.fullmatch(secret):
            return None
        digest = _digest(secret)
        now = self._clock()
        with self._lock:
            known, seen = self._known.get(digest), self._revocations
        if known is not None and now - known[0] < CACHE_SECONDS:
            return known[1]
        with self._database.read() as session:
            key = keys.by_digest(session, digest)
        principal = None if key is None else key.principal
        self._remember(digest, now, principal, seen)
        return principal

    def revoke(self, key_id: str) -> bool:
        """End a key for good; False when there is none with this id."""
        with self._database.write() as session:
            found = keys.revoke(session, key_id, datetime.now(UTC))
        with self._lock:
            self._revocations += 1
            for digest in _of_key(self._known.items(), key_id):
                del self._known[digest]
        return found

    def page(self, limit: int, after: str | None = None) -> list[Key]:
        """Up to `limit` keys, newest first; `after` is the last id of the page before."""
        with self._database.read() as session:
            return keys.newest(session, limit, after)

    def any_active(self) -> bool:
        """Whether there is a key that works."""
        with self._database.read() as session:
            return keys.any_active(session)

    def _remember(self, digest: str, now: float, principal: Principal | None, seen: int) -> None:
        """Unless a key was revoked since `seen`, when the store was asked: it may have been this one."""
        with self._lock:
            if self._revocations != seen:
                return
            self._known[digest] = (now, principal)
            self._known.move_to_end(digest)
            if len(self._known) > CACHE_SIZE:
                self._known.popitem(last=False)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _of_key(known: Iterable[tuple[str, tuple[float, Principal | None]]], key_id: str) -> list[str]:
    return [d for d, (_, principal) in known if principal is not None and principal.key_id == key_id]
