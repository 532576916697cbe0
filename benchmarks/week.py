"""A week of monitoring in minutes: is every entry there once, and does memory stay the same?

    python -m benchmarks.week [--feeds 300] [--entries 20000] [--days 7] [--step 60] [--watches 50]

A clock that is moved by hand, `--step` minutes at a time; else everything is as it is when serving: the poller over HTTP,
the store, grouping, watches, search, housekeeping. The translation is the real pipeline on the stub engine, so its time says
nothing. Memory is the resident memory of the process, caches and all. Goal: every entry translated once, none lost, and at
the end of the week at most 1.1 times the memory of the end of the first day.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import func, select

from benchmarks import week_feeds
from benchmarks.measure import table, verdict
from benchmarks.systems import say
from benchmarks.week_feeds import BEGIN
from service.config import Config, FetchConfig, ModelConfig, StoreConfig
from service.monitor import polling
from service.runtime import Runtime
from service.store import feeds, jobs, watches
from service.store.database import Database
from service.store.feed_tables import EntryRow, FeedRow
from service.store.feeds import Policy
from service.store.tables import ArticleRow, JobRow

GOAL = 1.1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.week", description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--step", type=int, default=60, help="minutes that the clock is moved at a time")
    parser.add_argument("--watches", type=int, default=50)
    parser.add_argument("--store", help="URL of an empty database; an SQLite file by default")
    return parser.parse_args()


@dataclass(slots=True)
class Clock:
    """Moved by whoever holds it."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Day:
    """At the end of a day."""

    number: int
    seconds: float
    looks: int
    entries: int
    resident: float  # MB
    database: float  # MB
    log: float  # MB, of SQLite's WAL


class Server:
    """The feeds, in a process of their own, so that their memory isn't ours."""

    def __init__(self, feeds: int, entries: int, days: int) -> None:
        command = [sys.executable, "-m", "benchmarks.week_feeds", str(feeds), str(entries), str(days)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._read())

    def move(self, seconds: float) -> None:
        pipe = self.process.stdin
        assert pipe is not None
        pipe.write(f"{seconds}\n")
        pipe.flush()
        self._read()

    def _read(self) -> str:
        pipe: IO[str] | None = self.process.stdout
        assert pipe is not None
        return pipe.readline()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


