"""What is an array of texts worth? Fifty texts in one request of LibreTranslate's API, against fifty requests
made one after another, over HTTP with the caches off.

    python -m benchmarks.array_batch [--model starter|FOLDER] [--rounds 5]

Goal: 3 times the throughput. The texts are sentences of the benchmark's article, all different; every round
has others of the same length, and the two ways take turns.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from benchmarks import servers
from benchmarks.environment import describe
from benchmarks.http import post_json
from benchmarks.measure import verdict
from benchmarks.systems import model_at, say
from benchmarks.texts import read_article, variant
from models.segment import segment

TEXTS = 50
GOAL = 3.0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.array_batch", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def texts(number: int) -> list[str]:
    """Sentences of two numbered variants of the article: none occurs under another `number`."""
    found: list[str] = []
    for copy in (variant(read_article(), 100 + 2 * number), variant(read_article(), 101 + 2 * number)):
        found += [part.span.of(copy) for part in segment(copy)]
    return found[:TEXTS]


def together(url: str, wanted: Sequence[str]) -> int:
    """One request with all texts; answers how many translations came back."""
    return len(post_json(f"{url}/translate", _body(list(wanted)))["translatedText"])


def one_by_one(url: str, wanted: Sequence[str]) -> int:
    """A request for each text, the next when the one before is answered."""
    return sum(bool(post_json(f"{url}/translate", _body(text))["translatedText"]) for text in wanted)


def _body(q: str | list[str]) -> dict[str, object]:
    return {"q": q, "source": "ar", "target": "en"}


def seconds(way: Callable[[str, Sequence[str]], int], url: str, wanted: Sequence[str]) -> float:
    started = time.perf_counter()
    done = way(url, wanted)
    taken = time.perf_counter() - started
    if done != len(wanted):
        raise RuntimeError(f"{done} of {len(wanted)} texts came back")
    return taken


def main() -> None:
    chosen = options()
    say(describe(model_at(chosen.model), {"texts": TEXTS, "rounds": chosen.rounds}) + "\n")
    ratios = []
    with servers.service(chosen.model, servers.CACHES_OFF) as running:
        together(running.url, texts(0))  # the first request pays for what is loaded late
        for number in range(1, chosen.rounds + 1):
            single = seconds(one_by_one, running.url, texts(2 * number))
            batch = seconds(together, running.url, texts(2 * number + 1))
            ratios.append(single / batch)
            say(
                f"round {number}: one after another {single:.2f} s, together {batch:.2f} s, {single / batch:.2f} ×"
            )
    say("")
    say(verdict("an array of 50 against 50 requests, median", statistics.median(ratios), GOAL, unit=" ×"))


if __name__ == "__main__":
    main()
