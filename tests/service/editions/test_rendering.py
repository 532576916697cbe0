"""A digest as HTML, mail, Markdown and text: nothing of a publisher's is markup, and each direction is said."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.editions import as_html, as_text, digest, legal, look, words
from service.editions.brief import Brief, Origin, Sentence
from service.editions.digest import Content, Counts, Doubtful, FlagCount, Line, Place, Silent, Top

NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BASE = "https://mujaz.example.org"
SENTENCE = Sentence("ارتفعت أسعار القمح ١٢٪.", "Wheat prices rose 21%.", ("Numbers differ",))
BRIEF = Brief(
    "sto_1", "أسعار القمح", "Wheat prices & <tariffs>", "https://news.example.org/(1)?a=1&b=خبر", "ليلى",
    NOW - 9 * HOUR, NOW - 30 * HOUR, NOW, 5, 9, 3, (Origin("الأهرام", None), Origin("Wafa", None)), (SENTENCE,),
)  # fmt: skip
CONTENT = Content(
    "Morning", "Asia/Riyadh", NOW - 24 * HOUR, NOW, "مصر", Counts(1143, 61, 1, 120, 4),
    (Top(BRIEF, 4, 1), Top(replace(BRIEF, id="sto_2", title_en=None, link=None, sentences=(), flags=0), 5, 0)),
    (Line("sto_3", "خبر", None, 3, 1),),
    (Doubtful("sto_1", "أسعار", "Prices", (FlagCount("Numbers differ", "critical", 2), FlagCount("Name lost", "major", 1)),
              (Place("Numbers differ", "12 became 21", "ارتفعت ١٢٪", "rose 21%"),)),),
    (Silent("feed_1", "وكالة", "dead", "The server answered with status 500.", NOW - 72 * HOUR),
     Silent("feed_2", "b.example", "failing", None, None)),
)  # fmt: skip
EMPTY = Content("Digest", "UTC", NOW - HOUR, NOW, None, Counts(0, 0, 0, 0, 0), (), (), (), ())


@pytest.mark.parametrize("html", [as_html.document(CONTENT, BASE, "dig_1"), as_html.fragment(CONTENT, BASE)])
def test_html_says_language_and_direction_of_every_arabic_part(html: str) -> None:
    root = lxml.html.fromstring(html)
    for element in root.iter():
        own = (element.text or "") if isinstance(element.tag, str) else ""
        if not re.search("[\u0621-\u064a]", own) or element.tag in ("title",):
            continue
        isolated = element.tag == "bdi" or element.get("dir") == "rtl"
        # The folder stands in a line of figures, set apart by characters.
        assert isolated or "\u2068" in own, lxml.html.tostring(element, encoding="unicode")
    for element in root.xpath("//*[@dir='rtl']"):
        assert element.get("lang") == "ar"
    text = root.text_content()
    for part in ("Wheat prices & <tariffs>", "ارتفعت أسعار القمح", "Numbers differ", "and 7 more", "12 became 21",
                 "3 reports, 1 before", "dead", "never read", "4 still to be translated", "3 flags"):  # fmt: skip
        assert part in text
    assert root.xpath("//a[@href='https://mujaz.example.org/stories/sto_1']")
    assert root.xpath("//a[text()='Original']/@href")[0].isascii()


def test_mail_is_styled_element_by_element_and_loads_nothing() -> None:
    root = lxml.html.document_fromstring(as_html.document(CONTENT, BASE, "dig_1"))
    assert not root.xpath("//img|//script|//link|//table|//iframe|//form|//@onclick")
    shown = [e for e in root.find("body").iter() if e.get("class")]
    assert len(shown) > 30
    assert all(element.get("style") for element in shown)
    for element in root.xpath("//*[@dir='rtl'][not(self::bdi)]"):
        style = element.get("style")
        assert "text-align:right" in style  # for programs that drop attributes
        assert "direction:rtl" in style
    assert root.xpath("//a[@href='https://mujaz.example.org/digests/dig_1']")


def test_every_look_has_its_dark() -> None:
    """An element with a colour of its own for light must have one for the dark."""
    coloured = {name for name, style in look.LIGHT.items() if re.search(r"(?<![-\w])color:", style)}
    assert coloured <= look.DARK.keys()
    assert look.DARK.keys() <= look.LIGHT.keys()


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("styles", "ground"), [(look.LIGHT, "#ffffff"), (look.DARK, "#171a1d")])
def test_colours_are_legible(styles: dict[str, str], ground: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1."""
    for name, style in styles.items():
        for colour in re.findall(r"(?<![-\w])color:\s*(#[0-9a-f]{6})", style):
            one, other = sorted((luminance(colour), luminance(ground)))
            assert (other + 0.05) / (one + 0.05) >= 4.5, name