class Week:
    """The service, its feeds and its clock."""

    def __init__(self, chosen: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self.chosen = chosen
        self.told = week_feeds.plan(chosen.feeds, chosen.entries, chosen.days)
        self.server = Server(chosen.feeds, chosen.entries, chosen.days)
        stack.callback(self.server.close)
        self.clock = Clock()
        self.store = chosen.store or f"sqlite:///{folder / 'week.db'}"
        allow = tuple(f"{week_feeds.host(n)}:{self.server.port}" for n in range(chosen.feeds))
        self.runtime = Runtime.load(
            Config(
                data_dir=str(folder),
                model=ModelConfig(engine="stub"),
                store=StoreConfig(url=self.store),
                fetch=FetchConfig(allow=allow),
            )
        )
        stack.callback(self.runtime.close)
        self.runtime.start(self.clock)
        self.database: Database = self.runtime.services.database

    def follow(self) -> None:
        words = sorted({word for own in self.told for told in own for word in told.title.split()[:-1]})
        with self.database.write() as session:
            for n in range(self.chosen.feeds):
                url = f"http://{week_feeds.host(n)}:{self.server.port}/"
                feeds.add(session, "local", url, BEGIN, policy=Policy(full_text="never"))
            for n in range(self.chosen.watches):
                fields = {
                    "name": f"{n}",
                    "query": f"{words[n % len(words)]} {words[(7 * n + 3) % len(words)]}",
                }
                watches.add(session, "local", BEGIN, fields)

    def day(self, number: int) -> Day:
        began = time.monotonic()
        for _ in range(24 * 60 // self.chosen.step):
            self.clock.now += timedelta(minutes=self.chosen.step)
            self.server.move((self.clock.now - BEGIN).total_seconds())
            self.runtime.services.poller.notify()
            self._settle()
        self.runtime.services.housekeeper.round()
        return self._measured(number, time.monotonic() - began)

    def catch_up(self) -> None:
        """Look at all feeds once more: the last entries came after the last look at theirs."""
        with self.database.write() as session:
            for feed_id in session.scalars(select(FeedRow.id)).all():
                feeds.due_now(session, "local", feed_id, self.clock.now)
        self.runtime.services.poller.notify()
        self._settle()

    def _settle(self) -> None:
        """Until nothing is due, asked, or waiting to be translated."""
        until = time.monotonic() + 300
        while not self._is_idle():
            if time.monotonic() > until:
                raise RuntimeError("it doesn't come to rest")
            time.sleep(0.1)

    def _is_idle(self) -> bool:
        with self.database.read() as session:
            if feeds.any_due(session, self.clock.now):
                return False
            claimed = select(func.count()).where(FeedRow.leased_until.is_not(None))
            return not session.scalar(claimed) and jobs.backlog(session).jobs == 0

    def _measured(self, number: int, seconds: float) -> Day:
        with self.database.read() as session:
            found = session.scalar(select(func.count()).select_from(EntryRow)) or 0
        file = self.database.file
        sizes = [0, 0] if file is None else [file.stat().st_size, Path(f"{file}-wal").stat().st_size]
        text = self.runtime.services.metrics.text().decode()
        looks = sum(
            float(line.split()[-1])
            for line in text.splitlines()
            if line.startswith("mujaz_feed_looks_total{")
        )
        return Day(number, seconds, int(looks), found, resident(), sizes[0] / 1e6, sizes[1] / 1e6)

    def wrong(self) -> list[str]:
        """What is not as it has to be; empty when every entry is there once, translated."""
        wanted = Counter(
            (n, told.guid) for n, own in enumerate(self.told) for told in own if told.at <= self._seconds()
        )
        with self.database.read() as session:
            hosts = dict(session.execute(select(FeedRow.id, FeedRow.url)).all())
            rows = session.execute(select(EntryRow.feed_id, EntryRow.guid, EntryRow.state, EntryRow.revision))
            numbers = {
                f"http://{week_feeds.host(n)}:{self.server.port}/": n for n in range(self.chosen.feeds)
            }
            found = [(numbers[hosts[feed]], guid, state, revision) for feed, guid, state, revision in rows]
            ordered = Counter(request["entry_id"] for request in session.scalars(select(JobRow.request)))
        there = Counter((feed, guid) for feed, guid, *_ in found)
        states = Counter(state for *_, state, _ in found)
        checks = {
            f"{(wanted - there).total()} entries are lost": not wanted - there,
            f"{(there - wanted).total()} entries too many": not there - wanted,
            f"states: {dict(states)}": set(states) == {"translated"},
            "entries were worked on twice": max(ordered.values(), default=1) == 1,
            "entries were taken for changed": all(revision == 1 for *_, revision in found),
        }
        return [what for what, kept in checks.items() if not kept]

    def _seconds(self) -> float:
        return (self.clock.now - BEGIN).total_seconds()

    def articles(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(ArticleRow)) or 0


def resident() -> float:
    """Of this process, in MB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("no VmRSS")


def main() -> None:
    chosen = options()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        week = Week(chosen, Path(folder), stack)
        week.follow()
        days: list[Day] = []
        for number in range(1, chosen.days + 1):
            days.append(week.day(number))
            print(days[-1], file=sys.stderr, flush=True)
        head = ("day", "seconds", "looks", "entries", "resident MB", "database MB", "WAL MB")
        rows = [
            [str(d.number), f"{d.seconds:.0f}", str(d.looks), str(d.entries), f"{d.resident:.0f}",
             f"{d.database:.0f}", f"{d.log:.1f}"] for d in days
        ]  # fmt: skip
        say(table(head, rows) + "\n")
        say(f"articles: {week.articles()} of {days[-1].entries} entries; looks end as {polling.RESULTS}\n")
        week.catch_up()
        wrong = week.wrong()
    say(
        verdict(
            "resident at the end against the first day",
            days[-1].resident / days[0].resident,
            GOAL,
            at_most=True,
        )
    )
    say("every entry is there once, translated" if not wrong else "BROKEN: " + "; ".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
