"""The tokenizer: what is a tag, nothing lost, linear time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.markup.parse import Dialect, attributes, decode, partners, tokenize

BITS = st.sampled_from(
    [
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<p>",
        "</p>",
        "<br>",
        "<img/>",
        "<!--",
        "-->",
        "--!>",
        "<![CDATA[",
        "]]>",
        "<script>",
        "</script>",
        "<title>",
        "</title>",
        "<textarea>",
        '<a\xa0b="',
        "<a\xa0href='x>y'>",
        "</a>",
        "<!doctype\xa0x\xa0[",
        "]>",
        "<?",
        "?>",
        "<!",
        "</",
        "</>",
        "<",
        ">",
        '"',
        "'",
        "=",
        "/",
        "&",
        "&amp;",
        "&#x627;",
        "كلمة",
    ]
)
SOURCES = st.lists(BITS | st.sampled_from([" ", "\n", "\u200f", "x"]), max_size=30).map("".join) | st.text(
    "<>/!-?[]\"'= \nabب&;", max_size=60
)
DIALECTS: tuple[Dialect, ...] = ("html", "xml")


def kinds(source: str, dialect: Dialect = "html") -> list[tuple[str, str]]:
    return [(t.kind, t.raw) for t in tokenize(source, dialect)]


@given(SOURCES)
def test_nothing_is_lost(source: str) -> None:
    for dialect in DIALECTS:
        assert "".join(t.raw for t in tokenize(source, dialect)) == source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<p class="a>b">x', [("open", '<p class="a>b">'), ("text", "x")]),
        ("<p class='a>b'>x", [("open", "<p class='a>b'>"), ("text", "x")]),
        ("<a href=x'y>t</A >", [("open", "<a href=x'y>"), ("text", "t"), ("close", "</A >")]),
        ("<BR/>x<img src=a>", [("void", "<BR/>"), ("text", "x"), ("void", "<img src=a>")]),
        ("a < b <5 <", [("text", "a < b <5 <")]),
        ("</ x>y</>", [("opaque", "</ x>"), ("text", "y"), ("opaque", "</>")]),
        ("</نص", [("text", "</نص")]),
        ("<!-- > -- -->x", [("opaque", "<!-- > -- -->"), ("text", "x")]),
        ("<!-->x", [("opaque", "<!-->"), ("text", "x")]),
        ("x<!-- y", [("text", "x"), ("opaque", "<!-- y")]),
        ("<script>a<b</script >x", [("opaque", "<script>a<b</script >"), ("text", "x")]),
        ("<style>a", [("opaque", "<style>a")]),
        ("<title>a<b></title>", [("open", "<title>"), ("text", "a<b>"), ("close", "</title>")]),
        ("<title>a<b>", [("open", "<title>"), ("text", "a"), ("open", "<b>")]),
        ('<a b="c <p>d</p>', [("open", '<a b="c <p>'), ("text", "d"), ("close", "</p>")]),
        ('x <a b="c"', [("text", 'x <a b="c"')]),
        ("<!DOCTYPE x [<!ENTITY a 'b>'>]>y", [("opaque", "<!DOCTYPE x [<!ENTITY a 'b>'>]>"), ("text", "y")]),
        ("<?php x ?>y", [("opaque", "<?php x ?>"), ("text", "y")]),
    ],
)
def test_html(source: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<br>x</br><br/>", [("open", "<br>"), ("text", "x"), ("close", "</br>"), ("void", "<br/>")]),
        ("<script>a</script>", [("open", "<script>"), ("text", "a"), ("close", "</script>")]),
        ("<![CDATA[a>b]]>x", [("cdata", "<![CDATA[a>b]]>"), ("text", "x")]),
        ("<?a > ?>x", [("opaque", "<?a > ?>"), ("text", "x")]),
        ("a&foo;b&amp;c", [("text", "a"), ("kept", "&foo;"), ("text", "b&amp;c")]),
        ("<ا:ب>x", [("open", "<ا:ب>"), ("text", "x")]),
    ],
)
def test_xml(source: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(source, "xml") == expected


def test_names_are_in_lower_case_in_html_only() -> None:
    assert [t.name for t in tokenize("<Bdo>", "html")] == ["bdo"]
    assert [t.name for t in tokenize("<Bdo>", "xml")] == ["Bdo"]


def test_entities() -> None:
    assert decode("&amp;&lt;&#1608;&#x627;&laquo;&copy &nope;&", "html") == "&<وا«© &nope;&"
    assert decode("&amp;&lt;&#1608;&#x627;&laquo;&", "xml") == "&<وا&laquo;&"


def test_attributes() -> None:
    raw = """<a href="x>y" CLASS='a b' translate=no hidden data-x="&quot;" class=late>"""
    assert attributes(raw) == {"href": "x>y", "class": "a b", "translate": "no", "hidden": "", "data-x": '"'}


def test_an_end_tag_takes_the_nearest_start_tag_of_its_name() -> None:
    assert partners(tokenize("<b><i>x</b></i></b><b>", "html")) == [3, -1, -1, 0, -1, -1, -1]


HOSTILE = [
    "<", "<a ", '<a b="', "<a b='x ", "<!--", "<!-- --!", "<![CDATA[x>", "<title>", "</title ", "<script>", "<script></script ",
    "<!doctype [", "<?x ", "&", "&amp", "<a b= c ", "</x", "<b>", "<i></b>", "<a / ", "<plaintext>",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_is_linear(unit: str) -> None:
    """200,000 characters take a moment; whatever is quadratic takes minutes."""
    source = unit * (200_000 // len(unit))
    started = time.process_time()
    for dialect in DIALECTS:
        tokens = tokenize(source, dialect)
        partners(tokens)
        assert sum(len(t.raw) for t in tokens) == len(source)
    assert time.process_time() - started < 8
