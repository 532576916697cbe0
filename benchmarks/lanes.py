"""Does a batch of a thousand articles hold up a person who waits?

    python -m benchmarks.lanes [--articles 1000] [--segments 6] [--asks 60]

One caller posts article after article, first alone, then while the batch is at work. Goal: the 95th percentile
at most twice as long.
"""

import argparse
import statistics
import time
from collections.abc import Sequence

import httpx

from benchmarks import servers
from benchmarks.environment import describe
from benchmarks.measure import table, verdict
from benchmarks.memory import articles
from benchmarks.systems import model_at, say

GOAL = 2.0


def ask(client: httpx.Client, texts: Sequence[str]) -> list[float]:
    """Seconds for each text, one after the other."""
    seconds = []
    for text in texts:
        started = time.perf_counter()
        client.post("/v1/summaries", json={"text": text, "store": False}).raise_for_status()
        seconds.append(time.perf_counter() - started)
    return seconds


def p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(0.95 * len(seconds)))]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lanes", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--segments", type=int, default=6, help="of each article")
    parser.add_argument("--asks", type=int, default=60)
    return parser.parse_args()


def main() -> None:
    chosen = options()
    say(
        describe(
            model_at(chosen.model), {"articles": chosen.articles, "segments per article": chosen.segments}
        )
    )
    texts = articles(chosen.articles + 2 * chosen.asks, chosen.segments)
    alone, busy, bulk = texts[: chosen.asks], texts[chosen.asks : 2 * chosen.asks], texts[2 * chosen.asks :]
    with (
        servers.service(chosen.model) as running,
        httpx.Client(base_url=running.url, timeout=120, trust_env=False) as client,
    ):
        ask(client, texts[:3])  # warm
        idle = ask(client, alone)
        body = {"items": [{"text": text} for text in bulk]}
        batch = client.post("/v1/batches", json=body).raise_for_status().json()
        time.sleep(2)
        beside = ask(client, busy)
        state = client.get(f"/v1/batches/{batch['id']}").json()
    rows = [
        [name, f"{statistics.median(s):.3f}", f"{p95(s):.3f}", f"{max(s):.3f}"]
        for name, s in (("alone", idle), ("beside the batch", beside))
    ]
    say("\n" + table(("caller", "median s", "p95 s", "longest s"), rows))
    say(f"\nthe batch when the caller had finished: {state['counts']}")
    say(verdict("p95 beside the batch against alone", p95(beside) / p95(idle), GOAL, at_most=True))


if __name__ == "__main__":
    main()
