"""`mujaz feeds` on a store of its own, and `mujaz monitor` on the bundled model."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.store import articles, entries, feeds
from service.store.database import Database
from tests.service.monitor.feed_server import Page, allowed, item, rss, serve
from tests.service.monitor.following import wait_for

OPML = """<opml version="2.0"><body><outline text="مصر"><outline text="الأهرام" xmlUrl="https://a.example.org/rss"/>
</outline><outline text="خطأ" xmlUrl="ftp://b.example.org/"/></body></opml>"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def call(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, ["feeds", *arguments], input=text)


def test_add_list_poll(data: Path) -> None:
    added = call(
        "add", "https://a.example.org/rss", "--folder", "مصر", "--depth", "title", "--keep-days", "30"
    )
    assert added.exit_code == 0
    id = added.stdout.strip()
    assert call("add", "https://a.example.org/rss").stdout.strip() == id
    assert call("list").stdout == f"{id}  مصر: (no title yet)  https://a.example.org/rss\n"
    assert call("list", "--team", "others").stdout == ""
    database = Database(f"sqlite:///{data / 'mujaz.db'}")
    with database.write() as session:
        feed = feeds.change(session, "local", id, {"next_poll": datetime(2100, 1, 1, tzinfo=UTC)})
    assert feed is not None
    assert (feed.policy.depth, feed.policy.keep_days, feed.policy.sentences) == ("title", 30, 2)
    assert call("poll").exit_code == 0
    with database.read() as session:
        assert feeds.any_due(session, datetime.now(UTC))
    database.close()
    assert (call("poll", id).exit_code, call("poll", "feed_nobody").exit_code) == (0, 4)


@pytest.mark.parametrize("url", ["ftp://a.example.org/", "nothing", "https://"])
def test_addresses_that_can_not_be_fetched(data: Path, url: str) -> None:
    result = call("add", url)
    assert (result.exit_code, result.stdout) == (4, "")


def test_import_and_export(data: Path) -> None:
    result = call("import", "-", "--depth", "title", text=OPML)
    assert result.stdout == "1 feeds added, 0 known already, 1 left out.\n"
    assert "left out: خطأ  ftp://b.example.org/" in result.stderr
    assert call("import", "-", text=OPML).stdout.startswith("0 feeds added, 1 known")
    assert "مصر: الأهرام" in call("list").stdout
    exported = call("export").stdout
    assert 'text="مصر"' in exported
    assert call("import", "-", "--team", "others", text=exported).stdout.startswith("1 feeds added")
    assert call("import", "-", text="nonsense").exit_code == 4


def test_zones_and_room(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJAZ_MONITORING__MAX_FEEDS", "1")
    assert call("add", "https://c.example.org/", "--zone", "Nowhere/City").exit_code == 2
    added = call("add", "https://c.example.org/", "--zone", "Africa/Cairo")
    database = Database(f"sqlite:///{data / 'mujaz.db'}")
    with database.read() as session:
        feed = feeds.get(session, "local", added.stdout.strip())
    database.close()
    assert feed is not None
    assert feed.policy.zone == "Africa/Cairo"
    refused = call("add", "https://d.example.org/")
    assert (refused.exit_code, "1 feeds" in refused.output) == (4, True)
    assert call("add", "https://c.example.org/").exit_code == 0
    imported = call("import", "-", text=OPML)
    assert imported.stdout == "0 feeds added, 0 known already, 2 left out.\n"
    assert "left out: الأهرام" in imported.stderr


def test_health_shows_the_worst_first(data: Path) -> None:
    good = call("add", "https://a.example.org/").stdout.strip()
    bad = call("add", "https://b.example.org/").stdout.strip()
    database = Database(f"sqlite:///{data / 'mujaz.db'}")
    now = datetime.now(UTC)
    with database.write() as session:
        feeds.polled(session, good, {"last_success": now, "title": "جيد", "remarks": ["the XML is broken"]})
        feeds.polled(session, bad, {"failures": 2, "error": "The server answered with status 500."})
    database.close()
    lines = call("health").stdout.splitlines()
    assert lines[0].startswith(f"failing {bad}  last success never")
    assert lines[1].strip() == "The server answered with status 500."
    assert lines[2].startswith(f"ok      {good}  last success {now:%Y-%m-%d}")
    assert "0 entries in a week  جيد" in lines[2]
    assert lines[3].strip() == "the XML is broken"


def test_from_an_import_to_english_on_the_bundled_model(data: Path) -> None:
    """`mujaz monitor` follows what was imported; the article comes from its page."""
    page = (
        "<html><head><title>الصحة</title></head><body><article><h1>حملة تطعيم</h1>"
        "<p>أعلنت وزارة الصحة المصرية يوم الاثنين بدء حملة وطنية للتطعيم ضد شلل الأطفال.</p>"
        "<p>وقال الوزير إن الحملة تشمل 15 مليون طفل في جميع المحافظات وتستمر أربعة أيام.</p></article></body></html>"
    )
    with serve() as server:
        stub = item(1, "وزارة الصحة تبدأ حملة تطعيم", "أعلنت وزارة الصحة…", link="/1")
        url = server.put("127.4.0.1", "/feed", Page(rss(stub, title="الصحة")))
        server.put("127.4.0.1", "/1", Page(page.encode(), "text/html; charset=utf-8"))
        assert call("import", "-", text=f'<opml><outline text="" xmlUrl="{url}"/></opml>').exit_code == 0
        environment = os.environ | {"MUJAZ_FETCH__ALLOW": ",".join(allowed(server))}
        command = [sys.executable, "-c", "from service.cli import main; main()", "monitor"]
        database = Database(f"sqlite:///{data / 'mujaz.db'}")
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, cwd=_ROOT) as process:
            try:
                [entry] = wait_for(lambda: _translated(database), "nothing is translated", 90)
                process.send_signal(signal.SIGTERM)
                _, said = process.communicate(timeout=30)
            finally:
                process.kill()
    assert process.returncode == 0, said.decode()
    assert "health" in entry.title_en.lower()
    with database.read() as session:
        article = articles.get(session, "local", entry.article_id)
    database.close()
    assert article is not None
    assert "15 million" in article.content.english
    assert article.content.sentences
    assert article.content.url == server.url("127.4.0.1", "/1")


_ROOT = Path(__file__).resolve().parents[2]


def _translated(database: Database) -> list[entries.Entry]:
    with database.read() as session:
        return entries.page(session, "local", entries.Filter(state="translated"), 10)
