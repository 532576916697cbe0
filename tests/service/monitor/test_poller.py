"""Many feeds: each looked at once, hosts politely; what a crash leaves; leases."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from models.errors import Busy
from service.ingest import feeds as reading
from service.ingest.feed_reader import Reads
from service.ingest.fetch import Fetcher, FetchOptions
from service.metrics import LOOKS
from service.monitor import health, polling
from service.monitor.hosts import Hosts
from service.monitor.poller import Poller, PollerOptions
from service.monitor.polling import Look
from service.store import entries, feeds, jobs
from service.store.database import Database
from service.store.feeds import Feed, Policy
from service.store.ids import new_id
from service.store.jobs import NewJob
from service.store.tables import JobRow
from tests.service.monitor.feed_server import FeedServer, Page, allowed, host_number, item, rss, serve
from tests.service.monitor.following import following, wait_for

NOW = datetime.now(UTC)
TEXT = "أعلنت وزارة الصحة اليوم أن حملة التطعيم ستبدأ في جميع المحافظات مطلع الشهر المقبل. " * 6
FOUND = reading.parse(rss(item(1, "خبر", TEXT), item(2, "آخر", TEXT)), "http://127.0.0.1/")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serve() as running:
        yield running


@contextmanager
def polling_with(
    database: Database, server: FeedServer, apart: float = 0.0, **options: Any
) -> Iterator[Poller]:
    """A poller alone: nobody does the jobs."""
    fetcher = Fetcher(FetchOptions(allow=allowed(server), timeout_seconds=5))
    poller = Poller(database, fetcher, Hosts(apart), lambda: None, PollerOptions(**options))
    poller.start()
    try:
        yield poller
    finally:
        poller.close()
        fetcher.close()


def follow(database: Database, *urls: str, now: datetime = NOW) -> list[Feed]:
    with database.write() as session:
        return [feeds.add(session, "local", url, now)[0] for url in urls]


def again(database: Database, followed: list[Feed]) -> None:
    with database.write() as session:
        for feed in followed:
            feeds.due_now(session, "local", feed.id, NOW)


def now_of(database: Database, feed: Feed) -> Feed:
    with database.read() as session:
        found = feeds.get(session, "local", feed.id)
    assert found is not None
    return found


def counted(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(JobRow)) or 0


def test_two_hundred_feeds_cost_a_304_each(database: Database, server: FeedServer) -> None:
    body = rss(item(1, "خبر", TEXT))
    urls = [server.put(host_number(n), "/feed", Page(body, etag=f'"{n}"')) for n in range(200)]
    followed = follow(database, *urls)
    with polling_with(database, server) as poller:
        wait_for(lambda: len(server.asked) == 200, "not all feeds are looked at", 60)
        wait_for(lambda: counted(database) == 200, "not all looks are written down", 60)
        again(database, followed)
        poller.notify()
        wait_for(lambda: len(server.asked) == 400, "not all feeds are looked at again", 60)
    assert [status for _, _, status in server.asked].count(304) == 200
    assert all(server.statuses(host_number(n), "/feed") == [200, 304] for n in range(200))
    assert counted(database) == 200
    assert all(health.of(now_of(database, feed), NOW) == "ok" for feed in followed)


def test_hosts_are_asked_politely(database: Database, server: FeedServer) -> None:
    page = Page(rss(item(1, "خبر", TEXT)), seconds=0.02)
    urls = [server.put(host, f"/{n}", page) for n in range(6) for host in ("127.3.0.1", "127.3.0.2")]
    follow(database, *urls)
    with polling_with(database, server, apart=0.2):
        wait_for(lambda: len(server.asked) == 12, "not all feeds are looked at")
    one, other = (sorted(server.times[host]) for host in ("127.3.0.1", "127.3.0.2"))
    for host, times in (("127.3.0.1", one), ("127.3.0.2", other)):
        assert server.most[host] == 1
        assert all(later[0] - earlier[1] > 0.15 for earlier, later in itertools.pairwise(times))
    # The hosts didn't wait for each other: they were asked by turns, and without a pause between the two.
    assert one[0][0] < other[-1][1]
    assert other[0][0] < one[-1][1]
    assert any(abs(here[0] - there[0]) < 0.15 for here in one for there in other)


def test_a_slow_host_holds_up_no_other(database: Database, server: FeedServer) -> None:
    slow = [server.put("127.3.0.3", f"/{n}", Page(rss(), seconds=0.5)) for n in range(8)]
    quick = [server.put(host_number(n), "/", Page(rss())) for n in range(30)]
    follow(database, *slow, *quick)
    with polling_with(database, server, threads=3):
        wait_for(lambda: len(server.asked) >= 31, "the others wait")
        assert len(server.statuses("127.3.0.3", "/7")) == 0


def test_a_pages_address_becomes_its_feeds(database: Database, server: FeedServer) -> None:
    """As it comes from the command line or an OPML file, which fetch nothing."""
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/rss"><body>x</body></html>'
    feed_url = server.put("127.3.0.10", "/rss", Page(rss(item(1, "خبر", TEXT), title="صحيفة")))
    [feed] = follow(database, server.put("127.3.0.10", "/", Page(page, "text/html")))
    with polling_with(database, server):
        wait_for(lambda: now_of(database, feed).last_success, "the feed isn't looked at")
    assert (now_of(database, feed).url, now_of(database, feed).title) == (feed_url, "صحيفة")
    assert counted(database) == 1


def test_two_pollers_share_the_feeds(database: Database, server: FeedServer) -> None:
    urls = [server.put(host_number(n), "/", Page(rss(item(n, "خبر", TEXT)))) for n in range(60)]
    follow(database, *urls)
    with polling_with(database, server, claimed=7), polling_with(database, server, claimed=7):
        wait_for(lambda: counted(database) == 60, "not all feeds are looked at")
    assert len(server.asked) == 60


def test_a_crash_before_the_translation_loses_nothing(store_url: str, server: FeedServer) -> None:
    database = Database(store_url)
    [feed] = follow(
        database, server.put("127.3.0.4", "/", Page(rss(item(1, "خبر", TEXT), item(2, "ب", f"{TEXT} ب."))))
    )
    with polling_with(database, server):
        wait_for(lambda: counted(database) == 2, "the feed isn't looked at")
    with database.read() as session:
        waiting = entries.page(session, "local", entries.Filter(state="waiting"), 10)
    assert len(waiting) == 2
    database.close()
    with following(allowed(server), store=store_url) as service:  # the process that comes after
        assert [e["state"] for e in service.entries(feed.id)] == ["translated", "translated"]
        assert len(service.get("/v1/articles")["items"]) == 2
    assert server.statuses("127.3.0.4", "/") == [200]


def test_a_crash_within_the_look_leaves_nothing_half(
    database: Database, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    [feed] = follow(database, "http://127.0.0.1/")

    def crash(*_: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patch:
        patch.setattr(polling.jobs, "add", crash)
        with pytest.raises(RuntimeError), database.write() as session:
            polling.record(session, feed, Look(feed.url, FOUND), NOW, random.Random(1))
    with database.read() as session:
        assert entries.page(session, "local", entries.Filter(), 10) == []
    assert now_of(database, feed) == feed
    with database.write() as session:
        assert polling.record(session, feed, Look(feed.url, FOUND), NOW, random.Random(1)) == 2
        assert polling.record(session, feed, Look(feed.url, FOUND), NOW, random.Random(1)) == 0
    assert counted(database) == 2


def test_what_a_dead_poller_had_is_looked_at_by_another(database: Database, server: FeedServer) -> None:
    follow(database, server.put("127.3.0.5", "/", Page(rss(item(1, "خبر", TEXT)))))
    with database.write() as session:
        assert feeds.claim_due(session, datetime.now(UTC), timedelta(seconds=1), 5)
        assert feeds.claim_due(session, datetime.now(UTC), timedelta(seconds=1), 5) == []
    with polling_with(database, server):
        wait_for(lambda: counted(database) == 1, "the feed stays claimed")


def test_what_was_claimed_in_another_term_is_left_to_others(database: Database, server: FeedServer) -> None:
    """While nobody leads, nothing is asked and nothing given up: the term may go on."""
    urls = [server.put("127.3.0.13", f"/{n}", Page(rss(), seconds=0.2)) for n in range(6)]
    follow(database, *urls)
    terms: list[int | None] = [1]
    fetcher = Fetcher(FetchOptions(allow=allowed(server), timeout_seconds=5))
    poller = Poller(database, fetcher, Hosts(0.0), lambda: None, term=lambda: terms[0])
    poller.start()
    try:
        wait_for(lambda: len(server.asked) == 1, "nothing is asked")
        terms[0] = None
        time.sleep(0.6)
        assert len(server.asked) <= 2  # the one that was at work
        terms[0] = 1
        wait_for(lambda: len(server.asked) >= 3, "the term doesn't go on")
        terms[0] = 2  # another led in between, and this one again: the others' claims were freed
        with database.write() as session:
            feeds.release_all(session)
        poller.notify()
        wait_for(lambda: len({path for _, path, _ in server.asked}) == 6, "feeds are left")
    finally:
        poller.close()
        fetcher.close()
    assert len(server.asked) <= 7


def test_closing_gives_back_what_waits(database: Database, server: FeedServer) -> None:
    urls = [server.put("127.3.0.6", f"/{n}", Page(rss(), seconds=0.1)) for n in range(5)]
    followed = follow(database, *urls)
    with polling_with(database, server, apart=30):
        wait_for(lambda: len(server.asked) == 1, "no feed is looked at")
    with database.write() as session:
        due = feeds.claim_due(session, datetime.now(UTC), timedelta(minutes=1), 10)
    assert len(due) == len(followed) - 1


def test_nothing_is_taken_in_while_too_much_waits(database: Database, server: FeedServer) -> None:
    follow(database, server.put("127.3.0.7", "/", Page(rss(item(1, "خبر", TEXT)))))
    waiting = [NewJob(new_id("job"), "local", "", "entry", "bulk", {}, 1) for _ in range(3)]
    with database.write() as session:
        jobs.add(session, waiting, NOW)
    with polling_with(database, server, most_waiting=3) as poller:
        poller.notify()
        time.sleep(0.3)
        assert server.asked == []
        with database.write() as session:
            jobs.cancel(session, "local", waiting[0].id, NOW)
        poller.notify()
        wait_for(lambda: server.asked, "the feed isn't looked at when there is room")


def test_an_unforeseen_error_is_told_and_ends_nothing(
    database: Database, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = follow(
        database, server.put("127.3.0.8", "/", Page(rss())), server.put("127.3.0.9", "/", Page(rss()))
    )
    real = polling.look_again

    def odd(fetcher: Fetcher, read: Reads, feed: Feed, now: datetime) -> Look:
        if feed.id == bad.id:
            raise ZeroDivisionError
        return real(fetcher, read, feed, now)

    monkeypatch.setattr(polling, "look_again", odd)
    with polling_with(database, server, threads=1):
        wait_for(lambda: now_of(database, bad).failures == 1, "the failure isn't told")
        wait_for(lambda: now_of(database, good).last_success, "the other feed isn't looked at")
    assert "Something went wrong" in (now_of(database, bad).error or "")


def test_a_feed_that_no_process_was_free_for_is_given_back(
    database: Database, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    [feed] = follow(database, server.put("127.3.0.8", "/", Page(rss(item(1, "خبر", TEXT)))))
    real, refused = polling.look_again, list[str]()

    def busy_once(fetcher: Fetcher, read: Reads, feed: Feed, now: datetime) -> Look:
        if not refused:
            refused.append(feed.id)
            raise Busy("Too many feeds are being read at once.", 1)
        return real(fetcher, read, feed, now)

    monkeypatch.setattr(polling, "look_again", busy_once)
    with polling_with(database, server, threads=1):
        wait_for(lambda: now_of(database, feed).last_success, "the feed isn't looked at again")
    assert (refused, now_of(database, feed).failures) == ([feed.id], 0)


def test_a_feed_deleted_under_a_look_stays_deleted(database: Database) -> None:
    [feed] = follow(database, "http://127.0.0.1/")
    with database.write() as session:
        feeds.delete(session, "local", feed.id)
    with database.write() as session:
        assert polling.record(session, feed, Look(feed.url, FOUND), NOW, random.Random(1)) == 0
    assert counted(database) == 0


def test_nothing_is_taken_in_from_where_another_is_followed(database: Database) -> None:
    """At the first look too, as after an import of both addresses."""
    new, old = follow(database, "http://127.0.0.1/new", "http://127.0.0.1/old")
    with database.write() as session:
        assert polling.record(session, new, Look(new.url, FOUND), NOW, random.Random(1)) == 2
        assert polling.record(session, old, Look(new.url, FOUND), NOW, random.Random(1)) == 0
    with database.read() as session:
        kept = entries.page(session, "local", entries.Filter(), 10)
    assert {(entry.feed_id, entry.guid) for entry in kept} == {(new.id, "1"), (new.id, "2")}
    assert counted(database) == 2
    after = now_of(database, old)
    assert (after.url, after.state, health.of(after, NOW)) == (old.url, "retired", "retired")
    assert "followed as well" in (after.error or "")


def test_old_entries_go_when_the_feed_lists_them_no_more(database: Database) -> None:
    with database.write() as session:
        feed, _ = feeds.add(session, "local", "http://127.0.0.1/", NOW, policy=Policy(keep_days=3))
        polling.record(session, feed, Look(feed.url, FOUND), NOW - timedelta(days=10), random.Random(1))
        only_one = replace(FOUND, entries=FOUND.entries[:1])
        assert polling.record(session, feed, Look(feed.url, only_one), NOW, random.Random(1)) == 0
        assert [e.guid for e in entries.page(session, "local", entries.Filter(), 10)] == ["1"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "new"),
        ({"last_success": NOW}, "ok"),
        ({"last_success": NOW - timedelta(days=30)}, "ok"),  # it isn't due more often, or we were off
        ({"last_success": NOW - timedelta(days=1), "failures": 3}, "failing"),
        ({"last_success": NOW - timedelta(days=8), "failures": 3}, "dead"),
        ({"failures": 1}, "failing"),
        ({"failures": 1, "created": NOW - timedelta(days=8)}, "dead"),
        ({"state": "retired", "failures": 1}, "retired"),
    ],
)
def test_health_in_a_word(changes: dict[str, Any], expected: str) -> None:
    feed = Feed("feed_1", "local", "http://127.0.0.1/", "", None, Policy(), NOW, "active", NOW, None, None,
                None, None, 0, None, (), {})  # fmt: skip
    assert health.of(replace(feed, **changes), NOW) == expected


def test_health_is_counted_as_it_is_told(database: Database) -> None:
    """Of each feed by itself, and of all in the database, for the metrics."""
    changes: list[dict[str, Any]] = [
        {},
        {"last_success": NOW},
        {"last_success": NOW - timedelta(days=6), "failures": 1},
        {"last_success": NOW - timedelta(days=7), "failures": 1},
        {"failures": 2},
        {"failures": 1, "created": NOW - timedelta(days=8)},
        {"state": "retired", "failures": 1},
    ]
    followed = follow(database, *(f"http://127.0.0.1/{n}" for n in range(len(changes))))
    with database.write() as session:
        for feed, values in zip(followed, changes, strict=True):
            feeds.polled(session, feed.id, values)
    words = Counter(health.of(now_of(database, feed), NOW) for feed in followed)
    with database.read() as session:
        counts = health.counts(session, NOW)
    assert counts == {"new": 1, "ok": 1, "failing": 2, "dead": 2, "retired": 1} == dict(words)


def test_at_the_first_look_the_newest_are_translated(database: Database) -> None:
    """The others are known, and said to be older; what comes later is all translated."""

    def look(number: int, first: int) -> Look:
        days = [f"{n + 1:02} Nov 2026 10:00:00 +0000" for n in range(first, number)]
        listed = [item(n, f"خبر {n}", "نص", day) for n, day in enumerate(days, first)]
        return Look("http://127.0.0.1/", reading.parse(rss(*reversed(listed)), "http://127.0.0.1/"))

    [feed] = follow(database, "http://127.0.0.1/")
    with database.write() as session:
        assert polling.record(session, feed, look(10, 0), NOW, random.Random(1), first_entries=3) == 3
    with database.read() as session:
        states = {e.guid: e.state for e in entries.page(session, "local", entries.Filter(), 100)}
        [first, *_] = entries.page(session, "local", entries.Filter(state="skipped"), 100)
        assert entries.by_state(session) == {"waiting": 3, "translated": 0, "skipped": 7, "failed": 0}
    assert {guid for guid, state in states.items() if state == "waiting"} == {"7", "8", "9"}
    assert first.remark == entries.OLDER
    with database.write() as session:
        again = now_of(database, feed)
        assert polling.record(session, again, look(10, 0), NOW, random.Random(1), first_entries=3) == 0
        assert polling.record(session, again, look(20, 5), NOW, random.Random(1), first_entries=3) == 10
    assert counted(database) == 13


@pytest.mark.parametrize(("zone", "meant"), [(None, 12), ("Africa/Cairo", 10), ("Asia/Riyadh", 9)])
def test_dates_without_a_zone_are_of_the_feeds(
    database: Database, server: FeedServer, zone: str | None, meant: int
) -> None:
    url = server.put("127.3.0.11", "/", Page(rss(item(1, "خبر", TEXT, "٢٠ نوفمبر ٢٠٢٦ ١٢:٠٠"))))
    with database.write() as session:
        feeds.add(session, "local", url, NOW, policy=Policy(zone=zone))
    with polling_with(database, server):
        wait_for(lambda: counted(database), "the feed isn't looked at")
    with database.read() as session:
        [entry] = entries.page(session, "local", entries.Filter(), 10)
    assert entry.published == datetime(2026, 11, 20, meant, tzinfo=UTC)


def test_looks_are_counted(database: Database, server: FeedServer) -> None:
    pages = {
        "read": Page(rss()), "failed": Page(status=500), "gone": Page(status=410), "unchanged": Page(status=304)
    }  # fmt: skip
    follow(database, *(server.put("127.3.0.12", f"/{name}", page) for name, page in pages.items()))
    results: list[str] = []
    fetcher = Fetcher(FetchOptions(allow=allowed(server), timeout_seconds=5))
    poller = Poller(database, fetcher, Hosts(0.0), lambda: None, counted=results.append)
    poller.start()
    wait_for(lambda: len(results) == len(pages), "not all looks are counted")
    poller.close()
    fetcher.close()
    assert sorted(results) == sorted(pages) == sorted(polling.RESULTS) == sorted(LOOKS)


def test_threads_end(database: Database, server: FeedServer) -> None:
    before = set(threading.enumerate())
    with polling_with(database, server):
        made = [t for t in threading.enumerate() if t not in before and t.name.startswith("mujaz-poll")]
        assert made
    assert not [t for t in made if t.is_alive()]
