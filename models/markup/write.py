"""A block's English with its tags."""

import re
from collections.abc import Sequence

from models.markup.nodes import Block, Mode
from models.markup.place import Placed

_WORD = re.compile(r"\S+\s*")
_LETTER = re.compile(r"[^\W_]")


def escape(text: str, mode: Mode, quotes: bool = False) -> str:
    """Text as markup. Quotation marks need it only where broken markup before them could take them for those
    of an attribute."""
    if mode == "cdata":
        return text.replace("]]>", "]]]]><![CDATA[>")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;") if quotes else text


def write(block: Block, english: str, placed: Sequence[Placed], quotes: bool = False) -> str:
    """The English with every node at its place."""
    parts: list[str] = []

    def text(start: int, end: int) -> None:
        parts.append(escape(english[start:end], block.mode, quotes))

    def emit(items: Sequence[Placed], start: int, end: int) -> None:
        for item in items:
            text(start, item.start)
            before, after = _spaces(english, item)
            parts.append(before + item.node.open)
            if item.node.kind == "element":
                emit(item.children, item.start, item.end)
            parts.append(item.node.close + after)
            start = item.end
        text(start, end)

    emit(placed, 0, len(english))
    return "".join(parts)


def _spaces(english: str, item: Placed) -> tuple[str, str]:
    """What shows on the page and stood apart from its neighbours does so again."""
    at, node = item.start, item.node
    if not node.seen or item.end > at:
        return "", ""
    before = node.before and at > 0 and not english[at - 1].isspace()
    after = node.after and at < len(english) and not english[at].isspace()
    return " " * before, " " * after


def untouched(block: Block, harmless: bool = False) -> str:
    """The block as it was; `harmless` makes sure of a `<` that no tag follows."""
    if not harmless or block.mode == "cdata":
        return block.raw
    return "".join(t.raw.replace("<", "&lt;") if t.kind == "text" else t.raw for t in block.tokens)


def in_order(block: Block, english: str, quotes: bool = False) -> str:
    """All tags in the order of the source, the words shared out between them by length: always well formed,
    seldom round the right words."""
    words = _WORD.findall(english)
    letters = [len(_LETTER.findall(t.raw)) if t.kind == "text" else 0 for t in block.tokens]
    total = sum(letters)
    parts: list[str] = []
    seen = used = 0
    for token, count in zip(block.tokens, letters, strict=True):
        if token.kind != "text":
            parts.append(token.raw)
            continue
        seen += count
        cut = len(words) * seen // total if total else len(words)
        parts.append(escape("".join(words[used:cut]), block.mode, quotes))
        used = cut
    return "".join(parts) + escape("".join(words[used:]), block.mode, quotes)
