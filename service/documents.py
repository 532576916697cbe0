"""Whole files translated into files: text, HTML and subtitles keep what isn't words.

document = read("news.srt", data)
data = translated(document, translate, options)
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal
from urllib.parse import quote

from models import subtitles
from models.document import TextTranslation
from models.markup import MarkupOptions, translate_markup
from models.translator import TranslateOptions
from service.ingest.charsets import NotText, decode

Kind = Literal["txt", "html", "srt"]
Translate = Callable[[Sequence[str], TranslateOptions], list[TextTranslation]]

KINDS: dict[str, Kind] = {".txt": "txt", ".text": "txt", ".html": "html", ".htm": "html", ".srt": "srt"}
MIMETYPES: dict[Kind, str] = {
    "txt": "text/plain",
    "html": "text/html",
    "srt": "application/x-subrip",
}
_CHARSET = re.compile(r"(<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*)([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z]")


class UnknownKind(ValueError):
    """No file of this kind can be translated; the message names those that can."""


class UnreadableDocument(ValueError):
    """The file isn't text in an encoding we know, or holds nothing to translate."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file to translate. `name` is what its sender called it, without folders."""

    name: str
    kind: Kind
    text: str


def base_name(name: str) -> str:
    """A file's own name, from senders of either system."""
    return PurePosixPath(PureWindowsPath(name).name).name


def disposition(name: str) -> str:
    """`Content-Disposition` for a file to keep under this name, whatever letters it has (RFC 6266)."""
    plain = "document" + PurePosixPath(name).suffix
    ascii_name = name if re.fullmatch(r"[\w .()-]+", name, re.ASCII) else plain
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def kind_of(name: str) -> Kind:
    """By the ending of the name, in any case. Raises `UnknownKind`."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in KINDS:
        raise UnknownKind(f"Files of this kind can't be translated; these can: {', '.join(KINDS)}.")
    return KINDS[suffix]


def read(name: str, data: bytes, charset: str | None = None) -> Document:
    """The file's text. Raises `UnknownKind`, `UnreadableDocument`."""
    kind = kind_of(name)
    try:
        text = decode(data, charset, html=kind == "html")
    except NotText as error:
        raise UnreadableDocument(f"The file can't be read: {error}.") from None
    if not text.strip():
        raise UnreadableDocument("The file is empty.")
    return Document(base_name(name), kind, text)


def translated(
    document: Document,
    translate: Translate,
    options: TranslateOptions = TranslateOptions(),  # noqa: B008 - frozen
) -> str:
    """The file in English, to be written in UTF-8. All its texts go to `translate` together. Raises what that
    raises."""
    if document.kind == "html":
        [page] = translate_markup(translate, [document.text], MarkupOptions("html"), options)
        return _CHARSET.sub(r"\g<1>utf-8", page.text, count=1)
    if document.kind == "srt":
        return _subtitles(document.text, translate, options)
    [text] = translate([document.text], options)
    start = len(document.text) - len(document.text.lstrip())
    end = len(document.text.rstrip())
    return document.text[:start] + text.english.strip() + document.text[end:]


def _subtitles(source: str, translate: Translate, options: TranslateOptions) -> str:
    """Cues with tags (`<i>`) go another way than those without, where `<` and `&` are letters like others."""
    found = subtitles.cues(source)
    texts = [text for cue in found for text in cue.texts]
    plain = [n for n, text in enumerate(texts) if not _TAG.search(text)]
    tagged = [n for n, text in enumerate(texts) if _TAG.search(text)]
    done: dict[int, str] = {}
    if plain:
        results = translate([texts[n] for n in plain], options)
        done |= {n: result.english for n, result in zip(plain, results, strict=True)}
    if tagged:
        pages = translate_markup(translate, [texts[n] for n in tagged], MarkupOptions("html"), options)
        done |= {n: page.text for n, page in zip(tagged, pages, strict=True)}
    return subtitles.write(source, found, [done[n] for n in range(len(texts))])
