"""Who works now and who waits: work slots, shared fairly between keys.

A freed slot goes to the waiting request whose key has the fewest; who has waited longest comes first among
equals. The waiting room is small. When it is full, a request of a key with little in the house takes the
place of the latest one of the key that has the most, so that one key's crowd can't lock the others out.

Who is refused comes back after a while, and who was served comes back at once, so a crowd would take every
slot that it frees. So for a time after a key was refused, the others get no more than their equal share each.
And who is refused gets a turn: behind those of its key that were refused before it, at the pace at which the
key gets slots. All told the same time would come back together, and most of them in vain, again and again.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Requests that may wait for a work slot, beside those that work: a short crowd is served late instead of
#: being refused. They have threads of their own, so that health checks are answered meanwhile.
WAITING = 8
#: Seconds after a refusal in which other keys keep to their share: longer than the refused one has to wait.
REMEMBERED = 30.0
#: The longest that anybody is told to stay away.
LONGEST = 30.0


@dataclass(eq=False, slots=True)
class _Waiter:
    key: str
    granted: bool = False
    displaced: bool = False


@dataclass(eq=False, slots=True)
class _Refusals:
    """Of one key: when it was refused last and when it got a slot last, the usual seconds between two slots
    since then, and until when its turns are given away."""

    at: float
    granted: float
    pace: float = 0.0
    given_until: float = 0.0


class Slots:
    """Thread-safe; keeps nothing of keys that are idle."""

    def __init__(
        self, total: int, waiting: int = WAITING, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._total = self._free = total
        self._clock = clock
        self._refused: dict[str, _Refusals] = {}
        self._room = waiting
        self._changed = threading.Condition()
        self._held: Counter[str] = Counter()
        self._waiters: list[_Waiter] = []

    @contextmanager
    def hold(self, key: str, seconds: float) -> Iterator[bool]:
        """Inside, the request of `key` has a slot, for which it waited `seconds` at most; or False, when
        there was none for it."""
        taken = self._take(key, seconds)
        try:
            yield taken
        finally:
            if taken:
                self._give_back(key)

    def _take(self, key: str, seconds: float) -> bool:
        with self._changed:
            if self._free and not self._waiters and self._has_room(key):
                self._grant(key)
                return True
            waiter = _Waiter(key)
            if self._enter(waiter):
                self._hand_out()
                self._changed.wait_for(lambda: waiter.granted or waiter.displaced, seconds)
                if not waiter.granted and waiter in self._waiters:
                    self._waiters.remove(waiter)
            if not waiter.granted:
                self._refuse(key)
            return waiter.granted

    def turn(self, key: str) -> float:
        """Seconds after which a request of `key` that was just refused comes back at the right time."""
        with self._changed:
            now, refused = self._clock(), self._refused.get(key)
            if refused is None:
                return 0.0
            refused.given_until = min(max(now, refused.given_until) + refused.pace, now + LONGEST)
            return refused.given_until - now

    def _refuse(self, key: str) -> None:
        now = self._clock()
        self._refused.setdefault(key, _Refusals(now, now)).at = now

    def _enter(self, waiter: _Waiter) -> bool:
        if len(self._waiters) >= self._room:
            most = max(
                self._waiters, key=lambda w: (self._house(w.key), self._waiters.index(w)), default=None
            )
            if most is None or self._house(most.key) <= self._house(waiter.key) + 1:
                return False
            most.displaced = True
            self._waiters.remove(most)
            self._changed.notify_all()
        self._waiters.append(waiter)
        return True

    def _has_room(self, key: str) -> bool:
        """Whether the key may have one more: while another key was refused lately, within an equal share."""
        now = self._clock()
        self._refused = {k: r for k, r in self._refused.items() if now - r.at < REMEMBERED}
        if not self._refused.keys() - {key}:
            return True
        active = {key, *self._refused, *self._held, *(w.key for w in self._waiters)}
        return self._held[key] < -(-self._total // len(active))

    def _hand_out(self) -> None:
        """Give free slots to those who wait and may have one."""
        while self._free:
            able = [w for w in self._waiters if self._has_room(w.key)]
            if not able:
                return
            following = min(able, key=lambda w: self._held[w.key])
            self._waiters.remove(following)
            following.granted = True
            self._grant(following.key)
            self._changed.notify_all()

    def _house(self, key: str) -> int:
        """Requests of a key that work or wait."""
        return self._held[key] + sum(w.key == key for w in self._waiters)

    def _grant(self, key: str) -> None:
        self._free -= 1
        self._held[key] += 1
        refused, now = self._refused.get(key), self._clock()
        if refused is not None:
            interval = min(now - refused.granted, LONGEST)
            refused.pace += 0.2 * (interval - refused.pace)
            refused.granted = now

    def _give_back(self, key: str) -> None:
        with self._changed:
            self._free += 1
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]
            self._hand_out()
