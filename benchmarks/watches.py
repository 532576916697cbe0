"""How much does it cost to ask a thousand watches of each entry?

    python -m benchmarks.watches [--watches 1000] [--entries 1000] [--rounds 3] [--store]

Entries of 250 words in Arabic and 250 in English, drawn from the bundled dictionary with frequencies as words
have them (Zipf's law: the word of rank n is drawn 1/n as often). The watches' words are drawn from the same
dictionary, each as often as any other but for the hundred most frequent, which nobody watches for, in every
form that the language has; so each entry is found by several. What is timed is the processor time of matching,
on entries that are cut into tokens; cutting is timed beside it. Every hundredth entry is checked against
trying all watches. `--store` times the whole of what happens in the transaction that files an entry, on
SQLite. Goal: 1,000 watches x 1,000 entries in one second.
"""

import argparse
import gzip
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.environment import machine
from benchmarks.measure import table, verdict
from benchmarks.systems import say
from models import query as queries
from models.query import Document
from service.monitor import watching
from service.monitor.arrivals import Arrived
from service.monitor.watch_index import WatchIndex
from service.store import alerts, entries, feeds, migrate, watches
from service.store.database import Database

GOAL_SECONDS = 1.0
WORDS, FREQUENT = 250, 100
DICTIONARY = Path("models/data/dictionary.txt.gz")
NOW = datetime(2026, 11, 28, tzinfo=UTC)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watches", description=__doc__.splitlines()[0])
    parser.add_argument("--watches", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", action="store_true", help="time check() on SQLite, too")
    return parser.parse_args()


class Words:
    """Words of both languages, by Zipf's law."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        with gzip.open(DICTIONARY, "rt", encoding="utf-8") as file:
            lines = [line.split() for line in file]
        pairs = [(line[0], line[1]) for line in lines if len(line) > 1]
        draw.shuffle(pairs)
        self.arabic, self.english = zip(*pairs, strict=True)
        weights = (1 / rank for rank in range(1, len(pairs) + 1))
        self._weights = list(itertools.accumulate(weights))

    def some(self, language: Sequence[str], number: int) -> list[str]:
        return self._draw.choices(language, cum_weights=self._weights, k=number)


def texts(words: Words, number: int) -> list[tuple[str, str, str, str]]:
    """Titles and texts of so many entries."""
    return [
        (
            " ".join(words.some(words.arabic, 9)),
            " ".join(words.some(words.english, 9)),
            " ".join(words.some(words.arabic, WORDS)),
            " ".join(words.some(words.english, WORDS)),
        )
        for _ in range(number)
    ]


def made_watches(words: Words, number: int, draw: random.Random) -> dict[str, str]:
    """So many queries, of ten forms in turn. A prefix has three letters, and is alone."""

    def ar() -> str:
        return draw.choice(words.arabic[FREQUENT:])

    def en() -> str:
        return draw.choice(words.english[FREQUENT:])

    forms = (
        lambda: f"{ar()} {ar()}",
        lambda: f"{ar()} OR {en()}",
        lambda: f'"{ar()} {ar()}"',
        lambda: f"{ar()} {en()} -{ar()}",
        lambda: f"title:({ar()} OR {ar()} OR {en()})",
        lambda: f"{ar()[:3]}* {ar()}",
        lambda: f"{(ar() + 'xyz')[:3]}*",
        lambda: f"source:reuters {ar()}",
        lambda: f"({ar()} OR {ar()}) (NOT {ar()} {en()})",
        lambda: f"source:agency{draw.randrange(1000)} after:2026-01-01",
    )
    found: dict[str, str] = {}
    while len(found) < number:
        query = forms[len(found) % len(forms)]()
        try:
            usable = queries.parse(query) is not None
        except queries.QueryError:
            usable = False
        if usable:
            found[f"wat_{len(found)}"] = query
    return found


def check_some(index: WatchIndex, watched: dict[str, str], documents: Sequence[Document]) -> None:
    """Every hundredth entry is found by those watches by which it is when all are tried."""
    parsed = {id: query for id, text in watched.items() if (query := queries.parse(text)) is not None}
    for document in documents[::100]:
        expected = {id for id, query in parsed.items() if queries.matches(query, document)}
        if index.answered(document).keys() != expected:
            raise RuntimeError("the index finds something else than trying all")


def in_the_store(watched: dict[str, str], made: Sequence[tuple[str, str, str, str]]) -> tuple[float, int]:
    """Processor seconds of `check` for all entries, each of a story of its own; and alerts written."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/watches.db")
        migrate.upgrade(database)
        with database.write() as session:
            feed, _ = feeds.add(session, "o", "http://feed.example/", NOW, "Reuters")
            for text in watched.values():
                watches.add(session, "o", NOW, {"name": text[:100], "query": text})
            come = [entries.Arrival(str(n), None, one[0], one[2], None, NOW) for n, one in enumerate(made)]
            taken = entries.take_in(session, feed.id, "o", come, NOW)
        spent = 0.0
        for n, (entry, one) in enumerate(zip(taken, made, strict=True)):
            with database.write(durable=False) as session:
                began = time.process_time()
                watching.check(session, Arrived(entry, one[0], one[1], one[2], one[3]), f"sto_{n}", NOW)
                spent += time.process_time() - began
        with database.read() as session:
            number = len(alerts.page(session, "o", None, 10**6))
        database.close()
    return spent, number


def main() -> None:
    chosen = options()
    draw = random.Random(1)
    words = Words(draw)
    made, watched = texts(words, chosen.entries), made_watches(words, chosen.watches, draw)
    say(
        f"- machine: {machine()}\n- {chosen.watches:,} watches, {chosen.entries:,} entries of {2 * WORDS} words\n"
    )
    began = time.process_time()
    index = WatchIndex(watched)
    compiled = time.process_time() - began
    began = time.process_time()
    documents = [queries.document(*one, "Reuters\nworld\nreuters.example", NOW) for one in made]
    cutting = time.process_time() - began
    times, found = [], 0
    for _ in range(chosen.rounds):
        fresh = [Document(d.title, d.body, d.source, d.published) for d in documents]  # nothing is cached
        began = time.process_time()
        found = sum(len(index.answered(document)) for document in fresh)
        times.append(time.process_time() - began)
    check_some(index, watched, documents)
    rows = [
        ["reading the queries, once", f"{compiled:.3f}"],
        ["cutting the entries into tokens", f"{cutting:.3f}"],
        ["matching, median", f"{statistics.median(times):.3f} ({min(times):.3f} to {max(times):.3f})"],
    ]
    if chosen.store:
        spent, number = in_the_store(watched, made)
        rows.append([f"check() on SQLite, with tokens and {number:,} alerts written", f"{spent:.3f}"])
    say(table(("", "processor seconds"), rows) + "\n")
    say(f"An entry is found by {found / chosen.entries:.1f} watches on average.")
    say(verdict("matching, processor seconds", statistics.median(times), GOAL_SECONDS, at_most=True))


if __name__ == "__main__":
    main()
