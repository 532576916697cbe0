"""The fast engine says what the reference says: the same float32 weights, the same beam, the same text.

`python -m benchmarks.engine_parity` is the same on whole development sets, with what int8 costs.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from sacrebleu.metrics.chrf import CHRF

from models.engines.base import DecodingOptions
from models.engines.registry import EngineOptions, create
from models.manifest import STARTER, InstalledModel
from models.weights.convert import convert
from models.weights.selfcheck import SENTENCES

#: chrF of one engine's output with the other's as the reference; 100 is equality.
FLOOR = 98.0


@pytest.mark.torch
def test_float32_says_what_transformers_says(tmp_path: Path) -> None:
    convert(STARTER / "hf", tmp_path / "ct2-float32", "float32")
    (tmp_path / "hf").symlink_to(STARTER / "hf")
    model = replace(InstalledModel.at(STARTER), path=tmp_path)
    texts = [line.split("\t")[0] for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    said = []
    for name in ("ct2", "transformers"):
        engine = create(model, EngineOptions(name, "float32", "cpu", threads=1))
        found = engine.translate(engine.encode(texts), DecodingOptions())
        assert all(hypotheses[0].finished for hypotheses in found)
        said.append(engine.decode([hypotheses[0].pieces for hypotheses in found]))
        engine.close()
    assert CHRF().corpus_score(said[0], [said[1]]).score >= FLOOR
