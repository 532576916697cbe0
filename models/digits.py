"""Digits of what has no words to translate, a line or a cell of numbers in an Arabic text: the English
around it has Western ones. A text without Arabic stays as it is, so whoever knows the whole text decides."""

import re
from collections.abc import Sequence
from dataclasses import replace

from models import arabic
from models.document import Rendering, Segment, Span
from models.translator import TranslateOptions

_TOKEN = re.compile(r"\w+|[^\w\s]")


def wanted(texts: Sequence[str], parts: Sequence[Sequence[Segment]], options: TranslateOptions) -> list[bool]:
    """For each segment of each text whether its digits are to be Western."""
    return [
        western
        for text, own in zip(texts, parts, strict=True)
        for western in [options.western or arabic.has_arabic(text)] * len(own)
    ]


def western(rendering: Rendering, options: TranslateOptions) -> Rendering:
    """The rendering; what passed through, with Western digits. No offset moves."""
    text = arabic.to_western_digits(rendering.text) if rendering.passed_through else rendering.text
    if text == rendering.text:
        return rendering
    places = [Span(m.start(), m.end()) for m in _TOKEN.finditer(text)]
    pairs = tuple((place, place) for place in places) if options.alignments else None
    return replace(rendering, text=text, alignment=pairs)
