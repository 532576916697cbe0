"""What is taken out of pages. In this process, since extraction itself is a pure function."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.ingest.extract import Extracted, extract, visible_text

PARAGRAPHS = [
    "أعلنت وزارة الصحة اليوم تطعيم ٣٥٠ ألف طفل في جميع المحافظات ضمن حملة وطنية تستمر أسبوعين.",
    "وقال الوزير: «سنصل إلى كل قرية». وأضاف أن الفرق الطبية جاهزة للعمل منذ الصباح وحتى المساء.",
    "وتشمل الحملة المدارس ورياض الأطفال والمراكز الصحية في المدن والقرى والبادية دون استثناء.",
]


def page(body: str, head: str = "<title>حملة تطعيم</title>") -> str:
    return f'<!doctype html><html lang="ar" dir="rtl"><head>{head}</head><body>{body}</body></html>'


ARTICLE = page(
    '<nav><ul><li><a href="/">الرئيسية</a></li><li><a href="/s">رياضة</a></li></ul></nav>'
    f"<article><h1>حملة تطعيم</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</article>"
    '<aside>اقرأ أيضا: <a href="/x">خبر آخر</a></aside><footer>جميع الحقوق محفوظة</footer>',
    '<title>حملة تطعيم | الموقع</title><meta property="og:title" content="حملة تطعيم">'
    '<meta name="author" content="ليلى حداد">'
    '<meta property="article:published_time" content="2026-03-04T10:00:00Z">',
)


def test_article() -> None:
    assert extract(ARTICLE) == Extracted("\n".join(PARAGRAPHS), "حملة تطعيم", "ليلى حداد", "2026-03-04")


def test_without_metadata() -> None:
    found = extract(page("<main>" + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "</main>", ""))
    assert found.text == "\n".join(PARAGRAPHS)
    assert (found.author, found.published) == (None, None)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>مرحبا بكم</p>", "مرحبا بكم"),
        ("مرحبا", "مرحبا"),
        ("<p>واحد</p><p>اثنان</p>", "واحد\nاثنان"),
        ("<ul><li>واحد<li>اثنان</ul><p>ثلاثة", "واحد\nاثنان\nثلاثة"),
        ("<p>كل<b>مة</b> و<i>أخرى</i></p>", "كلمة وأخرى"),
        ("سطر<br>سطر", "سطر\nسطر"),
        ("<table><tr><td>أ<td>ب</table>", "أ\nب"),
        ("قبل<script>var x='لا'</script>بعد", "قبل\nبعد"),
        ("قبل<style>p{}</style><!-- لا -->بعد", "قبل\nبعد"),
        ("<p>أ&nbsp;&amp;&#1576;</p>", "أ &ب"),
        ("<p>  كثير \n  الفراغ </p>", "كثير الفراغ"),
        ("<div hidden>", ""),
        ("", ""),
        ("   ", ""),
        ("<!-- لا شيء -->", ""),
        ("<script>x</script>", ""),
        ("a\x00b", "ab"),
    ],
)
def test_fragments_are_taken_whole(html: str, text: str) -> None:
    """No navigation in a fragment, so nothing is left out of it."""
    found = extract(html)
    assert found.text == text
    assert found.whole_page


def test_page_in_which_no_article_is_found() -> None:
    found = extract(page("<form><label>الاسم</label><button>أرسل</button></form>"))
    assert "الاسم" in found.text


def test_xml_declaration() -> None:
    found = extract(f'<?xml version="1.0" encoding="windows-1256"?>{ARTICLE}')
    assert found.text.startswith(PARAGRAPHS[0])


def test_deep_nesting() -> None:
    assert visible_text("<div>" * 2000 + "عميق") == "عميق"
    visible_text("<div>" * 50_000 + "أعمق")  # beyond the parser's own limit: no text, but no error


@given(st.text(max_size=200))
@settings(max_examples=100)
def test_any_text_is_a_page(html: str) -> None:
    visible_text(html.encode("utf-8", "ignore").decode())


TAGS = st.sampled_from(
    ["<p>", "</p>", "<div>", "</div>", "<b>", "<script>", "</script>", "<br>", "<!--", "-->", "<"]
)


@given(st.lists(TAGS | st.text(max_size=5, alphabet="ابت &;<>'\"/"), max_size=20))
@settings(max_examples=100)
def test_tag_soup(parts: list[str]) -> None:
    extract("".join(parts))
