"""Which words of a sentence have a counterpart on the other side, by a small statistical dictionary.

`models/data/dictionary.txt.gz` (built by `benchmarks/build_dictionary.py`) lists for about 14,000 Arabic
stems the English stems they come out as. It is far from complete: a single word without counterpart means
nothing, a long run of them means that a stretch was not translated.
"""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from models.arabic import Normalised
from models.document import Span
from models.quality import stems

#: Log-likelihood ratios "this stretch is missing" : "it is there", for a word with and one without
#: counterpart; from the shares of covered words in and outside human translations (about 0.66 and 0.12).
_COVERED, _UNCOVERED = -1.6, 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """The stretch of a text that most speaks for being without counterpart. `score` is its summed
    log-likelihood ratio, 0 where there is none."""

    score: float
    span: Span


@dataclass(frozen=True, slots=True)
class Coverage:
    """`known_*` words of each side stand in the dictionary, `covered_*` of them have a counterpart."""

    known_ar: int
    covered_ar: int
    known_en: int
    covered_en: int
    content_ar: int
    missing: Run
    added: Run

    @property
    def share_ar(self) -> float:
        """Covered share of the known Arabic words, drawn towards one half where there are few."""
        return (self.covered_ar + 1) / (self.known_ar + 2)

    @property
    def share_en(self) -> float:
        return (self.covered_en + 1) / (self.known_en + 2)


@cache
def by_stem() -> tuple[dict[str, frozenset[str]], frozenset[str]]:
    """English stems by Arabic stem, and all English stems."""
    data = resources.files("models").joinpath("data", "dictionary.txt.gz").read_bytes()
    table: dict[str, frozenset[str]] = {}
    for line in gzip.decompress(data).decode().splitlines():
        stem, _, translations = line.partition("\t")
        table[stem] = frozenset(translations.split())
    return table, frozenset().union(*table.values())


def coverage(folded: Normalised, target: str) -> Coverage:
    """Compare an Arabic text in matching form with its English. Spans refer to the original texts."""
    table, english_stems = by_stem()
    arabic, english = stems.arabic_words(folded.text), stems.english_words(target)
    there = {stem for _, _, stem in english}
    translations = [(start, end, table[stem]) for start, end, stem in arabic if stem in table]
    licensed: set[str] = set().union(*(found for _, _, found in translations))
    ar = [(start, end, not found.isdisjoint(there)) for start, end, found in translations]
    en = [(start, end, stem in licensed) for start, end, stem in english if stem in english_stems]
    missing, added = _worst(ar), _worst(en)
    return Coverage(
        known_ar=len(ar),
        covered_ar=sum(covered for _, _, covered in ar),
        known_en=len(en),
        covered_en=sum(covered for _, _, covered in en),
        content_ar=len(arabic),
        missing=Run(missing.score, folded.to_original(missing.span.start, missing.span.end)),
        added=added,
    )


def _worst(words: Iterable[tuple[int, int, bool]]) -> Run:
    """The stretch with the highest sum (Kadane's algorithm)."""
    best = Run(0.0, Span(0, 0))
    score, first = 0.0, 0
    for start, end, covered in words:
        if score <= 0:
            score, first = 0.0, start
        score += _COVERED if covered else _UNCOVERED
        if score > best.score:
            best = Run(score, Span(first, end))
    return best
