"""Waits between tries."""

from itertools import pairwise

from service import backoff


def test_waits_grow_and_differ() -> None:
    assert [backoff.seconds(n, lambda low, high: 1) for n in range(1, 5)] == [10, 40, 160, 640]
    assert backoff.seconds(50, lambda low, high: high) == backoff.LONGEST * 1.25
    assert len({backoff.seconds(3) for _ in range(50)}) > 40
    assert all(slow > fast for fast, slow in pairwise(backoff.seconds(n) for n in range(1, 6)))
