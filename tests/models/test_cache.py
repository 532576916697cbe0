import pytest

from models.cache import LruCache


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
