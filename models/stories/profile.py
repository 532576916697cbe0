"""What is kept of a report to compare later ones with: its sketch and its terms with their weights."""

import hashlib
import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.stories.fingerprint import FINGERPRINT_VERSION, NUMBER, Fingerprint

#: Terms that are kept of a report, the weightiest.
KEPT = 80
#: Terms by which a report is found, the weightiest.
ANCHORS = 12
#: How much more a place's name or a number tells than another word that is as rare.
NAMED = 1.5
#: Reports that are taken for known before the first: without them, what the first few have in common would
#: count for little and what tells them apart for much.
KNOWN = 50


@dataclass(frozen=True, slots=True)
class Profile:
    """`sketch` holds the smallest hashes of the report's `shingles` shingles. `weights` is of unit length (or
    empty), made with what was known of the terms' frequencies when the report came in."""

    sketch: frozenset[int]
    shingles: int
    weights: Mapping[str, float]
    title: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    days: frozenset[str]

    def packed(self) -> tuple[bytes, dict[str, Any]]:
        """The sketch as bytes, the rest as JSON."""
        rest = {
            "shingles": self.shingles,
            "weights": {term: round(weight, 4) for term, weight in self.weights.items()},
            "title": sorted(self.title),
            "places": sorted(self.places),
            "numbers": sorted(self.numbers),
            "days": sorted(self.days),
        }
        return array("I", sorted(self.sketch)).tobytes(), rest

    @classmethod
    def unpacked(cls, sketch: bytes, rest: Mapping[str, Any]) -> "Profile":
        hashes = array("I")
        hashes.frombytes(sketch)
        return cls(
            frozenset(hashes),
            rest["shingles"],
            rest["weights"],
            frozenset(rest["title"]),
            frozenset(rest["places"]),
            frozenset(rest["numbers"]),
            frozenset(rest["days"]),
        )


def profile(found: Fingerprint, occurs: Mapping[str, int], reports: int) -> Profile:
    """Weigh the terms of a report: `occurs` in how many of all `reports` each of its terms occurs (TF-IDF,
    logarithmic in both; idf as of now, as Allan et al. 1998 do for events in a stream)."""
    weights = {
        term: (1 + math.log(count))
        * math.log((KNOWN + reports) / (1 + min(reports, occurs.get(term, 0))))
        * (NAMED if term in found.places or term[0] == NUMBER else 1.0)
        for term, count in found.terms.items()
    }
    heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT]
    norm = math.sqrt(sum(weight * weight for _, weight in heaviest))
    return Profile(
        frozenset(found.sketch),
        found.shingles,
        {term: weight / norm for term, weight in heaviest} if norm else {},
        found.title,
        found.places,
        found.numbers,
        found.days,
    )


def anchors(found: Profile) -> list[str]:
    """The terms by which related reports are looked for."""
    return list(found.weights)[:ANCHORS]


def key(owner: str, kind: str, value: object) -> int:
    """A 62-bit name of a band or an anchor of an owner; its last bit is 1 for bands. Fingerprints of another
    version aren't found by it."""
    text = f"{FINGERPRINT_VERSION}\0{owner}\0{kind}\0{value}".encode("utf-8", "replace")
    hashed = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") >> 2
    return hashed | 1 if kind == "band" else hashed & ~1
