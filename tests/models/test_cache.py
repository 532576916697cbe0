import tracemalloc
from collections.abc import Callable

import pytest

from models.cache import LONGEST_WORD, LruCache, cached_by_word
from models.glossary.clitics import readings
from models.quality.stems import arabic_stem, english_content
from models.query import cores
from models.stories.fingerprint import _term
from models.summarize import statement, terms


def test_the_least_recently_used_leaves_first() -> None:
    cache: LruCache[int] = LruCache(3)
    for key in "abc":
        cache.put(key, ord(key), 1)
    cache.get("a")
    cache.put("d", 4, 1)
    assert [cache.get(k) for k in "abcd"] == [97, None, 99, 4]


def test_weight_is_bounded_whatever_the_entries_weigh() -> None:
    cache: LruCache[str] = LruCache(10)
    for i in range(100):
        cache.put(i, "x", i % 4 + 1)
    assert 3 <= len(cache) <= 10


def test_replacing_an_entry_replaces_its_weight() -> None:
    cache: LruCache[int] = LruCache(10)
    for _ in range(5):
        cache.put("same", 1, 6)
    cache.put("other", 2, 4)
    assert (cache.get("same"), cache.get("other")) == (1, 2)


@pytest.mark.parametrize("limit", [0, 5])
def test_an_entry_over_the_limit_is_not_kept(limit: int) -> None:
    cache: LruCache[int] = LruCache(limit)
    cache.put("big", 1, 6)
    assert cache.get("big") is None


def test_a_function_of_a_word_forgets_the_long_ones() -> None:
    asked: list[str] = []

    @cached_by_word(10)
    def count(word: str, more: int = 0) -> int:
        asked.append(word)
        return len(word) + more

    short, long = "ا" * LONGEST_WORD, "ا" * (LONGEST_WORD + 1)
    assert [count(short), count(short), count(short, more=1)] == [60, 60, 61]
    assert [count(long), count(long)] == [61, 61]
    assert asked == [short, short, long, long]


@pytest.mark.parametrize(
    "function",
    [readings, arabic_stem, english_content, terms.stem, statement.key, _term, cores.core],
)
def test_what_is_kept_by_word_is_bounded_in_letters(function: Callable[[str], object]) -> None:
    function("ق" * 5_000)  # loads what it needs
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for n in range(20):
            function("ق" * n + "ب" * 5_000)
        assert tracemalloc.get_traced_memory()[0] - before < 100_000  # one such word takes 10,000 bytes
    finally:
        tracemalloc.stop()
