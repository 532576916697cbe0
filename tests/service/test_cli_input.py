import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cli_errors import INPUT, Failure
from service.cli_input import article, batches, decode, one_line

TEXT = "أعلنت الوزارة، اليوم، عن ٣ مشاريع."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TEXT.encode(), TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), TEXT),
        (TEXT.encode("utf-16"), TEXT),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT),
        ("أعلنت الوزارة، اليوم".encode("cp1256"), "أعلنت الوزارة، اليوم"),
        ("سطر\r\nسطر\rسطر\n".encode(), "سطر\nسطر\nسطر\n"),
    ],
)
def test_encodings_are_found_out(data, expected, tmp_path):
    file = tmp_path / "خبر عاجل.txt"
    file.write_bytes(data)
    assert article(file).text == expected


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \r\n\t ", "is empty"),
        (b"%PDF-1.7 \x00\x01", "document"),
        (bytes(range(32)) * 9, "can't be read"),
    ],
)
def test_unreadable_input_is_one_line_and_a_code(data, says, tmp_path):
    file = tmp_path / "x.txt"
    file.write_bytes(data)
    with pytest.raises(Failure, match=says) as failure:
        article(file)
    assert failure.value.exit_code == INPUT


def test_a_folder_is_no_article(tmp_path):
    with pytest.raises(Failure):
        article(tmp_path)


def test_a_wrong_encoding_is_said():
    with pytest.raises(Failure, match="isn't ascii text"):
        decode(TEXT.encode(), "ascii")
    assert decode("قال".encode("iso8859-6"), "iso8859-6") == "قال"


PAGE = "<html><head><title>عنوان</title></head><body><article><h1>عنوان</h1><p>{}</p></article></body></html>"


@pytest.mark.parametrize(
    ("name", "data", "html"),
    [
        ("a.html", PAGE.format(TEXT * 4), True),
        ("a.txt", PAGE.format(TEXT * 4), True),
        ("a", "<!DOCTYPE html>\n" + PAGE.format(TEXT * 4), True),
        ("a", f"<p>{TEXT}</p>", True),
        ("a.txt", "<< " + TEXT + " >>", False),
        ("a.txt", "<3 " + TEXT, False),
    ],
)
def test_html_is_told_by_name_or_beginning(name, data, html, tmp_path):
    file = tmp_path / name
    file.write_text(data, encoding="utf-8")
    found = article(file)
    assert ("<" not in found.text) == html
    assert TEXT in found.text


def test_a_page_without_text_is_said(tmp_path):
    file = tmp_path / "a.html"
    file.write_text("<html><body><script>x()</script></body></html>", encoding="utf-8")
    with pytest.raises(Failure, match="no text"):
        article(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", "one"),
        ("", ""),
        ("a\nb", "a b"),
        ("a \r\n\r\n b", "a b"),
        ("a\u2028b\u2029c\x85d\x0be\x0cf", "a b c d e f"),
        ("\n\n", ""),
    ],
)
def test_one_line(text, expected):
    assert one_line(text) == expected


@given(st.text())
def test_one_line_is_one_line(text):
    assert len(one_line(text).splitlines()) <= 1


def lines(data, most=3, encoding=None):
    return [line for batch in batches(io.BytesIO(data), most, encoding) for line in batch]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"\n", [""]),
        (b"a\n\n\nb\n", ["a", "", "", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"\xef\xbb\xbfa\nb", ["a", "b"]),
        ("قال\nقالت\n".encode(), ["قال", "قالت"]),
        ("قال\nقالت\n".encode("utf-16"), ["قال", "قالت"]),
        ("قال\nقالت".encode("cp1256"), ["قال", "قالت"]),
        # What else Unicode calls the end of a line stays inside.
        ("a\u2028b\x85c\x0bd\n".encode(), ["a\u2028b\x85c\x0bd"]),
    ],
)
def test_lines_of_a_stream(data, expected):
    assert lines(data) == expected


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"))))
def test_every_line_comes_once_and_in_order(several):
    data = "".join(line + "\n" for line in several).encode()
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        assert lines(data) == several


def test_batches_are_bounded_and_a_slow_writer_is_answered_at_once():
    assert max(len(batch) for batch in batches(io.BytesIO(b"x\n" * 1000), 7)) <= 7
    read, write = os.pipe()
    with os.fdopen(read, "rb") as source, os.fdopen(write, "wb", buffering=0) as sink:
        answers = batches(source, 100)
        for number in range(3):
            sink.write(f"{number}\n".encode())
            assert next(answers) == [str(number)]


def test_what_came_before_a_fault_is_answered():
    answers = batches(io.BytesIO(b"a\n\xff\n"), 10, "ascii")
    assert next(answers) == ["a"]
    with pytest.raises(Failure):
        next(answers)


def test_standard_input(monkeypatch, tmp_path):
    file = tmp_path / "x"
    file.write_bytes(TEXT.encode())
    with file.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert article(Path("-")).text == TEXT
