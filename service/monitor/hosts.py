"""Politeness: a host gets one request of ours at a time, and a pause after each."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from models.errors import Busy

#: Seconds between the end of one request to a host and the beginning of the next.
APART = 1.0
#: Seconds that callers of `turn` usually wait before they do something else.
PATIENCE = 3.0
#: Hosts remembered before those that are free again are forgotten.
_MANY = 1000


def host_of(url: str) -> str:
    """The host that a URL names; the URL itself when it names none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


class Hosts:
    """Thread-safe; shared by all that fetch on their own accord. The hosts that a redirect leads to aren't
    counted."""

    def __init__(self, apart: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._apart = APART if apart is None else apart
        self._clock = clock
        self._changed = threading.Condition()
        self._busy: set[str] = set()
        self._free_at: dict[str, float] = {}

    def take(self, host: str) -> bool:
        """Whether it is the caller's turn; then `give` has to follow."""
        with self._changed:
            return self._take(host)

    def give(self, host: str) -> None:
        """The request is done."""
        with self._changed:
            self._busy.discard(host)
            now = self._clock()
            self._free_at[host] = now + self._apart
            if len(self._free_at) > _MANY:
                self._free_at = {name: at for name, at in self._free_at.items() if at > now}
            self._changed.notify_all()

    @contextmanager
    def turn(self, host: str, patience: float) -> Iterator[None]:
        """Wait for the caller's turn. Raises `Busy` when it doesn't come within `patience` seconds."""
        until = self._clock() + patience
        with self._changed:
            while not self._take(host):
                now = self._clock()
                if now >= until:
                    raise Busy("Others wait for the same host.", self._apart + patience)
                soon = self._free_at.get(host, now) - now
                self._changed.wait(min(until - now, soon) if soon > 0 else until - now)
        try:
            yield
        finally:
            self.give(host)

    def _take(self, host: str) -> bool:
        if host in self._busy or self._clock() < self._free_at.get(host, 0.0):
            return False
        self._busy.add(host)
        return True
