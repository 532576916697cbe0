"""How many requests may wait for a thread that works, and how many of each key are worked on at once."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

#: Requests that may wait for a work slot, beside those that work: a short crowd is served late instead of
#: being refused. They have threads of their own, so that health checks are answered meanwhile.
WAITING = 8


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
