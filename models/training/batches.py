"""Encoded pairs and batches of them: pairs of like length together, each batch under a token budget.

The order depends on (seed, epoch) alone, so that a run resumed in the middle of an epoch goes on with the
batch that comes next.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.training.pairs import Pair
from models.training.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.int64]

IGNORED = -100  # padding in a target matrix
PADDING = -1  # padding in a source matrix: <pad> can't mark it, since any number might be asked for
_JITTER = 3  # tokens; keeps batches of an epoch from holding the same pairs as those of the last one


@dataclass(frozen=True, slots=True)
class Example:
    """A pair in numbers, both sides closed by `</s>`. Text is kept to segment anew and to score."""

    source: tuple[int, ...]
    target: tuple[int, ...]
    text: str
    reference: str

    @property
    def longer(self) -> int:
        return max(len(self.source), len(self.target))


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """`tokens`: the longer side's length times the pairs, padding included. `sampling`: share of the Arabic
    sentences that are segmented anew at random each epoch."""

    tokens: int = 1024
    max_length: int = 160
    sampling: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded matrices of shape (pairs, tokens), and where the run stands after this batch."""

    source: "Matrix"
    target: "Matrix"
    epoch: int
    position: int


def encode(
    pairs: Sequence[Pair], vocabulary: Vocabulary, max_length: int
) -> tuple[list[Example], list[Pair]]:
    """Examples, and the pairs of which a side has more than `max_length` tokens or can't be written."""
    sources = vocabulary.encode_source([pair.source for pair in pairs])
    targets = vocabulary.encode_target([pair.target for pair in pairs])
    examples, left_out = [], []
    for pair, source, target in zip(pairs, sources, targets, strict=True):
        # <unk> in a target teaches the model to write it
        if max(len(source), len(target)) > max_length or 1 in target:
            left_out.append(pair)
        else:
            examples.append(Example(tuple(source), tuple(target), pair.source, pair.target))
    return examples, left_out


def with_neighbours(pairs: Sequence[Pair], share: float, seed: int) -> list[Pair]:
    """The pairs, and for `share` of them a further pair joined of two to four that follow each other.

    Short training pairs leave a model lost in the 60-word sentences of real articles; joined neighbours
    teach it to keep going.
    """
    rng = random.Random(seed)
    joined = []
    for start in range(len(pairs)):
        group = pairs[start : start + rng.choice((2, 2, 3, 4))]
        if rng.random() >= share or len(group) < 2 or len({pair.origin for pair in group}) > 1:
            continue
        joined.append(
            Pair(" ".join(p.source for p in group), " ".join(p.target for p in group), group[0].origin)
        )
    return [*pairs, *joined]


def plan(examples: Sequence[Example], options: BatchOptions, epoch: int) -> list[list[int]]:
    """Groups of indexes that make up one epoch, in training order; every example stands in exactly one."""
    rng = random.Random(f"{options.seed}/{epoch}")
    keys = [
        example.longer * 1000 + len(example.source) + rng.randrange(_JITTER * 1000) for example in examples
    ]
    groups: list[list[int]] = []
    group: list[int] = []
    widest = 0
    for index in sorted(range(len(examples)), key=keys.__getitem__):
        width = max(widest, examples[index].longer)
        if group and width * (len(group) + 1) > options.tokens:
            groups.append(group)
            group, width = [], examples[index].longer
        group.append(index)
        widest = width
    if group:
        groups.append(group)
    rng.shuffle(groups)
    return groups


def batches(
    examples: Sequence[Example],
    vocabulary: Vocabulary,
    options: BatchOptions,
    epoch: int = 0,
    position: int = 0,
) -> Iterator[Batch]:
    """Batches without end, from the given epoch and position on."""
    while True:
        groups = plan(examples, options, epoch)
        for number in range(position, len(groups)):
            rng = random.Random(f"{options.seed}/{epoch}/{number}")
            chosen = [_resegmented(examples[i], vocabulary, options, rng) for i in groups[number]]
            yield collate(chosen, epoch, number + 1)
        epoch, position = epoch + 1, 0


def _resegmented(
    example: Example, vocabulary: Vocabulary, options: BatchOptions, rng: random.Random
) -> Example:
    if options.sampling <= 0 or rng.random() >= options.sampling:
        return example
    source = vocabulary.sample_source(example.text, rng)
    return replace(example, source=tuple(source)) if len(source) <= options.max_length else example


def collate(examples: Sequence[Example], epoch: int = 0, position: int = 0) -> Batch:
    """One batch of the examples in their order, padded to the longest of each side."""
    import numpy as np

    source = np.full((len(examples), max(len(e.source) for e in examples)), PADDING, dtype=np.int64)
    target = np.full((len(examples), max(len(e.target) for e in examples)), IGNORED, dtype=np.int64)
    for row, example in enumerate(examples):
        source[row, : len(example.source)] = example.source
        target[row, : len(example.target)] = example.target
    return Batch(source, target, epoch, position)
