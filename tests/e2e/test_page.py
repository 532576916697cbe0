"""What a person at the page meets, in a real browser."""

import re
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Site
from tests.service.results import ARABIC, PIECES, make

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
LIT = re.compile(r"\blit\b")


@pytest.fixture(autouse=True)
def result(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every article gets the hand-made result, after three reports of progress."""

    def run(article, options, progress=None, partial=None):
        for done in (1, 2, 3):
            if progress is not None:
                progress(done, 3)
        if site.pipeline.gate is not None:
            assert site.pipeline.gate.wait(30)
        if site.pipeline.error is not None:
            raise site.pipeline.error
        return make()

    monkeypatch.setattr(site.pipeline, "run", run)


def translate(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_label("Article in Arabic").fill(ARABIC)
    page.get_by_role("button", name="Translate and summarise").click()
    expect(page.get_by_role("heading", name="Vaccination campaign")).to_be_visible()


@pytest.fixture(params=["script", "no script"])
def reader(request, browser: Browser, page: Page):
    """The page with JavaScript and without."""
    if request.param == "script":
        yield page
        return
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_from_article_to_the_source_of_a_summary_line(reader: Page, site: Site) -> None:
    translate(reader, site)
    expect(reader.locator(".brief-line")).to_have_count(2)
    reader.locator(".brief-line").nth(1).get_by_role("link").click()
    assert reader.url.endswith("#source-2-1")
    cited = reader.locator("#segment-2 .cited")
    expect(cited).to_be_in_viewport()
    expect(cited).to_have_text("سنصل إلى كل قرية")
    expect(cited).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(reader.locator("#segment-1 .cited").first).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_reason_on_hover(reader: Page, site: Site) -> None:
    translate(reader, site)
    reason = reader.get_by_role("tooltip").filter(has_text="The Arabic has ٣٥٠, the English has 530.")
    expect(reason).to_have_count(0)
    reader.locator("#segment-1 .en mark").hover()
    expect(reason).to_be_visible()
    box = reason.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280


def test_reason_on_focus_and_escape(page: Page, site: Site) -> None:
    translate(page, site)
    reason = page.locator("#segment-1 .ar [role=tooltip]")
    page.locator("#segment-1 .number").focus()
    page.locator("#segment-1 .ar mark").focus()
    expect(reason).to_be_visible()
    page.keyboard.press("Escape")
    expect(reason).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(reason).to_be_visible()


def test_reason_stays_away_when_the_page_moves_under_a_pointer_at_rest(page: Page, site: Site) -> None:
    translate(page, site)
    mark = page.locator("#segment-1 .ar mark")
    mark.focus()
    page.mouse.move(640, 450)
    page.keyboard.press("Escape")
    page.evaluate(
        """() => new Promise(done => {
            document.addEventListener("mouseover", () => setTimeout(done, 50), { once: true });
            window.scrollBy(0, window.scrollY > 100 ? -100 : 100);
        })"""
    )
    reason = page.locator("#segment-1 .ar [role=tooltip]")
    expect(reason).to_be_hidden()
    page.mouse.move(640, 300)
    expect(reason).to_be_visible()


def test_every_mark_is_reached_with_the_tab_key(page: Page, site: Site) -> None:
    translate(page, site)
    page.locator("#parallel-title").evaluate("h => { h.tabIndex = -1; h.focus(); }")
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.innerText")
        )
    assert "MARK ٣٥٠" in reached
    assert "MARK 530,000" in reached


def test_what_was_typed_outlives_a_look_at_another_page(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_label("Article in Arabic").fill(ARABIC)
    page.goto(f"{site.address}/inbox")
    page.goto(site.address)
    expect(page.get_by_label("Article in Arabic")).to_have_value(ARABIC)
    expect(page.get_by_role("heading", name="Vaccination campaign")).to_have_count(0)


@pytest.mark.parametrize("how", ["reload", "back"])
def test_a_result_comes_back(page: Page, site: Site, how: str) -> None:
    translate(page, site)
    if how == "reload":
        page.reload()
    else:
        page.get_by_role("link", name="Inbox").click()
        page.go_back()
    expect(page.get_by_role("heading", name="Vaccination campaign")).to_be_visible()


def test_another_article_begins_with_an_empty_form(page: Page, site: Site) -> None:
    translate(page, site)
    page.get_by_role("link", name="Start with another article").click()
    expect(page.get_by_label("Article in Arabic")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Article in Arabic")).to_have_value("")


def test_work_can_be_stopped(page: Page, site: Site) -> None:
    site.pipeline.gate = threading.Event()
    page.goto(site.address)
    page.get_by_label("Article in Arabic").fill(ARABIC)
    page.get_by_role("button", name="Translate and summarise").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Translate and summarise")).to_be_enabled()
    expect(page.locator("#progress")).to_be_hidden()
    expect(page.locator("#problem-text")).to_have_count(0)
    expect(page.get_by_label("Article in Arabic")).to_have_value(ARABIC)
    site.pipeline.gate.set()


def test_the_field_that_is_wrong_is_shown(page: Page, site: Site) -> None:
    page.goto(site.address)
    page.get_by_label("Article in Arabic").fill(ARABIC)
    page.get_by_label("How many").fill("99")
    page.get_by_role("button", name="Translate and summarise").click()
    expect(page.get_by_label("How many")).to_be_focused()
    expect(page.get_by_label("Article in Arabic")).not_to_have_attribute("aria-invalid", "true")


def test_reasons_are_printed(page: Page, site: Site) -> None:
    translate(page, site)
    page.locator(".checks details").evaluate("details => { details.open = false; }")
    reason = page.locator(".checks li").first
    expect(reason).to_be_hidden()
    page.emulate_media(media="print")
    assert reason.evaluate("li => li.checkVisibility({ contentVisibilityAuto: true })")
    assert (reason.bounding_box() or {"height": 0})["height"] > 0


@pytest.mark.parametrize(("name", "suffix"), [("Markdown", "md"), ("HTML", "html"), ("Plain text", "txt")])
def test_downloads(reader: Page, site: Site, name: str, suffix: str) -> None:
    translate(reader, site)
    with reader.expect_download() as download:
        reader.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == f"vaccination-campaign.{suffix}"
    assert PIECES[1][1] in download.value.path().read_text(encoding="utf-8").replace("\\", "")


def test_copying(browser: Browser, site: Site) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    translate(page, site)
    for name, holds in (("English", PIECES[2][1]), ("Arabic", PIECES[2][0]), ("summary", "We will reach")):
        page.get_by_role("button", name=f"Copy {name}").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        assert holds in page.evaluate("navigator.clipboard.readText()")
    context.close()


def test_progress_is_shown_and_the_text_stays(page: Page, site: Site) -> None:
    site.pipeline.gate = threading.Event()
    page.goto(site.address)
    page.get_by_label("Article in Arabic").fill(ARABIC)
    page.get_by_role("button", name="Translate and summarise").click()
    expect(page.get_by_text("3 of 3 segments translated")).to_be_visible()
    assert page.get_by_role("progressbar").get_attribute("value") == "3"
    expect(page.get_by_role("button", name="Translate and summarise")).to_be_disabled()
    site.pipeline.gate.set()
    expect(page.get_by_role("heading", name="Summary")).to_be_visible()
    expect(page.locator("#text")).to_have_value(ARABIC)


def test_a_problem_stands_beside_the_form(reader: Page, site: Site) -> None:
    reader.goto(site.address)
    reader.get_by_label("Headline").fill("عنوان")
    reader.get_by_role("button", name="Translate and summarise").click()
    expect(reader.get_by_role("alert")).to_contain_text("There is no article yet.")
    expect(reader.get_by_label("Headline")).to_have_value("عنوان")
    expect(reader.get_by_role("button", name="Translate and summarise")).to_be_enabled()


def test_a_service_that_went_away_is_told(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.address)
    page.get_by_label("Article in Arabic").fill(ARABIC)
    page.route("**/", lambda route: route.abort())
    page.get_by_role("button", name="Translate and summarise").click()
    expect(page.get_by_role("alert")).to_contain_text("could not be reached")
    expect(page.get_by_label("Article in Arabic")).to_have_value(ARABIC)
    expect(page.get_by_role("button", name="Translate and summarise")).to_be_enabled()
    context.close()


WORD_PLACE = """([selector, word]) => {
  const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + word.length);
    return range.getBoundingClientRect().x;
  }
}"""


def test_arabic_runs_from_right_to_left_whatever_comes_first(reader: Page, site: Site) -> None:
    translate(reader, site)
    if reader.evaluate("1") == 1:
        first, second = (reader.evaluate(WORD_PLACE, ["#segment-3 .ar", w]) for w in ("BBC", "الخبر"))
        assert first > second, "the Latin name that opens the Arabic sentence stands at its right"
        first, second = (reader.evaluate(WORD_PLACE, ["#segment-3 .en", w]) for w in ("BBC", "news"))
        assert first < second
    arabic, english = (reader.locator(f"#segment-2 .{side}").bounding_box() for side in ("ar", "en"))
    assert arabic["x"] > english["x"] + english["width"] - 1
    assert abs(arabic["y"] - english["y"]) < 3


def test_a_phone_shows_one_column_and_never_scrolls_sideways(page: Page, site: Site) -> None:
    page.set_viewport_size(PHONE)
    translate(page, site)
    arabic, english = (page.locator(f"#segment-2 .{side}").bounding_box() for side in ("ar", "en"))
    assert english["y"] >= arabic["y"] + arabic["height"]
    for mark in page.locator("mark").all():
        mark.focus()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_summary_line_lights_up_its_source(page: Page, site: Site) -> None:
    translate(page, site)
    page.locator(".brief-line").first.hover()
    expect(page.locator("#segment-1")).to_have_class(LIT)
    expect(page.locator("#segment-2")).not_to_have_class(LIT)
    page.locator("#segment-2 .en").hover()
    expect(page.locator(".brief-line").nth(1)).to_have_class(LIT)


def test_samples_fill_the_form(reader: Page, site: Site) -> None:
    reader.goto(site.address)
    reader.get_by_role("link", name="an interview").click()
    assert len(reader.get_by_label("Article in Arabic").input_value()) > 500


def test_nothing_is_asked_of_other_machines(page: Page, site: Site) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    translate(page, site)
    assert len(asked) >= 4
    assert all(url.startswith(site.address) for url in asked)


def test_the_article_can_be_printed(page: Page, site: Site) -> None:
    translate(page, site)
    page.emulate_media(media="print")
    expect(page.locator(".take")).to_be_hidden()
    expect(page.locator("#segment-3")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["empty", "problem", "result", "reason"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_serious_fault(page: Page, site: Site, scheme: str, state: str, size: dict) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    if state in ("empty", "problem"):
        page.goto(site.address)
    if state == "problem":
        page.get_by_role("button", name="Translate and summarise").click()
        expect(page.get_by_role("alert")).to_be_visible()
    if state in ("result", "reason"):
        translate(page, site)
    if state == "reason":
        page.locator("#segment-1 .en mark").focus()
        page.wait_for_timeout(300)  # a tooltip that is half faded in has no contrast yet
    found = Axe().run(page).response["violations"]
    faults = [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]
              if v["impact"] in ("serious", "critical")]  # fmt: skip
    assert faults == []
