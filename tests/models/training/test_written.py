"""The pairs written for the bundled model, which lie beside it for whoever trains further."""

from pathlib import Path

import pytest

from models.training.pairs import read_pairs

WRITTEN = sorted((Path(__file__).resolve().parents[3] / "models" / "starter" / "written").glob("*.tsv.gz"))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_every_pair_can_be_used(path: Path) -> None:
    reading = read_pairs([path])
    assert not reading.rejects
    assert len(reading.pairs) > 300


def test_no_source_comes_twice() -> None:
    sources = [pair.source for pair in read_pairs(WRITTEN).pairs]
    assert len(sources) == len(set(sources)) > 15_000
