"""Vocabulary of a Marian model: two SentencePiece models and the joint numbering in `vocab.json`.

Order as Marian has it: `</s>` 0, `<unk>` 1, source pieces, target pieces not yet there, `<pad>` last. `<pad>`
starts the decoder and stays the zero vector (CTranslate2 starts Marian models from zero).
"""

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.errors import DataError, TrainingError

SOURCE, TARGET, NUMBERS = "source.spm", "target.spm", "vocab.json"
EOS, UNK = 0, 1
_SPECIAL = ("<unk>", "</s>", "<s>")
_CANDIDATES = 8  # segmentations to choose from; more of them differ in rare single letters only


@dataclass(frozen=True, slots=True)
class VocabularyOptions:
    """`size` pieces a side. Byte fallback (256 of them) makes every character writable: no `<unk>` at all."""

    size: int = 8000
    coverage: float = 0.9998
    sentences: int = 1_000_000
    threads: int = 2


class Vocabulary:
    """Text to numbers and back, for both sides. Loaded from a folder that `MarianTokenizer` reads too."""

    def __init__(self, folder: Path) -> None:
        import sentencepiece as spm

        self.folder = folder
        try:
            self._source: Any = spm.SentencePieceProcessor(str(folder / SOURCE))
            self._target: Any = spm.SentencePieceProcessor(str(folder / TARGET))
            self.numbers: dict[str, int] = json.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        except (OSError, RuntimeError, ValueError) as error:
            raise TrainingError(
                f"{folder} holds no Marian vocabulary ({SOURCE}, {TARGET}, {NUMBERS})"
            ) from error
        self._source_numbers = self._table(self._source)
        self._target_numbers = self._table(self._target)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def pad(self) -> int:
        return self.numbers["<pad>"]

    def _table(self, processor: Any) -> list[int]:
        return [self.numbers.get(processor.id_to_piece(i), UNK) for i in range(processor.get_piece_size())]

    def target_ids(self) -> list[int]:
        """Numbers that may stand in an English output, ascending: pieces of the target side and `</s>`."""
        return sorted({n for n in self._target_numbers if n != UNK} | {EOS})

    def encode_source(self, texts: Sequence[str]) -> list[list[int]]:
        """Numbers of each Arabic text, with the closing `</s>`."""
        return [_numbered(ids, self._source_numbers) for ids in self._source.encode(list(texts))]

    def encode_target(self, texts: Sequence[str]) -> list[list[int]]:
        """Numbers of each English text, with the closing `</s>`."""
        return [_numbered(ids, self._target_numbers) for ids in self._target.encode(list(texts))]

    def sample_source(self, text: str, rng: random.Random) -> list[int]:
        """One of the best segmentations of an Arabic text at random (subword regularisation, Kudo 2018).

        Chosen here from an n-best list, not by SentencePiece's own sampler: its generator can't be put back
        to a saved state, and a resumed run must see what the unbroken run would have seen.
        """
        return _numbered(
            rng.choice(self._source.nbest_encode_as_ids(text, _CANDIDATES)), self._source_numbers
        )

    def save(self, folder: Path) -> None:
        """Copies the three files to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in (SOURCE, TARGET, NUMBERS):
            if (folder / name).resolve() != (self.folder / name).resolve():
                shutil.copyfile(self.folder / name, folder / name)


def _numbered(ids: Sequence[int], table: Sequence[int]) -> list[int]:
    return [*(table[i] for i in ids), EOS]


def train_vocabulary(
    sources: Sequence[str], targets: Sequence[str], folder: Path, options: VocabularyOptions
) -> Vocabulary:
    """Trains both SentencePiece models (unigram) and writes them with the joint numbering to `folder`."""
    import sentencepiece as spm

    folder.mkdir(parents=True, exist_ok=True)
    numbers = {"</s>": EOS, "<unk>": UNK}
    for name, texts in ((SOURCE, sources), (TARGET, targets)):
        _train_side(texts, folder / name, options)
        processor: Any = spm.SentencePieceProcessor(str(folder / name))
        for i in range(processor.get_piece_size()):
            piece = processor.id_to_piece(i)
            if piece not in _SPECIAL:
                numbers.setdefault(piece, len(numbers))
    numbers["<pad>"] = len(numbers)
    (folder / NUMBERS).write_text(json.dumps(numbers, ensure_ascii=False), encoding="utf-8")
    return Vocabulary(folder)


def _train_side(texts: Sequence[str], path: Path, options: VocabularyOptions) -> None:
    import sentencepiece as spm

    with path.open("wb") as out:
        try:
            spm.SentencePieceTrainer.train(
                sentence_iterator=iter(texts), model_writer=out, vocab_size=options.size,
                character_coverage=options.coverage, input_sentence_size=options.sentences,
                shuffle_input_sentence=True, byte_fallback=True, split_digits=True, hard_vocab_limit=False,
                normalization_rule_name="nmt_nfkc", num_threads=options.threads, unk_id=0, eos_id=1,
                bos_id=-1, minloglevel=2,
            )  # fmt: skip
        except RuntimeError as error:
            raise DataError(f"this text gives no vocabulary of {options.size} pieces: {error}") from error
