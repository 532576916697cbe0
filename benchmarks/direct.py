"""A Marian model straight through CTranslate2 and SentencePiece, for measurements of the text layer alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

BATCH_TOKENS = 1024
#: The longest reference has about 120 tokens; a model that loops must not cost minutes.
MAX_OUTPUT_TOKENS = 200


class DirectModel:
    """Translates texts as they are: no cutting, no batching queue, no repair. Remembers what it translated,
    since neighbouring settings share most of their chunks."""

    def __init__(self, folder: Path, compute_type: str = "int8", beam_size: int = 2) -> None:
        """`folder` holds `ct2-int8/` and `hf/` (source.spm, target.spm), as every installed model does."""
        import ctranslate2
        import sentencepiece

        self._translator: Any = ctranslate2.Translator(
            str(folder / "ct2-int8"), compute_type=compute_type, intra_threads=1
        )
        self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "hf" / "source.spm"))
        self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder / "hf" / "target.spm"))
        self._beam_size = beam_size
        self._known: dict[str, str] = {}

    def count(self, texts: Sequence[str]) -> list[int]:
        """Source tokens of each text, without end-of-sentence."""
        return [len(pieces) for pieces in self._source.encode(list(texts))]

    def translate(self, texts: Sequence[str]) -> list[str]:
        """One output per text, in order."""
        fresh = [t for t in dict.fromkeys(texts) if t not in self._known]
        if fresh:
            pieces = [[*p, "</s>"] for p in self._source.encode(fresh, out_type=str)]
            results = self._translator.translate_batch(
                pieces,
                beam_size=self._beam_size,
                disable_unk=True,
                max_batch_size=BATCH_TOKENS,
                batch_type="tokens",
                max_input_length=0,
                max_decoding_length=MAX_OUTPUT_TOKENS,
            )
            outputs = [self._target.decode(r.hypotheses[0]) for r in results]
            self._known.update(zip(fresh, outputs, strict=True))
        return [self._known[t] for t in texts]
