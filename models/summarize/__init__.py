"""Summaries of an article: spans of it (`extractive`), or new sentences linked to spans (`abstractive`).

Both take a `SummaryInput` and give `Pick`s, which the pipeline brings into the other language.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.document import Flag, Segment, Source

__all__ = ["Length", "Pick", "Summarizer", "SummaryInput"]


@dataclass(frozen=True, slots=True)
class Length:
    """How long a summary is: so many sentences, so many Arabic words, or a share of the article's words.

    Exactly one is set. Raises ValueError otherwise, and for values that make no summary."""

    sentences: int | None = None
    words: int | None = None
    ratio: float | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.sentences, self.words, self.ratio) if value is not None]
        if len(given) != 1:
            raise ValueError("a length is either sentences, words or ratio")
        if given[0] <= 0 or (self.ratio is not None and self.ratio > 1):
            raise ValueError("a length must be positive, and a ratio at most 1")

    def word_budget(self, article_words: int) -> int | None:
        """Arabic words that the summary may have; None when its length is in sentences."""
        if self.words is not None:
            return self.words
        return None if self.ratio is None else max(1, round(self.ratio * article_words))


@dataclass(frozen=True, slots=True)
class SummaryInput:
    """An article as summarizers see it. `english[i]` is the translation of `segments[i]`."""

    text: str
    segments: Sequence[Segment]
    english: Sequence[str]
    title: str | None
    length: Length


@dataclass(frozen=True, slots=True)
class Pick:
    """One summary sentence before it has both languages. English that is missing is translated
    from `ar` by the pipeline; a summary written in English has the article's own words at `sources` for `ar`.

    `ar` is article text to the letter in an extractive summary. `sources` are in article order and may be
    empty only for a sentence that nothing supports (which then carries the `unsupported` flag)."""

    ar: str
    score: float
    sources: tuple[Source, ...]
    en: str | None = None
    flags: tuple[Flag, ...] = ()


class Summarizer(Protocol):
    """Thread-safe. `signature` names everything that shapes its output."""

    @property
    def signature(self) -> str: ...

    def summarize(self, article: SummaryInput) -> list[Pick]:
        """Picks in article order; empty for an article without a sentence. Raises `SummaryFailed`."""
        ...
