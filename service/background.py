"""Threads that do what is due: one looks for it, at once when told and every so often anyway."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from service.store.errors import StoreError

log = logging.getLogger(__name__)

#: Seconds after which one looks for work that nobody told of: of other processes, or to be repeated.
LOOK_EVERY = 2.0
#: Seconds to wait when the database can't be used.
STORE_WAIT = 5.0
#: Seconds that work in threads of its own gets when the service closes.
CLOSE_SECONDS = 5.0


class Background:
    """Thread-safe. `step` does a piece of what is due and says whether there was one: then it is called again
    at once, and else when there is news, or time has passed. It may hand work to `run`. `threads` of them
    call it, each for itself."""

    def __init__(self, name: str, step: Callable[[], bool], threads: int = 1) -> None:
        self._step = step
        self._changed = threading.Condition()
        self._running: set[threading.Thread] = set()
        self._news = 0
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, name=name if threads == 1 else f"{name}-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def closing(self) -> bool:
        """Whether `step` should come to an end."""
        return self._closing

    @property
    def running(self) -> int:
        """How many threads of `run` there are."""
        return len(self._running)

    def notify(self) -> None:
        """There is something to do; it would be found without this too, only later."""
        with self._changed:
            self._news += 1
            self._changed.notify_all()

    def run(self, name: str, work: Callable[..., None], *arguments: Any) -> None:
        """Do `work`, which raises nothing, in a thread of its own; its end is news."""

        def whole() -> None:
            work(*arguments)
            with self._changed:
                self._running.discard(threading.current_thread())
            self.notify()

        thread = threading.Thread(target=whole, name=name, daemon=True)
        with self._changed:
            self._running.add(thread)
        thread.start()

    def close(self, seconds: float | None = None) -> None:
        """Waits for the steps at work, `seconds` at most where given; threads of `run` get a moment."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        _join(self._threads, seconds)
        with self._changed:
            running = list(self._running)
        _join(running, CLOSE_SECONDS)

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._closing:
                    return
                seen = self._news
            try:
                did, wait = self._step(), LOOK_EVERY
            except Exception as error:  # whatever it is, a thread that died would be missed later
                name = threading.current_thread().name
                log.error("%s: %s", name, error, exc_info=not isinstance(error, StoreError))
                did, wait = False, STORE_WAIT
            if not did:
                self._pause(seen, wait)

    def _pause(self, seen: int, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._news != seen, seconds)


def _join(threads: Sequence[threading.Thread], seconds: float | None) -> None:
    """Wait for those that were started, so long together."""
    until = None if seconds is None else time.monotonic() + seconds
    for thread in threads:
        if thread.ident is not None:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))
