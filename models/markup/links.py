"""English words of a block with the Arabic words that they come from.

Read off the model's word alignment where there is one, mended by a dictionary. A sentence that came back as
it was sent is aligned with itself. For the rest words are paired by the dictionary and by their place in the
sentence, and the answer says so.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from models.document import Span, TextTranslation, Translation
from models.markup.lexicon import Pairing

_WORD = re.compile(r"\S+")
_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Origin:
    """An Arabic word (a span of the block's text) and the numbers of the English words that come from it."""

    start: int
    end: int
    targets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A segment of the block's text and its English words, `low` to `high`."""

    source: Span
    low: int
    high: int


class Links:
    """`words` are the English words (spans of the English), in order; `estimated` tells that some sentence's
    words were paired without an alignment; `openings` are the first words of sentences."""

    def __init__(self, result: TextTranslation) -> None:
        self.source = result.source
        self.english = result.english
        self.words: list[Span] = []
        self.sentences: list[Sentence] = []
        self.estimated = False
        found: dict[tuple[int, int], list[int]] = {}
        for translation, place in zip(result.translations, result.english_spans, strict=True):
            low = len(self.words)
            own = [Span(m.start(), m.end()) for m in _WORD.finditer(self.english, place.start, place.end)]
            self.words += own
            self.sentences.append(Sentence(translation.segment.span, low, len(self.words)))
            for number, word in self._origins(translation, place, own):
                found.setdefault((word.start, word.end), []).append(low + number)
        self.origins = [Origin(*key, tuple(targets)) for key, targets in sorted(found.items())]
        self._starts = [o.start for o in self.origins]
        self._before = [0, *accumulate(_LETTER.match(c) is not None for c in self.source)]
        self.openings = frozenset(s.low for s in self.sentences)
        self.owner: list[Origin | None] = [None] * len(self.words)
        for known in self.origins:
            for target in known.targets:
                self.owner[target] = known

    def _origins(
        self, translation: Translation, place: Span, words: Sequence[Span]
    ) -> list[tuple[int, Span]]:
        """(number of the English word in its sentence, Arabic word)."""
        segment = translation.segment
        pairing = Pairing(self.source, segment.span, [w.of(self.english) for w in words])
        if translation.alignment:
            owners = pairing.mended(self._aligned(translation, place, words, pairing))
        elif translation.text == segment.span.of(self.source):
            owners = [min(n, len(pairing.source) - 1) for n in range(len(words))]
        else:
            self.estimated = True
            owners = pairing.guessed()
        return [(n, pairing.source[owner]) for n, owner in enumerate(owners) if owner is not None]

    @staticmethod
    def _aligned(
        translation: Translation, place: Span, words: Sequence[Span], pairing: Pairing
    ) -> list[int | None]:
        """The model's alignment as numbers of words."""
        numbers = {word.start: n for n, word in enumerate(words)}
        sources = [word.start for word in pairing.source]
        owners: list[int | None] = [None] * len(words)
        for source, target in translation.alignment or ():
            number = numbers.get(target.start + place.start)
            if number is not None and sources:
                at = bisect_right(sources, source.start + translation.segment.start) - 1
                owners[number] = max(at, 0)
        return owners

    def within(self, start: int, end: int) -> list[Origin]:
        """The Arabic words inside [start, end): at least half of their letters are; if no word is, the one
        with most."""
        inside: list[Origin] = []
        partly: list[tuple[int, Origin]] = []
        for origin in self.origins[self.first_ending_after(start) : bisect_left(self._starts, end)]:
            covered = self._letters(max(start, origin.start), min(end, origin.end))
            if covered and 2 * covered >= self._letters(origin.start, origin.end):
                inside.append(origin)
            elif covered:
                partly.append((covered, origin))
        if not inside and partly:
            return [max(partly, key=lambda p: p[0])[1]]
        return inside

    def first_starting_at(self, at: int) -> int:
        """Number of the first Arabic word that starts at `at` or later."""
        return bisect_left(self._starts, at)

    def first_ending_after(self, at: int) -> int:
        """Number of the first Arabic word that ends after `at` (words don't overlap)."""
        k = bisect_right(self._starts, at)
        return k - 1 if k and self.origins[k - 1].end > at else k

    def _letters(self, start: int, end: int) -> int:
        return self._before[end] - self._before[start]

    def sentence_at(self, at: int) -> int:
        """Number of the sentence that holds `at`, or of the next one; their count behind the last."""
        k = bisect_right(self.sentences, at, key=lambda s: s.source.start)
        if k and at < self.sentences[k - 1].source.end:
            return k - 1
        return k

    def covered(self, sentence: Sentence, start: int, end: int) -> bool:
        """Does [start, end) hold all letters of the sentence?"""
        low, high = sentence.source.start, sentence.source.end
        if end <= low or high <= start:
            return False
        return self._letters(low, high) == self._letters(max(low, start), min(high, end))
