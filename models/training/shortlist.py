"""A lexical shortlist: which target pieces a batch can need, from the source pieces in it.

Most of a small model's time goes into scoring every target piece of the vocabulary at every step.
CTranslate2 scores only the candidates that `vmap.txt` names for the source pieces of the batch, when asked
to. The idea is Marian's lexical shortlist (Junczys-Dowmunt et al. 2018, "Marian: Cost-effective High-Quality
Neural Machine Translation in C++"): the most frequent target pieces for every batch, and for each source
piece those that go with it most, here by the Dice coefficient over sentence pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.batches import Example
from models.training.vocabulary import Vocabulary

FILE_NAME = "vmap.txt"
#: With fewer pairs a rare word's translations are not known well enough to leave the others out.
MIN_PAIRS = 50_000
#: The counts take 4 bytes times the square of this: 1.6 GB.
MAX_PIECES = 20_000
#: Pairs whose co-occurrences are counted in one matrix product.
_BLOCK = 2000


@dataclass(frozen=True, slots=True)
class ShortlistOptions:
    """`frequent` pieces are candidates for every batch, `per_piece` more for each source piece."""

    frequent: int = 1000
    per_piece: int = 40


def build(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
    pieces: Sequence[str],
    options: ShortlistOptions = ShortlistOptions(),
) -> str:
    """The content of `vmap.txt` from encoded pairs (ids into `pieces`, without end-of-sentence).

    A line is a source piece, a tab and its candidates; the line of the empty source holds for every batch. A
    piece of one or two characters that occurs as a target at all is always a candidate, so that any word can
    be spelt. Memory: 4 bytes x len(pieces) squared.
    """
    import numpy as np

    size = len(pieces)
    together, source, target = _counts(pairs, size)
    order = np.argsort(-target, kind="stable")
    always = {int(i) for i in order[: options.frequent] if target[i]}
    always |= {i for i in range(size) if target[i] and len(pieces[i].lstrip("\u2581")) <= 2}
    lines = ["\t" + " ".join(pieces[i] for i in sorted(always))]
    for s in range(size):
        if source[s]:
            dice = 2 * together[s] / (source[s] + target)
            best = np.argsort(-dice, kind="stable")[: options.per_piece]
            names = [pieces[int(t)] for t in best if together[s, t] > 0 and int(t) not in always]
            if names:
                lines.append(pieces[s] + "\t" + " ".join(names))
    return "\n".join(lines) + "\n"


def _counts(pairs: Sequence[tuple[Sequence[int], Sequence[int]]], size: int) -> tuple[Any, Any, Any]:
    """In how many pairs two pieces stand together, and in how many each piece stands on its side."""
    import numpy as np

    together = np.zeros((size, size), dtype=np.float32)
    source, target = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
    for start in range(0, len(pairs), _BLOCK):
        block = pairs[start : start + _BLOCK]
        sides = [np.zeros((len(block), size), dtype=np.float32) for _ in range(2)]
        for row, pair in enumerate(block):
            for side, ids in zip(sides, pair, strict=True):
                side[row, list(set(ids))] = 1
        used = [np.flatnonzero(side.any(axis=0)) for side in sides]
        together[np.ix_(*used)] += sides[0][:, used[0]].T @ sides[1][:, used[1]]
        source += sides[0].sum(axis=0)
        target += sides[1].sum(axis=0)
    return together, source, target


def add(examples: Sequence[Example], vocabulary: Vocabulary, folder: Path) -> bool:
    """Builds a shortlist from training examples into a converted model's folder, where CTranslate2
    looks for it. False, and nothing written, when the text is too little or the vocabulary too large."""
    if len(examples) < MIN_PAIRS or len(vocabulary) > MAX_PIECES:
        return False
    pieces = sorted(vocabulary.numbers, key=vocabulary.numbers.__getitem__)
    pairs = [(example.source[:-1], example.target[:-1]) for example in examples]
    (folder / FILE_NAME).write_text(build(pairs, pieces), encoding="utf-8")
    return True
