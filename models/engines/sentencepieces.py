"""SentencePiece tokenisation as `transformers.MarianTokenizer` does it, without importing transformers.

Source text goes through `source.spm`, hypotheses through `target.spm`; pieces that the model's vocabulary
does not hold become `<unk>`. A test holds the id-for-id equality.
"""

import json
from collections.abc import Sequence
from pathlib import Path

END = "</s>"
UNKNOWN = "<unk>"
PAD = "<pad>"


class SentencePieces:
    """Thread-safe. `folder` holds config.json, source.spm, target.spm and vocab.json. `positions` is the
    longest sequence, end-of-sentence included, that the network can take in or give out."""

    def __init__(self, folder: Path) -> None:
        import sentencepiece

        self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
        self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder / "target.spm"))
        self.vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.positions: int = config.get("max_position_embeddings", 512)

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        """Source pieces of each text, without end-of-sentence; unknown ones as `<unk>`."""
        known = self.vocabulary
        return [
            [piece if piece in known else UNKNOWN for piece in pieces]
            for pieces in self._source.encode(list(texts), out_type=str)
        ]

    def ids(self, pieces: Sequence[str]) -> list[int]:
        unknown = self.vocabulary[UNKNOWN]
        return [self.vocabulary.get(piece, unknown) for piece in pieces]

    def decode(self, sequences: Sequence[Sequence[str]]) -> list[str]:
        """Plain text of target pieces; special tokens leave no trace."""
        special = {END, PAD, UNKNOWN}
        plain = [[piece for piece in pieces if piece not in special] for pieces in sequences]
        return [str(self._target.decode(pieces)) if pieces else "" for pieces in plain]
