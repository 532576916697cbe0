"""`kill -9` while feeds are polled and entries translated: nothing is lost, nothing there twice."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from service.monitor.alerting import EVENT
from service.store import entries, feeds, watches, webhooks
from service.store.database import Database
from service.store.feed_tables import EntryRow, FeedRow
from service.store.ids import new_id
from service.store.story_tables import PlacementRow, StoryRow
from service.store.tables import ArticleRow, DeliveryRow, JobRow
from service.store.watch_tables import AlertRow
from service.store.webhooks import Webhook
from tests.service.monitor.feed_server import FeedServer, Page, allowed, host_number, item, rss, serve
from tests.service.monitor.following import wait_for
from tests.service.webhooks.receiver import Receiver, receiving

FEEDS, ENTRIES = 30, 4
TEXT = "أعلنت وزارة الصحة اليوم أن حملة التطعيم ستبدأ في جميع المحافظات مطلع الشهر المقبل. " * 6


def test_kill_9(store_url: str, tmp_path: Path) -> None:
    database, draw = Database(store_url), random.Random(1)
    with serve() as server, (tmp_path / "log").open("w") as log:
        pages = [
            rss(*(item(n, f"خبر {f} {n}", f"{TEXT} الخبر رقم {f}/{n}.") for n in range(ENTRIES)))
            for f in range(FEEDS)
        ]
        urls = [server.put(host_number(f), "/", Page(page, seconds=0.2)) for f, page in enumerate(pages)]
        with database.write() as session:
            for url in urls:
                feeds.add(session, "local", url, datetime.now(UTC))
        command = [
            sys.executable,
            "-m",
            "tests.service.monitor.monitoring",
            store_url,
            ",".join(allowed(server)),
        ]
        halfway: list[int] = []
        for more in (12, 12, 40, None):
            until = FEEDS * ENTRIES if more is None else 0
            wanted = len(server.asked) + translated(database) + (more or 0)
            with subprocess.Popen(command, stdout=log, stderr=log) as process:
                try:
                    wait_for(
                        partial(_is_enough, process, server, database, wanted, until), "nothing goes on", 90
                    )
                    time.sleep(draw.random() * 0.2 if more else 0)
                    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
                finally:
                    process.kill()
            halfway.append(translated(database))
    with database.read() as session:
        found = session.execute(select(EntryRow.feed_id, EntryRow.guid, EntryRow.article_id)).all()
        articles = session.scalar(select(func.count()).select_from(ArticleRow))
        ordered = Counter(request["entry_id"] for request in session.scalars(select(JobRow.request)))
    database.close()
    assert halfway[0] < FEEDS * ENTRIES, "it was never killed at work"
    assert len({(feed_id, guid) for feed_id, guid, _ in found}) == len(found) == FEEDS * ENTRIES
    assert len({article_id for *_, article_id in found}) == articles == FEEDS * ENTRIES
    assert set(ordered.values()) == {1}


def _is_enough(
    process: "subprocess.Popen[bytes]", server: FeedServer, database: Database, wanted: int, until: int
) -> bool:
    """Enough to be killed amidst it; or, at the last, all."""
    done = translated(database)
    enough = len(server.asked) + done >= wanted
    return process.poll() is not None or (done == until if until else enough)


def translated(database: Database) -> int:
    with database.read() as session:
        return len(entries.page(session, "local", entries.Filter(state="translated"), 1000))


#: Of each event two feeds tell, so that there are half as many stories as entries.
EVENTS = 30
WATCHES = ("التطعيم", '"وزارة الصحة" NOT زلزال', "زلزال")  # the last one finds nothing


def test_kill_9_while_stories_are_made_and_alerts_sent(store_url: str, tmp_path: Path) -> None:
    """An entry stands in one story, an alert is one row and one message for each webhook, and what is sent
    again is sent under the same number."""
    database, draw = Database(store_url), random.Random(2)
    with serve() as server, receiving() as receiver, (tmp_path / "log").open("w") as log:
        for feed in range(20):
            page = rss(*(_report(event) for event in range(EVENTS) if event % 10 == feed // 2))
            server.put(host_number(feed), "/", Page(page, seconds=0.1))
        with database.write() as session:
            for feed in range(20):
                feeds.add(session, "local", server.url(host_number(feed), "/"), datetime.now(UTC))
            made = [
                watches.add(session, "local", datetime.now(UTC), {"name": name, "query": name})
                for name in WATCHES
            ]
            finding = [watch.id for watch in made[:-1]]
            hook = Webhook(new_id("whk"), "local", receiver.url, "secret", (EVENT,), datetime.now(UTC))
            webhooks.add(session, hook)
        allow = ",".join([*allowed(server), receiver.netloc])
        command = [sys.executable, "-m", "tests.service.monitor.monitoring", store_url, allow]
        halfway: list[int] = []
        for more in (3, 8, 8, None):
            enough = None if more is None else len(receiver.came) + more
            with subprocess.Popen(command, stdout=log, stderr=log) as process:
                try:
                    wait_for(partial(_has_told, process, database, receiver, enough), "nothing goes on", 120)
                    time.sleep(draw.random() * 0.1 if more else 0)
                    assert process.poll() is None, (tmp_path / "log").read_text()[-3000:]
                finally:
                    process.kill()
            halfway.append(len(receiver.came))
        messages = receiver.came[:]
    with database.read() as session:
        placed = session.execute(select(PlacementRow.entry_id, PlacementRow.story_id)).all()
        stories = session.scalars(select(StoryRow)).all()
        found = session.execute(select(AlertRow.watch_id, AlertRow.story_id, AlertRow.state)).all()
        deliveries = session.scalars(select(DeliveryRow)).all()
        read = session.scalar(select(func.count()).select_from(EntryRow))
    database.close()
    assert halfway[-2] < 2 * len(stories), "it was never killed at work"
    assert read == len(placed) == len({entry for entry, _ in placed}) == 2 * EVENTS
    assert sum(story.entries for story in stories) == 2 * EVENTS
    assert Counter(story for _, story in placed) == {story.id: story.entries for story in stories}
    assert len(stories) <= EVENTS, "a copy doesn't stand beside what it is a copy of"
    wanted = {(watch, story.id) for watch in finding for story in stories}
    assert Counter((watch, story) for watch, story, _ in found) == dict.fromkeys(wanted, 1)
    assert {state for *_, state in found} == {"sent"}
    told = Counter(json.loads(delivery.payload)["data"]["id"] for delivery in deliveries)
    assert set(told.values()) == {1}
    assert len(told) == len(wanted)
    assert {message.id for message in messages} == {delivery.id for delivery in deliveries}
    assert len({(message.id, message.body) for message in messages}) == len(wanted)


def _report(event: int) -> str:
    """Of an event that shares with the others only what every report says."""
    dice = random.Random(event)
    own = [" ".join("".join(dice.choices(_LETTERS, k=6)) for _ in range(12)) for _ in range(5)]
    return item(event, f"التطعيم {own[0][:30]}", f"أعلنت وزارة الصحة التطعيم. {'. '.join(own)}.")


_LETTERS = "بتثجحخدذرزسشصضطظعغفقكلمنهي"


def _has_told(
    process: "subprocess.Popen[bytes]", database: Database, receiver: Receiver, enough: int | None
) -> bool:
    """So many messages came, or, at the last, nothing is left to do."""
    if process.poll() is not None or enough is not None:
        return process.poll() is not None or len(receiver.came) >= (enough or 0)
    left = (
        select(func.count()).where(FeedRow.last_success.is_(None)),
        select(func.count()).where(EntryRow.state == "waiting"),
        select(func.count()).where(AlertRow.state == "waiting"),
        select(func.count()).where(DeliveryRow.state == "waiting"),
    )
    with database.read() as session:
        return not any(session.scalar(count) for count in left)
