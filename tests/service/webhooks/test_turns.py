"""Who is next, and that slow receivers leave room for the others."""

from datetime import UTC, datetime

import pytest

from service.store.webhooks import Waiting
from service.webhooks.turns import AT_ONCE, MOST_SLOW, SLOW, Turns, receiver

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def waiting(*hosts: str) -> list[Waiting]:
    return [Waiting(f"whk_{n}", f"https://{host}/a", NOW) for n, host in enumerate(hosts)]


def chosen(turns: Turns, *hosts: str) -> str | None:
    found = turns.choose(waiting(*hosts))
    return None if found is None else receiver(found.url)


def slow(turns: Turns, *hosts: str) -> None:
    for host in hosts:
        turns.begin(host)
        turns.end(host, SLOW)


def test_who_waits_longest_is_first() -> None:
    assert chosen(Turns(2), "a.example", "b.example") == "a.example"
    assert chosen(Turns(2)) is None


def test_a_receiver_gets_so_many_at_once_whatever_its_webhooks() -> None:
    turns = Turns(8)
    for _ in range(AT_ONCE):
        assert chosen(turns, "a.example", "a.example") == "a.example"
        turns.begin("a.example")
    assert chosen(turns, "a.example", "a.example") is None
    assert chosen(turns, "a.example", "b.example") == "b.example"


def test_no_more_than_there_are_workers() -> None:
    turns = Turns(2)
    turns.begin("a.example")
    turns.begin("b.example")
    assert not turns.free
    assert chosen(turns, "c.example") is None


def test_slow_ones_come_last_one_at_a_time_and_leave_half() -> None:
    turns = Turns(4)
    slow(turns, "s1.example", "s2.example", "s3.example")
    assert chosen(turns, "s1.example", "a.example") == "a.example"
    turns.begin("s1.example")
    assert chosen(turns, "s1.example") is None
    assert chosen(turns, "s1.example", "s2.example") == "s2.example"
    turns.begin("s2.example")
    assert chosen(turns, "s3.example") is None
    assert chosen(turns, "s3.example", "a.example") == "a.example"


def test_one_worker_serves_slow_ones_too() -> None:
    turns = Turns(1)
    slow(turns, "s.example")
    assert chosen(turns, "s.example") == "s.example"


def test_who_answers_at_once_is_slow_no_more() -> None:
    turns = Turns(4)
    slow(turns, "s.example")
    turns.begin("s.example")
    turns.end("s.example", SLOW / 2)
    turns.begin("s.example")
    assert chosen(turns, "s.example") == "s.example"


def test_only_so_many_slow_ones_are_remembered() -> None:
    turns = Turns(4)
    slow(turns, "first.example", *(f"n{n}.example" for n in range(MOST_SLOW)))
    turns.begin("first.example")
    assert chosen(turns, "first.example") == "first.example"  # as one that isn't slow
    last = f"n{MOST_SLOW - 1}.example"
    turns.begin(last)
    assert chosen(turns, last) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/x?y=1", "a.example"),
        ("https://A.example:443/", "a.example"),
        ("http://a.example:8080/", "a.example:8080"),
        ("ftp://a.example/", "ftp://a.example/"),
    ],
)
def test_receivers_are_told_apart_by_host_and_port(url: str, expected: str) -> None:
    assert receiver(url) == expected
