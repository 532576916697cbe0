"""What the service costs on top of its engine: HTTP against the bare engine on the same chunks.

    python -m benchmarks.overhead [--models starter,opus-shape] [--callers 2] [--rounds 3]

The bare engine gets the chunks of all articles as token pieces, sorted by length, in batches of the size that
the service uses, on the same threads: no segmentation, tokenising, checks or JSON. The service gets the
articles from concurrent callers, caches off. `opus-shape` stands for weights of the shape of opus-mt-ar-en,
made on the spot (`benchmarks/larger.py`). Goal: at least 90% of the bare engine with the larger shape.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import larger, servers
from benchmarks.batches import by_length
from benchmarks.environment import describe
from benchmarks.measure import TIMING_HEADER, Work, interleave, ratio, table, timing_row, verdict
from benchmarks.speed import translate
from benchmarks.systems import TokenCounter, at_once, chunks_of, model_at, say
from benchmarks.texts import read_article, variant
from models.engines.base import DecodingOptions, Engine
from models.engines.registry import EngineOptions, create
from models.manifest import InstalledModel
from models.segment import segment
from service.config import BatchingConfig

GOAL = 0.9
OPUS_SHAPE = "opus-shape"
FOLDER = Path(__file__).parent.parent / "build" / "benchmarks" / OPUS_SHAPE


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.overhead", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--models", default=f"starter,{OPUS_SHAPE}", help="comma-separated, folders too")
    parser.add_argument("--callers", type=int, default=2, help="articles at a time")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


@dataclass(frozen=True, slots=True)
class Bare:
    """The engine alone, fed with the batches and the options that the service would choose."""

    engine: Engine
    decoding: DecodingOptions
    batch_tokens: int
    workers: int
    segments: int

    def run(self, pieces: list[list[str]]) -> Work:
        batches = by_length([len(p) + 1 for p in pieces], self.batch_tokens)
        with ThreadPoolExecutor(self.workers) as pool:
            tokens = sum(pool.map(lambda batch: self._tokens([pieces[i] for i in batch]), batches))
        return Work(self.segments, tokens)

    def _tokens(self, batch: list[list[str]]) -> int:
        return sum(len(h[0].pieces) for h in self.engine.translate(batch, self.decoding))


def measure(model: InstalledModel, name: str, callers: int, rounds: int) -> float:
    """The service's speed as a share of the bare engine's."""
    articles = [variant(read_article(), 101 + n) for n in range(callers)]
    count = TokenCounter(model.tokenizer)
    batching = BatchingConfig()
    parallel = EngineOptions(workers=batching.workers)
    workers = parallel.resolved_workers()
    engine = create(model, parallel)
    chunks = [chunk for article in articles for chunk in chunks_of(engine, article)]
    pieces = engine.encode(chunks)
    segments = sum(len(segment(article)) for article in articles)
    # The translator asks for the whole beam, to choose from.
    decoding = model.manifest.decoding_options()
    decoding = decoding.with_(num_hypotheses=decoding.beam_size)
    share = sum(len(p) + 1 for p in pieces) // workers
    alone = Bare(engine, decoding, min(batching.max_tokens, share), workers, segments)
    with servers.service(name, servers.CACHES_OFF) as running:
        http = partial(at_once, partial(translate, running.url), articles, count)
        runs = {"bare engine": partial(alone.run, pieces), "service over HTTP": http}
        cpu = {"service over HTTP": partial(servers.cpu_seconds, running.process.pid)}
        timings = interleave(runs, rounds, cpu=cpu)
    engine.close()
    say(table(TIMING_HEADER, [timing_row(what, timing) for what, timing in timings.items()]) + "\n")
    return ratio(timings["bare engine"], timings["service over HTTP"])


def main() -> None:
    chosen = options()
    for name in chosen.models.split(","):
        model = larger.make(FOLDER) if name == OPUS_SHAPE else model_at(name)
        say(f"\n## {model.id}, {chosen.callers} callers\n\n{describe(model)}\n")
        share = measure(model, str(model.path), chosen.callers, chosen.rounds)
        say(verdict(f"service as a share of the bare engine, {model.id}", share, GOAL))


if __name__ == "__main__":
    main()
