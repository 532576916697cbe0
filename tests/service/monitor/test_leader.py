"""One scheduler at a time: leases with a clock in hand, leaders in threads, and real processes killed."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from service.config import Config, MonitoringConfig, StoreConfig
from service.monitor import leader as leading
from service.monitor.leader import GRACE, LEASE, Leader
from service.store import feeds, leaders
from service.store.database import Database
from service.store.errors import StoreBusy
from service.store.leaders import Claim
from tests.service.fakes import runtime
from tests.service.monitor.feed_server import Page, allowed, host_number, item, rss, serve
from tests.service.monitor.following import wait_for

NOW = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FEEDS = 60


def claim(holder: str) -> Claim:
    return Claim("scheduler", holder, 7 * SECOND, SECOND)


def take(database: Database, holder: str, seconds: float = 0) -> int | None:
    with database.write() as session:
        return leaders.take(session, claim(holder), NOW + seconds * SECOND)


@pytest.mark.parametrize(
    ("asked", "terms"),
    [
        ([("a", 0), ("b", 0)], [1, None]),
        ([("a", 0), ("a", 5), ("b", 11)], [1, 1, None]),
        ([("a", 0), ("b", 7.9), ("b", 8)], [1, None, 2]),
        ([("a", 0), ("a", 100), ("b", 101)], [1, 1, None]),  # nobody else wanted it
        ([("a", 0), ("b", 8), ("a", 9), ("a", 17)], [1, 2, None, 3]),
        # a clock that is behind, or one that was set back
        ([("a", 0), ("b", -5), ("a", -5), ("b", 4)], [1, None, 1, 2]),
    ],
)
def test_who_leads(database: Database, asked: list[tuple[str, float]], terms: list[int | None]) -> None:
    assert [take(database, holder, seconds) for holder, seconds in asked] == terms


def test_who_gives_up_is_followed_at_once(database: Database) -> None:
    assert take(database, "a") == 1
    with database.write() as session:
        leaders.give_up(session, claim("b"), NOW)  # it isn't b's to give
    with database.read() as session:
        assert leaders.is_held(session, "scheduler", NOW, SECOND)
        assert not leaders.is_held(session, "other", NOW, SECOND)
    assert take(database, "b") is None
    with database.write() as session:
        leaders.give_up(session, claim("a"), NOW)
    assert take(database, "b") == 2


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "RENEW_EVERY", 0.1)
    monkeypatch.setattr(leading, "LOOK_EVERY", 0.05)


@contextmanager
def candidate(database: Database, begun: list[str], name: str) -> Iterator[Leader]:
    def began(_: Session) -> None:
        begun.append(name)

    made = Leader(database, began)
    made.start()
    try:
        yield made
    finally:
        made.close()


@pytest.mark.usefixtures("quick")
def test_the_lead_passes_on_when_one_closes(database: Database) -> None:
    begun: list[str] = []
    with candidate(database, begun, "a") as first:
        wait_for(first.leads, "nobody leads")
        with candidate(database, begun, "b") as second:
            time.sleep(0.5)  # some renewals
            assert (first.leads(), second.leads(), second.is_vacant()) == (True, False, False)
            assert begun == ["a"]
            first.close()
            assert not first.leads()
            wait_for(second.leads, "the other doesn't lead", LEASE.total_seconds() / 2)
    assert begun == ["a", "b"]


@pytest.mark.usefixtures("quick")
def test_who_can_not_renew_knows_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "LEASE", SECOND)
    begun: list[str] = []
    with candidate(database, begun, "a") as leader:
        wait_for(leader.leads, "nobody leads")
        with monkeypatch.context() as patch:

            def busy(*_: object) -> None:
                raise StoreBusy("held")

            patch.setattr(leaders, "take", busy)
            wait_for(lambda: not leader.leads(), "it thinks that it leads")
        wait_for(leader.leads, "it doesn't lead again")
    assert begun == ["a"], "it was nobody else's meanwhile"


@pytest.mark.usefixtures("quick")
def test_claims_of_a_leader_that_is_no_more_are_free(database: Database) -> None:
    with database.write() as session:
        feeds.add(session, "local", "http://127.0.0.1/", NOW)
        assert len(feeds.claim_due(session, NOW, timedelta(minutes=10), 5)) == 1
        assert feeds.claim_due(session, NOW, timedelta(minutes=10), 5) == []
    leader = Leader(database, feeds.release_all)
    leader.start()
    wait_for(leader.leads, "nobody leads")
    leader.close()
    with database.read() as session:
        assert feeds.any_due(session, NOW)


def test_a_serving_process_may_leave_it_to_others(database: Database) -> None:
    """Also when nobody polls, somebody keeps house."""
    url = database.url.render_as_string(hide_password=False)
    config = Config(store=StoreConfig(url=url), monitoring=MonitoringConfig(scheduler=False))
    made = runtime(config=config)
    try:
        assert made.services.leader.is_vacant()
        assert made.services.leader._thread.ident is None
        assert made.services.housekeeper._is_leading()
        with ExitStack() as stack:
            other = stack.enter_context(candidate(database, [], "other"))
            wait_for(other.leads, "nobody leads")
            assert not made.services.housekeeper._is_leading()
    finally:
        made.close()


def test_when_the_leader_is_killed_another_goes_on(store_url: str, tmp_path: Path) -> None:
    """With the terms that hold in use, and claims of ten minutes. What the dead one was asking at that moment
    is asked again, nothing else is."""
    database = Database(store_url)
    with serve() as server, ExitStack() as stack:
        stack.callback(database.close)
        urls = [
            server.put(host_number(n), "/", Page(rss(item(1, f"خبر {n}", "نص")), seconds=0.3))
            for n in range(FEEDS)
        ]
        logs = [tmp_path / "a", tmp_path / "b"]
        command = [sys.executable, "-m", "tests.service.monitor.monitoring", store_url]
        processes = []
        for path in logs:
            log = stack.enter_context(path.open("w"))
            process = subprocess.Popen([*command, ",".join(allowed(server)), "slow"], stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.kill)
            processes.append(process)
        wait_for(lambda: all("running" in path.read_text() for path in logs), "they don't come up", 120)
        wait_for(lambda: any("from now on" in path.read_text() for path in logs), "nobody leads", 30)
        with database.write() as session:
            for url in urls:
                feeds.add(session, "local", url, datetime.now(UTC))
        wait_for(lambda: len(server.asked) >= FEEDS // 4, "nothing is polled", 60)
        first = next(n for n, path in enumerate(logs) if "from now on" in path.read_text())
        assert "from now on" not in logs[1 - first].read_text(), "two lead"
        processes[first].kill()
        killed, before = time.monotonic(), len(server.asked)
        assert before < FEEDS, "it was killed too late"
        wait_for(lambda: "from now on" in logs[1 - first].read_text(), "nobody takes over", 60)
        assert time.monotonic() - killed < (LEASE + GRACE).total_seconds() + 15
        wait_for(lambda: all(seen(database, url) for url in urls), "feeds are left", 60)
    counts = Counter(host for host, *_ in server.asked)
    assert set(counts) == {host_number(n) for n in range(FEEDS)}
    assert max(counts.values()) <= 2
    assert sum(counts.values()) <= FEEDS + 8 + 1, "more than was at work is asked again"


def seen(database: Database, url: str) -> bool:
    with database.read() as session:
        feed = feeds.by_url(session, "local", url)
    return feed is not None and feed.last_success is not None
