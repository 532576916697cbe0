"""One scheduler at a time: of the processes that serve one database, one leads.

It polls feeds and does what is done now and then; jobs, webhooks and mail are everybody's. Who leads renews
a lease every two seconds. A process that dies (`kill -9`) is followed by another within `LEASE` and `GRACE`,
one that closes within a second. A process that couldn't renew in time, because it was stopped or the database
didn't answer, knows by its own clock that it no longer leads.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from service.store import leaders
from service.store.database import Database
from service.store.errors import StoreError
from service.store.ids import new_id
from service.store.leaders import Claim

log = logging.getLogger(__name__)

WORK = "scheduler"
LEASE = timedelta(seconds=10)
#: How far the clocks of the machines may be apart.
GRACE = timedelta(seconds=1)
#: Seconds between two renewals.
RENEW_EVERY = 2.0
#: Seconds between two looks whether the lead is free.
LOOK_EVERY = 1.0


class Leader:
    """Thread-safe. `began` is called in the transaction that begins a term, `changed` after it, and again
    when the lead is lost."""

    def __init__(
        self,
        database: Database,
        began: Callable[[Session], None],
        changed: Callable[[], None] = lambda: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._began = began
        self._changed = changed
        self._clock = clock
        # Not the process's number: in a container the next process may have the same one.
        self._claim = Claim(WORK, new_id("run"), LEASE, GRACE)
        self._lock = threading.Lock()
        self._term: int | None = None
        self._until = 0.0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="mujaz-leader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def term(self) -> int | None:
        """The number of this process's term, None while it doesn't lead. What was begun in another term is
        another process's by now."""
        with self._lock:
            return self._term if time.monotonic() < self._until else None

    def leads(self) -> bool:
        return self.term() is not None

    def is_vacant(self) -> bool:
        """Whether no process leads. Raises `StoreError`."""
        with self._database.read() as session:
            return not leaders.is_held(session, WORK, self._clock(), GRACE)

    def close(self) -> None:
        """Stop leading; to be called after those who work only while this leads."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self.leads():
            self._set(None, 0.0)
            try:
                with self._database.write() as session:
                    leaders.give_up(session, self._claim, self._clock())
            except StoreError as error:
                log.warning("the lead can't be given up, it ends by itself: %s", error)

    def _keep(self) -> None:
        while not self._closing.is_set():
            try:
                self._renew()
            except StoreError as error:
                log.warning("the lead can't be renewed or taken: %s", error)
            except Exception as error:  # whatever it is, somebody has to lead later
                log.error("the lead: unforeseen %s", type(error).__qualname__)
            self._closing.wait(RENEW_EVERY if self.leads() else LOOK_EVERY)

    def _renew(self) -> None:
        before = self._term
        if not self.leads() and not self._may_be_mine(before):
            return self._lose()
        asked = time.monotonic()
        with self._database.write(durable=False) as session:
            term = leaders.take(session, self._claim, self._clock())
            if term is not None and term != before:
                self._began(session)
        if term is None:
            return self._lose()
        self._set(term, asked + LEASE.total_seconds())
        if term != before:
            log.info("this process polls the feeds from now on")
            self._changed()
        return None

    def _may_be_mine(self, before: int | None) -> bool:
        """A read first, so that those who wait never hold up a write."""
        return before is not None or self.is_vacant()

    def _lose(self) -> None:
        if self._term is not None:
            log.warning("another process polls the feeds from now on")
            self._set(None, 0.0)
            self._changed()

    def _set(self, term: int | None, until: float) -> None:
        with self._lock:
            self._term, self._until = term, until
