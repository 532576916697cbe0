"""Does the service grow? Resident memory after many articles against a few.

    python -m benchmarks.memory [--model starter|FOLDER] [--few 50] [--many 500] [--segments 6] [--caches-off]

Different articles over HTTP from four callers, defaults (the caches on, so that they fill). Goal: at most
1.05 times as much after 500 articles as after 50.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor

from benchmarks import servers
from benchmarks.environment import describe
from benchmarks.http import post_json
from benchmarks.measure import table, verdict
from benchmarks.systems import model_at, say
from benchmarks.texts import read_article, sentences
from models.segment import segment

GOAL = 1.05
CALLERS = 4


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--few", type=int, default=50)
    parser.add_argument("--many", type=int, default=500)
    parser.add_argument("--segments", type=int, default=6, help="of each article")
    parser.add_argument("--caches-off", action="store_true")
    return parser.parse_args()


def articles(count: int, segments: int) -> list[str]:
    """`count` different texts of `segments` different sentences each."""
    text = sentences(read_article(), count * segments)
    parts = [part.span.of(text) for part in segment(text)]
    return [" ".join(parts[i : i + segments]) for i in range(0, count * segments, segments)]


def main() -> None:
    chosen = options()
    say(
        describe(
            model_at(chosen.model), {"segments per article": chosen.segments, "caches off": chosen.caches_off}
        )
    )
    texts = articles(chosen.many, chosen.segments)
    marks = sorted({1, chosen.few, *range(chosen.many // 5, chosen.many, chosen.many // 5), chosen.many})
    found: dict[int, servers.Memory] = {}
    with (
        servers.service(chosen.model, servers.CACHES_OFF if chosen.caches_off else {}) as running,
        ThreadPoolExecutor(CALLERS) as callers,
    ):
        done = 0
        for mark in marks:
            list(
                callers.map(lambda t: post_json(f"{running.url}/v1/summaries", {"text": t}), texts[done:mark])
            )
            done = mark
            found[mark] = servers.memory(running.process.pid)
    rows = [[str(mark), f"{found[mark].rss:.1f}", f"{found[mark].pss:.1f}"] for mark in marks]
    say("\n" + table(("articles", "resident MB", "proportional MB"), rows) + "\n")
    grown = found[chosen.many].rss / found[chosen.few].rss
    say(verdict(f"resident after {chosen.many} against {chosen.few} articles", grown, GOAL, at_most=True))


if __name__ == "__main__":
    main()