def test_without_an_address_nothing_leads_here() -> None:
    for text in (as_html.document(CONTENT), as_text.to_markdown(CONTENT), as_text.to_text(CONTENT)):
        assert "/stories/" not in text
        assert "/digests/" not in text
        assert "news.example.org" in text


def test_markdown() -> None:
    text = as_text.to_markdown(CONTENT, BASE)
    assert "# Morning: Saturday 28 November 2026, 07:00\n" in text
    assert "### [Wheat prices & \\<tariffs\\>](https://mujaz.example.org/stories/sto_1)" in text
    assert '<div dir="rtl" lang="ar">\n\nأسعار القمح\n\nارتفعت أسعار القمح ١٢٪.\n\n</div>' in text
    assert "[Original](https://news.example.org/%281%29?a=1&b=%D8%AE%D8%A8%D8%B1)" in text
    assert "- [\u2068خبر\u2069](https://mujaz.example.org/stories/sto_3) (3 reports, 1 before)" in text


def test_text() -> None:
    text = as_text.to_text(CONTENT, BASE, "dig_1")
    lines = text.splitlines()
    assert lines[0] == "Morning: Saturday 28 November 2026, 07:00"
    assert "Wheat prices & <tariffs>" in lines
    assert "ارتفعت أسعار القمح ١٢٪." in lines
    assert "* Prices: Numbers differ ×2, Name lost" in lines
    assert "* b.example: failing, never read" in lines
    assert f"This digest in Mujaz: {BASE}/digests/dig_1" in lines


def test_facts_in_words() -> None:
    assert words.facts(CONTENT) == (
        "27 Nov 07:00 to 28 Nov 07:00 (Asia/Riyadh) · 1,143 reports in 61 stories from 1 source · "
        "120 in the time before · 4 still to be translated · folder \u2068مصر\u2069"
    )
    zone = ZoneInfo("Asia/Riyadh")
    assert words.moment(NOW - 2 * HOUR, NOW, zone) == "05:00"
    assert words.moment(NOW - 30 * HOUR, NOW, zone) == "27 Nov 01:00"
    assert words.moment(NOW - timedelta(days=365), NOW, zone) == "28 Nov 2025 07:00"
    assert words.reports(Top(BRIEF, 5, 0)) == "5 reports"
    assert words.reports(Top(replace(BRIEF, entries=1), 1, 0)) == "1 report"
    assert words.reports(Top(BRIEF, 2, 0)) == "5 reports, 2 of them new"


def test_a_digest_of_nothing_says_so() -> None:
    for text in (as_html.document(EMPTY), as_text.to_markdown(EMPTY), as_text.to_text(EMPTY)):
        assert "Nothing new came in." in text
        assert "Rising" not in text


ANY = st.text(st.characters(), max_size=60)


@settings(max_examples=60, deadline=None)
@given(ANY, ANY, ANY)
def test_whatever_a_publisher_writes_is_text(title: str, english: str, name: str) -> None:
    brief = replace(BRIEF, title=title, title_en=english, origins=(Origin(name, None),),
                    sentences=(Sentence(title, english),))  # fmt: skip
    content = replace(CONTENT, top=(Top(brief, 1, 1),), rising=(Line("sto_1", title, english, 2, 1),),
                      silent=(Silent("feed_1", name, "failing", title, None),))  # fmt: skip
    html = as_html.document(content, BASE, "dig_1")
    html.encode()
    root = lxml.html.document_fromstring(html)
    plain = lxml.html.document_fromstring(
        as_html.document(replace(CONTENT, rising=content.rising), BASE, "dig_1")
    )
    assert {e.tag for e in root.iter()} <= {e.tag for e in plain.iter()}
    assert not set(as_html.story(brief)) & set("\u202a\u202b\u202c\u202d\u202e")
    as_text.to_text(content).encode()
    as_text.to_markdown(content).encode()
    assert digest.from_json(digest.to_json(replace(content, name=legal.line(name)))) is not None
