from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.batches import (
    IGNORED,
    PADDING,
    BatchOptions,
    Example,
    batches,
    collate,
    encode,
    plan,
    with_neighbours,
)
from models.training.pairs import Pair
from models.training.vocabulary import Vocabulary

lengths = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=80)


@given(lengths, st.integers(50, 400), st.integers(0, 5))
def test_an_epoch_holds_every_example_once_within_the_budget(
    sizes: list[tuple[int, int]], budget: int, epoch: int
) -> None:
    examples = [Example((2,) * a, (2,) * b, "", "") for a, b in sizes]
    groups = plan(examples, BatchOptions(tokens=budget), epoch)
    assert sorted(i for group in groups for i in group) == list(range(len(examples)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(examples[i].longer for i in group) <= budget


def test_epochs_differ_and_repeat_by_seed(examples: list[Example]) -> None:
    options = BatchOptions(tokens=200)
    assert plan(examples, options, 0) == plan(examples, options, 0)
    assert plan(examples, options, 0) != plan(examples, options, 1)
    assert plan(examples, options, 0) != plan(examples, BatchOptions(tokens=200, seed=2), 0)


@pytest.mark.parametrize("sampling", [0.0, 1.0])
def test_a_stream_goes_on_where_it_was_left(
    examples: list[Example], vocabulary: Vocabulary, sampling: float
) -> None:
    options = BatchOptions(tokens=400, sampling=sampling)
    whole = list(islice(batches(examples, vocabulary, options), 40))
    assert whole[-1].epoch >= 1
    for at in (3, 17, 35):
        left = whole[at]
        again = list(islice(batches(examples, vocabulary, options, left.epoch, left.position), 4))
        for expected, got in zip(whole[at + 1 : at + 5], again, strict=False):
            assert np.array_equal(expected.source, got.source)
            assert np.array_equal(expected.target, got.target)


def test_collate_pads_each_side_apart() -> None:
    batch = collate([Example((5, 0), (7, 8, 0), "", ""), Example((4, 4, 4, 0), (0,), "", "")])
    assert batch.source.tolist() == [[5, 0, PADDING, PADDING], [4, 4, 4, 0]]
    assert batch.target.tolist() == [[7, 8, 0], [0, IGNORED, IGNORED]]


def test_what_is_too_long_is_handed_back(pairs: list[Pair], vocabulary: Vocabulary) -> None:
    long = Pair(" ".join(p.source for p in pairs[:20]), "Short.")
    examples, left_out = encode([pairs[0], long], vocabulary, 40)
    assert [e.text for e in examples] == [pairs[0].source]
    assert left_out == [long]


def test_neighbours_join_what_follows_within_a_file() -> None:
    pairs = [Pair(f"س{i}", f"s{i}", "a" if i < 5 else "b") for i in range(10)]
    joined = with_neighbours(pairs, 1.0, 1)[len(pairs) :]
    assert joined
    for pair in joined:
        numbers = [int(word[1:]) for word in pair.target.split()]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert len({n < 5 for n in numbers}) == 1
        assert pair.source == " ".join(f"س{n}" for n in numbers)
    assert with_neighbours(pairs, 0.0, 1) == pairs
