"""Identical work that is asked for at the same time is done once, and everyone gets its result.

Clients with a timeout of their own send the same request again while the first one still computes, up to five
times (the official DeepL client does); without this, each of them would make the others slower.
"""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class SingleFlight(Generic[Key, Result]):
    """Thread-safe; remembers nothing once the work is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flying: dict[Key, Future[Result]] = {}

    def do(
        self,
        key: Key,
        work: Callable[[], Result],
        joining: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> Result:
        """The result of `work`, or of the same work that is being done already. When that one fails each does
        its own: the reason may have been its caller's, who wants it no longer. Inside
        `joining` one waits for another's; it may raise instead."""
        with self._lock:
            leader = self._flying.get(key)
            if leader is None:
                mine = self._flying[key] = Future[Result]()
        if leader is not None:
            with joining():
                failed = leader.exception() is not None
            return work() if failed else leader.result()
        try:
            mine.set_result(work())
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._flying[key]
        return mine.result()
