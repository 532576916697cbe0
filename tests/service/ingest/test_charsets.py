import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest.charset_labels import _CODECS
from service.ingest.charsets import NotText, decode
from tests.growth import growth

ARABIC = "أعلنت وزارة الصحة: «سنصل» ٣٥٠"
OLD = "أعلنت وزارة الصحة"


@pytest.mark.parametrize(
    ("data", "declared", "text"),
    [
        (ARABIC.encode(), None, ARABIC),
        (codecs.BOM_UTF8 + ARABIC.encode(), None, ARABIC),
        (codecs.BOM_UTF16_LE + ARABIC.encode("utf-16-le"), None, ARABIC),
        (codecs.BOM_UTF16_BE + ARABIC.encode("utf-16-be"), None, ARABIC),
        (codecs.BOM_UTF32_LE + ARABIC.encode("utf-32-le"), None, ARABIC),
        (codecs.BOM_UTF8 + ARABIC.encode(), "windows-1256", ARABIC),  # the mark wins
        (OLD.encode("cp1256"), None, OLD),
        (OLD.encode("cp1256"), "windows-1256", OLD),
        (OLD.encode("iso8859-6"), "iso-8859-6", OLD),
        (OLD.encode("cp720"), "cp720", OLD),
        (ARABIC.encode(), "iso-8859-1", ARABIC),  # servers say so without knowing
        (OLD.encode("cp1256"), "utf-8", OLD),  # declared wrongly
        (ARABIC.encode(), "windows-1256", ARABIC),
        (ARABIC.encode(), "iso-8859-6", ARABIC),
        (ARABIC.encode(), "no-such-charset", ARABIC),
        (ARABIC.encode(), "zlib", ARABIC),  # a codec, but none for text
        (ARABIC.encode(), "idna\x00", ARABIC),
        (ARABIC.encode(), "utf-16", ARABIC),  # declared wrongly: no whole characters
        ("a+2AA-".encode("ascii"), "utf-7", "a+2AA-"),  # codecs that make half surrogate pairs
        (b"a\\ud800", "unicode_escape", "a\\ud800"),
        (b"a\\ud800", "raw_unicode_escape", "a\\ud800"),
        (b"xn--bbb", "idna", "xn--bbb"),
        (b"a-b", "punycode", "a-b"),
        (OLD.encode("cp1256"), "X-CP1256", OLD),
        (OLD.encode("utf-16-le"), "utf-16", OLD),
        (OLD.encode("iso8859-6"), None, OLD),
        (OLD.encode("iso8859-6"), "utf-8", OLD),
        ("قالت وزيرة".encode("iso8859-6"), None, "قالت وزيرة"),  # by its letters, without an article
        ("مجلس الأمن التابع".encode("iso8859-6"), None, "مجلس الأمن التابع"),  # by its articles only
        ("القاهرة café à la carte".encode("cp1256"), None, "القاهرة café à la carte"),
        ("déjà vu".encode("cp1256"), "windows-1256", "déjà vu"),
        (b"plain", None, "plain"),
        (b"", None, ""),
        (b"a\x00b" + b"c" * 100, None, "a\x00b" + "c" * 100),
        (b"\x1b[1m\t\r\n\x0c", None, "\x1b[1m\t\r\n\x0c"),
    ],
)
def test_text(data: bytes, declared: str | None, text: str) -> None:
    assert decode(data, declared) == text


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="windows-1256">', "cp1256"),
        ("<META CHARSET=windows-1256>", "cp1256"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-6">', "iso8859-6"),
        ("<meta charset='utf-8'>", "utf-8"),
        ('<meta charset="iso-8859-1">', "utf-8"),
    ],
)
def test_html_says_itself(head: str, encoding: str) -> None:
    page = f"<html><head>{head}</head><body>{OLD}</body></html>"
    assert decode(page.encode(encoding), html=True) == page


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7", "document, picture or archive"),
        (b"PK\x03\x04" + ARABIC.encode(), "document, picture or archive"),
        (b"\x00\x01\x02", "control characters"),
        (ARABIC.encode("utf-16-le"), "control characters"),
        ("déjà vu à côté".encode("latin-1"), "neither UTF-8 nor Arabic"),
        (bytes(range(128, 256)), "neither UTF-8 nor Arabic"),
    ],
)
def test_not_text(data: bytes, reason: str) -> None:
    with pytest.raises(NotText, match=reason):
        decode(data)


@given(st.binary(max_size=100), st.none() | st.text(max_size=10), st.booleans())
def test_bytes_are_text_or_refused(data: bytes, declared: str | None, html: bool) -> None:
    try:
        text = decode(data, declared, html=html)
    except NotText:
        return
    text.encode("utf-8")


@given(st.binary(max_size=60), st.sampled_from(sorted(set(_CODECS.values()))))
def test_no_encoding_of_the_list_makes_half_a_surrogate_pair(data: bytes, codec: str) -> None:
    with contextlib.suppress(UnicodeDecodeError):
        data.decode(codec).encode("utf-8")


@pytest.mark.parametrize(
    "label", ["punycode", "utf-7", "idna", "utf-8", "cp1256", "gb18030", "utf-16", "mbcs"]
)
@pytest.mark.parametrize("piece", [b"a", b"a-", b"\xe1\xd8", b"-+", b" "])
def test_time_grows_with_the_length_only(label: str, piece: bytes) -> None:
    def read(data: bytes) -> None:
        with contextlib.suppress(NotText):
            decode(data, label)

    assert growth(read, lambda n: piece * n + b"-" + piece * n, 4000, 8) < 20


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_comes_back(text: str) -> None:
    marked = ("%PDF-", "GIF8", "\ufeff")
    if not text.startswith(marked):
        assert decode(text.encode()) == text
