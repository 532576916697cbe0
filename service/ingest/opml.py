"""OPML (opml.org/spec2.opml): the list of feeds that every feed reader can write and read.

Folders are outlines around outlines; a folder within another becomes `outer/inner`. Files out of old readers
are often not quite XML; what can be read is read.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.ingest import urls
from service.ingest.fetch_errors import FetchError

if TYPE_CHECKING:
    import lxml.etree

#: Feeds read of one file.
MOST = 10_000
_DEEPEST = 10
_LONGEST_NAME = 200
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class NotOpml(ValueError):
    """The bytes hold no OPML. The message says what they look like instead."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed of the list."""

    url: str
    title: str = ""
    folder: str = ""
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A feed of the list that can't be followed."""

    url: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outlines:
    """What is in a file, in its order, each address once; `repeated` counts those that stood there again."""

    found: tuple[Outline, ...]
    wrong: tuple[Wrong, ...]
    repeated: int


def read(data: bytes) -> Outlines:
    """The feeds in an OPML file. Nothing is fetched, also not what the XML points to. Raises `NotOpml`."""
    import lxml.etree  # 10 ms: a start does without

    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or lxml.etree.QName(root).localname.lower() != "opml":
        raise NotOpml("The file isn't OPML: it has no <opml> at its beginning.")
    found: dict[str, Outline] = {}
    wrong: list[Wrong] = []
    repeated = 0
    for outline in _walk(root, (), 0):
        try:
            urls.parse(outline.url)
        except FetchError as error:
            wrong.append(Wrong(outline.url[:500], outline.title, str(error)))
            continue
        if urls.is_too_long_to_keep(outline.url):
            reason = f"Its address is longer than {urls.MOST_KEPT:,} bytes."
            wrong.append(Wrong(outline.url[:500], outline.title, reason))
            continue
        repeated += outline.url in found
        found.setdefault(outline.url, outline)
        if len(found) == MOST:
            break
    return Outlines(tuple(found.values()), tuple(wrong), repeated)


def _walk(element: "lxml.etree._Element", folders: tuple[str, ...], depth: int) -> Iterator[Outline]:
    import lxml.etree

    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment or the like
        inner, name = folders, _attribute(child, "text") or _attribute(child, "title")
        if lxml.etree.QName(child).localname.lower() == "outline":
            url = _attribute(child, "xmlUrl")
            if url:
                yield Outline(
                    url, name, "/".join(folders)[:_LONGEST_NAME], _attribute(child, "htmlUrl") or None
                )
            elif name:
                inner = (*folders, name)
        if depth < _DEEPEST:
            yield from _walk(child, inner, depth + 1)


def _attribute(element: "lxml.etree._Element", name: str) -> str:
    """Some write `xmlurl`."""
    wanted = name.lower()
    found = next((value for key, value in element.attrib.items() if str(key).lower() == wanted), "")
    return " ".join(str(found).split())[: 8000 if wanted.endswith("url") else _LONGEST_NAME]


def write(outlines: Iterable[Outline], title: str) -> bytes:
    """The list as an OPML 2.0 file, in UTF-8."""
    import lxml.etree

    root = lxml.etree.Element("opml", version="2.0")
    lxml.etree.SubElement(lxml.etree.SubElement(root, "head"), "title").text = _clean(title)
    body = lxml.etree.SubElement(root, "body")
    folders = {"": body}
    for outline in sorted(outlines, key=lambda o: (o.folder, o.title, o.url)):
        attributes = {
            "type": "rss",
            "text": _clean(outline.title or outline.url),
            "title": _clean(outline.title or outline.url),
            "xmlUrl": _clean(outline.url),
        }
        if outline.site:
            attributes["htmlUrl"] = _clean(outline.site)
        lxml.etree.SubElement(_folder(folders, outline.folder), "outline", attributes)
    written: bytes = lxml.etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _folder(made: dict[str, "lxml.etree._Element"], path: str) -> "lxml.etree._Element":
    import lxml.etree

    if path not in made:
        outer, _, name = path.rpartition("/")
        made[path] = lxml.etree.SubElement(
            _folder(made, outer), "outline", {"text": _clean(name), "title": _clean(name)}
        )
    return made[path]


def _clean(text: str) -> str:
    """Without what XML can't hold."""
    return _FORBIDDEN.sub("", text)
