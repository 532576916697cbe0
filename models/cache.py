"""Bounded, thread-safe, least-recently-used caches."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, Generic, TypeVar, cast

V = TypeVar("V")
F = TypeVar("F", bound=Callable[..., Any])

#: Longer runs of letters are no words, and nothing comes again of them that would be worth keeping.
LONGEST_WORD = 60


def cached_by_word(maxsize: int) -> Callable[[F], F]:
    """`functools.lru_cache` for a function of a word: long ones are not kept, whatever comes in as a word."""

    def decorate(function: F) -> F:
        kept = lru_cache(maxsize)(function)

        @wraps(function)
        def looked_up(word: str, *args: Any, **named: Any) -> Any:
            ask = kept if len(word) <= LONGEST_WORD else function
            return ask(word, *args, **named)

        return cast(F, looked_up)

    return decorate


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
