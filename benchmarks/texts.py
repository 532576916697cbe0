"""The texts that are measured: one article, and as many different articles like it as a benchmark needs."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from models.segment import segment

ARTICLE = Path(__file__).parent / "data" / "article.txt"

T = TypeVar("T")

_CLOSE = re.compile(r"[.؟!\"]*$")


def read_article(path: Path | None = None) -> str:
    """The text of `path`, or of the benchmark's own article (37 sentences, 578 words)."""
    return (path or ARTICLE).read_text(encoding="utf-8")


def spread(items: Sequence[T], count: int) -> list[T]:
    """At most `count` of the items, evenly over the sequence: neighbours are alike."""
    return [items[n * len(items) // count] for n in range(count)] if count < len(items) else list(items)


def variant(text: str, number: int) -> str:
    """The article with `(number)` before the end of every sentence: no sentence of two variants is the same,
    so nothing is saved by translating equal sentences once, and all variants are equally long."""
    parts: list[str] = []
    end = 0
    for part in segment(text):
        sentence = part.span.of(text)
        close = _CLOSE.search(sentence)
        at = close.start() if close else len(sentence)
        parts += (text[end : part.start], sentence[:at], f" ({number})", sentence[at:])
        end = part.end
    return "".join([*parts, text[end:]])


def sentences(text: str, count: int) -> str:
    """An article of `count` different sentences, in paragraphs of five, made of variants of `text`. Headings
    are left out: without a full stop they would melt into the next sentence."""
    found: list[str] = []
    number = 100  # three digits throughout: every copy costs the same
    while len(found) < count:
        copy = variant(text, number)
        found += [s for part in segment(copy) if (s := part.span.of(copy))[-1] in '.؟!"']
        number += 1
    chosen = found[:count]
    return "\n\n".join(" ".join(chosen[i : i + 5]) for i in range(0, count, 5))
