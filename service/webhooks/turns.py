"""Whose turn it is: so that receivers that don't answer never hold up those that do.

An attempt at a dead receiver takes as long as it may. Receivers are told apart by host and port; one gets at
most two attempts at the same time. Those whose last attempt took long get one, come after all others, and
share half of the workers: the other half is always there for receivers that answer at once.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable

from service.ingest import urls
from service.ingest.fetch_errors import FetchRefused
from service.store.webhooks import Waiting

#: Attempts at the same time at one receiver.
AT_ONCE = 2
#: Seconds after which an attempt is called slow.
SLOW = 2.0
#: Slow receivers remembered; the oldest goes.
MOST_SLOW = 1000


class Turns:
    """What `workers` are at, and which receivers were slow. Its user locks."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._busy: Counter[str] = Counter()
        self._slow: OrderedDict[str, None] = OrderedDict()

    @property
    def free(self) -> bool:
        return self._busy.total() < self._workers

    def choose(self, waiting: Iterable[Waiting]) -> Waiting | None:
        """Who is next, of those for whom something is due; `waiting` is in the order of their waiting."""
        allowed = [one for one in waiting if self._may(receiver(one.url))]
        return min(allowed, key=lambda one: self._rank(receiver(one.url)), default=None)

    def begin(self, host: str) -> None:
        """An attempt at this receiver begins."""
        self._busy[host] += 1

    def end(self, host: str, seconds: float) -> None:
        """An attempt is over; it took so long."""
        self._busy[host] -= 1
        self._busy += Counter()  # forgets those at zero
        if seconds < SLOW:
            self._slow.pop(host, None)
            return
        self._slow[host] = None
        if len(self._slow) > MOST_SLOW:
            self._slow.popitem(last=False)

    def _may(self, host: str) -> bool:
        if not self.free:
            return False
        if host not in self._slow:
            return self._busy[host] < AT_ONCE
        at_slow = sum(number for busy, number in self._busy.items() if busy in self._slow)
        return not self._busy[host] and at_slow < max(1, self._workers // 2)

    def _rank(self, host: str) -> tuple[bool, int]:
        return host in self._slow, self._busy[host]


def receiver(url: str) -> str:
    """Host and port of a URL; one that can't be read is a receiver of its own."""
    try:
        return urls.parse(url).netloc
    except FetchRefused:
        return url
