"""How much longer more input takes: the measure by which tests find what takes time with the square, without any
clock's absolute time."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def growth(work: Callable[[T], object], made: Callable[[int], T], size: int, times: int = 4) -> float:
    """How many times as long `work` takes with what is `made` of `times` the size: about `times` or less where
    the time is linear, about `times` squared where it isn't. Processor time of this thread, the best of three."""
    more = _seconds(work, made(times * size))
    return more / max(_seconds(work, made(size)), 1e-6)


def _seconds(work: Callable[[T], object], given: T) -> float:
    best = float("inf")
    was_on = gc.isenabled()
    gc.disable()  # a collection of all that other tests left would count as this one's
    try:
        for _ in range(3):
            began = time.thread_time()
            work(given)
            best = min(best, time.thread_time() - began)
    finally:
        if was_on:
            gc.enable()
    return best
