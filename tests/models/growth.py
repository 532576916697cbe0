"""Whether work grows with its input or with the square of it, judged without any clock's absolute time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def growth(work: Callable[[T], object], made: Callable[[int], T], size: int) -> float:
    """How many times the CPU time of `work` on `made(size)` it takes on four times the size, at the best of
    three tries: about 4 when it is linear, 16 when it is quadratic."""
    return _least(work, made(4 * size)) / _least(work, made(size))


def _least(work: Callable[[T], object], given: T) -> float:
    times = []
    for _ in range(3):
        started = time.thread_time()
        work(given)
        times.append(time.thread_time() - started)
    return min(times)
