"""ROUGE-N and ROUGE-L F1 (Lin 2004) over words of any script, with Arabic matching normalisation.

Published packages drop everything outside a-z0-9; here a word is a word of `models.arabic`.
"""

from collections import Counter
from collections.abc import Sequence

from models import arabic


def tokens(text: str) -> list[str]:
    """Normalised words: alef and ya forms, diacritics, tatweel and digits folded."""
    normalised = arabic.for_matching(text).text
    return [span.of(normalised) for span in arabic.words(normalised)]


def rouge_n(candidate: Sequence[str], reference: Sequence[str], n: int) -> float:
    """F1 of the n-gram overlap; 0 when either side has no n-gram."""

    def grams(words: Sequence[str]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))

    ours, theirs = grams(candidate), grams(reference)
    return _f1(sum((ours & theirs).values()), sum(ours.values()), sum(theirs.values()))


def rouge_l(candidate: Sequence[str], reference: Sequence[str]) -> float:
    """F1 of the longest common subsequence (one text each side)."""
    row = [0] * (len(reference) + 1)
    for word in candidate:
        diagonal = 0
        for j, other in enumerate(reference, 1):
            diagonal, row[j] = row[j], diagonal + 1 if word == other else max(row[j], row[j - 1])
    return _f1(row[-1], len(candidate), len(reference))


def _f1(common: int, ours: int, theirs: int) -> float:
    if not common:
        return 0.0
    precision, recall = common / ours, common / theirs
    return 2 * precision * recall / (precision + recall)
