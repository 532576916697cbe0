"""The two pipelines of these tests: the bundled model, and the stub engine (one word out for each word in)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models import catalog
from models.batching import Batcher, BatchingOptions
from models.engines import registry
from models.engines.base import DecodingOptions
from models.engines.registry import EngineOptions
from models.engines.stub import StubEngine
from models.pipeline import Pipeline
from models.translator import Translator


@pytest.fixture(scope="package")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    empty: Path = tmp_path_factory.mktemp("no_other_models")
    model = catalog.find("starter", empty)
    engine = registry.create(model, EngineOptions(workers=1))
    batcher = Batcher(engine, BatchingOptions(workers=1))
    yield Pipeline(Translator(engine, batcher, model.manifest.decoding_options()), {})
    batcher.close()
    engine.close()


@pytest.fixture(scope="package")
def stub() -> Iterator[Pipeline]:
    engine = StubEngine()
    batcher = Batcher(engine, BatchingOptions(workers=1))
    yield Pipeline(Translator(engine, batcher, DecodingOptions(beam_size=1)), {})
    batcher.close()
