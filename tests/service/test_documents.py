"""Files in, files out; where tags go is tested in tests/models/markup."""

import pytest

from service import documents
from service.documents import Document, UnknownKind, UnreadableDocument
from tests.service.fakes import FakePipeline

SRT = "1\n00:00:01,000 --> 00:00:02,500\nسطر\n\n2\n00:00:03,000 --> 00:00:04,000\n<i>مائل</i>\n"


def english(name: str, data: bytes) -> str:
    return documents.translated(documents.read(name, data), FakePipeline().translate)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", Document("a.txt", "txt", "سطر")),
        ("/tmp/مقال.TXT", Document("مقال.TXT", "txt", "سطر")),
        ("C:\\Users\\a\\خبر.Htm", Document("خبر.Htm", "html", "سطر")),
        ("a.b.srt", Document("a.b.srt", "srt", "سطر")),
    ],
)
def test_the_kind_is_told_by_the_name(name: str, expected: Document) -> None:
    assert documents.read(name, "سطر".encode()) == expected
    assert documents.read(name, "سطر".encode("utf-16")) == expected


@pytest.mark.parametrize("name", ["a.docx", "txt", "", "a.txt.exe", ".srt"])
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(UnknownKind, match=r"\.srt"):
        documents.read(name, b"x")


@pytest.mark.parametrize("data", [b"", b" \n", b"%PDF-1.7", bytes(range(32)) * 9])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        documents.read("a.txt", data)


def test_text_keeps_its_lines() -> None:
    assert english("a.txt", "\n سطر\nآخر\n\n".encode()) == "\n EN:سطر\nEN:آخر\n\n"


def test_html_keeps_its_tags_and_tells_its_new_encoding() -> None:
    page = '<meta charset="windows-1256"><p class="x">سطر</p><script>var a = "نص";</script>'
    assert english("a.html", page.encode("cp1256")) == (
        '<meta charset="utf-8"><p class="x">EN:سطر</p><script>var a = "نص";</script>'
    )


def test_subtitles_keep_times_and_tags() -> None:
    assert english("a.srt", SRT.encode()) == SRT.replace("سطر", "EN:سطر").replace("مائل", "EN:مائل")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a b-1.txt", "filename=\"a b-1.txt\"; filename*=UTF-8''a%20b-1.txt"),
        ("مقال.srt", "filename=\"document.srt\"; filename*=UTF-8''%D9%85%D9%82%D8%A7%D9%84.srt"),
        ('a";x.txt', "filename=\"document.txt\"; filename*=UTF-8''a%22%3Bx.txt"),
    ],
)
def test_any_name_can_be_offered(name: str, expected: str) -> None:
    assert documents.disposition(name) == f"attachment; {expected}"
