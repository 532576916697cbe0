"""A bounded, thread-safe, least-recently-used cache."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class LruCache(Generic[V]):
    """Holds at most `weight_limit` units of weight; the least recently used entries leave first.

    An entry's weight is given when it is stored (characters, say), so that memory stays bounded whatever
    the entries' sizes. An entry heavier than the whole cache is not kept. A limit of 0 turns it off."""

    def __init__(self, weight_limit: int) -> None:
        self._limit = weight_limit
        self._weight = 0
        self._entries: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: Hashable, value: V, weight: int) -> None:
        if weight > self._limit:
            return
        with self._lock:
            old = self._entries.pop(key, None)
            self._weight += weight - (old[1] if old else 0)
            self._entries[key] = (value, weight)
            while self._weight > self._limit:
                _, (_, gone) = self._entries.popitem(last=False)
                self._weight -= gone

    def __len__(self) -> int:
        return len(self._entries)
