"""Tag for tag: the bundled model on the snippets of `snippets.html`, read again by parsers that are not ours."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import lxml.html
import pytest

from models import arabic
from models.markup import SIMPLIFIED, translate_markup
from models.markup.shape import shape
from models.pipeline import Pipeline

SNIPPETS = (
    (Path(__file__).parent / "snippets.html").read_text(encoding="utf-8").rstrip("\n").split("\n----\n")
)
VOID = {"img", "br", "input", "meta", "link", "source", "track", "wbr", "hr"}


class Tags(HTMLParser):
    """The start tags as they are written, each with those around it; end tags, comments and declarations."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.found: Counter[tuple[str, ...]] = Counter()
        self.raw: list[str] = []
        self._open: list[tuple[str, str]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        raw = self.get_starttag_text() or ""
        self.raw.append(raw)
        self.found[("start", raw, *(r for _, r in self._open))] += 1
        if tag not in VOID and not raw.endswith("/>"):
            self._open.append((tag, raw))

    def handle_endtag(self, tag: str) -> None:
        self.found[("end", tag)] += 1
        if tag in [t for t, _ in self._open]:
            while self._open.pop()[0] != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.found[("comment", data)] += 1

    def handle_decl(self, decl: str) -> None:
        self.found[("decl", decl)] += 1


def paths(source: str) -> Counter[str]:
    """Every element as libxml2 repairs and reads it: names and attributes from the root down."""
    # libxml2 takes <wbr> for an element that holds what follows
    root = lxml.html.document_fromstring(source.replace("<wbr>", "<wbr></wbr>"))
    found: Counter[str] = Counter()
    for element in root.iter():
        line = [element, *element.iterancestors()]
        found["/".join(f"{e.tag}{sorted(e.attrib.items())}" for e in reversed(line))] += 1
    return found


@pytest.fixture(scope="module")
def outputs(starter: Pipeline) -> dict[str, str]:
    results = translate_markup(starter.translate, SNIPPETS)
    assert [r.source for r in results] == SNIPPETS
    assert [r.source for r in results if SIMPLIFIED in {n.code for n in r.notices}] == []
    return {r.source: r.text for r in results}


def test_there_are_enough() -> None:
    assert len(set(SNIPPETS)) >= 60


@pytest.mark.parametrize("source", SNIPPETS)
def test_every_tag_comes_through_once_at_its_place(source: str, outputs: dict[str, str]) -> None:
    output = outputs[source]
    assert Tags(output).found == Tags(source).found
    assert paths(output) == paths(source)
    assert shape(output, "html") == shape(source, "html")


@pytest.mark.parametrize("source", SNIPPETS)
def test_what_is_around_blocks_stays(source: str, outputs: dict[str, str]) -> None:
    output = outputs[source]
    for side in (str.lstrip, str.rstrip):
        assert len(side(output)) - len(output) == len(side(source)) - len(source)
    assert output != source
    kept = ("translate", "code", "svg", "textarea", "<!--", "<script", "title=", "alt=", "مساحة")
    if not any(mark in source for mark in kept):
        assert not arabic.has_arabic(output)
