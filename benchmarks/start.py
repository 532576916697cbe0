"""How long until the service is ready, what it weighs, and how fast a known article comes back.

    python -m benchmarks.start [--model starter|FOLDER] [--rounds 5]

Defaults throughout, caches on. Goals: ready in under 1.5 s, under 250 MB resident (all processes, each
page counted once for each), a repeated article in under 20 ms.
"""

import argparse
import statistics
import time

from benchmarks import servers
from benchmarks.environment import describe
from benchmarks.http import post_json
from benchmarks.measure import verdict
from benchmarks.systems import model_at, say
from benchmarks.texts import read_article

READY_GOAL, MEMORY_GOAL, REPEAT_GOAL = 1.5, 250.0, 20.0
REPEATS = 20


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def repeated(url: str, text: str) -> float:
    """Median milliseconds of an article that the service has just answered."""
    post_json(f"{url}/v1/summaries", {"text": text})
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        post_json(f"{url}/v1/summaries", {"text": text})
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main() -> None:
    chosen = options()
    say(describe(model_at(chosen.model)) + "\n")
    article = read_article()
    ready = []
    for _ in range(chosen.rounds):
        with servers.service(chosen.model) as running:
            ready.append(running.ready_seconds)
            idle = servers.memory(running.process.pid)
            again = repeated(running.url, article)
            used = servers.memory(running.process.pid)
    say(f"ready after {', '.join(f'{seconds:.2f}' for seconds in ready)} s")
    for when, memory in (("idle", idle), ("after an article", used)):
        sizes = f"{memory.rss:.0f} MB resident, {memory.pss:.0f} MB proportional"
        say(f"{when}: {sizes}, {memory.processes} processes")
    say("")
    say(verdict("ready, median", statistics.median(ready), READY_GOAL, at_most=True, unit=" s"))
    say(verdict("resident after an article", used.rss, MEMORY_GOAL, at_most=True, unit=" MB"))
    say(verdict("repeated article", again, REPEAT_GOAL, at_most=True, unit=" ms"))


if __name__ == "__main__":
    main()
