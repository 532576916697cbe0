"""Feeds, watches, dashboard and digests in a real browser, with JavaScript and without."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from service.editions import made
from service.editions.digest import Wanted
from service.monitor.arrivals import Arrived, arrived
from service.store import entries, feeds, watches
from service.store.entries import Arrival, Outcome
from service.store.feeds import Policy
from service.store.period import Period
from service.store.trends import Checked
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
NOW = datetime.now(UTC)
NEWS = (
    ("وقع الزلزال ليلا في شرق تركيا", "The earthquake came at night in eastern Turkey"),
    ("أسعار القمح ترتفع", "Wheat prices rise"),
    ("زلزال آخر", "Another earthquake"),
)
OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="مصر"><outline text="الأهرام" xmlUrl="http://a.invalid/rss"/></outline></body></opml>"""


@dataclass
class Desk:
    """A service with feeds that have brought something, a watch that found it, and a digest of it."""

    address: str
    feed_id: str
    watch_id: str
    digest_id: str

    def __call__(self, path: str) -> str:
        ids = {"FEED": self.feed_id, "WATCH": self.watch_id, "DIGEST": self.digest_id}
        return self.address + re.sub("FEED|WATCH|DIGEST", lambda match: ids[match[0]], path)


@pytest.fixture
def desk(site: Site) -> Desk:
    database = site.runtime.services.database
    with database.write() as session:
        feed, _ = feeds.add(
            session, "local", "http://a.invalid/rss", NOW + timedelta(days=1), "النهار", Policy("لبنان")
        )
        feeds.change(session, "local", feed.id, {"failures": 2, "last_success": NOW, "error": "Status 503."})
        feeds.add(session, "local", "http://b.invalid/rss", NOW + timedelta(days=1), "BBC News عربي")
        watch = watches.add(session, "local", NOW, {"name": "زلازل", "query": "زلزال OR earthquake"})
    for days_ago in (20, 10, 1, 0):
        when = NOW - timedelta(days=days_ago, minutes=1)
        with database.write() as session:
            arrivals = [
                Arrival(f"{days_ago}-{ar}", "http://a.invalid/1", ar, ar, None, when) for ar, _ in NEWS
            ]
            taken = entries.take_in(session, feed.id, "local", arrivals, when)
            for entry, (ar, en) in zip(taken, NEWS, strict=True):
                entries.finish(session, entry.id, entry.digest, Outcome("translated", title_en=en))
                arrived(session, Arrived(entry, ar, en, ar, en, checked=Checked(5, 2, 1)), NOW)
    digest = made.by_hand(database, "local", Wanted(Period(NOW - timedelta(days=2), NOW)), NOW)
    return Desk(site.address, feed.id, watch.id, digest.id)


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    yield context.new_page()
    context.close()


