"""From what somebody typed to a tree.

    either := every ("OR" every)*            AND binds closer than OR
    every  := part (["AND"] part)*
    part   := ("NOT" | "-") part | field | "(" either ")" | phrase | word | word"*"
    field  := "title:" part | "source:" (word | phrase) | ("after:" | "before:") date

AND, OR and NOT are operators in capitals only. A phrase whose quotation mark isn't closed reaches to the end.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from models import arabic
from models.document import Span
from models.query import cores
from models.query.lexing import Piece, pieces
from models.query.nodes import After, All, Any, Before, Not, Phrase, Query, QueryError, Source, Title, Word
from models.query.tokens import runs, tokens

#: Brackets, NOTs and fields inside one another: each costs the databases a level, too.
DEEPEST = 20
#: Fewer letters before a star find half of the dictionary.
SHORTEST_PREFIX = 2

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_STAR = re.compile(r"\*+$")


def parse(text: str) -> Query | None:
    """The tree of a query; None when there is nothing to look for. Raises `QueryError`."""
    return _Parser(list(pieces(text)), Span(len(text), len(text))).whole()


class _Parser:
    def __init__(self, found: Sequence[Piece], end: Span) -> None:
        self._pieces = found
        self._end = end
        self._at = 0
        self._depth = 0

    def whole(self) -> Query | None:
        query = self._either(False)
        if self._at < len(self._pieces):
            place = self._pieces[self._at].place
            raise QueryError(place, "This bracket closes none: write ( before it, or leave it out.")
        return query

    def _either(self, in_title: bool) -> Query | None:
        parts: list[Query] = []
        missing: Piece | None = None
        while True:
            part = self._every(in_title)
            operator = self._operator("OR")
            if part is None and (operator or missing):
                where = operator or missing
                assert where is not None
                side = "before" if operator and not parts else "after"
                raise QueryError(
                    where.place, f"Nothing stands {side} OR: write a word there, or or in small letters."
                )
            if part is not None:
                parts.append(part)
            if operator is None:
                return _joined(Any, parts)
            missing = operator

    def _every(self, in_title: bool) -> Query | None:
        parts: list[Query] = []
        missing: Piece | None = None
        while True:
            operator = self._operator("AND")
            if operator is not None and (missing or not parts):
                raise QueryError(
                    operator.place, "Nothing stands before AND: write a word there, or and in small letters."
                )
            missing = operator or missing
            start = self._at
            part = self._part(in_title)
            if part is not None:
                parts.append(part)
                missing = None
            if self._at == start:
                break
        if missing is not None:
            raise QueryError(
                missing.place, "Nothing stands after AND: write a word there, or and in small letters."
            )
        return _joined(All, parts)

    def _part(self, in_title: bool) -> Query | None:
        """None, and nothing taken, where no part begins; None for an empty one."""
        piece = self._piece()
        if piece is None or piece.kind == "close" or (piece.kind == "word" and piece.text in ("AND", "OR")):
            return None
        self._at += 1
        match piece.kind:
            case "open":
                return self._bracket(piece, in_title)
            case "minus":
                return self._denied(piece, "-", in_title)
            case "field":
                return self._field(piece, in_title)
            case "phrase":
                return _words(tokens(piece.text))
            case _:
                return self._denied(piece, "NOT", in_title) if piece.text == "NOT" else _word(piece)

    def _bracket(self, opening: Piece, in_title: bool) -> Query | None:
        query = self._deeper(opening, lambda: self._either(in_title))
        closing = self._piece()
        if closing is None:
            raise QueryError(opening.place, "This bracket is not closed: write ) where its part ends.")
        self._at += 1
        return query

    def _denied(self, sign: Piece, written: str, in_title: bool) -> Query:
        part = self._deeper(sign, lambda: self._part(in_title))
        if part is None:
            raise QueryError(sign.place, f"Nothing stands after {written}: write there what must not occur.")
        return part.part if isinstance(part, Not) else Not(part)

    def _field(self, sign: Piece, in_title: bool) -> Query:
        name = sign.text.lower()
        if in_title:
            raise QueryError(
                sign.place, f"{name} can't stand inside title: close the title's brackets before it."
            )
        if name == "title:":
            part = self._deeper(sign, lambda: self._part(True))
            if part is None:
                raise QueryError(
                    sign.place, 'Nothing stands after title: write title:word or title:"two words".'
                )
            return Title(part)
        piece = self._piece()
        if piece is None or piece.kind not in ("word", "phrase"):
            example = "source:reuters" if name == "source:" else f"{name}2026-11-01"
            raise QueryError(sign.place, f"{name} takes a {_TAKES[name]}, such as {example}.")
        self._at += 1
        if name == "source:":
            return Source(arabic.for_matching(piece.text).text.strip())
        day = _day(piece, name)
        return After(day) if name == "after:" else Before(day)

    def _deeper(self, piece: Piece, inner: Callable[[], Query | None]) -> Query | None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(
                piece.place, f"More than {DEEPEST} brackets or NOTs stand inside one another: fewer will do."
            )
        query = inner()
        self._depth -= 1
        return query

    def _operator(self, name: str) -> Piece | None:
        piece = self._piece()
        if piece is None or piece.kind != "word" or piece.text != name:
            return None
        self._at += 1
        return piece

    def _piece(self) -> Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None


_TAKES = {"source:": "word, or words in quotation marks", "after:": "day", "before:": "day"}


def _joined(kind: type[All] | type[Any], parts: Sequence[Query]) -> Query | None:
    """One part is itself; parts of the same kind are taken up; each counts once."""
    flat: dict[Query, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part.parts if isinstance(part, kind) else (part,))
    if not flat:
        return None
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(flat))


def _words(found: Sequence[str]) -> Query | None:
    if not found:
        return None
    return Word(found[0]) if len(found) == 1 else Phrase(tuple(found))


def _word(piece: Piece) -> Query | None:
    stars = _STAR.search(piece.text)
    text = piece.text[: stars.start()] if stars else piece.text
    if "*" in text:
        raise QueryError(
            piece.place, "A star stands at the end of a word: write the beginning of the word and then *."
        )
    if not stars:
        return _words(tokens(text))
    found = runs(text)
    if len(found) != 1 or not text[-1].isalnum():
        raise QueryError(
            piece.place, "A star stands right after one word: write the word's beginning and then *."
        )
    if len(found[0]) < SHORTEST_PREFIX:
        raise QueryError(piece.place, f"At least {SHORTEST_PREFIX} letters have to stand before the star.")
    return _beginning(found[0])


def _beginning(run: str) -> Query:
    """What begins so. Tokens are cores: what was typed may be a whole word that has another one, or begin
    with what is cut off."""
    core = cores.core(run)
    parts: list[Query] = [Word(start, True) for start in cores.beginnings(run)]
    if not any(core.startswith(start) for start in cores.beginnings(run)):
        parts.append(Word(core))
    query = _joined(Any, parts)
    assert query is not None
    return query


def _day(piece: Piece, name: str) -> date:
    found = _DATE.fullmatch(arabic.for_model(piece.text).text.strip())
    try:
        if found:
            return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise QueryError(
        piece.place,
        f"{name} takes a day, month or year such as {name}2026-11-01, {name}2026-11 or {name}2026.",
    )
