"""What the ends of a range lend each other: "5 to 10 thousand" begins at 5,000, `1990-95` ends in 1995."""

import re
from dataclasses import replace

from models.quality.mention import Mention

#: What was read at one place, and the scale that it was multiplied by (1 without one).
Piece = tuple[list[Mention], float]
_YEAR_BEFORE = re.compile(r"(?<!\d)(?P<year>(?:1\d|20)\d\d)[-/–]$")


def scaled(text: str, pieces: list[Piece], between: re.Pattern[str]) -> list[Mention]:
    """The mentions of all pieces, which stand in order. A number before one with a scale, with nothing but
    `between` in the middle, may also be meant in that scale."""
    pieces = [piece for piece in pieces if piece[0]]
    found: list[Mention] = []
    for k, (here, scale) in enumerate(pieces):
        first, (following, lent) = here[0], pieces[k + 1] if k + 1 < len(pieces) else ([], 1.0)
        if scale == 1 < lent and first.kind == "number" and max(first.values) < lent:
            gap = between.match(text, first.span.end)
            if gap is not None and gap.end() >= following[0].span.start:
                values = first.values | {round(v * lent, 6) for v in first.values if v > 0}
                here = [replace(first, values=values), *here[1:]]
        found += here
    return found


def short_year(text: str, start: int, end: int) -> frozenset[float]:
    """The year that two digits stand for behind a whole one and a hyphen or stroke; else nothing."""
    before = _YEAR_BEFORE.search(text[max(0, start - 6) : start])
    if before is None or end - start != 2:
        return frozenset()
    year = int(before["year"])
    return frozenset({float(year + (int(text[start:end]) - year) % 100)})
