"""How fast are entries of feeds grouped into stories?

    python -m benchmarks.stories [--entries 20000] [--store sqlite:///… | postgresql://…]

Entries are made up from the Arabic sentences that ship with the bundled model: two thirds report an event of
their own, the others are copies under another headline, cut versions and corrections of one of the last 500.
They lie in the store already, so that what is measured is the placing alone, each entry in a transaction of
its own as in the service (without its wait for the disk, which the translation's transaction has anyway).
Goal: 20,000 in two minutes on two cores.
"""

import argparse
import gzip
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.measure import verdict
from benchmarks.systems import say
from models.segment import segment
from service.monitor import grouping
from service.monitor.arrivals import Arrived
from service.store import entries, feeds, migrate
from service.store.database import Database
from service.store.entries import Arrival, Entry, Outcome
from service.store.story_tables import BandRow, PlacementRow, StoryRow, TermRow

SENTENCES = Path("models/starter/replay.tsv.gz")
FEEDS, RECENT, AT_ONCE = 100, 500, 500
START = datetime(2026, 11, 1, tzinfo=UTC)
GOAL_SECONDS, GOAL_ENTRIES = 120.0, 20_000


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories", description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=GOAL_ENTRIES)
    parser.add_argument("--store", help="an empty database; by default an SQLite file that is deleted")
    return parser.parse_args()


def texts(number: int) -> Iterator[tuple[str, str]]:
    """Headline and text of each entry, always the same ones."""
    with gzip.open(SENTENCES, "rt", encoding="utf-8") as file:
        sentences = [line.split("\t")[0] for line in file]
    dice = random.Random(1)
    recent: list[tuple[str, str]] = []
    for _ in range(number):
        kind = dice.random()
        if kind < 0.67 or not recent:
            chosen = dice.sample(sentences, dice.randint(4, 8))
            text = f"{' '.join(chosen)} وبلغ العدد {dice.randint(3, 9999)}."
            made = (" ".join(chosen[0].split()[:8]), text)
        else:
            _, text = dice.choice(recent)
            if kind > 0.9:
                text = text[: segment(text)[1].end] if len(segment(text)) > 1 else text
            elif kind > 0.85:
                text = text.replace("وبلغ العدد ", "وبلغ العدد 1")
            made = (" ".join(dice.choice(sentences).split()[:8]), text)
        recent = [*recent[-RECENT:], made]
        yield made


def fill(database: Database, number: int) -> list[Entry]:
    """Entries that wait to be placed, a minute apart in turn from all feeds."""
    with database.write() as session:
        ids = [
            feeds.add(session, "team", f"https://{n}.example/feed", START, str(n))[0].id for n in range(FEEDS)
        ]
    made = list(texts(number))
    found: list[Entry] = []
    for start in range(0, number, AT_ONCE):
        with database.write() as session:
            for n, (title, text) in enumerate(made[start : start + AT_ONCE], start):
                arrival = Arrival(str(n), None, title, text, None, START + timedelta(minutes=n))
                [entry] = entries.take_in(session, ids[n % FEEDS], "team", [arrival], START)
                entries.finish(session, entry.id, entry.digest, Outcome("translated", title))
                found.append(entry)
    return found


def place(database: Database, waiting: list[Entry]) -> float:
    """Seconds for all."""
    started = time.perf_counter()
    for n, entry in enumerate(waiting, 1):
        item = Arrived(entry, entry.title, entry.title, entry.text)
        with database.write(durable=False) as session:
            grouping.place(session, item, entry.published)
        if n % 1000 == 0:
            sys.stderr.write(f"\r{n} entries, {1000 * (time.perf_counter() - started) / n:.2f} ms each")
    sys.stderr.write("\n")
    return time.perf_counter() - started


def main() -> None:
    chosen = options()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(chosen.store or f"sqlite:///{folder}/stories.db")
        migrate.upgrade(database)
        waiting = fill(database, chosen.entries)
        say(f"{len(waiting)} entries of {sum(len(e.text.split()) for e in waiting) // len(waiting)} words\n")
        used = time.process_time()
        seconds = place(database, waiting)
        used = time.process_time() - used
        with database.read() as session:
            counts = {
                name: session.scalar(select(func.count()).select_from(table))
                for name, table in (("stories", StoryRow), ("placements", PlacementRow), ("keys", BandRow), ("terms", TermRow))
            }  # fmt: skip
        database.close()
    say(", ".join(f"{number} {name}" for name, number in counts.items()) + "\n")
    say(
        f"{1000 * seconds / len(waiting):.2f} ms an entry, {1000 * used / len(waiting):.2f} ms of it computing\n"
    )
    wanted = GOAL_SECONDS * len(waiting) / GOAL_ENTRIES
    say(verdict(f"seconds for {len(waiting)} entries", seconds, wanted, at_most=True))


if __name__ == "__main__":
    main()
