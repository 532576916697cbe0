"""Does the time per segment stay the same when articles get long?

    python -m benchmarks.growth [--model starter|FOLDER] [--sizes 30,300,3000] [--rounds 3]

Whole bilingual summaries through the pipeline, caches off, every segment different. The short sizes are run
in turn with a slice of the same total work, so that the machine's mood hits all alike. Goal: the longest
needs at most 1.1 times as long per segment as the shortest.
"""

import argparse
import statistics
import time

from benchmarks.environment import describe
from benchmarks.measure import table, verdict
from benchmarks.systems import model_at, pipeline, say
from benchmarks.texts import read_article, sentences
from models.document import Article
from models.pipeline import Pipeline

GOAL = 1.1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--sizes", default="30,300,3000", help="segments, comma-separated")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def measure(ours: Pipeline, sizes: list[int], rounds: int) -> dict[int, list[float]]:
    """Milliseconds per segment. In each round the smaller sizes run before and after the largest."""
    article = read_article()
    texts = {size: sentences(article, size) for size in sizes}
    found: dict[int, list[float]] = {size: [] for size in sizes}
    ours.run(Article(texts[sizes[0]]))
    for _ in range(rounds):
        for size in [*sizes, *reversed(sizes[:-1])]:
            started = time.perf_counter()
            result = ours.run(Article(texts[size]))
            seconds = time.perf_counter() - started
            if len(result.translations) != size:
                raise RuntimeError(f"{len(result.translations)} segments instead of {size}")
            found[size].append(1000 * seconds / size)
    return found


def main() -> None:
    chosen = options()
    sizes = sorted(int(size) for size in chosen.sizes.split(","))
    say(describe(model_at(chosen.model)) + "\n")
    with pipeline({"MUJAZ_MODEL__NAME": chosen.model}) as ours:
        found = measure(ours, sizes, chosen.rounds)
    medians = {size: statistics.median(times) for size, times in found.items()}
    rows = [[str(n), f"{medians[n]:.1f}", f"{min(found[n]):.1f}-{max(found[n]):.1f}"] for n in sizes]
    say(table(("segments", "ms per segment, median", "range"), rows) + "\n")
    grown = medians[sizes[-1]] / medians[sizes[0]]
    say(verdict(f"time per segment, {sizes[-1]} against {sizes[0]} segments", grown, GOAL, at_most=True))


if __name__ == "__main__":
    main()
