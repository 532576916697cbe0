"""Feeds that go out, read by feedparser, by our own reader, and against the formats' own rules."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import feedparser
import jsonschema
import lxml.etree
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.editions.feed_formats import (
    FORMATS,
    Channel,
    FeedFormat,
    Item,
    Source,
    to_atom,
    to_json_feed,
    to_rss,
)
from service.ingest import feeds as reading
from service.store.ids import new_id

WHEN = datetime(2026, 11, 28, 7, 5, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 28, 9, 0, 0, tzinfo=UTC)
HTML = '<p>Wheat prices rose.</p>\n<div dir="rtl" lang="ar"><p>ارتفعت أسعار القمح.</p></div>'
ITEM = Item(
    new_id("sto"),
    "Prices & <tariffs> “rise”",
    "https://news.example.org/أخبار/1?a=1&b=2",
    HTML,
    "Wheat prices rose.",
    WHEN,
    LATER,
    "ليلى حداد",
    (Source("الأهرام", "https://ahram.example.org/"), Source("Wafa")),
)
CHANNEL = Channel(
    new_id("out"),
    "Egypt",
    "Arabic news in English",
    "https://mujaz.example.org/out/s3cret/rss.xml",
    "https://mujaz.example.org/inbox",
    LATER,
)
BARE = Item(new_id("sto"), "", None, "<p></p>", "", WHEN, WHEN)

#: JSON Feed 1.1 as jsonfeed.org/version/1.1 describes it.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
        "home_page_url": {"type": "string", "pattern": "^https?://"},
        "feed_url": {"type": "string", "pattern": "^https?://"},
        "language": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "additionalProperties": False,
                "patternProperties": {"^_[a-z]+$": {"type": "object"}},
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": {"type": "string", "pattern": "^https?://[!-~]+$"},
                    "title": {"type": "string", "minLength": 1},
                    "content_html": {"type": "string"},
                    "summary": {"type": "string"},
                    "date_published": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                    "date_modified": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                    "authors": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "object", "required": ["name"]},
                    },
                },
            },
        },
    },
}
ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(data: bytes) -> Any:
    found = feedparser.parse(data, sanitize_html=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize(("write", "version"), [(to_rss, "rss20"), (to_atom, "atom10")])
def test_feedparser_reads_all_of_it(write: Callable[..., bytes], version: str) -> None:
    found = parsed(write(CHANNEL, [ITEM, BARE]))
    assert found.version == version
    assert (found.feed.title, found.feed.language if version == "rss20" else "en") == ("Egypt", "en")
    assert {"rel": "self", "href": CHANNEL.address} in [
        {"rel": link.rel, "href": link.href} for link in found.feed.links
    ]
    entry, bare = found.entries
    assert entry.title == ITEM.title
    assert entry.link == "https://news.example.org/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/1?a=1&b=2"
    assert entry.author == "ليلى حداد"
    assert entry.content[0].value == HTML
    assert entry.content[0].type == "text/html"
    assert tuple(entry.published_parsed[:6]) == (2026, 11, 28, 7, 5, 9)
    assert bare.title == "(no title)"
    assert bare.get("link") in (None, bare.id)  # feedparser takes an id for a link where there is none
    if version == "rss20":
        assert (entry.id, entry.guidislink) == (ITEM.id, False)
        assert entry.source.title == "الأهرام"
        assert "author" not in bare
    else:
        assert entry.id.startswith("urn:uuid:")
        assert entry.id != bare.id


def test_atom_has_what_the_rfc_demands() -> None:
    root = lxml.etree.fromstring(to_atom(CHANNEL, [ITEM, BARE]))
    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
    assert root.find(f"{ATOM}author/{ATOM}name") is not None  # so an entry needs none of its own
    # An entry without a link has content; one with a link has one alternate.
    for entry in root.iter(f"{ATOM}entry"):
        assert entry.find(f"{ATOM}content") is not None
        assert len(entry.findall(f"{ATOM}link")) in (0, 1)


def test_json_feed_fits_its_description() -> None:
    feed = json.loads(to_json_feed(CHANNEL, [ITEM, BARE]))
    jsonschema.validate(feed, SCHEMA)
    item = feed["items"][0]
    assert (item["id"], item["content_html"], item["authors"]) == (ITEM.id, HTML, [{"name": "ليلى حداد"}])
    assert item["_mujaz"]["sources"][1] == {"title": "Wafa", "url": None}
    assert feed["feed_url"] == CHANNEL.address


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.file)
def test_our_own_reader_reads_it(format: FeedFormat) -> None:
    # Titles of feeds hold HTML so often that a word in angle brackets is taken for a tag.
    item = replace(ITEM, title="Prices & “tariffs”")
    data = format.write(CHANNEL, [item, BARE])
    found = reading.parse(data, CHANNEL.address, format.mimetype)
    assert (found.title, found.language, found.remarks) == ("Egypt", "en", ())
    entry = next(e for e in found.entries if e.link)
    assert (entry.title, entry.author, entry.published) == (item.title, "ليلى حداد", WHEN)
    assert entry.text == "Wheat prices rose.\nارتفعت أسعار القمح."


@pytest.mark.parametrize("format", FORMATS, ids=lambda f: f.file)
def test_nothing_turns_the_page_round(format: FeedFormat) -> None:
    """An override that isn't closed would mirror all that a reader shows behind it."""
    turning = Item(ITEM.id, "a\u202eb\u2066c", None, "<p>\u202dd</p>", "e\u202a", WHEN, WHEN, "\u2067f\u200e")
    text = format.write(CHANNEL, [turning]).decode()
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert "\u200e" in text  # a mark, which acts at its place only


ANY = st.text(st.characters(), max_size=40)  # lone surrogates and control characters too
ITEMS = st.builds(
    Item, st.builds(lambda: new_id("sto")), ANY, st.none() | ANY.map(lambda t: f"http://a.example/{t}"), ANY, ANY,
    st.just(WHEN), st.just(LATER), st.none() | ANY,
    st.lists(st.builds(Source, ANY, st.none() | ANY), max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(ITEMS, max_size=3), ANY)
def test_whatever_a_publisher_writes_the_xml_is_legal(items: list[Item], title: str) -> None:
    channel = Channel(CHANNEL.id, title, title, CHANNEL.address, CHANNEL.home, WHEN)
    for write in (to_rss, to_atom):
        root = lxml.etree.fromstring(write(channel, items))
        assert len(list(root.iter("item", f"{ATOM}entry"))) == len(items)
    feed = json.loads(to_json_feed(channel, items))
    jsonschema.validate(feed, SCHEMA)
