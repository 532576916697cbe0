"""A channel of items as RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1.

Built on lxml, as the OPML is: feedgen would do for two of the three, and not for text that XML forbids.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from service.editions import legal
from service.store.ids import as_uuid
from service.version import VERSION

if TYPE_CHECKING:
    import lxml.etree

_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: Minutes that readers may keep a feed before they ask again.
TTL_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Source:
    """Where an item comes from: the feed's title, and its address where it is known."""

    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A story as readers get it. `id` is one of the store's and stays the same; `html` is a fragment, `text`
    the same in a few plain words."""

    id: str
    title: str
    link: str | None
    html: str
    text: str
    published: datetime
    updated: datetime
    author: str | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A feed. `address` is its own, `home` that of the service's pages."""

    id: str
    title: str
    description: str
    address: str
    home: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class FeedFormat:
    """How a format is called in addresses and served."""

    file: str
    mimetype: str
    write: Callable[[Channel, Sequence[Item]], bytes]


def to_rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """RSS 2.0 with the summary as HTML in `content:encoded` and in words in `description`."""
    import lxml.etree  # 10 ms: a start does without

    channel, items = _clean(channel, items)
    root = lxml.etree.Element("rss", version="2.0", nsmap={"atom": _ATOM, "content": _CONTENT, "dc": _DC})
    top = _add(root, "channel")
    _add(top, "title", channel.title)
    _add(top, "link", channel.home)
    _add(top, "description", channel.description)
    _add(top, "language", "en")
    _add(top, "lastBuildDate", format_datetime(channel.updated.astimezone(UTC)))
    _add(top, "generator", f"Mujaz {VERSION}")
    _add(top, "ttl", str(TTL_MINUTES))
    _add(top, f"{{{_ATOM}}}link", None, rel="self", type="application/rss+xml", href=channel.address)
    for item in items:
        _rss_item(top, item)
    return _written(root)


def _rss_item(top: "lxml.etree._Element", item: Item) -> None:
    element = _add(top, "item")
    _add(element, "title", item.title)
    if item.link is not None:
        _add(element, "link", item.link)
    _add(element, "guid", item.id, isPermaLink="false")
    _add(element, "pubDate", format_datetime(item.published.astimezone(UTC)))
    # RSS wants a mail address in `author`; names belong here.
    if (creator := _creator(item)) is not None:
        _add(element, f"{{{_DC}}}creator", creator)
    first = next((source for source in item.sources if source.url is not None), None)
    if first is not None and first.url is not None:
        _add(element, "source", first.title, url=first.url)
    _add(element, "description", item.text)
    _add(element, f"{{{_CONTENT}}}encoded", item.html)


def to_atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """Atom 1.0. Ids are the store's as UUIDs, since Atom wants them to be IRIs."""
    import lxml.etree  # 10 ms: a start does without

    channel, items = _clean(channel, items)
    root = lxml.etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})  # type: ignore[dict-item]
    root.set(_LANG, "en")
    _atom(root, "id", as_uuid(channel.id).urn)
    _atom(root, "title", channel.title)
    _atom(root, "subtitle", channel.description)
    _atom(root, "updated", _instant(channel.updated))
    _atom(root, "link", None, rel="self", type="application/atom+xml", href=channel.address)
    _atom(root, "link", None, rel="alternate", type="text/html", href=channel.home)
    _atom(_atom(root, "author"), "name", "Mujaz")
    _atom(root, "generator", "Mujaz", version=VERSION)
    for item in items:
        _atom_entry(root, item)
    return _written(root)


def _atom_entry(root: "lxml.etree._Element", item: Item) -> None:
    entry = _atom(root, "entry")
    _atom(entry, "id", as_uuid(item.id).urn)
    _atom(entry, "title", item.title)
    _atom(entry, "published", _instant(item.published))
    _atom(entry, "updated", _instant(item.updated))
    if item.link is not None:
        _atom(entry, "link", None, rel="alternate", href=item.link)
    if (creator := _creator(item)) is not None:
        _atom(_atom(entry, "author"), "name", creator)
    _atom(entry, "summary", item.text)
    _atom(entry, "content", item.html, type="html")


def to_json_feed(channel: Channel, items: Sequence[Item]) -> bytes:
    """JSON Feed 1.1. `_mujaz` names the sources, for which the format has no word."""
    channel, items = _clean(channel, items)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.home,
        "feed_url": channel.address,
        "language": "en",
        "items": [_json_item(item) for item in items],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(item: Item) -> dict[str, object]:
    creator = _creator(item)
    fields: dict[str, object | None] = {
        "id": item.id,
        "url": item.link,
        "title": item.title,
        "content_html": item.html,
        "summary": item.text,
        "date_published": _instant(item.published),
        "date_modified": _instant(item.updated),
        "authors": [{"name": creator}] if creator is not None else None,
        "_mujaz": {"sources": [{"title": source.title, "url": source.url} for source in item.sources]},
    }
    return {name: value for name, value in fields.items() if value is not None}


def _creator(item: Item) -> str | None:
    """Who wrote it; the first source where nobody is named."""
    return item.author or next((source.title for source in item.sources), None)


def _clean(channel: Channel, items: Sequence[Item]) -> tuple[Channel, list[Item]]:
    """The same in text and addresses that every reader takes. A title must not be empty."""
    title = legal.line(channel.title) or "Mujaz"
    return (
        replace(channel, title=title, description=legal.line(channel.description)),
        [_clean_item(item) for item in items],
    )


def _clean_item(item: Item) -> Item:
    sources = ((legal.line(source.title), legal.address(source.url)) for source in item.sources)
    return replace(
        item,
        title=legal.line(item.title) or "(no title)",
        link=legal.address(item.link),
        html=legal.text(item.html),
        text=legal.line(item.text),
        author=legal.line(item.author or "") or None,
        sources=tuple(Source(title or url or "", url) for title, url in sources if title or url),
    )


def _add(
    parent: "lxml.etree._Element", name: str, text: str | None = None, **attributes: str
) -> "lxml.etree._Element":
    import lxml.etree

    element = lxml.etree.SubElement(parent, name, attributes)
    element.text = text
    return element


def _atom(
    parent: "lxml.etree._Element", name: str, text: str | None = None, **attributes: str
) -> "lxml.etree._Element":
    return _add(parent, f"{{{_ATOM}}}{name}", text, **attributes)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(root: "lxml.etree._Element") -> bytes:
    import lxml.etree

    written: bytes = lxml.etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


FORMATS = (
    FeedFormat("rss.xml", "application/rss+xml", to_rss),
    FeedFormat("atom.xml", "application/atom+xml", to_atom),
    FeedFormat("feed.json", "application/feed+json", to_json_feed),
)
