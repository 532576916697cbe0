"""Sixty-four callers for five minutes: is everyone served, fairly, and as fast as at the peak?

    python -m benchmarks.load [--callers 64] [--seconds 300] [--peak-seconds 15] [--greedy 0.6]

A real server with keys. Callers of four keys post different articles of 1 to 40 segments; one key has most of
the callers (`--greedy`). A caller that is refused waits as `Retry-After` says and sends the article again, at
most `MOST_TRIES` times. The peak is the best of 1, 4, 8 and 16 callers on the same articles.

Goals: no 5xx, 99% served, 80% of the peak, queue bounded, no key far below its fair share, memory flat.
"""

import argparse
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks import servers
from benchmarks.environment import describe
from benchmarks.measure import table, verdict
from benchmarks.systems import model_at, say
from benchmarks.texts import read_article, sentences
from models.segment import segment

KEYS = ("greedy", "desk-a", "desk-b", "desk-c")
LENGTHS = (1, 2, 3, 6, 6, 10, 20, 40)
#: A caller gives up on an article then, and it counts as not served.
MOST_TRIES = 20


@dataclass
class Tally:
    """What happened in one round of load."""

    statuses: Counter[int] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    served: int = 0
    given_up: int = 0
    elapsed: float = 0.0

    @property
    def throughput(self) -> float:
        return sum(self.characters.values()) / self.elapsed


class Texts:
    """An endless supply of different articles; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        whole = sentences(read_article(), 400)
        self._sentences = [part.span.of(whole) for part in segment(whole)]
        self._random = random.Random(7)

    def next(self) -> str:
        """An article that no one has sent before: every sentence carries its number."""
        with self._lock:
            number, length = next(self._numbers), self._random.choice(LENGTHS)
            start = self._random.randrange(len(self._sentences) - length)
        return " ".join(f"{s.rstrip('.')} ({number})." for s in self._sentences[start : start + length])


@contextmanager
def server_with_keys(model: str) -> Iterator[tuple[servers.Service, dict[str, str]]]:
    """A service that asks for keys, and a secret by name."""
    mujaz = str(Path(sys.executable).parent / "mujaz")
    with tempfile.TemporaryDirectory() as data:
        settings = {"MUJAZ_DATA_DIR": data, "MUJAZ_AUTH__MODE": "keys", "MUJAZ_LOG__LEVEL": "WARNING"}
        secrets = {}
        for name in KEYS:
            command = [mujaz, "keys", "create", name, "--json"]
            made = subprocess.run(
                command, env=os.environ | settings, capture_output=True, text=True, check=True
            )
            secrets[name] = json.loads(made.stdout)["secret"]
        with servers.service(model, settings) as running:
            yield running, secrets


def call(url: str, secret: str, name: str, texts: Texts, tally: Tally, stop: threading.Event) -> None:
    """One caller until `stop`: post, obey, post again."""
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {secret}"}, timeout=120, trust_env=False
    ) as client:
        while not stop.is_set():
            text = texts.next()
            started = time.perf_counter()
            for _ in range(MOST_TRIES):
                answer = client.post("/v1/summaries", json={"text": text, "store": False})
                tally.statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    tally.served += 1
                    tally.characters[name] += len(text)
                    tally.seconds.append(time.perf_counter() - started)
                    break
                if stop.wait(float(answer.headers.get("Retry-After", "1"))):
                    return  # the round is over: neither served nor given up
            else:
                tally.given_up += 1


def load(
    url: str, secrets: dict[str, str], callers: list[str], seconds: float, texts: Texts, watch: "Watch"
) -> Tally:
    """A round: one thread for each name in `callers`."""
    tally, stop = Tally(), threading.Event()
    threads = [
        threading.Thread(target=call, args=(url, secrets[name], name, texts, tally, stop)) for name in callers
    ]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    while (left := started + seconds - time.perf_counter()) > 0:
        time.sleep(min(left, 10))
        watch.look()
    stop.set()
    for thread in threads:
        thread.join()
    tally.elapsed = time.perf_counter() - started
    return tally


class Watch:
    """The server's memory, looked at every ten seconds."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.megabytes: list[float] = []

    def look(self) -> None:
        self.megabytes.append(servers.memory(self.pid).rss)


def spread(callers: int, greedy: float) -> list[str]:
    """The key of each caller."""
    most = round(callers * greedy)
    rest = itertools.cycle(KEYS[1:])
    return ["greedy"] * most + [next(rest) for _ in range(callers - most)]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter")
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--peak-seconds", type=float, default=15)
    parser.add_argument("--greedy", type=float, default=0.6, help="share of the callers with the same key")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    say(
        describe(
            model_at(chosen.model), {"callers": chosen.callers, "seconds": chosen.seconds, "keys": len(KEYS)}
        )
    )
    texts = Texts()
    with server_with_keys(chosen.model) as (running, secrets):
        watch = Watch(running.process.pid)
        peaks = {
            n: load(running.url, secrets, spread(n, 0.25), chosen.peak_seconds, texts, watch).throughput
            for n in (1, 4, 8, 16)
        }
        say("\n" + table(("callers", "characters/s"), [[str(n), f"{rate:.0f}"] for n, rate in peaks.items()]))
        watch.megabytes.clear()
        tally = load(
            running.url, secrets, spread(chosen.callers, chosen.greedy), chosen.seconds, texts, watch
        )
    report(tally, max(peaks.values()), watch.megabytes)


def report(tally: Tally, peak: float, megabytes: list[float]) -> None:
    """Figures against the goals."""
    say("\nstatuses: " + ", ".join(f"{status}: {n}" for status, n in sorted(tally.statuses.items())))
    total = sum(tally.characters.values())
    say(
        table(
            ("key", "share of the characters"),
            [[name, f"{tally.characters[name] / total:.2f}"] for name in KEYS],
        )
    )
    ordered = sorted(tally.seconds)
    say(
        f"\nseconds until served: median {statistics.median(ordered):.2f}, p95 {ordered[int(0.95 * len(ordered))]:.2f}"
    )
    say(
        verdict(
            "5xx answers", sum(n for status, n in tally.statuses.items() if status >= 500), 0, at_most=True
        )
    )
    say(verdict("served", 100 * tally.served / (tally.served + tally.given_up), 99, unit="%"))
    say(verdict("throughput against the peak", tally.throughput / peak, 0.8))
    fair = 1 / len(KEYS)
    say(
        verdict(
            "least served key against its fair share",
            min(tally.characters[n] for n in KEYS) / total / fair,
            0.8,
        )
    )
    # The first third fills the caches.
    third = max(1, len(megabytes) // 3)
    grown = statistics.mean(megabytes[-third:]) / statistics.mean(megabytes[third : 2 * third])
    say(verdict("memory, last third against the second", grown, 1.05, at_most=True))


if __name__ == "__main__":
    main()
