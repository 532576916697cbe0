"""Bytes of a file as text: what it says of itself, else UTF-8, else an old Arabic encoding."""

import codecs
import re
from collections.abc import Iterator

from service.ingest import charset_labels

#: The encoding of Arabic files from before UTF-8; every byte means something in it, so it comes last.
LAST_RESORT = "cp1256"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_ISO_ARABIC = "iso8859-6"
#: Any bytes can be read as these. Pages moved to UTF-8 often keep them as their label.
_OLD_ARABIC = frozenset({LAST_RESORT, _ISO_ARABIC, "mac-arabic"})
#: An Arabic letter beside a Latin one with an accent, which no word has.
_MIXED_WORD = re.compile("[\u0621-\u064a][\u00c0-\u00ff]|[\u00c0-\u00ff][\u0621-\u064a]")
_ARTICLE = re.compile("ال[\u0621-\u064a]")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
#: How documents, pictures and archives begin.
_BINARY = (
    b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b",
    b"\x7fELF",
)  # fmt: skip
#: Control characters that text files do hold.
_HARMLESS = frozenset("\t\n\v\f\r\x1b")


class NotText(ValueError):
    """The bytes aren't text in an encoding we know. The message says why, for the sender."""


def decode(data: bytes, declared: str | None = None, *, html: bool = False) -> str:
    """The text of a file. A byte order mark wins, then what the sender declared, then an HTML page's own
    `<meta charset>`; what is declared wrongly is read as if nothing were, also Arabic UTF-8 declared
    as an old Arabic encoding. Raises `NotText`."""
    if data.startswith(_BINARY):
        raise NotText("it is a document, picture or archive; send text or HTML")
    for encoding, start in _candidates(data, declared, html):
        try:
            text = data[start:].decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if not _looks_like_text(text):
            continue
        if encoding == LAST_RESORT and declared is None and not _reads_as_arabic(text):
            raise NotText("it is neither UTF-8 nor Arabic in windows-1256; name its charset")
        return text
    raise NotText("it holds too many control characters to be text")


def _candidates(data: bytes, declared: str | None, html: bool) -> Iterator[tuple[str, int]]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            yield encoding, len(bom)
            return
    meta = _META.search(data, 0, 4096) if html else None
    for name in (declared, meta[1].decode("ascii") if meta else None):
        known = charset_labels.codec(name)
        if known is not None and not (known in _OLD_ARABIC and _is_arabic_utf8(data)):
            yield known, 0
    yield "utf-8", 0
    if _is_iso_arabic(data):
        yield _ISO_ARABIC, 0
    yield LAST_RESORT, 0


def _is_arabic_utf8(data: bytes) -> bool:
    """Two letters in a row of an old Arabic encoding are never UTF-8, so this can't be mistaken."""
    try:
        return _reads_as_arabic(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _is_iso_arabic(data: bytes) -> bool:
    """Whether the bytes are ISO-8859-6 rather than windows-1256. Half of the letters stand in other places:
    read in the wrong one, و and ي are è and ê in the middle of words, and there are no articles (ال)."""
    try:
        text = data.decode(_ISO_ARABIC)
    except UnicodeDecodeError:
        return False
    return _reads_as_arabic(text) and _arabic_signs(text) > _arabic_signs(data.decode(LAST_RESORT))


def _arabic_signs(text: str) -> int:
    """How much speaks for its being Arabic: articles, less the words that are mixed."""
    return len(_ARTICLE.findall(text)) - len(_MIXED_WORD.findall(text))


def without_half_pairs(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which JSON can name and UTF-8 can't hold."""
    return _HALF_PAIR.sub("\ufffd", text)


def _looks_like_text(text: str) -> bool:
    strange = sum(c < " " and c not in _HARMLESS for c in text)
    return strange * 50 <= len(text)


def _reads_as_arabic(text: str) -> bool:
    """Whether most characters beyond ASCII are Arabic: in windows-1256 every byte is some character, so that
    decoding alone proves nothing."""
    beyond = [c for c in text if c > "\x7f"]
    return 2 * sum("\u0600" <= c <= "\u06ff" for c in beyond) > len(beyond)
