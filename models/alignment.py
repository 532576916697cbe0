"""Word alignment read off the engine's attention.

Attention is over pieces; editors and tags think in words. Pieces are grouped into words by the SentencePiece
word mark (U+2581), the weights inside each pair of words are summed over the target word's pieces, and each
target word is linked to the source word that it attends to most. Whether a model's attention is good
enough for that is a property of the model (`EngineInfo.has_alignment`).
"""

import re
from collections.abc import Sequence

from models.document import Span
from models.engines.base import Hypothesis

_WORD = re.compile(r"\S+")
_MARK = "\u2581"


def word_spans(text: str) -> list[Span]:
    return [Span(m.start(), m.end()) for m in _WORD.finditer(text)]


def _word_of_piece(pieces: Sequence[str]) -> list[int]:
    """Index of the word that each piece belongs to."""
    index, owners = -1, []
    for piece in pieces:
        if piece.startswith(_MARK) or index < 0:
            index += 1
        owners.append(index)
    return owners


def align(
    source: str, source_pieces: Sequence[str], target: str, hypothesis: Hypothesis
) -> list[tuple[Span, Span]]:
    """Pairs of (source word, target word), in target order. Empty when the hypothesis carries no attention
    or when the pieces do not line up with the words of the texts (a piece with a space inside, say)."""
    if hypothesis.attention is None:
        return []
    source_words, target_words = word_spans(source), word_spans(target)
    source_owner, target_owner = _word_of_piece(source_pieces), _word_of_piece(hypothesis.pieces)
    if not source_owner or not target_owner:
        return []
    if source_owner[-1] + 1 != len(source_words) or target_owner[-1] + 1 != len(target_words):
        return []
    weights = [[0.0] * len(source_words) for _ in target_words]
    for row, word in zip(hypothesis.attention, target_owner, strict=False):
        for weight, source_word in zip(row, source_owner, strict=False):
            weights[word][source_word] += weight
    best = [max(range(len(row)), key=row.__getitem__) for row in weights]
    return [(source_words[s], target_words[t]) for t, s in enumerate(best)]
