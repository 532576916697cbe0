"""`kill -9` while feeds are polled and entries translated: nothing is lost, nothing there twice."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from service.store import entries, feeds
from service.store.database import Database
from service.store.feed_tables import EntryRow
from service.store.tables import ArticleRow, JobRow
from tests.service.monitor.feed_server import FeedServer, Page, allowed, host_number, item, rss, serve
from tests.service.monitor.following import wait_for

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
