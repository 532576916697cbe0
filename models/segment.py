"""Sentences of an Arabic article, with exact offsets.

Lines are paragraphs: a line break always ends a segment, and so does a tab between the cells of a table row.
Inside a line `models.sentence_ends` decides; never after `،` or `؛`: long sentences are cut into chunks later
(`models.chunk`), which people never see.

Between segments stands white space only (`str.isspace`), except that a line or cell of nothing but invisible
characters (`arabic.INVISIBLE`: zero-width, bidi controls, other controls) is no segment either. Everything
runs in linear time.
"""

import re
from collections.abc import Iterator

from models.arabic import INVISIBLE
from models.document import Segment
from models.sentence_ends import sentence_ends

#: Changes whenever the same text could be segmented differently.
SEGMENT_VERSION = 1

#: What `str.splitlines` breaks at.
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_CELL = re.compile(r"[^\t]+")
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
_ALNUM = re.compile(r"[^\W_]")


def segment(text: str) -> list[Segment]:
    """The sentences of `text` in order, numbered from 0; a blank text gives an empty list.

    `paragraph` counts the lines that hold anything visible, from 0.
    """
    found: list[Segment] = []
    paragraph = -1
    for line in _LINE.finditer(text):
        if not _VISIBLE.search(line[0]):
            continue
        paragraph += 1
        for cell in _CELL.finditer(line[0]):
            base = line.start() + cell.start()
            for start, end in _sentences(cell[0]):
                found.append(Segment(len(found), base + start, base + end, paragraph))
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
