"""Identical work at the same time is done once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.single_flight import SingleFlight


def test_everyone_gets_the_result_of_one() -> None:
    flights, done = SingleFlight[str, int](), list[int]()

    def work() -> int:
        time.sleep(0.1)
        done.append(1)
        return 42

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: flights.do("same", work), range(8)))
    assert results == [42] * 8
    assert len(done) == 1


def test_other_work_goes_on_beside_it() -> None:
    flights, both = SingleFlight[str, str](), threading.Barrier(2, timeout=5)

    def work(name: str) -> str:
        both.wait()
        return name

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda n: flights.do(n, lambda: work(n)), "ab")) == ["a", "b"]


def test_nothing_is_remembered() -> None:
    flights, calls = SingleFlight[str, int](), list[int]()
    for n in range(3):
        flights.do("same", lambda n=n: calls.append(n) or n)
    assert calls == [0, 1, 2]


def test_a_failure_is_the_leaders_own() -> None:
    flights, entered, go = SingleFlight[str, str](), threading.Event(), threading.Event()

    def fail() -> str:
        entered.set()
        assert go.wait(5)
        raise ValueError("cancelled")

    with ThreadPoolExecutor(2) as pool:
        leader = pool.submit(flights.do, "same", fail)
        assert entered.wait(5)
        follower = pool.submit(flights.do, "same", lambda: "done")
        time.sleep(0.05)
        go.set()
        with pytest.raises(ValueError, match="cancelled"):
            leader.result(5)
        assert follower.result(5) == "done"
