import random
from pathlib import Path

import pytest

from models.training.errors import DataError, TrainingError
from models.training.pairs import Pair
from models.training.vocabulary import EOS, UNK, Vocabulary, VocabularyOptions, train_vocabulary


def test_special_numbers(vocabulary: Vocabulary) -> None:
    assert vocabulary.numbers["</s>"] == EOS
    assert vocabulary.numbers["<unk>"] == UNK
    assert vocabulary.pad == len(vocabulary) - 1
    assert sorted(vocabulary.numbers.values()) == list(range(len(vocabulary)))


@pytest.mark.parametrize("text", ["The 🙂 café in Ōsaka", "price: €5 — “quoted”", "漢字"])
def test_every_character_can_be_written(vocabulary: Vocabulary, text: str) -> None:
    assert UNK not in vocabulary.encode_target([text])[0]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:.*sacremoses")
def test_numbers_are_those_of_the_transformers_tokenizer(vocabulary: Vocabulary, pairs: list[Pair]) -> None:
    from transformers import MarianTokenizer

    folder = vocabulary.folder
    tokenizer = MarianTokenizer(
        str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json"),
        source_lang="ar", target_lang="en",
    )  # fmt: skip
    for pair in pairs[:20]:
        assert vocabulary.encode_source([pair.source])[0] == tokenizer(pair.source).input_ids
        assert vocabulary.encode_target([pair.target])[0] == tokenizer(text_target=pair.target).input_ids


def test_only_target_pieces_are_allowed_in_outputs(vocabulary: Vocabulary, pairs: list[Pair]) -> None:
    allowed = set(vocabulary.target_ids())
    assert EOS in allowed
    assert UNK not in allowed
    assert vocabulary.pad not in allowed
    for ids in vocabulary.encode_target([pair.target for pair in pairs]):
        assert allowed.issuperset(ids)


def test_sampling_follows_the_generator(vocabulary: Vocabulary, pairs: list[Pair]) -> None:
    text = " ".join(pair.source for pair in pairs[:3])
    drawn = [tuple(vocabulary.sample_source(text, random.Random(seed))) for seed in range(20)]
    assert len(set(drawn)) > 1
    assert drawn[3] == tuple(vocabulary.sample_source(text, random.Random(3)))


def test_a_saved_vocabulary_loads_the_same(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path / "copy")
    assert Vocabulary(tmp_path / "copy").numbers == vocabulary.numbers


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no Marian vocabulary"):
        Vocabulary(tmp_path)


def test_too_little_text_is_a_data_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="vocabulary"):
        train_vocabulary([], [], tmp_path, VocabularyOptions(size=300, threads=1))
