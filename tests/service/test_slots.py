"""Work slots are shared fairly."""

import threading
import time
from collections import Counter

import pytest

from service.slots import LONGEST, REMEMBERED, Slots


def hold(
    slots: Slots, key: str, until: threading.Event, log: list[str], seconds: float = 10
) -> threading.Thread:
    """A request that works until told to end; notes whether it got a slot. Started and settled."""

    def work() -> None:
        with slots.hold(key, seconds) as taken:
            log.append(f"{key} {'works' if taken else 'refused'}")
            if taken:
                assert until.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.02)
    return thread


def test_a_free_slot_is_had_at_once_and_given_back() -> None:
    slots = Slots(1, waiting=0)
    for _ in range(3):
        with slots.hold("a", 0) as taken:
            assert taken
            with slots.hold("b", 0) as second:
                assert not second


def test_it_is_given_back_by_work_that_fails() -> None:
    slots = Slots(1, waiting=0)
    with pytest.raises(ValueError, match="broken"), slots.hold("a", 0):
        raise ValueError("broken")
    with slots.hold("a", 0) as taken:
        assert taken


def test_waiting_ends_after_the_time() -> None:
    slots = Slots(1)
    with slots.hold("a", 0), slots.hold("b", 0.05) as taken:
        assert not taken


def test_a_freed_slot_goes_to_the_key_that_has_the_fewest() -> None:
    slots, log, first, rest = Slots(2), list[str](), threading.Event(), threading.Event()
    threads = [hold(slots, "greedy", first, log), hold(slots, "greedy", rest, log)]
    threads += [hold(slots, "greedy", rest, log), hold(slots, "small", rest, log)]
    first.set()
    time.sleep(0.05)
    assert log == ["greedy works", "greedy works", "small works"]
    rest.set()
    for thread in threads:
        thread.join()
    assert Counter(log) == {"greedy works": 3, "small works": 1}


def test_a_crowd_cannot_lock_others_out_of_the_waiting_room() -> None:
    slots, log, end = Slots(1, waiting=2), list[str](), threading.Event()
    threads = [hold(slots, "greedy", end, log) for _ in range(3)]
    threads.append(hold(slots, "small", end, log))
    assert log == ["greedy works", "greedy refused"]
    end.set()
    for thread in threads:
        thread.join()
    assert Counter(log) == {"greedy works": 2, "greedy refused": 1, "small works": 1}


def test_nothing_is_kept_of_idle_keys() -> None:
    slots = Slots(4)
    for n in range(100):
        with slots.hold(f"key{n}", 0):
            pass
    assert not slots._held
    assert slots._free == 4


def test_many_at_once_never_exceed_the_total() -> None:
    slots, lock = Slots(3, waiting=50), threading.Lock()
    now, most = 0, 0

    def work(key: str) -> None:
        nonlocal now, most
        for _ in range(20):
            with slots.hold(key, 10) as taken:
                assert taken
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0.0005)
                with lock:
                    now -= 1

    threads = [threading.Thread(target=work, args=(f"k{n % 4}",)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3


def test_after_a_refusal_the_others_keep_to_their_share() -> None:
    now = [0.0]
    slots, log, end = Slots(4, waiting=0, clock=lambda: now[0]), list[str](), threading.Event()
    threads = [hold(slots, "greedy", end, log) for _ in range(4)]
    threads.append(hold(slots, "small", end, log))
    assert log == [*["greedy works"] * 4, "small refused"]
    end.set()
    for thread in threads:
        thread.join()
    log.clear()
    end.clear()
    threads = [hold(slots, "greedy", end, log) for _ in range(4)]
    threads += [hold(slots, "small", end, log) for _ in range(2)]
    assert Counter(log) == {"greedy works": 2, "greedy refused": 2, "small works": 2}
    end.set()
    for thread in threads:
        thread.join()
    now[0] += 60
    log.clear()
    end.clear()
    threads = [hold(slots, "greedy", end, log) for _ in range(4)]
    assert log == ["greedy works"] * 4
    end.set()
    for thread in threads:
        thread.join()


def test_the_refused_get_turns_at_the_pace_of_their_key() -> None:
    now = [0.0]
    slots = Slots(1, waiting=0, clock=lambda: now[0])
    assert slots.turn("crowd") == 0, "nobody was refused"
    for _ in range(30):  # one at a time, two seconds each, and always another one in vain
        with slots.hold("crowd", 0) as taken, slots.hold("crowd", 0) as refused:
            assert (taken, refused) == (True, False)
            now[0] += 2
    turns = [slots.turn("crowd") for _ in range(4)]
    assert turns == pytest.approx([2, 4, 6, 8], abs=0.1)
    assert slots.turn("other") == 0, "another key has turns of its own"
    now[0] += 5
    assert slots.turn("crowd") == pytest.approx(5, abs=0.1)
    for _ in range(30):
        last = slots.turn("crowd")
    assert last == LONGEST
    now[0] += REMEMBERED
    with slots.hold("crowd", 0):
        assert slots.turn("crowd") == 0, "the crowd has gone"
