"""The way from what the engine read and wrote to what the chunk says and what is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.alignment import align, word_spans
from models.arabic import Normalised
from models.document import Span
from models.engines.base import Hypothesis


@dataclass(frozen=True, slots=True)
class Edit:
    """text[at] is to become `new`."""

    at: Span
    new: str


def edited(text: str, edits: Iterable[Edit]) -> Normalised:
    """`text` with the edits made, which don't overlap, and the way back."""
    parts: list[str] = []
    changes: list[tuple[int, int, int]] = []
    end = 0
    for edit in sorted(edits, key=lambda e: e.at.start):
        parts += (text[end : edit.at.start], edit.new)
        changes.append((edit.at.start, edit.at.end, len(edit.new)))
        end = edit.at.end
    parts.append(text[end:])
    return Normalised("".join(parts), changes)


@dataclass(frozen=True, slots=True)
class Wording:
    """`source.text` is what the engine read, over the chunk's own text; it wrote `written`, and
    `target.text`, over that, is what is shown."""

    source: Normalised
    written: str
    target: Normalised

    def align(self, pieces: Sequence[str], hypothesis: Hypothesis, shown: str) -> list[tuple[Span, Span]]:
        """As `alignment.align`, between the chunk's own text and `shown`, which has the words of
        `target.text` (case and marks may differ). Each word of a term goes with the whole term."""
        own, words = word_spans(self.target.text), word_spans(shown)
        if len(own) != len(words):
            return []
        over: dict[Span, Span] = {}
        for source, target in align(self.source.text, pieces, self.written, hypothesis):
            place = self.target.to_normalised(target.start, target.end)
            for mine, word in zip(own, words, strict=True):
                if mine.start < place.end and mine.end > place.start:
                    over[word] = self.source.to_original(source.start, source.end)
        return [(source, word) for word, source in over.items()]
