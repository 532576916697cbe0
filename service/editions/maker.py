"""Makes the digests that are due, in the background.

Several processes may do so on one database: whoever moves the plan on has made the digest. A plan whose hours
passed while nothing ran is due once, and its digest covers all that time.
"""

import logging
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime

from service.background import Background
from service.editions import made
from service.store import digests
from service.store.database import Database
from service.store.digests import Plan
from service.store.errors import StoreError

log = logging.getLogger(__name__)

#: Seconds after which a plan is tried again whose digest could not be made.
AGAIN = 600.0


class DigestMaker:
    """Thread-safe. `base`: the service's address, for links in mail; `may`: whether it is this process's work
    just now; `notify` is called when there may be mail and messages to send."""

    def __init__(
        self,
        database: Database,
        base: str | None,
        may: Callable[[], bool],
        notify: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._base = base
        self._may = may
        self._notify = notify
        self._clock = clock
        self._failed: dict[str, float] = {}
        self._background = Background("mujaz-digests", self.step)

    def start(self) -> None:
        self._background.start()

    def close(self) -> None:
        """Waits for the digest at work."""
        self._background.close()

    def notify(self) -> None:
        """A plan was added or changed."""
        self._background.notify()

    def step(self) -> bool:
        """Make all digests that are due; False, as there is nothing more to do at once."""
        if not self._may():
            return False
        with self._database.read() as session:
            due = digests.due(session, self._clock()) if digests.any_due(session, self._clock()) else []
        for plan in due:
            if self._background.closing:
                break
            if self._failed.get(plan.id, 0.0) <= time.monotonic():
                self._make(plan)
        return False

    def _make(self, plan: Plan) -> None:
        try:
            digest = made.by_plan(self._database, plan, self._base, self._clock())
        except StoreError as error:
            log.warning("digest plan %s: %s", plan.id, error)
            return
        except Exception as error:  # one odd plan must not hold up the others
            # The message may hold a piece of an article; type and place tell what we need.
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error("digest plan %s: unforeseen %s\n%s", plan.id, type(error).__qualname__, frames)
            self._failed[plan.id] = time.monotonic() + AGAIN
            return
        self._failed.pop(plan.id, None)
        if digest is not None:
            log.info("digest plan %s: made %s", plan.id, digest.id)
            self._notify()
