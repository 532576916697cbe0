"""The bytes of a feed as its entries: RSS 0.9x to 2.0, RDF, Atom (feedparser) and JSON Feed (jsonfeed.org).

Arabic feeds are often wrong about themselves: a charset label left from before UTF-8, broken XML, HTML in
titles, dates in words, identifiers that are missing or shared by all entries. What can be read is read; what
was mended is told in `remarks`, for the page that shows the feed's health.
"""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar
from urllib.parse import urljoin

from service.ingest import dates, prolog
from service.ingest.charsets import NotText, decode, without_half_pairs
from service.ingest.plain_text import FORBIDDEN, plain_text

#: Entries read of one feed; archives that list everything since the beginning are cut.
MOST_ENTRIES = 2000
_XML_CHARSET = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]+)", re.IGNORECASE)
#: A character by its number; halves of surrogate pairs are from 0xD800 to 0xDFFF.
_NUMBERED = re.compile(r"&#(?:x0*(d[89a-f][0-9a-f]{2})|0*(5[5-7][0-9]{3}));", re.IGNORECASE)
#: Characters in which a feed says when not to come; feeds say it before their entries.
_HEAD = 20_000


class NotAFeed(ValueError):
    """The bytes hold no feed. The message says what they look like instead; `named` are addresses of feeds
    that they name."""

    def __init__(self, message: str, named: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.named = tuple(named)


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


_Made = TypeVar("_Made", Feed, Entry)


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
    is_json = text.lstrip("\ufeff \t\r\n").startswith("{")
    try:
        found = (_json_feed if is_json else _xml_feed)(text, url, zone)
    except NotAFeed:
        raise
    except Exception as error:  # whatever feedparser and lxml raise on what nobody foresaw
        raise NotAFeed(f"This feed can't be read: it breaks the parser ({type(error).__name__}).") from None
    entries = _told_apart(tuple(map(_with_whole_letters, found.entries)))
    return replace(_with_whole_letters(found), entries=entries, remarks=remarks + found.remarks)


def _with_whole_letters(made: _Made) -> _Made:
    """Without halves of surrogate pairs, which XML and JSON can both name by their numbers: no database takes
    them, and neither does anybody to whom they would be sent."""
    values = {field.name: getattr(made, field.name) for field in fields(made)}
    texts: dict[str, Any] = {
        name: without_half_pairs(value) for name, value in values.items() if isinstance(value, str)
    }
    return replace(made, **texts)


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
    clean = FORBIDDEN.sub("", text)
    if len(clean) < len(text):
        remarks.append("control characters that XML forbids were left out")
    clean = _NUMBERED.sub(_whole_letter, clean)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        # A stream: of bytes or a string feedparser tries first whether they are the path of a file.
        io.BytesIO(prolog.tidied(clean.lstrip("\ufeff")).encode("utf-8")),
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
        entries=tuple(_xml_entry(entry, url, zone) for entry in parsed.entries[:MOST_ENTRIES]),
        ttl_minutes=_whole(about.get("ttl")),
        skip_hours=frozenset(h for h in map(_whole, _listed(clean, "hour")) if h is not None and 0 <= h < 24),
        skip_days=frozenset(_listed(clean, "day")),
        remarks=tuple(remarks),
    )


def _whole_letter(reference: re.Match[str]) -> str:
    """U+FFFD instead of half a surrogate pair, which ends feedparser's reading."""
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return "\ufffd" if 0xD800 <= number <= 0xDFFF else reference[0]


def _listed(xml: str, name: str) -> list[str]:
    """The values in `<skipHours>` or `<skipDays>`, in lower case; feedparser keeps only the last of them."""
    head = xml[:_HEAD].lower()
    _, _, rest = head.partition(f"<skip{name}s>")
    block, end, _ = rest.partition(f"</skip{name}s>")
    values = (piece.partition(f"</{name}>") for piece in block.split(f"<{name}>")[1:])
    return [value.strip() for value, closed, _ in values if end and closed]


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
    except (ValueError, RecursionError):  # the latter when it is nested as no feed is
        raise NotAFeed("This is no feed: it begins like JSON and isn't.") from None
    items = whole.get("items") if isinstance(whole, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in _string(whole, "version"):
        raise NotAFeed("This is no feed: it is JSON, but not a JSON Feed.")
    return Feed(
        title=plain_text(_string(whole, "title")),
        link=_resolved(url, _string(whole, "home_page_url")),
        language=_string(whole, "language") or None,
        entries=tuple(_json_entry(i, url, zone) for i in items[:MOST_ENTRIES] if isinstance(i, dict)),
    )


def _json_entry(item: Mapping[str, Any], url: str, zone: tzinfo) -> Entry:
    authors = item.get("authors") or [item.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    written = _string(item, "date_published") or _string(item, "date_modified")
    text = _string(item, "content_text") or plain_text(
        _string(item, "content_html") or _string(item, "summary")
    )
    return Entry(
        guid=_string(item, "id") or _identifier(item.get("id")),
        link=_resolved(url, _string(item, "url") or _string(item, "external_url")),
        title=plain_text(_string(item, "title")),
        text=text,
        published=dates.parse(written, zone) if written else None,
        author=_string(first, "name") or None if isinstance(first, dict) else None,
    )


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    return without_half_pairs(value) if isinstance(value, str) else ""


def _identifier(value: object) -> str:
    """Some feeds have numbers for identifiers."""
    return str(value) if isinstance(value, int | float) and value else ""


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
