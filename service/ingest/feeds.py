"""The bytes of a feed as its entries: RSS 0.9x to 2.0, RDF, Atom (feedparser) and JSON Feed (jsonfeed.org).

Arabic feeds are often wrong about themselves: a charset label left from before UTF-8, broken XML, HTML in
titles, dates in words, identifiers that are missing or shared by all entries. What can be read is read; what
was mended is told in `remarks`, for the page that shows the feed's health.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urljoin

from service.ingest import dates
from service.ingest.charsets import NotText, decode

#: Entries read of one feed; archives that list everything since the beginning are cut.
MOST_ENTRIES = 2000
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_XML_CHARSET = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
#: Control characters that XML forbids: one of them ends most parsers' reading.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SPACE = re.compile(r"\s+")


class NotAFeed(ValueError):
    """The bytes hold no feed. The message says what they look like instead."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `guid` tells it from the feed's others, whatever the feed says; `text` is what the feed
    itself has of it, as plain text."""

    guid: str
    link: str | None
    title: str
    text: str
    published: datetime | None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it was at one moment. `ttl_minutes`, `skip_hours` and `skip_days` are what it asks of those
    who poll it."""

    title: str
    link: str | None
    language: str | None
    entries: tuple[Entry, ...]
    ttl_minutes: int | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def parse(data: bytes, url: str, content_type: str = "", zone: tzinfo = UTC) -> Feed:
    """The feed in `data`, fetched from `url`, which relative links are resolved against. Times without a zone
    are taken for `zone`'s. Raises `NotAFeed`."""
    label = _HEADER_CHARSET.search(content_type)
    inside = _XML_CHARSET.search(data)
    declared = inside[1].decode("ascii") if inside else label[1] if label else None
    text = _damaged_utf8(data)
    remarks = () if text is None else ("some characters are damaged",)
    try:
        text = decode(data, declared) if text is None else text
    except NotText as error:
        raise NotAFeed(f"This is no feed: {error}.") from None
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        found = _json_feed(text, url, zone)
    else:
        found = _xml_feed(text, url, zone)
    entries = _told_apart(found.entries[:MOST_ENTRIES])
    return replace(found, entries=entries, remarks=remarks + found.remarks)


