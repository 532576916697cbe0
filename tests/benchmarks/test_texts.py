import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.batches import by_length
from benchmarks.memory import articles
from benchmarks.texts import read_article, sentences, spread, variant
from models.segment import segment


def parts(text: str) -> list[str]:
    return [part.span.of(text) for part in segment(text)]


def test_the_article_has_about_forty_sentences():
    assert len(parts(read_article())) == 37


def test_variants_share_no_sentence_and_keep_their_number():
    first, second = (parts(variant(read_article(), n)) for n in (101, 102))
    assert len(first) == len(second) == 37
    assert not set(first) & set(second)


@pytest.mark.parametrize("count", [1, 30, 300])
def test_sentences_are_as_many_as_asked_and_all_different(count: int):
    found = parts(sentences(read_article(), count))
    assert len(found) == len(set(found)) == count


def test_memory_articles_are_different_and_complete():
    found = articles(20, 6)
    assert len(set(found)) == 20
    assert {len(parts(text)) for text in found} == {6}


@given(st.lists(st.integers(1, 60), max_size=80), st.integers(1, 200))
def test_batches_hold_every_item_once_within_the_budget(lengths: list[int], budget: int):
    batches = by_length(lengths, budget)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or max(lengths[i] for i in batch) * len(batch) <= budget


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, [0]), (3, [0, 3, 6]), (10, list(range(10))), (99, list(range(10)))]
)
def test_spread(count: int, expected: list[int]) -> None:
    assert spread(range(10), count) == expected
