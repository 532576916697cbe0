"""A report taken apart for comparing: shingles, their MinHash, its terms, and what it states in numbers.

Shingles are three words of the text under the matching policy; the title stands apart, since copies of
agency reports come under a new headline. The MinHash (Broder 1997, through datasketch) gives the bands of
locality-sensitive hashing by which copies find each other. What a pair is compared by is a sketch: the
smallest hashes of its shingles (bottom-k), from which likeness and containment are estimated, exactly for
texts of up to `SKETCH` words. MinHash alone would miss a version cut to a third.
"""

import hashlib
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models import arabic
from models.cache import cached_by_word
from models.quality import arabic_numbers
from models.summarize.places import place
from models.summarize.statement import key as stem_of
from models.summarize.terms import STOP_WORDS

#: Change with anything that makes the same report look different: kept profiles aren't comparable then.
FINGERPRINT_VERSION = 1
#: Words of a shingle.
SHINGLE = 3
#: Hashes in a sketch, 4 bytes each.
SKETCH = 256
#: Bands, and rows of a band: reports with 7 of 10 shingles in common share a band 9 times out of 10.
BANDS, ROWS = 8, 4
#: Terms of a text that count; a long report is told by its beginning.
WORDS = 600
#: A term of the title counts like so many of the text.
TITLE = 2
#: How the terms begin that are numbers.
NUMBER = "#"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`bands` are hashes; `sketch` the smallest hashes of shingles, ascending, with `shingles` as their
    number in all; `terms` stems (and numbers) with how often they occur; `places` those that are places'
    names; `numbers` what is stated in figures and words, `days` weekdays and months."""

    bands: tuple[int, ...]
    sketch: tuple[int, ...]
    shingles: int
    terms: Mapping[str, int]
    title: frozenset[str]
    places: frozenset[str]
    numbers: frozenset[str]
    days: frozenset[str]


def fingerprint(title: str, text: str) -> Fingerprint:
    """Take a report apart. Linear in it; never raises. Without a text the title stands for it."""
    folded, head = arabic.for_matching(text or title), arabic.for_matching(title)
    words = _words(folded.text)
    hashes = _shingles(words)
    terms, places = _terms(words[:WORDS])
    in_title, title_places = _terms(_words(head.text))
    counts = Counter(terms)
    for term in in_title:
        counts[term] += TITLE
    numbers, days = _stated(folded)
    counts.update(NUMBER + number for number in numbers)
    return Fingerprint(
        _bands(hashes),
        tuple(sorted(hashes)[:SKETCH]),
        len(hashes),
        counts,
        frozenset(in_title),
        frozenset(places) | frozenset(title_places),
        numbers,
        days,
    )


def _words(folded: str) -> list[str]:
    return [span.of(folded) for span in arabic.words(folded)]


def _shingles(words: Sequence[str]) -> set[int]:
    """32-bit hashes of each three words in a row; of all words where there are fewer."""
    size = min(SHINGLE, len(words))
    if not size:
        return set()
    encoded = [word.encode("utf-8", "replace") for word in words]
    return {zlib.crc32(b" ".join(encoded[i : i + size])) for i in range(len(words) - size + 1)}


def _bands(hashes: set[int]) -> tuple[int, ...]:
    """A 60-bit hash of each band of the MinHash."""
    if not hashes:
        return ()
    from datasketch import MinHash  # 0.6 s, as it imports scipy

    minhash = MinHash(BANDS * ROWS, permutations=_permutations(), hashfunc=_same, scheme="affine32")
    minhash.update_batch(list(hashes))
    values = minhash.hashvalues.reshape(BANDS, ROWS)
    return tuple(
        int.from_bytes(hashlib.blake2b(b"%d:" % i + row.tobytes(), digest_size=8).digest(), "big") >> 4
        for i, row in enumerate(values)
    )


@lru_cache(maxsize=1)
def _permutations() -> Any:
    """Made once: the same for every report, in every process."""
    from datasketch import MinHash

    return MinHash(BANDS * ROWS, seed=1, scheme="affine32").permutations


def _same(value: int) -> int:
    """Shingles are hashes already."""
    return value


def _terms(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Terms of the content words (figures are compared by their value), and which of them are places."""
    found = [term for word in words if (term := _term(word)) is not None]
    return [term for term, _ in found], [term for term, is_place in found if is_place]


@cached_by_word(20_000)
def _term(word: str) -> tuple[str, bool] | None:
    """Under what a word is compared, and whether it is a place's name; None for one that tells nothing."""
    if len(word) < 2 or word in STOP_WORDS or word[0].isdigit():
        return None
    return stem_of(word), place(word)


def _stated(folded: arabic.Normalised) -> tuple[frozenset[str], frozenset[str]]:
    """Numbers, and weekdays and months, each under its smallest reading."""
    numbers: set[str] = set()
    days: set[str] = set()
    for mention in arabic_numbers.mentions(folded):
        if mention.certain:
            value = f"{min(mention.values):g}"
            if mention.kind == "number":
                numbers.add(value)
            else:
                days.add(mention.kind[0] + value)
    return frozenset(numbers), frozenset(days)
