"""An HTML page's main text, title, date and author. Runs in the worker process (`worker.py`) alone.

trafilatura finds the article; where it finds none (a fragment, a page without paragraphs), all visible text
stands in, so that nothing the sender sees is missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import trafilatura
from lxml import etree, html

_HIDDEN = frozenset(
    {"script", "style", "template", "noscript", "head", "title", "svg", "iframe", "object", "select"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "dfn", "em", "font", "i", "kbd", "mark", "q",
     "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"}
)  # fmt: skip
_WHOLE_PAGE = re.compile(r"<(html|body|head)\b", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class Extracted:
    """`text` has one paragraph a line. `published` is a date (YYYY-MM-DD). `whole_page` is true when no
    article was found and `text` is everything visible."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    whole_page: bool = False


def extract(page: str) -> Extracted:
    """The article in `page`; its text is empty when nothing is visible in it."""
    page = _DECLARATION.sub("", page).replace("\x00", "")
    if not _WHOLE_PAGE.search(page):  # a fragment is content altogether, with no navigation to leave out
        return Extracted(visible_text(page), whole_page=True)
    found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    text = (found.text or "").strip() if found is not None else ""
    title = (found.title or None) if found is not None else None
    if not text:
        return Extracted(visible_text(page), title, whole_page=True)
    first, _, rest = text.partition("\n")
    if title is not None and rest and first.strip() == title.strip():
        text = rest.strip()  # the headline is the article's title, not its first sentence
    return Extracted(text, title, found.author or None, found.date or None)


def visible_text(page: str) -> str:
    """All text that a browser would show, one block a line."""
    if not page.strip():
        return ""
    try:
        root = html.document_fromstring(
            page.encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
        )
    except (etree.ParserError, etree.XMLSyntaxError):
        return ""
    lines = "".join(_pieces(root)).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def _pieces(root: html.HtmlElement) -> Iterator[str]:
    """Text in document order, with a line break round every block. No recursion: pages nest deeply."""
    hidden = 0  # how many hidden elements we are inside of
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event not in ("start", "end"):
            yield "" if hidden else _SPACE.sub(" ", node.tail or "")
            continue
        if event == "start":
            hidden += node.tag in _HIDDEN
        else:
            hidden -= node.tag in _HIDDEN
        text = node.text if event == "start" else node.tail
        yield ("" if node.tag in _INLINE else "\n") + ("" if hidden else _SPACE.sub(" ", text or ""))
