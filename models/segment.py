"""Sentences of an Arabic article, with exact offsets.

Lines are paragraphs: a line break always ends a segment, and so does the border of a table's cell, a tab
or a pipe (`models.tables`).
Inside a line `models.sentence_ends` decides; never after `،` or `؛`: long sentences are cut into chunks later
(`models.chunk`), which people never see.

Between segments stands white space only (`str.isspace`), except that a line or cell of nothing but invisible
characters (`arabic.INVISIBLE`: zero-width, bidi controls, other controls) is no segment either, nor are the
pipes and rules of a table. Everything runs in linear time.
"""

import re
from collections.abc import Iterator

from models.arabic import INVISIBLE
from models.document import Segment
from models.sentence_ends import sentence_ends
from models.tables import cells, piped_rows

#: Changes whenever the same text could be segmented differently.
SEGMENT_VERSION = 2

#: What `str.splitlines` breaks at.
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
_ALNUM = re.compile(r"[^\W_]")


def segment(text: str) -> list[Segment]:
    """The sentences of `text` in order, numbered from 0; a blank text gives an empty list.

    `paragraph` counts the lines that hold a segment, from 0.
    """
    found: list[Segment] = []
    paragraph = 0
    lines = [m for m in _LINE.finditer(text) if _VISIBLE.search(m[0])]
    for line, piped in zip(lines, piped_rows([m[0] for m in lines]), strict=True):
        before = len(found)
        for low, high in cells(line[0], piped):
            base = line.start() + low
            for start, end in _sentences(line[0][low:high]):
                found.append(Segment(len(found), base + start, base + end, paragraph))
        paragraph += len(found) > before
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
