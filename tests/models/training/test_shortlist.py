"""The shortlist in the form that CTranslate2 reads, on a vocabulary small enough to see through."""

import pytest

from models.training.shortlist import ShortlistOptions, build

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
