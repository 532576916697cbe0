"""The fast engine says what the reference says: the same float32 weights, the same beam, the same text.

`python -m benchmarks.engine_parity` is the same on whole development sets, with what int8 costs.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sacrebleu.metrics.chrf import CHRF

from models.engines.base import DecodingOptions, Engine
from models.engines.registry import EngineOptions, create
from models.manifest import STARTER, InstalledModel
from models.weights.convert import convert
from models.weights.selfcheck import SENTENCES

#: chrF of one engine's output with the other's as the reference; 100 is equality.
FLOOR = 98.0


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    folder = tmp_path_factory.mktemp("parity")
    convert(STARTER / "hf", folder / "ct2-float32", "float32")
    (folder / "hf").symlink_to(STARTER / "hf")
    model = replace(InstalledModel.at(STARTER), path=folder)
    fast, reference = (
        create(model, EngineOptions(name, "float32", "cpu", threads=1)) for name in ("ct2", "transformers")
    )
    yield fast, reference
    fast.close()
    reference.close()


@pytest.mark.torch
@pytest.mark.parametrize(
    "options",
    [
        DecodingOptions(),
        InstalledModel.at(STARTER).manifest.decoding_options(),
        DecodingOptions(length_penalty=0.6, repetition_penalty=1.3, no_repeat_ngram_size=3),
        DecodingOptions(beam_size=1, repetition_penalty=1.15),
    ],
    ids=["plain", "as the bundled model is run", "firm against loops", "greedy"],
)
def test_float32_says_what_transformers_says(
    engines: tuple[Engine, Engine], options: DecodingOptions
) -> None:
    texts = [line.split("\t")[0] for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    said = []
    for engine in engines:
        found = engine.translate(engine.encode(texts), options)
        assert all(hypotheses[0].finished for hypotheses in found)
        said.append(engine.decode([hypotheses[0].pieces for hypotheses in found]))
    assert CHRF().corpus_score(said[0], [said[1]]).score >= FLOOR
