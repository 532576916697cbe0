"""Which English word can be which Arabic word's, by the dictionary of stems that the checks use too.

It mends the model's word alignment where that links a word to one that can't be meant, and stands in for it
where there is none.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from models import arabic
from models.document import Span
from models.quality import dictionary, stems

_WORD = re.compile(r"\S+")
_RIM = ".,;:!?\"'()[]«»“”،؛؟…"


class Pairing:
    """One sentence: its Arabic words (spans of the block's text) and its English words."""

    def __init__(self, source: str, sentence: Span, english: Sequence[str]) -> None:
        self.source = [Span(m.start(), m.end()) for m in _WORD.finditer(source, sentence.start, sentence.end)]
        self._english = english
        self._candidates = self._compare(source, sentence)

    def mended(self, owners: Sequence[int | None]) -> list[int | None]:
        """The alignment (number of the Arabic word for each English one), but a word that the dictionary has
        for other Arabic words only goes to the nearest of those."""
        result: list[int | None] = []
        for number, owner in enumerate(owners):
            near = self._nearest(number, self._expected(number) if owner is None else owner)
            result.append(owner if near is None else near)
        return result

    def guessed(self) -> list[int | None]:
        """Without an alignment: by the dictionary, the rest in order, function words with the word behind."""
        if not self.source:
            return [None] * len(self._english)
        result = [self._nearest(n, self._expected(n)) for n in range(len(self._english))]
        used = set(result)
        spare = [n for n in range(len(self.source)) if n not in used] or list(range(len(self.source)))
        content = [bool(stems.english_words(w)) or any(c.isdigit() for c in w) for w in self._english]
        open_ = [n for n, owner in enumerate(result) if owner is None and content[n]]
        for k, number in enumerate(open_):
            result[number] = spare[k * len(spare) // len(open_)]
        following: int | None = None
        for number in reversed(range(len(result))):
            if result[number] is None:
                result[number] = following
            following = result[number]
        return result

    def _expected(self, number: int) -> float:
        return number * len(self.source) / max(1, len(self._english))

    def _nearest(self, number: int, expected: float) -> int | None:
        """Of the Arabic words that this English word can come from the one nearest to `expected`."""
        near = []
        for places in self._candidates[number]:
            k = bisect_left(places, expected)
            near += places[max(0, k - 1) : k + 1]
        return min(near, key=lambda n: abs(n - expected), default=None)

    def _compare(self, source: str, sentence: Span) -> list[list[list[int]]]:
        """For each English word lists of the Arabic words that it can come from, each list in order."""
        by_stem: dict[str, list[int]] = {}
        by_form: dict[str, list[int]] = {}
        folded = arabic.for_matching(sentence.of(source))
        table = dictionary.by_stem()[0]
        starts = [word.start for word in self.source]
        for start, end, stem in stems.arabic_words(folded.text):
            at = folded.to_original(start, end).start + sentence.start
            for translation in table.get(stem, ()):
                by_stem.setdefault(translation, []).append(max(0, bisect_right(starts, at) - 1))
        for number, word in enumerate(self.source):
            form = arabic.for_matching(word.of(source)).text.strip(_RIM)
            if form and not arabic.has_arabic(form):
                by_form.setdefault(form, []).append(number)
        return [self._fitting(word, by_stem, by_form) for word in self._english]

    @staticmethod
    def _fitting(word: str, by_stem: dict[str, list[int]], by_form: dict[str, list[int]]) -> list[list[int]]:
        same = by_form.get(word.strip(_RIM).casefold())
        if same:
            return [same]
        return [by_stem[stem] for _, _, stem in stems.english_words(word) if stem in by_stem]
