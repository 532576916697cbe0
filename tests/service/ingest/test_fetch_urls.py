"""URLs are read one way only: what comes out can be read again, and nothing unforeseen is raised."""

import contextlib
import re
import urllib.parse

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.ingest import urls
from service.ingest.fetch import FetchRefused

PIECES = st.sampled_from(
    ["http://", "https://", "HTTP://", "//", "/", "?", "#", "@", ":", ":80", ":443", ":0", ".", "..", "%", "%2e", "%00",
     "%2525", "[", "]", "::1", "[::1]", "::ffff:", "0x7f", "0177", "127.1", "2130706433", "\\", " ", "\t", "\r\n",
     "\x00", "ـ", "أخبار", "قطر", "١٢٧", "１２７", "。", "\u200c", "\u202e", "xn--", "xn--a", "-", "_", "a", "example.com",
     "user", "é", "ß", "😀", "\ud800", "|", "{", "\"", "<"]
)  # fmt: skip
ANYTHING = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=8).map(lambda parts: "http://" + "".join(parts)),
    st.text(st.characters(), max_size=40).map("http://".__add__),
    st.text(st.characters(), max_size=40),
)


@given(ANYTHING)
@example("http://" + "9" * 5000)
@example("http://" + "é" * 8000)
@example("http://" + "xn--" * 2000)
@example("http://[" + ":" * 8000 + "]")
def test_any_text_is_a_target_or_refused(url: str) -> None:
    try:
        target = urls.parse(url)
    except FetchRefused:
        return
    assert target.scheme in ("http", "https")
    assert re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", target.host)
    assert 0 < target.port < 65536
    assert re.fullmatch(r"/[!-~]*", target.path)
    assert "#" not in target.path
    assert (target.address is not None) == (
        ":" in target.host or re.fullmatch(r"[\d.]+", target.host) is not None
    )


@given(ANYTHING)
def test_a_target_is_read_as_itself_by_others_too(url: str) -> None:
    try:
        target = urls.parse(url)
    except FetchRefused:
        return
    assert urls.parse(target.url) == target
    other = urllib.parse.urlsplit(target.url)
    assert (other.scheme, other.hostname, other.username) == (target.scheme, target.host, None)
    assert (other.port or urls.DEFAULT_PORTS[target.scheme]) == target.port


@given(ANYTHING)
def test_redirects_raise_nothing_unforeseen(location: str) -> None:
    base = urls.parse("https://example.com/a/b?c")
    with contextlib.suppress(FetchRefused):
        assert urls.join(base, location).scheme in ("http", "https")


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTP://Example.COM:80/A?b#c", "http://example.com/A?b"),
        ("https://example.com:443?x", "https://example.com/?x"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://example.com.:/", "http://example.com/"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700::1111]/"),
        ("http://1.1/", "http://1.0.0.1/"),
        ("http://example.com/a%20b/%zz?q=100%", "http://example.com/a%20b/%25zz?q=100%25"),
        (
            "http://example.com/نص\u200cها?س=١",
            "http://example.com/%D9%86%D8%B5%E2%80%8C%D9%87%D8%A7?%D8%B3=%D9%A1",
        ),
        ('http://example.com/"<{`', "http://example.com/%22%3C%7B%60"),
        ("https://مثال.إختبار/", "https://xn--mgbh0fb.xn--kgbechtv/"),
        ("https://%D9%85%D8%AB%D8%A7%D9%84.example/", "https://xn--mgbh0fb.example/"),
        ("https://my_site.example/", "https://my_site.example/"),
    ],
)
def test_meaning(url: str, meant: str) -> None:
    assert urls.parse(url).url == meant


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("Feeds.LAN:8080", ("feeds.lan", 8080)),
        ("127.1:80", ("127.0.0.1", 80)),
        ("[FD00::05]:8", ("fd00::5", 8)),
    ],
)
def test_allow_entries_are_read_like_urls(entry: str, meant: tuple[str, int]) -> None:
    assert urls.parse_netloc(entry) == meant
