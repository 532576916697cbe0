"""What one report is to another: a copy, a part, a correction, a report of the same event, or nothing.

Different events are often told in the same words (results, the weather, exchange rates), so likeness alone
says little: what both state in numbers, places and days must agree too.
"""

import math
from dataclasses import dataclass
from typing import Literal

from models.stories.fingerprint import SKETCH
from models.stories.profile import Profile

Kind = Literal["copy", "part", "correction", "related"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`copied`: share of the smaller report's shingles that the larger one has, from which it may be a copy
    or a part; `related`: cosine of the terms from which two reports may tell of one event, `hours` apart at
    most."""

    copied: float = 0.6
    fewest: int = 10
    alike: float = 0.75
    related: float = 0.4
    hours: float = 48.0


@dataclass(frozen=True, slots=True)
class Kinship:
    """`score` orders: the closer, the higher; copies are above everything that is only related."""

    kind: Kind
    score: float


def compare(new: Profile, old: Profile, hours: float, limits: Thresholds = Thresholds()) -> Kinship | None:
    """What `new` is to `old`, `hours` apart. None: another story."""
    if hours > limits.hours:
        return None
    likeness = cosine(new, old)
    jaccard, contained = overlap(new, old)
    disputes = _disputes(new, old)
    if contained >= limits.copied and min(new.shingles, old.shingles) >= limits.fewest:
        if disputes == 0 and likeness >= limits.related:
            is_part = min(new.shingles, old.shingles) < 0.75 * max(new.shingles, old.shingles)
            return Kinship("part" if is_part else "copy", 1 + contained)
        if disputes == 1 and jaccard >= limits.alike:
            return Kinship("correction", 1 + jaccard)
        return None
    if likeness >= limits.related and disputes == 0:
        return Kinship("related", likeness)
    return None


def cosine(one: Profile, other: Profile) -> float:
    """Of the weighted terms."""
    small, large = sorted((one.weights, other.weights), key=len)
    return sum(weight * large[term] for term, weight in small.items() if term in large)


def overlap(one: Profile, other: Profile) -> tuple[float, float]:
    """Shares of shingles that two reports have in common: of all that they have, and of the smaller one's.
    Where a sketch doesn't hold all shingles, only hashes up to its largest are known, of both."""
    a, b = one.sketch, other.sketch
    if not a or not b:
        return 0.0, 0.0
    bound = min(max(s) if len(s) == SKETCH else math.inf for s in (a, b))
    if bound < math.inf:
        a, b = frozenset(h for h in a if h <= bound), frozenset(h for h in b if h <= bound)
    common = len(a & b)
    smaller = min(len(a), len(b))
    return (common / (len(a) + len(b) - common), common / smaller) if smaller else (0.0, 0.0)


def _disputes(one: Profile, other: Profile) -> int:
    """Numbers, places and days that each has and the other lacks: what only one of them states is no
    dispute, a shorter version leaves things out."""
    pairs = ((one.numbers, other.numbers), (one.places, other.places), (one.days, other.days))
    return sum(min(len(a - b), len(b - a)) for a, b in pairs)