PAGES = ("/feeds", "/feeds/FEED", "/watches", "/watches/new?query=(", "/watches/WATCH", "/dashboard", "/digests",
         "/digests/DIGEST")  # fmt: skip


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["desk", "phone"])
def test_axe_finds_no_serious_fault_and_nothing_comes_from_elsewhere(
    page: Page, desk: Desk, scheme: str, size: dict[str, int]
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    faults: list[str] = []
    for path in PAGES:
        page.goto(desk(path))
        page.wait_for_load_state("networkidle")
        if "dashboard" not in path:
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found = Axe().run(page).response["violations"]
        faults += [f"{path} {v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]
                   if v["impact"] in ("serious", "critical")]  # fmt: skip
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            faults.append(f"{path} is {width} pixels wide")
    assert faults == []
    assert all(url.startswith(desk.address) for url in asked)


def test_following_feeds_without_a_script(plain: Page, site: Site, tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text(OPML, encoding="utf-8")
    plain.goto(f"{site.address}/feeds")
    expect(plain.get_by_role("heading", name="Follow your first feed")).to_be_visible()
    plain.get_by_label("Address").fill("http://127.0.0.1:1/feed")
    plain.get_by_role("button", name="Follow").click()
    expect(plain.get_by_role("alert")).to_be_visible()
    expect(plain.get_by_label("Address")).to_have_value("http://127.0.0.1:1/feed")
    plain.get_by_text("Import OPML").click()
    plain.get_by_label("File").set_input_files(tmp_path / "feeds.opml")
    plain.get_by_role("button", name="Import").click()
    expect(plain.get_by_role("status")).to_contain_text("1 new feed.")
    plain.get_by_role("link", name="الأهرام").click()
    plain.get_by_label("Title").fill("Ahram")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("heading", name="Ahram")).to_be_visible()
    plain.get_by_role("link", name="Stop following").click()
    plain.get_by_role("button", name="Stop following").click()
    expect(plain.get_by_role("heading", name="Follow your first feed")).to_be_visible()


def test_a_watch_without_a_script(plain: Page, desk: Desk) -> None:
    plain.goto(desk("/watches/new"))
    plain.get_by_label("Name").fill("قمح")
    plain.get_by_label("Query").fill("(قمح")
    plain.get_by_role("button", name="Preview").click()
    expect(plain.locator(".faulty mark").first).to_be_visible()
    plain.get_by_label("Query").fill("قمح OR wheat")
    plain.get_by_role("button", name="Preview").click()
    expect(plain.locator("mark.hit", has_text="القمح").first).to_be_visible()
    expect(plain.locator("mark.hit", has_text="Wheat").first).to_be_visible()
    plain.get_by_role("button", name="Start watching").click()
    expect(plain.get_by_role("status").first).to_contain_text("The watch is on")


def test_the_preview_follows_what_is_typed(page: Page, desk: Desk) -> None:
    page.goto(desk("/watches/new"))
    query = page.get_by_label("Query")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/preview" in request.url else None)
    query.press_sequentially("earthquake", delay=20)
    expect(page.locator("mark.hit", has_text="earthquake").first).to_be_visible()
    assert len(asked) <= 3, "not at every key"
    query.fill("earthquake AND")
    expect(page.locator("#preview-found .faulty mark")).to_be_visible()
    expect(query).to_have_attribute("aria-invalid", "true")
    query.fill("زلزال")
    expect(page.locator("mark.hit", has_text="الزلزال").first).to_be_visible()
    assert query.get_attribute("aria-invalid") is None
    assert query.evaluate("field => getComputedStyle(field).direction") == "rtl"
    expect(page.locator("#preview-status")).to_contain_text("entries")


def test_charts_are_drawn_and_their_numbers_a_click_away(page: Page, desk: Desk) -> None:
    page.goto(desk("/dashboard?zone=UTC"))
    expect(page.locator("canvas")).to_have_count(4)
    drawn = page.evaluate(
        """() => [...document.querySelectorAll("canvas")].map((canvas) =>
          new Set(new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size)"""
    )
    assert all(colours > 2 for colours in drawn)
    expect(page.locator("#by-day")).to_be_hidden()
    page.get_by_text("The numbers").first.click()
    expect(page.locator("#by-day")).to_be_visible()
    page.get_by_role("radio", name="90").check()
    expect(page).to_have_url(re.compile("days=90"))


def test_the_dashboard_can_be_read_without_a_script(plain: Page, desk: Desk) -> None:
    plain.goto(desk("/dashboard"))
    for table in ("by-day", "by-hour", "by-source", "flagged"):
        expect(plain.locator(f"#{table}")).to_be_visible()
    expect(plain.locator(".chart").first).to_be_hidden()
    plain.get_by_role("radio", name="7").check()
    plain.get_by_role("button", name="Show").click()
    expect(plain).to_have_url(re.compile("days=7"))


def test_a_digest_without_a_script(plain: Page, desk: Desk) -> None:
    plain.goto(desk("/digests"))
    plain.get_by_text("Make one now").click()
    plain.get_by_role("button", name="Make it").click()
    expect(plain.get_by_role("heading", name="Digest:")).to_be_visible()
    arabic = plain.locator(".digest [lang=ar]").first
    expect(arabic).to_have_css("direction", "rtl")


@pytest.mark.parametrize(
    ("path", "field"),
    [("/watches/new", "#watch-zone"), ("/digests", "#make-zone"), ("/digests", "#plan-zone")],
)
def test_a_new_one_is_for_the_readers_own_clock(browser: Browser, desk: Desk, path: str, field: str) -> None:
    context = browser.new_context(timezone_id="Asia/Riyadh")
    page = context.new_page()
    page.goto(desk(path))
    expect(page.locator(field)).to_have_value("Asia/Riyadh")
    context.close()
