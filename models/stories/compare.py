"""What one report is to another: a copy, a part, a correction, a report of the same event, or nothing.

Different events are often told in the same words (results, the weather, exchange rates), so likeness alone
says little: what both state in numbers, places and days must agree too.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from models.stories.fingerprint import SKETCH
from models.stories.profile import Profile

Kind = Literal["copy", "part", "correction", "related"]
#: What a report is to the first one of its story: `fuller` when that is cut.
Relation = Literal["copy", "part", "fuller", "correction", "related"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chosen on one half of a made set and measured on the other (docs/decisions/stories.md).

    `copied`: share of the smaller report's shingles that the larger one has, from which it may be a copy or a
    part, `fewest` shingles at least; `covered`: share of its terms' weight that must be found there too.
    `corrected`: containment from which one dispute is a correction. `related`: cosine of the terms, less
    `disputed` for each dispute and with `agreed` more for each of two numbers that both state, from which
    reports in words of their own tell of one event; `loosely`: the same for the mean over a story's reports,
    so that stories don't drift from one event to the next. `own`: containment up to which words are own ones,
    above it there must be no dispute. `hours`: the most that lie between two reports of one story. `cut`:
    share of the longer report's length under which the shorter one is a part of it. `kept`: containment or
    cosine from which a report that its publisher changed is still that report."""

    copied: float = 0.6
    fewest: int = 10
    covered: float = 0.8
    corrected: float = 0.9
    related: float = 0.36
    loosely: float = 0.2
    disputed: float = 0.06
    agreed: float = 0.04
    own: float = 0.15
    hours: float = 48.0
    cut: float = 0.75
    kept: float = 0.3


@dataclass(frozen=True, slots=True)
class Kinship:
    """`score` orders: the closer, the higher; copies are above everything that is only related."""

    kind: Kind
    score: float


def compare(new: Profile, old: Profile, hours: float, limits: Thresholds = Thresholds()) -> Kinship | None:
    """What `new` is to `old`, `hours` apart. None: another story."""
    if hours > limits.hours or (new.days - old.days and old.days - new.days):
        return None
    contained = containment(new, old)
    disputes = _disputes(new, old)
    if contained >= limits.copied and min(new.shingles, old.shingles) >= limits.fewest:
        return _version(new, old, contained, disputes, limits)
    if contained > limits.own and (disputes or covered(new, old) < limits.covered):
        return None
    score = _nearness(new, old, disputes, limits)
    return Kinship("related", score) if score >= limits.related else None


def choose(
    new: Profile, others: Iterable[tuple[str, float, Profile]], limits: Thresholds = Thresholds()
) -> tuple[str, Kinship] | None:
    """The story that a report belongs to, and what it is to the nearest report there. `others` are reports
    that it may belong with: the story of each, hours between the two, and its profile."""
    best: dict[str, Kinship] = {}
    nearness: defaultdict[str, list[float]] = defaultdict(list)
    for story, hours, old in others:
        nearness[story].append(_nearness(new, old, _disputes(new, old), limits))
        kinship = compare(new, old, hours, limits)
        if kinship is not None and (story not in best or kinship.score > best[story].score):
            best[story] = kinship
    for story, kinship in sorted(best.items(), key=lambda pair: -pair[1].score):
        mean = sum(nearness[story]) / len(nearness[story])
        if kinship.kind != "related" or mean >= limits.loosely:
            return story, kinship
    return None


def _nearness(one: Profile, other: Profile, disputes: int, limits: Thresholds) -> float:
    agreed = min(2, len(one.numbers & other.numbers))
    return cosine(one, other) - limits.disputed * disputes + limits.agreed * agreed


def _version(
    new: Profile, old: Profile, contained: float, disputes: int, limits: Thresholds
) -> Kinship | None:
    """Of reports in the same words."""
    if covered(new, old) < limits.covered or disputes > (contained >= limits.corrected):
        return None
    smaller, larger = sorted((new.shingles, old.shingles))
    score = 1 + contained * smaller / larger  # of several, the one of the same length
    if disputes:
        return Kinship("correction", score)
    return Kinship("part" if smaller < limits.cut * larger else "copy", score)


def relation(one: Profile, first: Profile, limits: Thresholds = Thresholds()) -> Relation:
    """What a report is to the first one of the story that both tell, which is settled."""
    if containment(one, first) < limits.copied:
        return "related"
    if _disputes(one, first):
        return "correction"
    if one.shingles < limits.cut * first.shingles:
        return "part"
    return "fuller" if first.shingles < limits.cut * one.shingles else "copy"


def still(changed: Profile, before: Profile, limits: Thresholds = Thresholds()) -> bool:
    """Whether a report that its publisher changed is still the report that it was: corrected, cut or gone on.
    What two publishers must agree in to tell one story doesn't count; only little in common is too little."""
    return containment(changed, before) >= limits.kept or cosine(changed, before) >= limits.kept


def cosine(one: Profile, other: Profile) -> float:
    """Of the weighted terms."""
    small, large = sorted((one.weights, other.weights), key=len)
    return sum(weight * large[term] for term, weight in small.items() if term in large)


def covered(one: Profile, other: Profile) -> float:
    """Share of the weight of the smaller report's terms that the larger one has, headlines aside."""
    small, large = sorted((one, other), key=lambda report: report.shingles)
    told = {term: weight * weight for term, weight in small.weights.items() if term not in small.title}
    total = sum(told.values())
    return sum(w for term, w in told.items() if term in large.weights) / total if total else 0.0


def containment(one: Profile, other: Profile) -> float:
    """Share of the smaller report's shingles that the larger one has. Where a sketch doesn't hold all
    shingles, only hashes up to its largest are known, of both."""
    a, b = one.sketch, other.sketch
    if not a or not b:
        return 0.0
    bound = min(max(s) if len(s) == SKETCH else math.inf for s in (a, b))
    if bound < math.inf:
        a, b = frozenset(h for h in a if h <= bound), frozenset(h for h in b if h <= bound)
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0


def _disputes(one: Profile, other: Profile) -> int:
    """Numbers and places that each has and the other lacks: what only one of them states is no dispute, a
    shorter version leaves things out."""
    pairs = ((one.numbers, other.numbers), (one.places, other.places))
    return sum(min(len(a - b), len(b - a)) for a, b in pairs)
