"""Sentences of an Arabic article, with exact offsets.

Lines are paragraphs: a line break ends a segment, unless it stands inside a hard-wrapped paragraph
(`models.wrapped`), and so does the border of a table's cell, a tab or a pipe (`models.tables`).
Inside a line `models.sentence_ends` decides; never after `،` or `؛`: long sentences are cut into chunks later
(`models.chunk`), which people never see.

Between segments stands white space only (`str.isspace`), except that a line or cell of nothing but invisible
characters (`arabic.INVISIBLE`: zero-width, bidi controls, other controls) is no segment either, nor are the
pipes and rules of a table. Everything runs in linear time.
"""

import re
from collections.abc import Iterator, Sequence

from models.arabic import INVISIBLE
from models.document import Segment, Span
from models.sentence_ends import sentence_ends
from models.tables import cells, piped_rows
from models.wrapped import joints

#: Changes whenever the same text could be segmented differently.
SEGMENT_VERSION = 3

#: What `str.splitlines` breaks at.
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
_ALNUM = re.compile(r"[^\W_]")


def segment(text: str, *, unwrap: bool = True) -> list[Segment]:
    """The sentences of `text` in order, numbered from 0; a blank text gives an empty list. With `unwrap` a
    paragraph may be hard-wrapped: then its sentences may have line breaks in them.

    `paragraph` counts the paragraphs that hold a segment, from 0.
    """
    found: list[Segment] = []
    paragraph = 0
    for line, piped in _paragraphs(text, unwrap):
        before = len(found)
        shown = unbroken(line.of(text))
        for low, high in cells(shown, piped):
            base = line.start + low
            for start, end in _sentences(shown[low:high]):
                found.append(Segment(len(found), base + start, base + end, paragraph))
        paragraph += len(found) > before
    return found


def unbroken(text: str) -> str:
    """`text` with a blank for each character of a line break: offsets don't move."""
    return text.replace("\n", " ").replace("\r", " ")


def flowing(text: str, segments: Sequence[Segment]) -> str:
    """`text` with the line breaks inside its segments as blanks: offsets don't move."""
    parts: list[str] = []
    at = 0
    for part in segments:
        parts += (text[at : part.start], unbroken(part.span.of(text)))
        at = part.end
    return "".join((*parts, text[at:]))


def _paragraphs(text: str, unwrap: bool) -> Iterator[tuple[Span, bool]]:
    """Lines with anything visible, those of a wrapped paragraph as one, and whether pipes in them are borders
    of cells."""
    lines = [m for m in _LINE.finditer(text) if _VISIBLE.search(m[0])]
    piped = piped_rows([m[0] for m in lines])
    joined = _joined(text, lines, piped) if unwrap else [False] * len(lines)
    start = 0
    for n, goes_on in enumerate(joined):
        if not goes_on:
            yield Span(lines[start].start(), lines[n].end()), piped[n]
            start = n + 1


def _joined(text: str, lines: Sequence[re.Match[str]], piped: Sequence[bool]) -> list[bool]:
    """For each line: does its paragraph go on in the next?"""
    found: list[bool] = []
    block: list[str] = []
    for n, line in enumerate(lines):
        block.append(line[0])
        after = text[line.end() : lines[n + 1].start()] if n + 1 < len(lines) else ""
        if after not in ("\n", "\r\n", "\r") or piped[n] != piped[n + 1]:
            found += [False] * len(block) if piped[n] else joints(block)
            block = []
    return found


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """Trimmed sentence spans of a line or cell. A piece without letter or digit joins its neighbour."""
    if not _VISIBLE.search(line):
        return
    start = end = 0
    bare = True
    for cut in (*sentence_ends(line), len(line)):
        piece_bare = _ALNUM.search(line, end, cut) is None
        if not bare and not piece_bare:
            yield _trimmed(line, start, end)
            start = end
        bare = bare and piece_bare
        end = cut
    yield _trimmed(line, start, end)


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    piece = line[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
