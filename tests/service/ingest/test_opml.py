"""Lists of feeds in and out."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest import opml
from service.ingest.opml import NotOpml, Outline

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>قائمتي</title></head><body>
<outline text="بلا مجلد" type="rss" xmlUrl="https://a.example.org/feed" htmlUrl="https://a.example.org/"/>
<outline text="مصر"><outline title="الأهرام" xmlurl=" https://b.example.org/rss "/>
  <outline text="محافظات"><outline text="الإسكندرية" xmlUrl="https://c.example.org/rss?x=1&amp;y=2"/></outline>
  <!-- a remark --></outline>
<outline text="مكرر" xmlUrl="https://a.example.org/feed"/>
<outline text="خطأ" xmlUrl="ftp://d.example.org/"/>
<outline text="فارغ" xmlUrl=""/>
</body></opml>"""


def test_folders_titles_and_faults() -> None:
    found = opml.read(FILE.encode())
    assert found.found == (
        Outline("https://a.example.org/feed", "بلا مجلد", "", "https://a.example.org/"),
        Outline("https://b.example.org/rss", "الأهرام", "مصر"),
        Outline("https://c.example.org/rss?x=1&y=2", "الإسكندرية", "مصر/محافظات"),
    )
    assert found.repeated == 1
    assert [(wrong.url, wrong.title) for wrong in found.wrong] == [("ftp://d.example.org/", "خطأ")]
    assert found.wrong[0].reason


def test_other_encodings_and_broken_files() -> None:
    old = FILE.replace("UTF-8", "windows-1256").encode("cp1256")
    assert opml.read(old).found == opml.read(FILE.encode()).found
    cut = FILE[: FILE.index("<!--")].encode()
    assert [outline.title for outline in opml.read(cut).found] == ["بلا مجلد", "الأهرام", "الإسكندرية"]
    loose = FILE.replace("&amp;", "&").encode()
    assert len(opml.read(loose).found) == 3


@pytest.mark.parametrize(
    "data", [b"", b"x", b"<html><body>x</body></html>", b"{}", b"\x00\x01", b"<rss version='2.0'/>"]
)
def test_what_is_no_opml(data: bytes) -> None:
    with pytest.raises(NotOpml):
        opml.read(data)


def test_entities_are_left_alone() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(10))
    inner = '<outline text="&e9;" xmlUrl="https://a.example.org/"/><outline text="&file;" xmlUrl="https://b.example.org/"/>'
    data = (
        f'<!DOCTYPE opml [{bomb}<!ENTITY file SYSTEM "file:///etc/passwd">]><opml><body>{inner}</body></opml>'
    )
    try:
        found = opml.read(data.encode()).found
    except NotOpml:
        return
    assert all(len(outline.title) < 300 and "root:" not in outline.title for outline in found)


def test_an_address_too_long_to_keep_is_told_and_left_out() -> None:
    long = f"http://a.example/{'é' * 1000}"  # more bytes than characters
    file = f'<opml><body><outline xmlUrl="{long}"/><outline xmlUrl="http://b.example/"/></body></opml>'
    found = opml.read(file.encode())
    assert [outline.url for outline in found.found] == ["http://b.example/"]
    assert [wrong.reason for wrong in found.wrong] == ["Its address is longer than 2,000 bytes."]


def test_deep_nesting_ends() -> None:
    data = b"<opml>" + b'<outline text="x">' * 5000 + b"</outline>" * 5000 + b"</opml>"
    with contextlib.suppress(NotOpml):
        assert opml.read(data).found == ()


NAMES = st.text(st.characters(exclude_characters="/", exclude_categories=["C", "Z"]),
                min_size=1, max_size=20)  # fmt: skip


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3)), max_size=8))
def test_what_is_written_is_read_again(feeds: list[tuple[str, list[str]]]) -> None:
    outlines = {
        Outline(f"https://example.org/{n}", title, "/".join(folders), f"https://example.org/{n}/site")
        for n, (title, folders) in enumerate(feeds)
    }
    assert set(opml.read(opml.write(outlines, "قائمة")).found) == outlines


def test_titles_with_what_xml_can_not_hold() -> None:
    [read] = opml.read(opml.write([Outline("https://example.org/", "خبر\x00\x0b\ud800 عاجل")], "x")).found
    assert read.title == "خبر عاجل"
