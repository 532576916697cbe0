"""What a glossary is made of, and how it is read and written: TSV and CSV, with the rules of DeepL's API.

An error names the line (from 1) and the position (code points from the start of the text), so that whoever
wrote the file finds the place.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.arabic import for_matching

#: DeepL's limits: bytes of UTF-8 for one side of an entry, and for a whole glossary.
MAX_TERM_BYTES = 1024
MAX_BYTES = 10 * 1024 * 1024
#: C0 and C1 controls (tab and line breaks are among them) and Unicode's line and paragraph separators.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LINE_END = re.compile("\r\n|\r|\n")
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]|_")
_WORD = re.compile(r"[^\W_]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class GlossaryError(ValueError):
    """Entries that can't be used. `line` counts from 1, `position` code points from the start of the text;
    for terms that come from no text both count entries."""

    def __init__(self, message: str, line: int, position: int) -> None:
        super().__init__(message)
        self.line = line
        self.position = position


@dataclass(frozen=True, slots=True)
class Term:
    """`source` must come out as `target`.

    Write the article if the target takes one in running text ("the United Nations"); it is put, left out or
    written with a capital as the sentence asks. `case_sensitive` speaks of Latin letters in `source`. `note`
    is for people and takes no part in anything."""

    source: str
    target: str
    case_sensitive: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term with its place: number from 0, line from 1, position of its line."""

    term: Term
    index: int
    line: int
    position: int


def tokens(folded: str) -> tuple[str, ...]:
    """Words and single marks of a text in matching form."""
    return tuple(_TOKEN.findall(folded))


def key(source: str) -> tuple[str, ...]:
    """What a source is found by: two sources with one key are one term to a reader."""
    return tokens(for_matching(source).text)


def from_terms(terms: Iterable[Term]) -> list[Entry]:
    return [Entry(term, n, n + 1, n) for n, term in enumerate(terms)]


def read_tsv(text: str) -> list[Entry]:
    """`source<TAB>target` a line. Outer white space of a field and empty lines don't count."""
    _check_size(text)
    found: list[Entry] = []
    for number, (position, line) in enumerate(_lines(text), start=1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split("\t")]
        if len(fields) != 2:
            what = "more than one tab" if len(fields) > 2 else "no tab"
            raise _error(f"has {what}: an entry is a source, one tab and a target", number, position)
        found.append(Entry(Term(fields[0], fields[1]), len(found), number, position))
    return found


def read_csv(text: str) -> list[Entry]:
    """`source,target` a line, fields with commas, quotes or blanks in double quotes; two more columns with
    the languages may follow, as in DeepL's own files, and are not read."""
    _check_size(text)
    starts = [position for position, _ in _lines(text)]
    found: list[Entry] = []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    number = 1
    try:
        for row in reader:
            position = starts[min(number, len(starts)) - 1]
            fields = [field.strip() for field in row]
            if any(fields):
                if len(fields) not in (2, 4):
                    raise _error(f"has {len(fields)} columns: an entry is a source and a target",
                                 number, position)  # fmt: skip
                found.append(Entry(Term(fields[0], fields[1]), len(found), number, position))
            number = reader.line_num + 1
    except csv.Error as error:
        raise _error(f"isn't CSV: {error}", number, starts[min(number, len(starts)) - 1]) from error
    return found


def check(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, if each can be used and no source stands twice. Raises `GlossaryError`."""
    seen: dict[str, Entry] = {}
    checked = list(entries)
    for entry in checked:
        for side, value in (("source", entry.term.source), ("target", entry.term.target)):
            if (problem := _problem(value)) is not None:
                raise _error(f"has a {side} that {problem}", entry.line, entry.position)
        if not _WORD.search("".join(key(entry.term.source))):
            raise _error("has a source without letters or digits", entry.line, entry.position)
        first = seen.setdefault(entry.term.source, entry)
        if first is not entry:
            message = (
                f"Key with the index {entry.index} (starting at position {entry.position}) duplicates key "
                f"with the index {first.index} (starting at position {first.position})"
            )
            raise GlossaryError(message, entry.line, entry.position)
    return checked


def write_tsv(terms: Iterable[Term]) -> str:
    return "".join(f"{term.source}\t{term.target}\n" for term in terms)


def _problem(value: str) -> str | None:
    if not value.strip():
        return "is empty"
    if value != value.strip():
        return "starts or ends with white space"
    if (found := _CONTROL.search(value)) is not None:
        return f"holds a tab, a line break or a control character (U+{ord(found[0]):04X})"
    if _SURROGATE.search(value):
        return "holds half a surrogate pair"
    if len(value.encode()) > MAX_TERM_BYTES:
        return f"is longer than {MAX_TERM_BYTES:,} bytes"
    return None


def _check_size(text: str) -> None:
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise GlossaryError(f"The entries are over the limit of {MAX_BYTES:,} bytes.", 1, 0)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their positions; a byte order mark belongs to none."""
    position = 1 if text.startswith("\ufeff") else 0
    for end in _LINE_END.finditer(text):
        yield position, text[position : end.start()]
        position = end.end()
    yield position, text[position:]


def _error(what: str, line: int, position: int) -> GlossaryError:
    return GlossaryError(f"Line {line} (starting at position {position}) {what}.", line, position)
