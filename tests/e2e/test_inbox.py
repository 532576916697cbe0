"""The inbox and the page of a story in a real browser: keys, news as it comes, without a script, on a phone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from service.store import stories
from service.ui import inbox_events
from tests.e2e.conftest import Site
from tests.service.ui.newsroom import HEADLINES, Newsroom, morning

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}
UNREAD = re.compile(r"\bunread\b")


@pytest.fixture
def room(site: Site, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """Six stories; the browser hears of changes quickly."""
    monkeypatch.setattr(inbox_events, "LOOK_EVERY", 0.2)
    return morning(site.runtime.services.database)


@pytest.fixture(params=["script", "no script"])
def reader(request, browser: Browser, page: Page) -> Iterator[Page]:
    """The page with JavaScript and without."""
    if request.param == "script":
        yield page
        return
    context = browser.new_context(java_script_enabled=False, viewport=DESK)
    yield context.new_page()
    context.close()


def story(page: Page, number: int):
    return page.locator("li.story").nth(number)


def title(number: int) -> str:
    return HEADLINES[number][1]


def test_from_the_list_to_the_words_of_an_article(reader: Page, site: Site, room: Newsroom) -> None:
    reader.goto(f"{site.address}/inbox")
    expect(reader.locator("li.story")).to_have_count(6)
    expect(story(reader, 0).get_by_role("img", name="Unread")).to_be_visible()
    reader.get_by_role("link", name=title(0)).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(title(0))
    line = reader.locator("#s2")
    line.locator("details summary").first.click()
    expect(line.locator(".cited").first).to_contain_text("سنصل إلى كل قرية")
    line.get_by_role("link", name="See it in the article").first.click()
    expect(reader.locator("#segment-2")).to_be_in_viewport()
    reader.get_by_role("link", name=f"Story: {title(0)}").click()
    reader.get_by_role("navigation", name="Stories").get_by_role("link", name="Inbox").click()
    expect(story(reader, 0)).not_to_have_class(UNREAD)
    expect(story(reader, 1)).to_have_class(UNREAD)


def test_marking_and_choosing(reader: Page, site: Site, room: Newsroom) -> None:
    reader.goto(f"{site.address}/inbox")
    star = story(reader, 2).get_by_role("button", name="Star")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    story(reader, 2).get_by_role("button", name="Mark as read").click()
    expect(story(reader, 2)).not_to_have_class(UNREAD)
    expect(reader).to_have_title("(5) Inbox · Mujaz")
    reader.get_by_role("link", name="Starred").click()
    expect(reader.locator("li.story")).to_have_count(1)
    reader.get_by_role("link", name="All", exact=True).click()
    reader.get_by_label("Folder").select_option("Agencies")
    reader.get_by_role("button", name="Show").click()
    expect(reader.locator("li.story")).to_have_count(1)
    assert "folder=Agencies" in reader.url
    reader.get_by_role("link", name="Clear").click()
    reader.get_by_role("button", name=re.compile("Mark these 6 as read")).click()
    expect(reader).to_have_title("Inbox · Mujaz")


def test_merging_and_splitting(reader: Page, site: Site, room: Newsroom) -> None:
    reader.goto(f"{site.address}/stories/{room.stories[0]}")
    reader.get_by_text("Grouped wrongly?").click()
    reader.get_by_label("This is the same as").select_option(label=f"{title(1)} (1 article)")
    reader.get_by_role("button", name="Merge").click()
    expect(reader.get_by_role("status")).to_contain_text("Merged")
    expect(reader.locator("li.moment")).to_have_count(4)
    reader.get_by_text("Grouped wrongly?").click()
    reader.get_by_role("checkbox", name=title(1)).check()
    reader.get_by_role("button", name="Split the ticked ones off").click()
    expect(reader.get_by_role("status")).to_contain_text("Split")
    expect(reader.get_by_role("heading", level=1)).to_have_text(title(1))


def test_only_with_a_pointer_a_choice_is_shown_at_once(page: Page, site: Site, room: Newsroom) -> None:
    page.goto(f"{site.address}/inbox")
    page.get_by_label("Folder").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(200)
    assert "folder" not in page.url, "with a keyboard somebody may be on the way to another choice"
    page.get_by_label("Folder").dispatch_event("pointerdown")
    page.get_by_label("Folder").select_option("Newspapers")
    page.wait_for_url("**/inbox?folder=Newspapers")


class TestKeys:
    def test_walking_through_the_list(self, page: Page, site: Site, room: Newsroom) -> None:
        page.goto(f"{site.address}/inbox")
        focused = page.locator("a.open:focus")
        for key, number in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
            page.keyboard.press(key)
            expect(focused).to_contain_text(title(number))
        page.keyboard.press("s")
        expect(story(page, 0).get_by_role("button", name="Star")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("j")
        page.keyboard.press("m")
        expect(story(page, 1)).not_to_have_class(UNREAD)
        expect(page).to_have_title("(5) Inbox · Mujaz")
        page.keyboard.press("m")
        expect(story(page, 1)).to_have_class(UNREAD)
        for key, number in (("o", 1), ("j", 2), ("k", 1)):
            page.keyboard.press(key)
            expect(page.get_by_role("heading", level=1)).to_have_text(title(number))
            page.wait_for_load_state()  # keys are heard once the page's script has run
        page.keyboard.press("m")
        expect(story(page, 1)).to_have_class(UNREAD)

    def test_enter_opens_and_the_last_story_stays(self, page: Page, site: Site, room: Newsroom) -> None:
        page.goto(f"{site.address}/inbox")
        for _ in range(9):
            page.keyboard.press("j")
        expect(page.locator("a.open:focus")).to_contain_text(title(5))
        expect(page.locator("a.open:focus")).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(title(5))

    def test_typing_is_left_alone(self, page: Page, site: Site, room: Newsroom) -> None:
        page.goto(f"{site.address}/inbox")
        page.get_by_label("Feed").focus()
        page.keyboard.press("j")
        expect(page.locator("a.open:focus")).to_have_count(0)
        page.locator("h1").click()
        page.keyboard.press("Control+j")
        expect(page.locator("a.open:focus")).to_have_count(0)

    def test_with_an_arabic_keyboard(self, page: Page, site: Site, room: Newsroom) -> None:
        page.goto(f"{site.address}/inbox")
        page.evaluate(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ت', code: 'KeyJ', bubbles: true}))"
        )
        expect(page.locator("a.open:focus")).to_contain_text(title(0))

    def test_help_and_turning_the_keys_off(self, page: Page, site: Site, room: Newsroom) -> None:
        page.goto(f"{site.address}/inbox")
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard")
        expect(dialog).to_contain_text("next story")
        page.keyboard.press("j")
        expect(page.locator("a.open:focus")).to_have_count(0)
        dialog.get_by_label("Keys are on").uncheck()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        for _ in range(2):
            page.keyboard.press("j")
            expect(page.locator("a.open:focus")).to_have_count(0)
            page.reload()
        page.get_by_role("button", name="Keyboard").click()
        dialog.get_by_label("Keys are on").check()
        dialog.get_by_role("button", name="Close").click()
        page.keyboard.press("j")
        expect(page.locator("a.open:focus")).to_have_count(1)


class TestNews:
    def test_a_button_says_what_is_new_and_nothing_moves(
        self, page: Page, site: Site, room: Newsroom
    ) -> None:
        page.goto(f"{site.address}/inbox")
        expect(page).to_have_title("(6) Inbox · Mujaz")
        page.keyboard.press("j")
        place = story(page, 0).bounding_box()
        later = datetime.now(UTC) + timedelta(minutes=1)
        for n in range(3):
            room.story(f"خبر جديد {n}", f"Fresh news {n}", later)
        news = page.get_by_role("link", name="3 new stories")
        expect(news).to_be_visible()
        expect(page).to_have_title("(9) Inbox · Mujaz")
        room.report(room.stories[3], "خبر", "News", later)
        news = page.get_by_role("link", name="3 new stories, 1 story with new articles")
        expect(news).to_be_visible()
        expect(page.locator("a.open:focus")).to_contain_text(title(0))
        expect(page.locator("li.story")).to_have_count(6)
        assert story(page, 0).bounding_box() == place, "the list stays where it is"
        news.click()
        expect(page.locator("li.story")).to_have_count(9)
        expect(page.locator("#news")).to_be_hidden()

    def test_the_first_story_shows_up_in_an_empty_inbox(self, page: Page, site: Site, monkeypatch) -> None:
        monkeypatch.setattr(inbox_events, "LOOK_EVERY", 0.2)
        room = Newsroom(site.runtime.services.database, "local")
        room.follow()
        page.goto(f"{site.address}/inbox")
        expect(page.get_by_text("Nothing has come in yet")).to_be_visible()
        room.story("خبر", "News", datetime.now(UTC))
        page.get_by_role("link", name="1 new story").click()
        expect(page.locator("li.story")).to_have_count(1)

    def test_a_page_that_is_left_lets_go_of_its_stream(
        self, page: Page, site: Site, room: Newsroom, monkeypatch
    ) -> None:
        monkeypatch.setattr(inbox_events, "BEAT", 0.2)
        gauge = site.runtime.services.metrics.event_streams._value  # type: ignore[attr-defined]
        page.goto(f"{site.address}/inbox")
        for _ in range(100):
            if gauge.get() == 1:
                break
            page.wait_for_timeout(50)
        assert gauge.get() == 1
        page.goto(f"{site.address}/")
        for _ in range(100):
            if gauge.get() == 0:
                break
            page.wait_for_timeout(50)
        assert gauge.get() == 0


def test_a_story_that_was_merged_meanwhile(browser: Browser, site: Site, room: Newsroom) -> None:
    page = browser.new_page()
    page.goto(f"{site.address}/inbox")
    with room.database.write() as session:
        stories.merge(session, "local", room.stories[0], room.stories[1], datetime.now(UTC))
    story(page, 1).get_by_role("button", name="Star").click()
    expect(page.locator("li.story")).to_have_count(5)
    page.close()


@pytest.mark.parametrize("path", ["/inbox", "/stories/{story}", "/articles/{article}"])
def test_a_phone_never_scrolls_sideways(page: Page, site: Site, room: Newsroom, path: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(site.address + _path(path, room))
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_long_word_stays_on_a_phone(page: Page, site: Site, room: Newsroom) -> None:
    long = room.story("ا" * 200, "W" * 200)
    page.set_viewport_size(PHONE)
    for path in ("/inbox", f"/stories/{long}"):
        page.goto(site.address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_arabic_stands_at_the_right(page: Page, site: Site, room: Newsroom) -> None:
    page.goto(f"{site.address}/inbox")
    arabic = story(page, 2).locator(".story-ar")
    assert (
        arabic.evaluate("e => getComputedStyle(e).direction + ' ' + getComputedStyle(e).textAlign")
        == "rtl right"
    )
    edges = "e => { const r = document.createRange(); r.setStart(e.firstChild, 0); r.setEnd(e.firstChild, 4); return r.getBoundingClientRect().right; }"
    box = arabic.bounding_box()
    assert abs(arabic.evaluate(edges) - (box["x"] + box["width"])) < 3, (
        "it begins with NASA, at its right edge"
    )


def test_nothing_moves_for_those_who_ask_for_it(page: Page, site: Site, room: Newsroom) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site.address}/inbox")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_focus_can_be_seen(page: Page, site: Site, room: Newsroom) -> None:
    page.goto(f"{site.address}/inbox")
    for _ in range(24):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


def test_nothing_is_asked_of_other_machines(page: Page, site: Site, room: Newsroom) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}/inbox")
    page.goto(f"{site.address}/stories/{room.stories[0]}")
    assert len(asked) >= 6
    assert all(url.startswith(site.address) for url in asked)


def _path(path: str, room: Newsroom) -> str:
    article = room.articles[room.entries[room.stories[0]][0]]
    return path.format(story=room.stories[0], article=article)


@pytest.mark.parametrize(
    ("size", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "dark")], ids=["desk", "dark", "phone"]
)
def test_axe_finds_no_serious_fault(page: Page, site: Site, room: Newsroom, size: dict, scheme: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    room.wait(3)
    room.index()
    with room.database.write() as session:
        stories.star(session, "local", room.stories[1], datetime.now(UTC))
        stories.mark_read(session, "local", room.stories[0], 1)
        stories.mark_read(session, "local", room.stories[4], 9)
    paths = (
        "/inbox?q=minister",
        "/inbox?q=title:",
        "/inbox?show=starred&folder=Air",
        "/stories/{story}",
        "/articles/{article}",
    )
    for path in (*paths, "/inbox"):
        page.goto(site.address + _path(path, room))
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        _has_no_serious_fault(page)
    page.keyboard.press("?")
    _has_no_serious_fault(page)


@pytest.mark.parametrize("waiting", [0, 3])
def test_axe_finds_no_serious_fault_in_an_empty_inbox(page: Page, site: Site, waiting: int) -> None:
    room = Newsroom(site.runtime.services.database, "local")
    if waiting:
        room.follow()
        room.wait(waiting)
    page.goto(f"{site.address}/inbox")
    _has_no_serious_fault(page)


def _has_no_serious_fault(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    faults = [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]
              if v["impact"] in ("serious", "critical")]  # fmt: skip
    assert faults == [], page.url
