"""An engine without weights: deterministic, instant, one English-looking word per Arabic word.

For tests of everything around the engine. It keeps digits, Latin text and punctuation as they are and spells
Arabic letters in Latin ones, so that order, loss and number checks mean something.
"""

import re
from collections.abc import Sequence

from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.errors import Closed

_LATIN = dict(
    zip(
        map(ord, "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئةى،؛؟٪٫٬٠١٢٣٤٥٦٧٨٩"),
        [*"abtTjHxdVrzsSSDtZeGfqklmnhwy", *"aaaawyta", *",;?%.,0123456789"],
        strict=True,
    )
)
_PIECE = re.compile(r"\S+")


class StubEngine:
    """Pieces are words marked as SentencePiece does. `max_source_tokens` words make a chunk."""

    def __init__(self, max_source_tokens: int = 24) -> None:
        self.info = EngineInfo("stub", "1", "stub", "none", "cpu", max_source_tokens)
        self._open = True

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return [["\u2581" + word for word in _PIECE.findall(text)] for text in texts]

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return ["".join(p).replace("\u2581", " ").strip() for p in pieces]

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        """Reaches its length bound and is then not finished, like a real engine."""
        if not self._open:
            raise Closed("The engine is closed.")
        return [
            tuple(self._hypothesis(c, rank, options) for rank in range(options.num_hypotheses))
            for c in chunks
        ]

    def _hypothesis(self, chunk: Sequence[str], rank: int, options: DecodingOptions) -> Hypothesis:
        words = [piece.translate(_LATIN) for piece in chunk]
        if rank and words:
            words[-1] += "'" * rank  # the alternatives differ from each other
        bound = int(options.max_length_ratio * (len(chunk) + 1)) + 20
        pieces = tuple(words[:bound])
        attention = None
        if options.attention:
            attention = tuple(tuple(float(s == t) for s in range(len(chunk))) for t in range(len(pieces)))
        return Hypothesis(pieces, -0.1 * (rank + 1) if chunk else 0.0, len(words) <= bound, attention)

    def close(self) -> None:
        self._open = False
