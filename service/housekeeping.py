"""What is done in the store now and then: deleting what was kept long enough, renewing the search index; and
handing freed memory back to the system.

One thread, at the start and every hour. Work is done piece by piece, a transaction each, so that others get
their turn. Of several processes on one database the leader does it; what lies on its own machine each process
clears away itself.
"""

import ctypes
import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from service.config import Config
from service.downloads import Downloads
from service.store import (
    alerts,
    articles,
    batches,
    digests,
    entries,
    entry_search,
    idempotency,
    jobs,
    mails,
    placements,
    search,
    story_changes,
    trends,
    webhooks,
)
from service.store.database import Database
from service.store.errors import StoreError

log = logging.getLogger(__name__)

#: Seconds between two rounds.
EVERY = 3600.0
#: Seconds between two pieces.
PAUSE = 0.05
#: Seconds between two looks whether this process leads by now.
LOOK_EVERY = 2.0
#: Chores that are not the store's: of files on this machine.
OWN = frozenset({"downloads deleted"})
#: Articles and entries whose words are written in one transaction: some ten milliseconds each.
INDEXED = 20

#: Does a piece of a chore and answers how many rows that were; 0 when there is nothing left.
Chore = Callable[[Session, datetime], int]


def chores(config: Config) -> Mapping[str, Chore]:
    """What is to be done, by what the log calls it."""
    found: dict[str, Chore] = {
        "idempotency keys deleted": lambda session, now: idempotency.expire(session, now),
        "jobs deleted": lambda session, now: jobs.expire(session, now - _days(config.jobs.retention_days)),
        "batches deleted": lambda session, now: batches.expire(
            session, now - _days(config.jobs.retention_days)
        ),
        "deliveries deleted": lambda session, now: webhooks.OUTBOX.expire(
            session, now - _days(config.jobs.retention_days)
        ),
        "mails deleted": lambda session, now: mails.OUTBOX.expire(
            session, now - _days(config.jobs.retention_days)
        ),
        "alerts deleted": lambda session, now: alerts.expire(session, now - _days(alerts.KEPT_DAYS)),
        "entries deleted": lambda session, now: entries.expire_old(session, now),
        "articles indexed": lambda session, now: search.refresh(session, INDEXED),
        "entries indexed": lambda session, now: entry_search.refresh(session, INDEXED),
        "headline words deleted": lambda session, now: trends.expire(session, (now - trends.KEPT).date()),
        "entries no longer compared": lambda session, now: placements.forget(
            session, now - _days(config.monitoring.story_days)
        ),
        "story terms halved": lambda session, now: placements.fade(session),
        "stories mended": lambda session, now: story_changes.mend(session, now),
        "downloads deleted": lambda session, now: Downloads(config.downloads_path, now.timestamp).expire(),
    }
    if config.store.retention_days:
        kept = _days(config.store.retention_days)
        found["digests deleted"] = lambda session, now: digests.expire(session, now - kept)
        found["articles deleted"] = lambda session, now: articles.expire(session, now - kept)
    return found


def give_memory_back() -> bool:
    """Hand freed memory back to the system, where the C library can (glibc keeps what many threads freed
    here and there: 50 MB after some thousand entries of feeds); whether it did."""
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return False


class Housekeeper:
    """Does `chores` on `database`, whenever `every` seconds have passed, and when `leads` begins to say that
    this process leads; while it doesn't, only those of `OWN`."""

    def __init__(
        self,
        database: Database,
        chores: Mapping[str, Chore],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        every: float = EVERY,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._database = database
        self._chores = chores
        self._clock = clock
        self._every = every
        self._leads = leads
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="mujaz-housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Waits for the piece at work."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join()

    def round(self, leading: bool = True) -> None:
        """Do every chore to its end. What fails is logged and tried again in the next round."""
        for name, chore in self._chores.items():
            if not leading and name not in OWN:
                continue
            try:
                if number := self._whole(chore):
                    log.info("%s: %d", name, number)
            except StoreError as error:
                log.warning("%s: %s", name, error)
            except Exception as error:  # one broken chore must not end the others
                # The message may hold a piece of an article; type and place tell what we need.
                frames = "".join(traceback.format_tb(error.__traceback__))
                log.error("%s: unforeseen %s\n%s", name, type(error).__qualname__, frames)
        give_memory_back()

    def _whole(self, chore: Chore) -> int:
        number = 0
        while not self._closing.is_set():
            with self._database.write() as session:
                done = chore(session, self._clock())
            if not done:
                break
            number += done
            self._closing.wait(PAUSE)
        return number

    def _work(self) -> None:
        while not self._closing.is_set():
            leading = self._is_leading()
            self.round(leading)
            until = time.monotonic() + self._every
            while (left := until - time.monotonic()) > 0 and (leading or not self._is_leading()):
                if self._closing.wait(left if leading else min(left, LOOK_EVERY)):
                    return

    def _is_leading(self) -> bool:
        try:
            return self._leads()
        except StoreError:
            return False


def _days(number: int) -> timedelta:
    return timedelta(days=number)
