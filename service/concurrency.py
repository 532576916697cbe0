"""How many requests of each key are worked on at once, and how many wait for what others do."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Concurrency:
    """Counts by key, in this process; holds nothing of keys that are idle. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()

    @contextmanager
    def hold(self, key_id: str, most: int) -> Iterator[bool]:
        """Count one more for `key_id` while inside; False, and nothing counted, when `most` are running.
        0: no limit."""
        with self._lock:
            taken = most == 0 or self._running[key_id] < most
            if taken:
                self._running[key_id] += 1
        try:
            yield taken
        finally:
            if taken:
                with self._lock:
                    self._running[key_id] -= 1
                    if not self._running[key_id]:
                        del self._running[key_id]


#: Requests that may wait at once for work that is done elsewhere, and so take no work slot. They have threads
#: of their own.
JOINING = 8


class Joining:
    """Places for those that wait, in this process. Thread-safe."""

    def __init__(self, places: int = JOINING) -> None:
        self._free = threading.Semaphore(places)

    @contextmanager
    def hold(self) -> Iterator[bool]:
        """Inside, there is a place; or False, when there is none."""
        taken = self._free.acquire(blocking=False)
        try:
            yield taken
        finally:
            if taken:
                self._free.release()
