"""One request per host at a time, with a pause after each."""

import threading

import pytest

from models.errors import Busy
from service.monitor.hosts import Hosts, host_of


def test_one_at_a_time_and_a_pause() -> None:
    now = [0.0]
    hosts = Hosts(1.0, lambda: now[0])
    assert hosts.take("a")
    assert not hosts.take("a")
    assert hosts.take("b")
    now[0] = 5.0
    assert not hosts.take("a")
    hosts.give("a")
    assert not hosts.take("a")
    now[0] = 5.9
    assert not hosts.take("a")
    now[0] = 6.0
    assert hosts.take("a")


def test_free_hosts_are_forgotten() -> None:
    now = [0.0]
    hosts = Hosts(1.0, lambda: now[0])
    for n in range(5000):
        assert hosts.take(str(n))
        hosts.give(str(n))
        now[0] += 0.01
    assert len(hosts._free_at) < 1500


def test_a_turn_is_waited_for() -> None:
    hosts, order = Hosts(0.05), []
    with hosts.turn("a", 1.0):
        waiting = threading.Thread(target=lambda: order.append(_within(hosts)))
        waiting.start()
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def _within(hosts: Hosts) -> str:
    with hosts.turn("a", 5.0):
        return "second"


def test_patience_ends() -> None:
    hosts = Hosts(0.0)
    with hosts.turn("a", 1.0), pytest.raises(Busy), hosts.turn("a", 0.05):
        pass
    with hosts.turn("a", 0.0):
        pass


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example.org:8443/feed", "news.example.org"),
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://[::1", "http://[::1"),
        ("nothing", "nothing"),
    ],
)
def test_host_of(url: str, host: str) -> None:
    assert host_of(url) == host
