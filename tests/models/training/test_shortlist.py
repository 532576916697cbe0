"""The shortlist in the form that CTranslate2 reads, on a vocabulary small enough to see through."""

from pathlib import Path

import pytest

from models.engines.registry import create
from models.manifest import STARTER, InstalledModel
from models.training import shortlist
from models.training.batches import encode
from models.training.pairs import Pair
from models.training.shortlist import ShortlistOptions, build
from models.training.vocabulary import Vocabulary

PIECES = ["</s>", "<unk>", "▁وزير", "▁بيروت", "▁the", "▁minister", "▁Beirut", "▁visited", "b", "▁never"]
PAIRS = [((2, 3), (4, 5, 7, 6)), ((2,), (4, 5)), ((3,), (6,)), ((2,), (4, 5, 8))]


def lines(options: ShortlistOptions) -> dict[str, set[str]]:
    text = build(PAIRS, PIECES, options)
    return {
        source: set(names.split()) for source, _, names in (row.partition("\t") for row in text.splitlines())
    }


def test_frequent_and_short_pieces_are_candidates_for_every_batch() -> None:
    assert lines(ShortlistOptions(frequent=2, per_piece=1))[""] == {"▁the", "▁minister", "b"}


def test_each_source_piece_brings_those_that_go_with_it_most() -> None:
    made = lines(ShortlistOptions(frequent=1, per_piece=2))
    assert made["▁وزير"] == {"▁minister"}  # "the" is there for every batch
    assert made["▁بيروت"] == {"▁Beirut", "▁visited"}


@pytest.mark.parametrize("per_piece", [1, 3, 50])
def test_what_never_stood_on_the_target_side_is_no_candidate(per_piece: int) -> None:
    made = lines(ShortlistOptions(frequent=50, per_piece=per_piece))
    assert not any("▁never" in names or "▁وزير" in names for names in made.values())


def test_a_small_text_makes_no_shortlist_and_a_large_one_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vocabulary = Vocabulary(InstalledModel.at(STARTER).tokenizer)
    texts = [Pair("وصل الوزير إلى بيروت", "The minister arrived in Beirut")] * 3
    examples = encode(texts, vocabulary, 50)[0]
    assert not shortlist.add(examples, vocabulary, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(shortlist, "MIN_PAIRS", 3)
    assert shortlist.add(examples, vocabulary, tmp_path)
    (written,) = tmp_path.iterdir()
    assert "▁Beirut" in written.read_text(encoding="utf-8").splitlines()[0].split()


def test_the_bundled_model_brings_one_that_its_engine_uses() -> None:
    engine = create(InstalledModel.at(STARTER))
    assert engine.info.shortlist
    engine.close()
