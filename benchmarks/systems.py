"""Our own parts, put together as the service puts them together, with the caches off."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Work
from benchmarks.servers import CACHES_OFF
from models import arabic, chunk
from models.batching import Batcher, BatchingOptions
from models.engines.base import Engine
from models.engines.registry import EngineOptions, create
from models.manifest import STARTER, InstalledModel
from models.pipeline import Pipeline
from models.segment import segment
from models.translator import Translator


def model_at(name: str) -> InstalledModel:
    """The bundled model ("starter") or one in a folder."""
    return InstalledModel.at(STARTER if name == "starter" else Path(name))


@contextmanager
def pipeline(settings: Mapping[str, str] | None = None) -> Iterator[Pipeline]:
    """The pipeline that `mujaz serve` would run with these `MUJAZ_...` settings, caches off."""
    from service.config import load_config
    from service.runtime import Runtime

    runtime = Runtime.load(load_config(environ=CACHES_OFF | dict(settings or {})))
    try:
        assert isinstance(runtime.pipeline, Pipeline)
        yield runtime.pipeline
    finally:
        runtime.close()


@contextmanager
def translator(model: InstalledModel) -> Iterator[Translator]:
    """The product's translator on this model, with the settings of its manifest; nothing is cached."""
    options = EngineOptions()
    engine = create(model, options)
    batcher = Batcher(engine, BatchingOptions(workers=options.resolved_workers()))
    try:
        yield Translator(engine, batcher, model.manifest.decoding_options(), cache_characters=0)
    finally:
        batcher.close()
        engine.close()


def chunks_of(engine: Engine, text: str) -> list[str]:
    """What the engine reads of a text: its segments, normalised and cut to the model's length."""

    def count(texts: Sequence[str]) -> list[int]:
        return [len(pieces) for pieces in engine.encode(texts)]

    found: list[str] = []
    for part in segment(text):
        normal = arabic.for_model(part.span.of(text)).text
        found += [s.of(normal) for s in chunk.cut(normal, engine.info.max_source_tokens, count)]
    return found


class TokenCounter:
    """Counts target tokens of any system's English with the model's own SentencePiece, so that systems which
    report none are measured alike."""

    def __init__(self, tokenizer: Path) -> None:
        import sentencepiece

        self._target = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer / "target.spm"))

    def __call__(self, texts: Sequence[str]) -> int:
        return sum(len(ids) for ids in self._target.encode(list(texts)))


def at_once(translate: Callable[[str], str], articles: Sequence[str], count: TokenCounter) -> Work:
    """Every article from a caller of its own, all at the same moment."""
    with ThreadPoolExecutor(len(articles)) as callers:
        english = list(callers.map(translate, articles))
    return Work(sum(len(segment(a)) for a in articles), count(english))


def say(text: str) -> None:
    """Results go to standard output at once: the runs are long."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
