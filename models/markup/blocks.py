"""Markup cut into what is copied and what is translated.

A *block* is a stretch of text that no tag interrupts but inline ones: what a reader takes for one or more
whole sentences. Its tags are kept as nodes with their place in the text that the model gets. Everything
between blocks is copied, and so is what stands at a block's rim: white space, comments, tags around the whole
of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.markup import elements
from models.markup.keep import KEPT_WORDS, keep, keep_latin
from models.markup.nodes import ALONE, BEFORE, BEYOND, DIALECTS, Block, Mode, build
from models.markup.options import MarkupOptions
from models.markup.parse import Token, decode, partners, tokenize

Piece = str | Block

_VISIBLE = re.compile(r"[^\W_]")
_BLANK = r"(?:\s|&nbsp;|&#160;|&#x[aA]0;)"
_HEAD = re.compile(rf"{_BLANK}+")
_ENTITY_TAIL = re.compile(r"&(?:nbsp|#160|#x[aA]0);\Z")
_SEPARATOR = re.compile(rf"{_BLANK}*(?:[|/\\·•–—›»←>]|&(?:raquo|middot|bull|gt|mdash|ndash);){_BLANK}*")
_HTML_INSIDE = re.compile(r"</?[A-Za-z]|&(?:#\d+|\w+);")
_SENTENCE = re.compile(r"[.!?؟…]\Z")


def pieces(source: str, options: MarkupOptions) -> list[Piece]:
    """All of `source` in order: strings as they were, and blocks. Never raises."""
    tokens = keep(tokenize(source, options.kind), options)
    other = partners(tokens)
    splitting = _splitting(tokens, other, options)
    found: list[Piece] = []
    start = preformatted = 0
    for i, token in enumerate(tokens):
        mode: Mode = "pre" if preformatted else options.kind
        if token.kind == "cdata" or _splits(token, splitting):
            found.extend(_block(tokens, range(start, i), other, mode))
            found.extend(_cdata(token, options) if token.kind == "cdata" else [token.raw])
            start = i + 1
            if token.name in elements.PREFORMATTED and options.kind == "html" and other[i] >= 0:
                preformatted += 1 if token.kind == "open" else -1
        elif _begins_link(tokens, i, start):
            found.extend(_block(tokens, range(start, i), other, mode))
            start = i
    found.extend(_block(tokens, range(start, len(tokens)), other, "pre" if preformatted else options.kind))
    return found


def _splitting(tokens: Sequence[Token], other: Sequence[int], options: MarkupOptions) -> frozenset[str]:
    asked = options.named(options.splitting_tags)
    if options.kind == "html":
        asked |= elements.SPLITTING
    elif options.outline_detection:
        asked |= _outline(tokens, other)
    return asked - options.named(options.non_splitting_tags)


def _outline(tokens: Sequence[Token], other: Sequence[int]) -> frozenset[str]:
    """Names of the XML elements that never stand next to text of the same parent."""
    parents: list[int] = []
    stack = [-1]
    mixed: set[int] = set()
    for i, token in enumerate(tokens):
        if token.kind == "close" and other[i] >= 0:
            while stack.pop() != other[i]:
                pass
        parents.append(stack[-1])
        if token.kind == "text" and _VISIBLE.search(decode(token.raw, "xml")):
            mixed.add(stack[-1])
        elif token.kind == "open" and other[i] >= 0:
            stack.append(i)
    tags = [(t.name, parents[i] in mixed) for i, t in enumerate(tokens) if t.kind in ("open", "void")]
    return frozenset(name for name, _ in tags) - frozenset(name for name, inline in tags if inline)


def _splits(token: Token, splitting: frozenset[str]) -> bool:
    if token.kind == "text":
        return False
    if token.name in splitting:
        return True
    if token.kind != "kept":
        return False
    return len(token.text.split()) > KEPT_WORDS or _SENTENCE.search(token.text) is not None


def _cdata(token: Token, options: MarkupOptions) -> Iterator[Piece]:
    """Text, or, as feeds have it, HTML that stands in XML unescaped."""
    inner = token.raw[len("<![CDATA[") : -len("]]>")]
    yield "<![CDATA["
    if _HTML_INSIDE.search(inner):
        yield from pieces(inner, replace(options, kind="html"))
    else:
        yield from _block([Token("text", inner)], range(1), [-1], "cdata")
    yield "]]>"


def _begins_link(tokens: Sequence[Token], i: int, start: int) -> bool:
    """Links side by side, or with a bar or dot between: a menu, not a sentence."""
    if tokens[i].kind != "open" or tokens[i].name != "a" or i <= start:
        return False
    before = i - 2 if tokens[i - 1].kind == "text" and _SEPARATOR.fullmatch(tokens[i - 1].raw) else i - 1
    return before >= start and tokens[before].kind == "close" and tokens[before].name == "a"


def _block(tokens: Sequence[Token], place: range, other: Sequence[int], mode: Mode) -> Iterator[Piece]:
    """The block of tokens[place] with what stands at its rim before and behind."""
    whole = tokens[place.start : place.stop]
    if not any(t.kind == "text" and _VISIBLE.search(decode(t.raw, DIALECTS[mode])) for t in whole):
        yield "".join(t.raw for t in whole)
        return
    core = _core(tokens, place, other)
    inner = list(tokens[core.start : core.stop])
    head = "".join(t.raw for t in tokens[place.start : core.start])
    tail = "".join(t.raw for t in tokens[core.stop : place.stop])
    if inner and inner[0].kind == "text" and (blank := _HEAD.match(inner[0].raw)):
        head += blank[0]
        inner[0] = Token("text", inner[0].raw[blank.end() :])
    if inner and inner[-1].kind == "text":
        text = _without_tail(inner[-1].raw)
        tail = inner[-1].raw[len(text) :] + tail
        inner[-1] = Token("text", text)
    yield head
    if inner:
        yield build(*keep_latin(inner, [_local(other[i], i, core) for i in core], DIALECTS[mode]), mode)
    yield tail


def _core(tokens: Sequence[Token], place: range, other: Sequence[int]) -> range:
    """`place` without the tokens at its rim that enclose nothing or everything."""
    low, high = place.start, place.stop

    def bare(i: int) -> bool:
        token = tokens[i]
        if token.kind == "text":
            return not token.raw.strip() or _SEPARATOR.fullmatch(token.raw) is not None
        return token.kind != "kept" and not low <= other[i] < high

    while low < high:
        if bare(low):
            low += 1
        elif bare(high - 1):
            high -= 1
        elif tokens[low].kind == "open" and other[low] == high - 1:
            low, high = low + 1, high - 1
        else:
            break
    return range(low, high)


def _without_tail(raw: str) -> str:
    while True:
        text = _ENTITY_TAIL.sub("", raw.rstrip())
        if text == raw:
            return text
        raw = text


def _local(partner: int, i: int, core: range) -> int:
    """Number of the other tag inside the block, or why there is none."""
    if partner in core:
        return partner - core.start
    if partner < 0:
        return ALONE
    return BEYOND if partner > i else BEFORE
