"""Chooses the parts of the service and puts them together. Called by `Runtime.load` only; nothing else picks
an engine, a model or a summarizer."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from models.batching import Batcher, BatchingOptions
from models.document import Notice
from models.engines import registry
from models.engines.base import Engine
from models.engines.registry import EngineOptions
from models.errors import ModelBroken
from models.manifest import InstalledModel
from models.pipeline import Pipeline
from models.quality import Calibration
from models.summarize import Summarizer
from models.summarize.extractive import ExtractiveSummarizer
from models.translator import Translator
from service import glossaries, model_list
from service.config import Config
from service.model_list import ModelFacts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a runtime is made of. `closers` free it, in order; `queue` is where its work waits."""

    pipeline: Pipeline
    model: ModelFacts
    closers: tuple[Callable[[], None], ...]
    queue: Batcher


def assemble(config: Config) -> Parts:
    """Load the configured model and everything around it. Raises `ModelError`, `EngineUnavailable`."""
    installed = model_list.find(config)
    options = EngineOptions(
        engine=config.model.engine,
        compute_type=config.model.compute_type,
        device=config.model.device,
        threads=config.model.threads,
        workers=config.batching.workers,
    )
    engine = registry.create(installed, options)
    batcher = Batcher(engine, _batching(config, options, engine))
    decoding = installed.manifest.decoding_options()
    if config.model.beam_size is not None:
        decoding = decoding.with_(beam_size=config.model.beam_size)
    translator = Translator(engine, batcher, decoding, cache_characters=config.cache.segment_chars)
    pipeline = Pipeline(
        translator,
        _summarizers(config),
        calibration=_calibration(installed),
        notices=_notices(installed),
        glossary=glossaries.with_news(None, default=config.glossary.default),
        cache_characters=config.cache.article_chars,
    )
    log.info("model %s (%s) loaded; limits: %s", installed.id, engine.info.engine, installed.manifest.limits)
    return Parts(pipeline, model_list.facts(installed, active=True), (batcher.close, engine.close), batcher)


def _batching(config: Config, options: EngineOptions, engine: Engine) -> BatchingOptions:
    wanted = config.batching
    return BatchingOptions(
        workers=options.resolved_workers() if engine.info.device == "cpu" else wanted.workers or 1,
        max_tokens=wanted.max_tokens,
        bulk_max_tokens=wanted.bulk_max_tokens,
        bulk_seconds=wanted.bulk_target_ms / 1000,
        queue_tokens=wanted.queue_tokens,
    )


def _calibration(installed: InstalledModel) -> Calibration | None:
    if installed.manifest.confidence is None:
        return None
    try:
        return Calibration.from_dict(installed.manifest.confidence)
    except ValueError as error:
        raise ModelBroken(f"The manifest of model {installed.id} is {error}.") from error


def _notices(installed: InstalledModel) -> tuple[Notice, ...]:
    """The bundled model's limits go with every answer that it makes."""
    if installed.manifest.tier != "starter":
        return ()
    return (Notice("starter_model", installed.manifest.limits),)


def _summarizers(config: Config) -> dict[str, Summarizer]:
    """By the names that requests use; the abstractive one only where a model for it is configured."""
    found: dict[str, Summarizer] = {"extractive": ExtractiveSummarizer()}
    if config.summary.abstractive_model is not None:
        from models.summarize.abstractive import AbstractiveSummarizer

        found["abstractive"] = AbstractiveSummarizer(
            config.summary.abstractive_model, side=config.summary.abstractive_side
        )
    return found
