"""The words of a title and a text as the index of the search holds them: tokens with spaces between.

PostgreSQL's vector has no positions (it can't count beyond 16,383 of them) and knows no fields. What it needs
for titles and phrases is written beside the words, as *marks* that no token can be:

    ^word    the word stands in the title
    ~x3-     somewhere two words stand side by side whose pair has this number (`pair`)
    ~        there are too many pairs to keep

So a phrase is found by the numbers of its pairs, also when each of its words stands in every text; whether
the words themselves stand side by side is looked up in the few texts that are left. FTS5 has positions and
fields: SQLite keeps no marks.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models import query as queries
from models.query import tokens

#: Names the rules below and those of tokens. Words that were cut by others are cut again.
POLICY = f"words:3|{queries.POLICY}"
#: Bytes of different tokens that are kept of a title and of a text, in each language: PostgreSQL's vector
#: for all of them ends at 1 MiB. Half a million characters of prose have about a quarter of a million.
TITLE_BYTES, BODY_BYTES = 20_000, 440_000
#: Different pairs that are kept: those of some 10,000 words.
PAIRS = 16_000
#: Between the Arabic and the English, so that no phrase reaches across. Not a token.
BOUNDARY = "|"
IN_TITLE, PAIR = "^", "~"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-"


@dataclass(frozen=True, slots=True)
class Words:
    """The columns of a row of words; `marks` for PostgreSQL."""

    title: str
    body: str
    marks: str


def words(titles: Sequence[str], texts: Sequence[str], with_marks: bool) -> Words:
    """Of the Arabic and the English title, and of the Arabic and the English text."""
    title = [list(_bounded(tokens(side), TITLE_BYTES)) for side in titles]
    body = [list(_bounded(tokens(side), BODY_BYTES)) for side in texts]
    marks = " ".join(_marks(title, body)) if with_marks else ""
    return Words(_line(title), _line(body), marks)


def pair(one: str, two: str) -> str:
    """The mark of two words side by side: one of 2^18, so that all texts together have no more of them."""
    number = zlib.crc32(f"{one} {two}".encode())
    return PAIR + _DIGITS[number & 63] + _DIGITS[number >> 6 & 63] + _DIGITS[number >> 12 & 63]


def _line(sides: Sequence[Sequence[str]]) -> str:
    return f" {BOUNDARY} ".join(" ".join(side) for side in sides)


def _marks(title: Sequence[Sequence[str]], body: Sequence[Sequence[str]]) -> Iterable[str]:
    yield from dict.fromkeys(IN_TITLE + token for side in title for token in side)
    pairs = {pair(*both) for side in (*title, *body) for both in pairwise(side)}
    yield from sorted(pairs) if len(pairs) <= PAIRS else (PAIR,)


def _bounded(found: Iterable[str], most: int) -> Iterable[str]:
    """The tokens up to the one with which there are too many different ones."""
    seen: set[str] = set()
    size = 0
    for token in found:
        if token not in seen:
            seen.add(token)
            size += len(token.encode())
            if size > most:
                return
        yield token
