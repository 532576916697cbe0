"""What of markup must come through: every tag, comment and declaration, once, under the same parents."""

from collections import Counter
from collections.abc import Iterator

from models.markup.parse import Dialect, Token, partners, tokenize

#: A tag's text, its end tag's text, and a number that stands for the start tags around it.
Tag = tuple[str, str, int]


def shape(source: str, dialect: Dialect) -> Counter[Tag]:
    """Equal for two texts with the same tree of tags, whatever their order among siblings and their words."""
    tokens = tokenize(source, dialect)
    other = partners(tokens)
    return Counter(_tags(tokens, other))


def _tags(tokens: list[Token], other: list[int]) -> Iterator[Tag]:
    around = [0]
    opened: list[int] = []
    for i, token in enumerate(tokens):
        if token.kind == "text":
            continue
        if token.kind == "close" and other[i] >= 0:
            while opened.pop() != other[i]:
                pass
            around.pop()
            continue
        if token.kind == "cdata":
            if i and tokens[i - 1].kind == "cdata":
                continue  # a section parted so that its text may hold the end mark
            yield ("<![CDATA[", "]]>", around[-1])
            continue
        yield (token.raw, tokens[other[i]].raw if other[i] > i else "", around[-1])
        if token.kind == "open" and other[i] > i:
            opened.append(i)
            around.append(hash((around[-1], token.raw)))
