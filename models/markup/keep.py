"""Elements that are copied with all they hold: `ignore_tags`, `translate="no"`, class `notranslate`, code,
note marks, and Latin names with a tag of their own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from models import arabic
from models.markup import elements
from models.markup.options import MarkupOptions
from models.markup.parse import Dialect, Token, attributes, decode, partners

#: A kept element of more words than this, or of a whole sentence, is no word of the sentence around it.
KEPT_WORDS = 4

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_FOREIGN_DIGIT = re.compile("[\u0660-\u0669\u06f0-\u06f9]")


@dataclass(frozen=True, slots=True)
class _Rules:
    options: MarkupOptions
    ignored: frozenset[str]
    splitting: frozenset[str]

    def keeps(self, token: Token) -> bool:
        if token.name in self.ignored:
            return True
        html = self.options.kind == "html"
        if html and token.name in elements.VERBATIM:
            return True
        raw = token.raw.lower()
        if "translate" not in raw:
            return False
        found = attributes(token.raw)
        return found.get("translate", "").strip().lower() == "no" or (
            html and "notranslate" in found.get("class", "").lower().split()
        )


def keep(tokens: Sequence[Token], options: MarkupOptions) -> list[Token]:
    """`tokens` with each such element as one `kept` token. One without an end tag goes on to the next tag
    that ends a sentence. Note marks (`sup`, `sub` without Arabic letters) are kept too."""
    rules = _Rules(
        options,
        options.named(options.ignore_tags),
        elements.SPLITTING | options.named(options.splitting_tags),
    )
    other = partners(tokens)
    result: list[Token] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        end = 0
        if token.kind == "open" and rules.keeps(token):
            end = _end(tokens, i, other[i], rules.splitting)
        elif token.kind == "open" and token.name in elements.RAISED and options.kind == "html":
            end = _raised_end(tokens, i, other[i])
        if end:
            result.append(_kept(tokens[i:end], options.kind))
        else:
            result.append(token)
        i = max(end, i + 1)
    return list(_chained(result))


def _chained(tokens: Sequence[Token]) -> Iterator[Token]:
    """`<kbd>Ctrl</kbd>+<kbd>S</kbd>` is one thing."""
    i = 0
    while i < len(tokens):
        end = i + 1
        if tokens[i].kind == "kept" and tokens[i].text:
            while end + 1 < len(tokens) and _sign(tokens[end]) and tokens[end + 1].kind == "kept":
                end += 2
        yield tokens[i] if end == i + 1 else _joined(tokens[i:end])
        i = end


def _sign(token: Token) -> bool:
    return token.kind == "text" and len(token.raw) <= 2 and not re.search(r"[\s\w،؛,;]", token.raw)


def _joined(tokens: Sequence[Token]) -> Token:
    return replace(
        tokens[0], raw="".join(t.raw for t in tokens), text="".join(t.text or t.raw for t in tokens)
    )


def keep_latin(
    tokens: Sequence[Token], other: Sequence[int], dialect: Dialect
) -> tuple[list[Token], list[int]]:
    """In a block with Arabic, elements with Latin words only are kept: a model may well spell `World Bank` or
    an address anew. `other` holds each token's partner (negative: none); both come back without the tokens
    that went into others."""
    foreign = _Foreign(tokens, dialect)
    result: list[Token] = []
    numbers: list[int] = []
    place: dict[int, int] = {}
    i = 0
    while i < len(tokens):
        place[i] = len(result)
        numbers.append(i)
        end = other[i] + 1 if tokens[i].kind == "open" and other[i] > i else i + 1
        if end > i + 1 and foreign.within(i, end):
            result.append(_kept(tokens[i:end], dialect))
            i = end
        else:
            result.append(tokens[i])
            i += 1
    moved = [
        place[other[i]] if token.kind != "kept" and other[i] >= 0 else min(other[i], -1)
        for i, token in zip(numbers, result, strict=True)
    ]
    return result, moved


class _Foreign:
    """Which runs of a block's tokens hold a few Latin words and nothing Arabic."""

    def __init__(self, tokens: Sequence[Token], dialect: Dialect) -> None:
        texts = [decode(t.raw, dialect) if t.kind == "text" else "" for t in tokens]
        self._arabic = [0, *accumulate(arabic.has_arabic(t) or bool(_FOREIGN_DIGIT.search(t)) for t in texts)]
        self._latin = [0, *accumulate(bool(_LATIN.search(t)) for t in texts)]
        self._words = [0, *accumulate(len(t.split()) for t in texts)]

    def within(self, start: int, end: int) -> bool:
        return (
            self._arabic[-1] > 0
            and self._arabic[end] == self._arabic[start]
            and self._latin[end] > self._latin[start]
            and self._words[end] - self._words[start] <= KEPT_WORDS
        )


def _end(tokens: Sequence[Token], start: int, partner: int, splitting: frozenset[str]) -> int:
    if partner > start:
        return partner + 1
    end = start + 1
    while end < len(tokens) and not (tokens[end].kind != "text" and tokens[end].name in splitting):
        end += 1
    return end


def _raised_end(tokens: Sequence[Token], start: int, partner: int) -> int:
    """Note marks are short; anything longer is text that happens to be raised."""
    if not start < partner <= start + 9:
        return 0
    inner = "".join(t.raw for t in tokens[start + 1 : partner] if t.kind == "text")
    return 0 if arabic.has_arabic(decode(inner, "html")) else partner + 1


def _kept(tokens: Sequence[Token], dialect: Dialect) -> Token:
    text = "".join(decode(t.raw, dialect) for t in tokens if t.kind == "text")
    return Token("kept", "".join(t.raw for t in tokens), tokens[0].name, " ".join(text.split()))
