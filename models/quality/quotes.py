"""Quotation marks that do not pair, and quotations that lost their marks."""

import re

from models.document import Flag, Span

CODE = "quotes"
_STRAIGHT = '"＂'
_OPEN, _CLOSE = "“„«", "”»"
_MARKS = re.compile('["＂“”„«»]')
#: Single quotes round words serve as quotation marks too; an apostrophe inside a word does not.
_SINGLE = re.compile(r"(?<!\w)['‘‹][^'‘‹’›\n]{2,}['’›](?!\w)")
#: Shorter quotations are mostly titles and names, which English style sets in italics or leaves plain.
MIN_QUOTED_WORDS = 3
_DOUBLE_SINGLE = re.compile(r"''|``")


def check(source: str, target: str) -> list[Flag]:
    """At most one flag: English marks that do not pair although the Arabic ones do, or an Arabic quotation
    without any mark in the English."""
    source = _DOUBLE_SINGLE.sub('"', source)
    here, there = list(_MARKS.finditer(source)), list(_MARKS.finditer(target))
    if _balanced(target) or not _balanced(source):
        span = Span(here[0].start(), here[1].end()) if len(here) >= 2 else Span(0, 0)
        unmarked = not there and "''" not in target and not _SINGLE.search(target)
        if unmarked and len(span.of(source).split()) >= MIN_QUOTED_WORDS:
            return [
                Flag(
                    CODE, "minor", "The quotation in the Arabic has no quotation marks in the English.", span
                )
            ]
        return []
    mark = there[-1]
    message = "A quotation mark in the English has no partner."
    return [Flag(CODE, "minor", message, None, Span(mark.start(), mark.end()))]


def _balanced(text: str) -> bool:
    straight = sum(text.count(c) for c in _STRAIGHT)
    return straight % 2 == 0 and sum(text.count(c) for c in _OPEN) == sum(text.count(c) for c in _CLOSE)
