"""Files and pages as articles: what they hold, in which encoding, and what is refused."""

import re
from pathlib import PurePosixPath

from models.document import Article
from service.ingest.charsets import NotText, decode
from service.ingest.pool import Pool

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_TEXT_SUFFIXES = frozenset({".txt", ".text", ".md"})
_HTML_START = re.compile(
    r"\s*(<\?xml[^>]*\?>\s*)?<(!doctype\s+html|html|head|body|article|main|div|p)\b", re.IGNORECASE
)
#: The first bytes of a file that may tell what it is.
_HEAD = 1000


class UnreadableFile(Exception):
    """The file can't be read as text or HTML; the message says why, for the sender."""


class NoText(Exception):
    """The file or page holds nothing to translate."""


def read_file(
    pool: Pool, data: bytes, name: str = "", mimetype: str = "", charset: str | None = None
) -> Article:
    """The article in an uploaded text or HTML file. Raises `UnreadableFile`, `NoText`, and what
    `Pool.run` raises."""
    html = _is_html(data, name, mimetype)
    try:
        text = decode(data, charset, html=html)
    except NotText as error:
        raise UnreadableFile(f"The file can't be read: {error}.") from None
    if html:
        return read_page(pool, text)
    if not text.strip():
        raise NoText("The file is empty.")
    return Article(text)


def read_page(pool: Pool, page: str) -> Article:
    """The article on an HTML page. Raises `NoText`, and what `Pool.run` raises."""
    found = pool.run(page)
    if not found["text"].strip():
        raise NoText("The page shows no text.")
    return Article(
        text=found["text"], title=found["title"], author=found["author"], published=found["published"]
    )


def begins_like_html(text: str) -> bool:
    """Whether it is the source of a web page, by its first tag."""
    return _HTML_START.match(text) is not None


def _is_html(data: bytes, name: str, mimetype: str) -> bool:
    """By the name's ending, else the content type, else by how the file begins."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _HTML_SUFFIXES:
        return True
    if suffix in _TEXT_SUFFIXES:
        return False
    if mimetype in _HTML_TYPES:
        return True
    return begins_like_html(data.removeprefix(b"\xef\xbb\xbf")[:_HEAD].decode("latin-1"))
