"""Feeds that are made to harm: whatever the bytes, they are a feed or none, and nothing else happens."""

import builtins
import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ingest import feeds
from service.ingest.feed_reader import FeedReader, read_here
from service.ingest.feeds import Feed, NotAFeed
from service.ingest.pool import Pool, PoolOptions
from tests.growth import growth
from tests.service.ingest.test_feeds import FORMS, ITEM, URL, rss

HALF = "\ud800"


@pytest.fixture
def reader() -> Iterator[FeedReader]:
    pool = Pool(PoolOptions(timeout=60, what="feed", parser="feed parser"))
    yield FeedReader(pool)
    pool.close()


@pytest.mark.parametrize("form", [str.encode, lambda path: b"file://" + path.encode()])
def test_no_file_is_opened(form: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text(FORMS["rss 2.0"])
    feeds.parse(FORMS["rss 2.0"].encode(), URL)  # all modules are there
    opened: list[Any] = []
    monkeypatch.setattr(builtins, "open", lambda *arguments, **options: opened.append(arguments))
    with pytest.raises(NotAFeed):
        feeds.parse(form(os.fspath(secret)), URL)
    assert opened == []


def item(inside: str) -> str:
    return rss(f"<item><guid>1</guid>{inside}</item>")


@pytest.mark.parametrize(
    ("size", "before", "piece", "after"),
    [
        (150, '<rss version="2.0"><channel><skipHours><hour>', " ", "<x/></hour></skipHours></channel></rss>"),
        (250, '<rss version="2.0"><channel><skipDays>', "<day>", "</skipDays></channel></rss>"),
        (2000, "<!-- -->", "\n", FORMS["rdf"]),
        (2000, "<!-- -->", " \n", FORMS["rdf"]),
        (1000, "", "\n<!DOCTYPE", FORMS["rdf"]),
        (1000, "<!DOCTYPE a [", "\n<!ENTITY", "]>" + FORMS["rdf"]),
        (1000, "", "<?x encoding='", FORMS["rdf"]),
        (2000, item("<description><![CDATA[|]]></description>").split("|")[0], "<p ", "]]></description></item>"),
        (2000, item("<description><![CDATA[|]]></description>").split("|")[0], "<a ", "]]></description></item>"),
        (2000, item("<title>|</title>").split("|")[0], "&lt;br ", "</title></item></channel></rss>"),
        (
            1000,
            item("<title>|</title>").split("|")[0],
            "&lt;script>&lt;/script>x",
            "</title></item></channel></rss>",
        ),
    ],
)  # fmt: skip
def test_time_grows_with_the_length_only(size: int, before: str, piece: str, after: str) -> None:
    def read(data: bytes) -> None:
        with contextlib.suppress(NotAFeed):
            feeds.parse(data, URL)

    assert growth(read, lambda n: f"{before}{piece * n}{after}".encode(), size, 8) < 20


@pytest.mark.parametrize(
    "charset", ["punycode", "idna", "utf-7", "unicode_escape", "zlib", "no-such", "mbcs"]
)
def test_charsets_that_are_none(charset: str) -> None:
    def read(data: bytes) -> None:
        with contextlib.suppress(NotAFeed):
            feeds.parse(data, URL, f"text/xml; charset={charset}")

    assert growth(read, lambda n: b"a" * n + b"-" + b"b" * n, 2000, 8) < 20


def json_feed(**fields: Any) -> bytes:
    item = {"id": "1", "title": "ع", "content_text": "نص"} | fields
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [item]}).encode()


def test_half_a_surrogate_pair_is_replaced() -> None:
    data = json_feed(title=f"خبر {HALF} سيئ", content_text=f"نص {HALF}", id=f"a{HALF}", author={"name": HALF})
    [entry] = feeds.parse(data, URL).entries
    assert (entry.title, entry.text, entry.guid) == ("خبر \ufffd سيئ", "نص \ufffd", "a\ufffd")
    assert entry.author == "\ufffd"
    whole = feeds.parse(json_feed(title="\U0001f600"), URL).entries[0]  # JSON writes it as two halves
    assert whole.title == "\U0001f600"


