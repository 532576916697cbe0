"""What callers without a quota used, written to the store every two seconds instead of with each request.

A write waits for the disk: 5 to 20 ms in which nothing else is written, more than many an answer takes. A
quota is worth that, since it must hold at once; a count that nobody is refused by isn't. A process that is
killed loses the counts of two seconds.
"""

import logging
import threading
from collections import Counter
from datetime import date

from service.store import usage
from service.store.database import Database
from service.store.errors import StoreError

log = logging.getLogger(__name__)

#: Seconds between two writes.
EVERY = 2.0


class Ledger:
    """Thread-safe. `start` begins the writing; `close` ends it and writes what is left."""

    def __init__(self, database: Database, every: float = EVERY) -> None:
        self._database = database
        self._every = every
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._characters: Counter[tuple[str, date]] = Counter()
        self._requests: Counter[tuple[str, date]] = Counter()
        self._failing = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mujaz-ledger", daemon=True)

    def note(self, key_id: str, day: date, characters: int) -> None:
        """Count a request that was served."""
        with self._lock:
            self._characters[key_id, day] += characters
            self._requests[key_id, day] += 1

    def flush(self) -> None:
        """Write what was noted, before somebody reads it. Whatever this raises (`StoreError` mostly),
        nothing is lost."""
        with self._flushing:
            with self._lock:
                characters, self._characters = self._characters, Counter()
                requests, self._requests = self._requests, Counter()
            if not requests:
                return
            try:
                with self._database.write() as session:
                    for (key_id, day), number in requests.items():
                        usage.charge(session, key_id, day, characters[key_id, day], None, number)
            except BaseException:
                with self._lock:
                    self._characters.update(characters)
                    self._requests.update(requests)
                raise

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._try()

    def _work(self) -> None:
        while not self._closing.wait(self._every):
            self._try()

    def _try(self) -> None:
        try:
            self.flush()
            self._failing = False
        except Exception as error:  # whatever it is, a thread that died would be missed later
            if not self._failing:
                log.error("usage is written later: %s", error, exc_info=not isinstance(error, StoreError))
            self._failing = True
