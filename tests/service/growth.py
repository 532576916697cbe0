"""How much longer a longer text takes: the measure by which tests find what takes time with the square."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def growth(work: Callable[[T], object], made: Callable[[int], T], size: int, times: int = 8) -> float:
    """How many times as long `work` takes with what is `made` of `times` the size. About `times` or less where
    the time is linear, about `times` squared where it isn't. Time of this thread, the best of a few."""
    long = _seconds(work, made(times * size))
    return long / max(_seconds(work, made(size)), 1e-6)


def _seconds(work: Callable[[T], object], given: T) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.thread_time()
        work(given)
        best = min(best, time.thread_time() - began)
    return best
