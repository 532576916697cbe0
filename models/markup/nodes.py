"""A block: its text as the model gets it, and its tags as a tree of nodes with their places in that text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.markup import elements
from models.markup.parse import Dialect, Token, decode

Mode = Literal["html", "pre", "xml", "cdata"]

#: Instead of the number of a tag's other tag: it stands behind the block, before it, or nowhere.
BEYOND, BEFORE, ALONE = -1, -2, -3

DIALECTS: dict[Mode, Dialect] = {"html": "html", "pre": "html", "xml": "xml", "cdata": "xml"}

_SPACES = re.compile(r"[ \t\n\r\f]+")
#: Marks that turn the direction of Arabic; English needs none of them.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(slots=True)
class Node:
    """A tag or element at [start, end) of the block's text.

    `element`: goes round its words; `open` or `close` is "" when that tag stands outside the block. `point`:
    stands between words. `kept`: takes the place of its words (of none: stands between words). `seen`: shows
    on the page; `before` and `after` tell whether white space stood there. `order` counts in the source."""

    kind: Literal["element", "point", "kept"]
    start: int
    end: int
    open: str
    close: str = ""
    text: str = ""
    order: int = 0
    seen: bool = False
    before: bool = False
    after: bool = False
    children: list["Node"] = field(default_factory=list)

    @property
    def from_before(self) -> bool:
        """The element began before the block."""
        return self.kind == "element" and not self.open

    @property
    def goes_beyond(self) -> bool:
        """The element goes on behind the block."""
        return self.kind == "element" and not self.close


@dataclass(frozen=True, slots=True)
class Block:
    """`raw` is what it was in the source; `roots` are in source order; `depth` is that of the tree."""

    raw: str
    tokens: tuple[Token, ...]
    mode: Mode
    text: str
    roots: tuple[Node, ...]
    depth: int

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.mode]


def build(tokens: Sequence[Token], other: Sequence[int], mode: Mode) -> Block:
    """`other`: for each token the number of its other tag among `tokens`, or BEYOND, BEFORE, ALONE."""
    builder = _Builder(mode)
    for token, partner in zip(tokens, other, strict=True):
        builder.add(token, partner)
    text, roots = builder.finish()
    return Block("".join(t.raw for t in tokens), tuple(tokens), mode, text, tuple(roots), builder.depth)


class _Builder:
    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        self._parts: list[str] = []
        self._length = 0
        self._last = " "
        self._roots: list[Node] = []
        self._stack: list[Node] = []
        self._waiting: list[Node] = []
        self._count = 0
        self._glued = False
        self.depth = 0

    def add(self, token: Token, partner: int) -> None:
        self._count += 1
        if token.kind == "text":
            self._text(token.raw)
        elif token.kind == "open" and (partner >= 0 or partner == BEYOND):
            node = self._node("element", token)
            self._stack.append(node)
            self.depth = max(self.depth, len(self._stack))
        elif token.kind == "close" and partner >= 0:
            node = self._stack.pop()
            node.end, node.close = self._length, token.raw
        elif token.kind == "close" and partner == BEFORE:
            whole = Node("element", 0, self._length, "", token.raw, children=self._roots)
            self._roots = [whole]
            self.depth += 1
        elif token.kind == "kept":
            self._kept(token)
        else:
            self._node("point", token)

    def finish(self) -> tuple[str, list[Node]]:
        text = "".join(self._parts).rstrip()
        for node in self._stack:  # their end tags stand behind the block
            node.end = self._length
        for node in self._waiting:
            node.after = True
        _clamp(self._roots, len(text))
        return text, self._roots

    def _node(self, kind: Literal["element", "point", "kept"], token: Token) -> Node:
        seen = kind == "kept" or token.name in elements.VISIBLE or _placeholder(token)
        node = Node(kind, self._length, self._length, token.raw, order=self._count, seen=seen)
        node.before = self._last.isspace()
        self._glued = self._glued or (seen and kind == "point")
        (self._stack[-1].children if self._stack else self._roots).append(node)
        self._waiting.append(node)
        return node

    def _text(self, raw: str) -> None:
        text = raw if self._mode == "cdata" else decode(raw, DIALECTS[self._mode])
        text = _DIRECTION.sub("", text)
        if self._mode == "html":
            text = _SPACES.sub(" ", text)
        if not text:
            return
        for node in self._waiting:
            node.after = text[0].isspace()
        self._waiting.clear()
        if self._mode == "html" and self._last.isspace() and text[0] == " ":
            text = text[1:]
        if self._glued and text[:1].isalnum() and not self._last.isspace():
            self._write(" ")
        self._write(text)

    def _write(self, text: str) -> None:
        if text:
            self._parts.append(text)
            self._length += len(text)
            self._last = text[-1]
            self._glued = False

    def _kept(self, token: Token) -> None:
        node = self._node("kept", token)
        if token.name in elements.RAISED or token.name in ("svg", "math") or token.raw.startswith("&"):
            return
        node.text = _DIRECTION.sub("", token.text)
        if node.text:
            self._waiting.remove(node)
            for other in self._waiting:
                other.after = False
            self._waiting.clear()
            self._waiting.append(node)
            if self._last.isalnum():  # a clitic before it must not be taken for a part of it
                self._write(" ")
            node.start = self._length
            self._write(node.text)
            node.end = self._length
            self._glued = True


def _placeholder(token: Token) -> bool:
    """`<x id="1"/>`: something is set in here later."""
    return token.raw.endswith("/>") and token.name not in elements.VOID


def _clamp(roots: list[Node], length: int) -> None:
    """White space at the text's end went; no node may reach beyond."""
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        node.start, node.end = min(node.start, length), min(node.end, length)
        waiting.extend(node.children)