def _damaged_utf8(data: bytes) -> str | None:
    """The text of UTF-8 with a few wrong bytes, such as of a feed that is cut off within a letter; None for
    whole UTF-8 and for everything else. Other encodings hardly ever look like UTF-8: where most of what isn't
    ASCII does, it is."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        wrong = text.count("\ufffd")
        letters = sum(not character.isascii() for character in text) - wrong
        return text if letters > 10 * wrong else None
    return None


def _xml_feed(text: str, url: str, zone: tzinfo) -> Feed:
    import feedparser  # 50 ms, and only the poller needs it

    remarks = []
    clean = _FORBIDDEN.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1))
    if len(clean) < len(_DECLARATION.sub("", text.lstrip("\ufeff"), count=1)):
        remarks.append("control characters that XML forbids were left out")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        clean.encode("utf-8", "replace"),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        kind = "a web page" if "<html" in clean[:2000].lower() else "neither RSS, Atom nor JSON Feed"
        raise NotAFeed(f"This is no feed: it is {kind}.")
    if parsed.bozo and "SAXParse" in type(parsed.get("bozo_exception")).__name__:
        remarks.append(f"the XML is broken ({parsed.bozo_exception.getMessage()}); what could be read was")
    about = parsed.feed
    return Feed(
        title=plain_text(about.get("title", "")),
        link=_resolved(url, about.get("link")),
        language=about.get("language"),
        entries=tuple(_xml_entry(entry, url, zone) for entry in parsed.entries),
        ttl_minutes=_whole(about.get("ttl")),
        skip_hours=frozenset(h for h in map(_whole, _listed(clean, "hour")) if h is not None and 0 <= h < 24),
        skip_days=frozenset(day.strip().lower() for day in _listed(clean, "day")),
        remarks=tuple(remarks),
    )


def _listed(xml: str, name: str) -> list[str]:
    """The values in `<skipHours>` or `<skipDays>`, of which feedparser keeps only the last."""
    block = re.search(rf"<skip{name}s>(.*?)</skip{name}s>", xml[:20_000], re.IGNORECASE | re.DOTALL)
    return re.findall(rf"<{name}>\s*([^<]*?)\s*</{name}>", block[1], re.IGNORECASE) if block else []


def _xml_entry(entry: Mapping[str, Any], url: str, zone: tzinfo) -> Entry:
    contents = [str(c.get("value", "")) for c in entry.get("content", ())]
    longest = max([*contents, str(entry.get("summary", ""))], key=len)
    written = entry.get("published") or entry.get("updated") or entry.get("created") or ""
    return Entry(
        guid=str(entry.get("id") or ""),
        link=_resolved(url, entry.get("link")),
        title=plain_text(str(entry.get("title", ""))),
        text=plain_text(longest),
        published=dates.parse(str(written), zone) if written else None,
        author=plain_text(str(entry.get("author", ""))) or None,
    )


def _json_feed(text: str, url: str, zone: tzinfo) -> Feed:
    try:
        whole = json.loads(text)
    except ValueError:
        raise NotAFeed("This is no feed: it begins like JSON and isn't.") from None
    items = whole.get("items") if isinstance(whole, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(whole.get("version", "")):
        raise NotAFeed("This is no feed: it is JSON, but not a JSON Feed.")
    return Feed(
        title=plain_text(_string(whole, "title")),
        link=_resolved(url, _string(whole, "home_page_url")),
        language=_string(whole, "language") or None,
        entries=tuple(_json_entry(item, url, zone) for item in items if isinstance(item, dict)),
    )


def _json_entry(item: Mapping[str, Any], url: str, zone: tzinfo) -> Entry:
    authors = item.get("authors") or [item.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    written = _string(item, "date_published") or _string(item, "date_modified")
    text = _string(item, "content_text") or plain_text(
        _string(item, "content_html") or _string(item, "summary")
    )
    return Entry(
        guid=str(item.get("id") or ""),
        link=_resolved(url, _string(item, "url") or _string(item, "external_url")),
        title=plain_text(_string(item, "title")),
        text=text,
        published=dates.parse(written, zone) if written else None,
        author=_string(first, "name") or None if isinstance(first, dict) else None,
    )


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _told_apart(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Gives every entry a guid of its own: the feed's where no other entry has it, else the link, else both
    together with the title. Entries alike in all of these are one."""
    ways: tuple[Callable[[Entry], str], ...] = (
        lambda e: e.guid,
        lambda e: e.link or "",
        lambda e: "\n".join((e.guid, e.link or "", e.title)),
    )
    counts = [Counter(way(entry) for entry in entries) for way in ways]
    found: dict[str, Entry] = {}
    for entry in entries:
        names = [way(entry) for way in ways]
        own = next((n for n, seen in zip(names, counts, strict=True) if n and seen[n] == 1), names[-1])
        found.setdefault(own, replace(entry, guid=own))
    return tuple(found.values())


def plain_text(markup: str) -> str:
    """HTML, escaped once or twice or not at all, as text with its paragraphs. Text that only looks like
    markup stays as it is."""
    for _ in range(2):
        if "<" not in markup and "&" not in markup:
            break
        markup = _without_tags(markup)
    paragraphs = (_SPACE.sub(" ", line).strip() for line in markup.split("\n"))
    return "\n".join(line for line in paragraphs if line)


#: What ends a line of text.
_BLOCKS = re.compile(
    r"<(?:/?(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote|section|article)|br|hr)\b[^>]*>", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<!--")


def _without_tags(markup: str) -> str:
    if not _TAG.search(markup) and "&" not in markup:
        return markup
    import lxml.html  # the process that watches the workers has no use for it

    # Line breaks of the source mean nothing in HTML; blocks and <br> do.
    flat = markup if not _TAG.search(markup) else _SPACE.sub(" ", markup)
    fragment: Any = lxml.html.fromstring(f"<div>{_BLOCKS.sub(chr(10), flat)}</div>")
    for hidden in fragment.xpath("//script|//style"):
        hidden.drop_tree()
    return str(fragment.text_content())


def _resolved(base: str, link: object) -> str | None:
    """An absolute http(s) address; None for anything else."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        whole = urljoin(base, link.strip())
    except ValueError:
        return None
    return whole if whole.lower().startswith(("http://", "https://")) else None


def _whole(value: object) -> int | None:
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isdecimal() and len(text) < 7 else None
