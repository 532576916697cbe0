"""Speed of the same work in three systems: transformers float32, this pipeline, LibreTranslate.

    python -m benchmarks.speed [--article FILE] [--model starter|FOLDER] [--rounds 5] [--callers 16]
        [--without-libretranslate] [--without-transformers] [--libretranslate-batch TOKENS]

Same weights, same beam, caches off; candidates take turns and the ratio is the median over the rounds. The
transformers side gets our chunks sorted by length in batches. LibreTranslate runs as a server on loopback
and is compared with our server; on its side the sentence splitting is its own.

Goals: at least 6 times transformers on one article, at least 3 times LibreTranslate with 16 callers at once.
"""

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import cycle
from pathlib import Path

from benchmarks import servers
from benchmarks.environment import describe
from benchmarks.http import post_json
from benchmarks.measure import TIMING_HEADER, Timing, Work, interleave, ratio, table, timing_row, verdict
from benchmarks.peers import libretranslate
from benchmarks.systems import TokenCounter, at_once, chunks_of, model_at, pipeline, say
from benchmarks.texts import read_article, variant
from models.manifest import InstalledModel
from models.segment import segment

TRANSFORMERS_GOAL, LIBRETRANSLATE_GOAL = 6.0, 3.0
PEER_ROOT = Path(__file__).parent.parent / "build" / "peers" / "libretranslate"
#: Best of 256, 512, 1024 and 2048 for the bundled model on two cores.
TRANSFORMERS_BATCH_TOKENS = 1024


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--article", type=Path, help="an Arabic text instead of the benchmark's own")
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--callers", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2, help="of every system")
    parser.add_argument("--libretranslate-batch", type=int, default=32, help="its own default is 32 tokens")
    parser.add_argument("--without-libretranslate", action="store_true")
    parser.add_argument("--without-transformers", action="store_true")
    return parser.parse_args()


def against_transformers(chosen: argparse.Namespace, model: InstalledModel, article: str) -> None:
    """One article, in this process."""
    from benchmarks.peers.transformers_generate import TransformersBaseline

    count = TokenCounter(model.tokenizer)
    decoding = model.manifest.decoding_options()
    segments = len(segment(article))
    with pipeline({"MUJAZ_MODEL__NAME": chosen.model, "MUJAZ_MODEL__THREADS": str(chosen.threads)}) as ours:
        baseline = TransformersBaseline(model.tokenizer, chosen.threads)
        chunks = chunks_of(ours.translator.engine, article)

        def transformers() -> Work:
            return Work(segments, count(baseline.translate(chunks, decoding, TRANSFORMERS_BATCH_TOKENS)))

        def mujaz() -> Work:
            return Work(segments, count([ours.translate([article])[0].english]))

        say(f"\n## One article ({segments} segments, {len(chunks)} chunks) against transformers\n")
        slow, fast = "transformers float32 generate", "Mujaz pipeline int8"
        timings = interleave({slow: transformers, fast: mujaz}, chosen.rounds)
    _report(timings)
    say(
        verdict(
            "times transformers float32, one article", ratio(timings[slow], timings[fast]), TRANSFORMERS_GOAL
        )
    )


def against_libretranslate(chosen: argparse.Namespace, model: InstalledModel, article: str) -> None:
    """One article, then every caller with an article of its own; both systems over HTTP."""
    count = TokenCounter(model.tokenizer)
    fresh = fresh_articles(article)
    peer = libretranslate.PeerOptions(
        beam_size=model.manifest.decoding_options().beam_size,
        intra_threads=chosen.threads,
        batch_tokens=chosen.libretranslate_batch,
    )
    settings = servers.CACHES_OFF | {"MUJAZ_MODEL__THREADS": str(chosen.threads)}
    with ExitStack() as stack:
        theirs = stack.enter_context(
            libretranslate.serve(PEER_ROOT, model.tokenizer / "source.spm", model.converted("int8"), peer)
        )
        ours = stack.enter_context(servers.service(chosen.model, settings))
        cpu = {
            "LibreTranslate": partial(servers.cpu_seconds, theirs.pid),
            "Mujaz service": partial(servers.cpu_seconds, ours.process.pid),
        }
        callers: dict[str, Callable[[str], str]] = {
            "LibreTranslate": partial(libretranslate.translate, theirs.url),
            "Mujaz service": partial(translate, ours.url),
        }
        for number in (1, chosen.callers):
            say(f"\n## {number} caller(s), one article each, over HTTP\n")
            runs = {name: partial(crowd, call, fresh, number, count) for name, call in callers.items()}
            rounds = chosen.rounds if number == 1 else max(2, chosen.rounds // 2)
            timings = interleave(runs, rounds, cpu=cpu)
            _report(timings)
            found = ratio(timings["LibreTranslate"], timings["Mujaz service"])
            say(verdict(f"times LibreTranslate, {number} caller(s)", found, LIBRETRANSLATE_GOAL))


def fresh_articles(article: str) -> Iterator[str]:
    """Equally long articles, each new: argostranslate keeps the paragraphs of its last text in a cache that
    can't be turned off."""
    return (variant(article, number) for number in cycle(range(100, 1000)))


def crowd(translate: Callable[[str], str], fresh: Iterator[str], callers: int, count: TokenCounter) -> Work:
    """One run: every caller sends an article that nobody has sent before."""
    return at_once(translate, [next(fresh) for _ in range(callers)], count)


def translate(url: str, text: str) -> str:
    """One article through our native API, translation only, as LibreTranslate does."""
    return str(post_json(f"{url}/v1/translations", {"texts": [text]})["translations"][0]["text"])


def _report(timings: dict[str, Timing]) -> None:
    say(table(TIMING_HEADER, [timing_row(name, timing) for name, timing in timings.items()]) + "\n")


def main() -> None:
    chosen = options()
    model = model_at(chosen.model)
    article = read_article(chosen.article)
    say(describe(model, {"threads": chosen.threads, "LibreTranslate batch": chosen.libretranslate_batch}))
    if not chosen.without_transformers:
        against_transformers(chosen, model, article)
    if not chosen.without_libretranslate:
        against_libretranslate(chosen, model, article)


if __name__ == "__main__":
    main()