@pytest.mark.parametrize("reference", ["&#xD800;", "&#55296;", "&amp;#xD800;"])
def test_half_a_surrogate_pair_by_its_number(reference: str) -> None:
    feed = feeds.parse(item(f"<title>أ{reference}ب</title><author>{reference}</author>").encode(), URL)
    assert feed.entries[0].title == "أ\ufffdب"
    assert_sound(feed)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"version":"https://jsonfeed.org/version/1.1","items":['])
def test_json_nested_deeply(opening: str) -> None:
    with pytest.raises(NotAFeed):
        feeds.parse(b'{"items":' + opening.encode() * 100_000, URL)


def test_identifiers_that_are_numbers() -> None:
    assert feeds.parse(json_feed(id=17), URL).entries[0].guid == "17"


PIECES = (
    *FORMS.values(), *rss(ITEM.format(1)).split(">"), "<item>", "</item>", "<title>", "<p ", "<![CDATA[", "]]>", "<!--",
    "<!DOCTYPE a [", "<!ENTITY b 'c'>", "&b;", "&#xD800;", "&#0;", "\n", " ", "\x00", "\ufeff", "<?xml encoding='idna'?>",
    '"\\ud800"', '{"version":"jsonfeed.org","items":[', "{", "[", "<skipHours><hour>", "<div>", "<pubDate>", "9" * 30,
    "<link href='http://[", "<author>a@b.c (", "<content type='xhtml'>", "<content type='application/octet-stream' mode='base64'>",
    "<georss:point>1 2", "<media:content url='x'/>", "<itunes:explicit>", "/dev/zero",
)  # fmt: skip
NOISE = st.lists(st.sampled_from([piece.encode() for piece in PIECES]) | st.binary(max_size=8), max_size=12)
CHARSETS = st.sampled_from(["", *(f"a/b; charset={name}" for name in
                                  ("utf-8", "utf-16", "idna", "utf-7", "punycode", "cp1256", "big5", "undefined"))])  # fmt: skip


def assert_sound(feed: Feed) -> None:
    """Its texts can be written in UTF-8 and as JSON."""
    texts = [feed.title, feed.link, feed.language, *feed.remarks]
    for entry in feed.entries:
        texts += [entry.guid, entry.link, entry.title, entry.text, entry.author]
    for text in texts:
        (text or "").encode("utf-8")
    assert len({entry.guid for entry in feed.entries}) == len(feed.entries)


@given(NOISE.map(b"".join), CHARSETS)
def test_any_bytes_are_a_feed_or_none(data: bytes, content_type: str) -> None:
    try:
        feed = feeds.parse(data, URL, content_type)
    except NotAFeed:
        return
    assert_sound(feed)


@pytest.mark.parametrize("form", FORMS)
def test_the_other_process_reads_the_same(form: str, reader: FeedReader) -> None:
    dated = "<item><guid>2</guid><title>ع</title><pubDate>2026-11-28 20:15</pubDate></item>"
    data = (
        FORMS[form].replace("</channel>", f"<skipHours><hour>3</hour></skipHours>{dated}</channel>").encode()
    )
    found = reader(data, URL, "text/xml", "Africa/Cairo")
    assert found == read_here(data, URL, "text/xml", "Africa/Cairo")


def test_the_other_process_names_a_pages_feeds(reader: FeedReader) -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
    with pytest.raises(NotAFeed, match="it is a web page") as caught:
        reader(page, URL)
    assert caught.value.named == ("https://news.example/feed",)


def test_a_feed_that_takes_too_long() -> None:
    """There is always a pattern in feedparser that nobody knew of; this one looks for addresses of mail."""
    pool = Pool(PoolOptions(timeout=2, what="feed", parser="feed parser"))
    try:
        reader = FeedReader(pool)
        with pytest.raises(NotAFeed, match=r"The feed takes over 2 s\."):
            reader(item(f"<author>{'-' * 400_000}</author>").encode(), URL)
    finally:
        pool.close()
