"""Reading what the command was given: a file or standard input, in whatever encoding Arabic text comes in."""

import codecs
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from models.document import Article
from service.cli_errors import INPUT, Failure
from service.ingest.uploads import begins_like_html

_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
_LINE_ENDS = re.compile("[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def article(path: Path, encoding: str | None = None) -> Article:
    """The article in a file or, for `-`, on standard input. HTML is told by the file's name or by how it
    begins. Raises `Failure` when it can't be read or holds no text."""
    data = read(path)
    named = path.suffix.lower() in _HTML_SUFFIXES
    text = decode(data, encoding, html=named or data.lstrip()[:1] == b"<")
    if named or begins_like_html(text):
        return _from_html(text)
    return Article(text)


def _from_html(page: str) -> Article:
    from service.ingest.extract import extract  # trafilatura takes a quarter of a second to import

    found = extract(page)
    if not found.text.strip():
        raise Failure("The page holds no text.", INPUT)
    return Article(found.text, title=found.title, author=found.author, published=found.published)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file, or standard input for `-`, to read bytes from. Raises `Failure` when it can't be opened."""
    try:
        source = click.open_file(str(path), "rb")
    except OSError as error:
        raise Failure(f"Can't read {path}: {error.strerror}.", INPUT) from error
    with source as file:
        yield file


def read(path: Path) -> bytes:
    """All of it. Raises `Failure`, also when there is nothing in it."""
    with opened(path) as file:
        try:
            data = file.read()
        except OSError as error:
            raise Failure(f"Can't read {path}: {error.strerror}.", INPUT) from error
    if not data.strip():
        raise Failure(f"{'Standard input' if str(path) == '-' else path} is empty.", INPUT)
    return data


def decode(data: bytes, encoding: str | None = None, *, html: bool = False) -> str:
    """The text in the given encoding or else in the one that it looks like, lines ending in line feeds.
    Raises `Failure`."""
    from service.ingest.charsets import NotText
    from service.ingest.charsets import decode as guess

    try:
        text = data.decode(encoding) if encoding else guess(data, html=html)
    except NotText as error:
        raise Failure(f"The input can't be read: {error}.", INPUT) from error
    except UnicodeDecodeError as error:
        raise Failure(f"The input isn't {encoding} text (byte {error.start}).", INPUT) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def known_encoding(name: str | None) -> str | None:
    """Python's name of the encoding given with `--encoding`. Raises `click.BadParameter`."""
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        raise click.BadParameter(f"Python knows no encoding {name!r}.") from None


def one_line(text: str) -> str:
    """The text without anything that some program takes for the end of a line."""
    return " ".join(part.strip() for part in _LINE_ENDS.split(text) if part.strip())


def batches(file: IO[bytes], most: int, encoding: str | None = None) -> Iterator[list[str]]:
    """The lines of a stream without their ends, in lists of at most `most`: whatever has come in by the time
    the last list is done, so that a slow writer gets each answer at once and a fast one full batches.

    Only a line feed ends a line (a carriage return before it is dropped): the other characters that Unicode
    calls line ends stay inside, or answers and questions would no longer match.
    """
    lines: queue.Queue[str | Exception | None] = queue.Queue(maxsize=4 * most)

    def pump() -> None:
        try:
            for line in _lines(file, encoding):
                lines.put(line)
            lines.put(None)
        except Exception as error:
            lines.put(error)

    threading.Thread(target=pump, name="input", daemon=True).start()
    batch: list[str] = []
    while (item := lines.get()) is not None:
        if isinstance(item, Exception):
            if batch:
                yield batch  # what came before the fault still gets its answer
            raise item
        batch.append(item)
        if len(batch) == most or lines.empty():
            yield batch
            batch = []
    if batch:
        yield batch


def _lines(file: IO[bytes], encoding: str | None) -> Iterator[str]:
    """Without a given encoding each line is UTF-8 or, where it can't be, windows-1256. A stream of wide
    characters has no lines of bytes and is read whole."""
    first = file.readline()
    if first.startswith(_WIDE_BOMS) or (encoding and "\n".encode(encoding) != b"\n"):
        whole = decode(first + file.read(), encoding)
        yield from whole.removesuffix("\n").split("\n")
        return
    if first:
        yield _line(first.removeprefix(codecs.BOM_UTF8), encoding)
    for line in file:
        yield _line(line, encoding)


def _line(line: bytes, encoding: str | None) -> str:
    line = line.removesuffix(b"\n").removesuffix(b"\r")
    try:
        return line.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            raise Failure(f"The input isn't {encoding} text.", INPUT) from error
        return line.decode("cp1256")
