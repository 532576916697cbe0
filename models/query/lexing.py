"""A query's text cut into pieces: brackets, phrases and words, each with its place in what was typed.

What is cut is the text in its model form (`models.arabic.for_model`): all quotation marks are one, digits are
Western, and the invisible marks of direction that come along when Arabic is copied are gone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from models import arabic
from models.document import Span

Kind = Literal["open", "close", "minus", "field", "phrase", "word"]

#: A word may hold hyphens and colons; a minus or a field's name stands at its beginning.
_PIECE = re.compile(
    r"""(?P<open>[(（])|(?P<close>[)）])
    |(?P<minus>(?<![^\s(（)）])[-−–](?=[^\s)）]))
    |(?P<field>(?:title|source|after|before):)
    |(?P<phrase>"[^"]*"?)
    |(?P<word>[^\s"()（）]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_HELD = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Piece:
    """`text` in model form (a phrase without its quotation marks), for place[start:end] of what was typed.
    `glued`: nothing stands between it and the piece before."""

    kind: Kind
    text: str
    place: Span
    glued: bool = False


def pieces(typed: str) -> Iterator[Piece]:
    """The pieces that say something: a dash between spaces or a word of mere punctuation doesn't."""
    plain = arabic.for_model(typed, hashtags=False)
    end = -1
    for match in _PIECE.finditer(plain.text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        place = plain.to_original(*match.span())
        glued, end = match.start() == end, match.end()
        # Cut into tokens later, from what was typed: model and matching form may differ in what they fold.
        text = place.of(typed).strip('"') if kind == "word" else match[0]
        if kind == "phrase":
            inner = plain.to_original(
                match.start() + 1, match.end() - (len(match[0]) > 1 and match[0][-1] == '"')
            )
            text = inner.of(typed)
        if kind in ("word", "phrase") and not _HELD.search(text) and "*" not in text:
            continue
        yield Piece(kind, text, place, glued)
