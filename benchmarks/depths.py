"""What does an entry of a feed cost: title, summary, or the whole article?

    python -m benchmarks.depths [--model starter|FOLDER] [--texts 20] [--sentences 12]

Different texts of so many sentences, variants of the benchmarks' article, each under its first words as a title; summaries
of two sentences, caches off. Tokens are those that the model reads and writes, repairs not counted.
"""

import argparse
import time
from collections.abc import Callable, Sequence

from benchmarks.environment import describe
from benchmarks.measure import table
from benchmarks.servers import CACHES_OFF
from benchmarks.systems import model_at, pipeline, say
from benchmarks.texts import read_article, sentences
from models.document import Article, Rendering
from models.pipeline import Pipeline, SummaryOptions
from models.segment import segment
from models.summarize import Length
from models.translator import Progress, TranslateOptions

OPTIONS = SummaryOptions(Length(sentences=2))


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.depths", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--texts", type=int, default=20)
    parser.add_argument("--sentences", type=int, default=12, help="of each text")
    return parser.parse_args()


def articles(count: int, length: int) -> list[Article]:
    text = sentences(read_article(), count * length)
    parts = [part.span.of(text) for part in segment(text)][: count * length]
    found = [" ".join(parts[n : n + length]) for n in range(0, len(parts), length)]
    return [Article(one, title=" ".join(one.split()[:8])) for one in found]


class Counted:
    """Stands before the pipeline's translator and counts the tokens that go through it."""

    def __init__(self, ours: Pipeline) -> None:
        self.tokens = [0, 0]
        self._translate = ours.translator.translate
        ours.translator.translate = self.translate  # type: ignore[assignment, method-assign]

    def translate(
        self, texts: Sequence[str], options: TranslateOptions, progress: Progress | None = None
    ) -> list[Rendering]:
        found = self._translate(texts, options, progress)
        for rendering in found:
            for chunk in rendering.chunks:
                self.tokens[0] += chunk.tokens_in
                self.tokens[1] += chunk.tokens_out
        return found


def main() -> None:
    chosen = options()
    say(describe(model_at(chosen.model), {"sentences of a text": chosen.sentences}) + "\n")
    texts = articles(chosen.texts, chosen.sentences)
    rows: list[list[str]] = []
    with pipeline(CACHES_OFF | {"MUJAZ_MODEL__NAME": chosen.model}) as ours:
        counted = Counted(ours)
        ours.run(texts[0])
        ways: dict[str, Callable[[Article], object]] = {
            "title": lambda article: ours.translate([article.title or ""]),
            "summary": lambda article: ours.run(article, SummaryOptions(OPTIONS.length, whole=False)),
            "article": lambda article: ours.run(article, OPTIONS),
        }
        for name, work in ways.items():
            counted.tokens = [0, 0]
            began, used = time.perf_counter(), time.process_time()
            for article in texts:
                work(article)
            seconds, used = time.perf_counter() - began, time.process_time() - used
            n = len(texts)
            rows.append(
                [name, f"{counted.tokens[0] / n:.0f}", f"{counted.tokens[1] / n:.0f}",
                 f"{1000 * seconds / n:.0f}", f"{1000 * used / n:.0f}"]
            )  # fmt: skip
    say(table(("depth", "tokens read", "tokens written", "ms", "CPU ms"), rows) + "\n")


if __name__ == "__main__":
    main()
