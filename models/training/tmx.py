"""Translation units of a TMX file (1.1 to 1.4b), read as a stream.

TMX comes from strangers: entities are never expanded, a DTD is never fetched, a file that declares entities
of its own is refused, and size, number of units and length of a segment are capped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.errors import DataError
from models.training.opening import MAX_FILE_BYTES, open_capped

MAX_UNITS = 5_000_000
# Native codes of the tool that wrote the file (TMX 1.4b, section "Content Markup"): not text of the sentence.
_CODE_TAGS = frozenset({"bpt", "ept", "it", "ph", "ut"})
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Unit:
    """One translation unit. A side is None when the unit has no variant in that language."""

    line: int
    source: str | None
    target: str | None


def read_units(path: Path, max_bytes: int = MAX_FILE_BYTES, max_units: int = MAX_UNITS) -> Iterator[Unit]:
    """Units in file order; the first Arabic and the first English variant of each count.

    Raises `DataError` for broken XML, own entity declarations, or a file over a limit.
    """
    from lxml import etree

    count = 0
    with open_capped(path, max_bytes) as stream:
        events = etree.iterparse(
            stream, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True,
            dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            first = True
            for event, element in events:
                if first:
                    _refuse_entities(element, path.name)
                    first = False
                if event == "end" and _local(element) == "tu":
                    count += 1
                    if count > max_units:
                        raise DataError(f"{path.name} has more than {max_units:,} units; split it")
                    yield _unit(element)
                    _forget(element)
        except etree.XMLSyntaxError as error:
            raise DataError(f"{path.name} is not well-formed TMX: {error.msg}") from error


def _refuse_entities(root: Any, name: str) -> None:
    if _local(root) != "tmx":
        raise DataError(f"{name} is not TMX: its root element is <{_local(root)}>")
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and dtd.entities():
        raise DataError(f"{name} declares XML entities of its own; remove them from its DOCTYPE")


def _unit(element: Any) -> Unit:
    sides: dict[str, str] = {}
    for variant in element:
        if _local(variant) != "tuv":
            continue
        language = str(variant.get(_XML_LANG) or variant.get("lang") or "").lower()
        primary = language.replace("_", "-").split("-")[0]
        if primary in ("ar", "en") and primary not in sides:
            sides[primary] = _segment(variant)
    return Unit(int(element.sourceline or 0), sides.get("ar"), sides.get("en"))


def _segment(variant: Any) -> str:
    for child in variant:
        if _local(child) == "seg":
            return " ".join("".join(_text(child)).split())
    return ""


def _text(element: Any) -> Iterator[str]:
    if element.text and _local(element) not in _CODE_TAGS:
        yield element.text
    for child in element:
        if isinstance(child.tag, str) and _local(child) not in _CODE_TAGS:
            yield from _text(child)
        if child.tail:
            yield child.tail


def _local(element: Any) -> str:
    return element.tag.rsplit("}", 1)[-1].lower() if isinstance(element.tag, str) else ""


def _forget(element: Any) -> None:
    """Frees what was read: a memory of a million units must not stay in the tree."""
    element.clear()
    while (previous := element.getprevious()) is not None:
        parent = previous.getparent()
        if parent is None:
            break
        parent.remove(previous)
