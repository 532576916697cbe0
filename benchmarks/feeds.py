"""How long does it take to look at many feeds, politely?

    python -m benchmarks.feeds [--feeds 500] [--store URL]

Feeds on the loopback net, three entries each, looked at twice: all new, then none changed. Politeness is on: a host gets
one request at a time and a second's pause after each. Translation isn't measured: the jobs stay where they are. Goals:
each round in under 60 seconds, and one 304 for each unchanged feed.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.measure import verdict
from benchmarks.systems import say
from benchmarks.week import Server, resident
from benchmarks.week_feeds import host
from service.ingest.fetch import Fetcher, FetchOptions
from service.monitor.hosts import Hosts
from service.monitor.poller import Poller
from service.store import feeds, migrate
from service.store.database import Database
from service.store.feed_tables import FeedRow
from service.store.tables import JobRow

GOAL = 60.0
WAIT = 600.0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feeds", description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--store", help="URL of an empty database; an SQLite file by default")
    return parser.parse_args()


class Round:
    """Looks at all feeds, and how they ended."""

    def __init__(self, database: Database, poller: Poller, results: Counter[str]) -> None:
        self._database = database
        self._poller = poller
        self._results = results

    def run(self, number: int) -> tuple[float, Counter[str]]:
        """Have all looked at; the seconds that took, and the results of this round."""
        with self._database.write() as session:
            for feed_id in session.scalars(select(FeedRow.id)).all():
                feeds.due_now(session, "local", feed_id, datetime.now(UTC))
        before, began = Counter(self._results), time.monotonic()
        self._poller.notify()
        _wait(lambda: self._results.total() - before.total() >= number)
        return time.monotonic() - began, self._results - before


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT
    while not done():
        if time.monotonic() > until:
            raise RuntimeError("it takes too long")
        time.sleep(0.02)


def main() -> None:
    chosen = options()
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(chosen.store or f"sqlite:///{Path(folder) / 'feeds.db'}")
        migrate.upgrade(database)
        server = Server(chosen.feeds, 3 * chosen.feeds, 1)
        server.move(86_400)
        with database.write() as session:
            for n in range(chosen.feeds):
                feeds.add(session, "local", f"http://{host(n)}:{server.port}/", datetime.now(UTC))
        allow = tuple(f"{host(n)}:{server.port}" for n in range(chosen.feeds))
        fetcher = Fetcher(FetchOptions(allow=allow))
        poller = Poller(
            database, fetcher, Hosts(), lambda: None, counted=lambda result: results.update([result])
        )
        rounds = Round(database, poller, results)
        began = time.monotonic()
        poller.start()
        _wait(lambda: results.total() >= chosen.feeds)
        say(f"all new: {time.monotonic() - began:.1f} s, {dict(results)}, {resident():.0f} MB resident")
        time.sleep(2)  # the hosts' pause
        seconds, found = rounds.run(chosen.feeds)
        say(f"unchanged: {seconds:.1f} s, {dict(found)}, {resident():.0f} MB resident\n")
        with database.read() as session:
            ordered = session.scalar(select(func.count()).select_from(JobRow))
        poller.close()
        fetcher.close()
        server.close()
        database.close()
    say(f"{ordered} entries, {found['unchanged']} of {chosen.feeds} answered 304")
    say(verdict(f"seconds for {chosen.feeds} unchanged feeds", seconds, GOAL, at_most=True))


if __name__ == "__main__":
    main()
