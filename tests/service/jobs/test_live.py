"""What running jobs tell those who listen: at once when there is news, and not at all when there is none."""

import threading
import time

import pytest

from service.jobs.live import Live


@pytest.fixture
def live() -> Live:
    made = Live()
    made.begin("job_1")
    return made


def test_without_news_a_listener_waits(live: Live) -> None:
    """Also before it is known how many segments the job has."""
    started = time.monotonic()
    news = live.wait("job_1", 0, (0, 0), 0.2)
    assert time.monotonic() - started >= 0.19
    assert (news.segments, news.total, news.over) == ((), 0, False)
    live.progress("job_1", 2, 5)
    started = time.monotonic()
    live.wait("job_1", 0, (2, 5), 0.2)
    assert time.monotonic() - started >= 0.19


def test_progress_and_segments_are_news(live: Live) -> None:
    live.progress("job_1", 0, 5)
    assert live.wait("job_1", 0, (0, 0), 30).total == 5
    threading.Timer(0.05, live.progress, ("job_1", 1, 5)).start()
    assert live.wait("job_1", 0, (0, 5), 30).done == 1
    threading.Timer(0.05, live.segments, ("job_1", [{"n": 1}])).start()
    assert live.wait("job_1", 0, (1, 5), 30).segments == ({"n": 1},)


def test_beginning_and_end_are_news(live: Live) -> None:
    threading.Timer(0.05, live.begin, ("job_2",)).start()
    assert not live.wait("job_2", 0, (0, 0), 30).over
    threading.Timer(0.05, live.end, ("job_2",)).start()
    assert live.wait("job_2", 0, (0, 0), 30).over
