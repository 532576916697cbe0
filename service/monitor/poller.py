"""Looks at feeds when they are due: one thread claims them, a few look at them, each host politely.

Of several processes on one database the leader polls (`leader.py`). A claim is a lease in the feed's row, so
that a feed is looked at once at a time; a new leader frees what the last one had claimed. Should two look at
a feed after all, it does no harm: entries come in once, whoever brings them.
"""

import logging
import random
import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models.errors import Busy
from service.ingest.feed_reader import Reads, read_here
from service.ingest.fetch import Fetcher
from service.monitor import polling
from service.monitor.hosts import Hosts, host_of
from service.monitor.polling import Look
from service.store import feeds, jobs
from service.store.database import Database
from service.store.errors import StoreError
from service.store.feeds import Feed

log = logging.getLogger(__name__)

#: Seconds between two questions whether a feed is due.
LOOK_EVERY = 2.0
#: Seconds between two tries to find a host whose turn it is.
TURN_EVERY = 0.1
#: Seconds that looks get to end when the service closes.
CLOSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PollerOptions:
    """`threads`: looks at the same time; `claimed`: feeds that wait for their host at most; `lease`: how long
    they are this process's; `most_waiting`: jobs in the store beyond which nothing more is taken in;
    `first_entries`: as in `polling.record`."""

    threads: int = 8
    claimed: int = 200
    lease: timedelta = timedelta(minutes=10)
    most_waiting: int = 10_000
    first_entries: int = polling.FIRST_ENTRIES


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A feed that waits for its host: ours until then, and while the term lasts in which it was claimed."""

    feed: Feed
    until: datetime
    term: int


class Poller:
    """Thread-safe. `notify` is called when there are new jobs, `counted` with the result of each look. `term`
    is the leader's: nothing is done while it is None. `read` belongs in another process where the feeds are
    strangers'."""

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        hosts: Hosts,
        notify: Callable[[], None],
        options: PollerOptions = PollerOptions(),
        *,
        read: Reads = read_here,
        term: Callable[[], int | None] = lambda: 0,
        counted: Callable[[str], None] = lambda result: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._hosts = hosts
        self._notify = notify
        self._read = read
        self._options = options
        self._term = term
        self._counted = counted
        self._clock = clock
        self._draw = random.Random()
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[_Claimed]] = {}
        self._looking = 0
        self._closing = False
        self._news = 0
        self._threads = [
            threading.Thread(target=self._work, name=f"mujaz-poll-{n}", daemon=True)
            for n in range(options.threads)
        ]
        self._claimer = threading.Thread(target=self._claim_all, name="mujaz-poller", daemon=True)

    def start(self) -> None:
        for thread in (*self._threads, self._claimer):
            thread.start()

    def notify(self) -> None:
        """A feed is due; it would be found without this too, only later."""
        with self._changed:
            self._news += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Stop; feeds that were claimed and not looked at are given back."""
        term = self._term()
        with self._changed:
            self._closing = True
            waiting = [claimed for queue in self._waiting.values() for claimed in queue]
            left = [claimed.feed.id for claimed in waiting if claimed.term == term]
            self._waiting.clear()
            self._changed.notify_all()
        for thread in (self._claimer, *self._threads):
            if thread.ident is not None:
                thread.join(CLOSE_SECONDS)
        if left:
            self._give_back(left)

    def _give_back(self, feed_ids: Sequence[str]) -> None:
        try:
            with self._database.write() as session:
                feeds.release(session, feed_ids)
        except StoreError as error:
            log.warning("claimed feeds can't be given back: %s", error)

    def _claim_all(self) -> None:
        while True:
            with self._changed:
                if self._closing:
                    return
                seen = self._news
                room = self._room()
            try:
                claimed = self._claim(room)
            except StoreError as error:
                log.warning("no feed can be claimed: %s", error)
                claimed = 0
            except Exception as error:  # the poller must live on
                _log_unforeseen("claiming feeds", error)
                claimed = 0
            if not claimed:
                self._pause(seen, full=room <= 0)

    def _pause(self, seen: int, *, full: bool) -> None:
        """Until there is news, or room again after there was none; not longer than `LOOK_EVERY`."""
        enough = self._options.claimed // 2
        with self._changed:
            self._changed.wait_for(
                lambda: self._closing or self._news != seen or (full and self._room() >= enough), LOOK_EVERY
            )

    def _room(self) -> int:
        """How many feeds more may be claimed; under the lock."""
        return self._options.claimed - self._looking - sum(map(len, self._waiting.values()))

    def _claim(self, room: int) -> int:
        """Claim up to `room` feeds that are due; returns how many. None while too much waits to be
        translated: what isn't taken in yet is kept by its publisher."""
        now, term = self._clock(), self._term()
        if term is None:
            return 0
        with self._database.read() as session:
            if room <= 0 or not feeds.any_due(session, now):
                return 0
            if jobs.backlog(session).jobs >= self._options.most_waiting:
                return 0
        with self._database.write() as session:
            claimed = feeds.claim_due(session, now, self._options.lease, room)
        with self._changed:
            for feed in claimed:
                queue = self._waiting.setdefault(host_of(feed.url), deque())
                queue.append(_Claimed(feed, now + self._options.lease, term))
            self._changed.notify_all()
        return len(claimed)

    def _work(self) -> None:
        while (feed := self._next()) is not None:
            host = host_of(feed.url)
            try:
                self._look(feed)
            finally:
                self._hosts.give(host)
                with self._changed:
                    self._looking -= 1
                    self._changed.notify_all()

    def _next(self) -> Feed | None:
        """The next feed whose host's turn it is; None when the service closes."""
        with self._changed:
            while not self._closing:
                feed = self._take()
                if feed is not None:
                    self._looking += 1
                    return feed
                self._changed.wait(TURN_EVERY if self._waiting else None)
            return None

    def _take(self) -> Feed | None:
        now, term = self._clock(), self._term()
        if term is None:  # perhaps for a moment only: what is claimed stays so until another leads
            return None
        for host, queue in list(self._waiting.items()):
            while queue and (queue[0].until <= now or queue[0].term != term):
                queue.popleft()  # its lease ran out while it waited, or our term: it will be claimed again
            if not queue:
                del self._waiting[host]
            elif self._hosts.take(host):
                feed = queue.popleft().feed
                # The host goes to the end, so that those with many feeds don't come first each time.
                del self._waiting[host]
                if queue:
                    self._waiting[host] = queue
                return feed
        return None

    def _look(self, feed: Feed) -> None:
        try:
            self._record(feed, polling.look_again(self._fetcher, self._read, feed, self._clock()))
        except Busy:  # not the feed's fault: it is claimed again
            self._give_back([feed.id])
        except StoreError as error:
            log.warning("a look at %s can't be written down: %s", feed.id, error)
        except Exception as error:  # one odd feed must not end the others
            _log_unforeseen(f"feed {feed.id}", error)
            self._record_unforeseen(feed)

    def _record(self, feed: Feed, seen: Look) -> None:
        with self._database.write() as session:
            fresh = polling.record(
                session, feed, seen, self._clock(), self._draw, self._options.first_entries
            )
        self._counted(seen.result)
        if fresh:
            log.info("feed %s: %d new or changed entries", feed.id, fresh)
            self._notify()

    def _record_unforeseen(self, feed: Feed) -> None:
        seen = Look(feed.url, error="Something went wrong here; the log has it under the feed's id.")
        try:
            self._record(feed, seen)
        except Exception as error:  # its lease runs out, and it is looked at again
            _log_unforeseen(f"feed {feed.id}", error)


def _log_unforeseen(what: str, error: Exception) -> None:
    """The message may hold a piece of an article; type and place tell what we need."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: unforeseen %s\n%s", what, type(error).__qualname__, frames)
