"""The types that travel through the pipeline. All frozen: a stage returns new values, never edits old ones.

Every span counts Unicode code points, end exclusive. Unless a field says otherwise, spans inside a
`Translation` are relative to that segment's own texts (so that they can be cached and reused in another
article); the service shifts them to article and translation offsets when it writes JSON.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

Severity = Literal["critical", "major", "minor"]


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int

    def shifted(self, by: int) -> "Span":
        return Span(self.start + by, self.end + by)

    def of(self, text: str) -> str:
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Article:
    """What was ingested. `text` is never modified afterwards: all article spans refer to it."""

    text: str
    title: str | None = None
    language: str = "ar"
    url: str | None = None
    published: str | None = None
    author: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence for people: `article.text[start:end]`, which may hold line breaks where the text is
    hard-wrapped. Segments plus the gaps between rebuild the text."""

    index: int
    start: int
    end: int
    paragraph: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something an editor should look at, with where it stands on each side (None: nowhere in particular)."""

    code: str
    severity: Severity
    message: str
    ar: Span | None = None
    en: Span | None = None

    def shifted(self, ar: int, en: int) -> "Flag":
        """The same with its places so much further on in either text."""
        return replace(
            self,
            ar=self.ar.shifted(ar) if self.ar else None,
            en=self.en.shifted(en) if self.en else None,
        )


@dataclass(frozen=True, slots=True)
class ChunkEvidence:
    """What the engine did with one chunk; the checks read it, nobody else should need to.

    `source` and `target` are the chunk's place in the segment's Arabic and in the segment's English.
    `score` is the engine's mean token log-probability (<= 0) of the hypothesis; `runner_up` that of the
    likeliest other hypothesis (a likelier one, where that had a fault), None when there is no second one.
    `tokens_in`/`tokens_out` count model tokens. `retries` tells how often the chunk was translated again,
    `split` whether it is a part of one that was broken up for that; `complete` is False when the hypothesis
    still ended without end-of-sentence, `looping` is True when it still repeats itself.
    """

    source: Span
    target: Span
    score: float
    runner_up: float | None
    tokens_in: int
    tokens_out: int
    retries: int = 0
    split: bool = False
    complete: bool = True
    looping: bool = False


@dataclass(frozen=True, slots=True)
class Rendering:
    """A text's English as the translator made it, before the checks.

    `passed_through` means that the text holds nothing to translate and came back untouched, but for the
    digits of a part of an Arabic text, which the pipeline makes Western ones. `alignment`
    pairs a source span with a target span, word by word, where it was asked for and the engine has one.
    `flags` are those that only the translator can raise (a glossary's term that it could not place).
    """

    source: str
    text: str
    chunks: tuple[ChunkEvidence, ...] = ()
    passed_through: bool = False
    alternatives: tuple[str, ...] = ()
    alignment: tuple[tuple[Span, Span], ...] | None = None
    signature: str = ""
    cached: bool = False
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation:
    """One per segment, always, in order. Spans in `flags` and `alignment` are relative to the segment."""

    segment: Segment
    text: str
    confidence: float
    flags: tuple[Flag, ...] = ()
    signature: str = ""
    alternatives: tuple[str, ...] = ()
    alignment: tuple[tuple[Span, Span], ...] | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark on a whole answer (`starter_model`, `mixed_language`, `not_arabic` …), shown to the reader."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TextTranslation:
    """A whole text's English. `english_spans[i]` is the place of `translations[i]` in `english`, which keeps
    the text's own paragraph gaps. `alternatives` are whole further translations."""

    source: str
    translations: tuple[Translation, ...]
    english: str
    english_spans: tuple[Span, ...]
    alternatives: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    cached_segments: int = 0


@dataclass(frozen=True, slots=True)
class Title:
    """A headline in both languages, checked like a segment. Spans in `flags` are over its own two texts;
    `confidence` is None where nobody kept it (an article stored by an older version)."""

    ar: str
    en: str
    confidence: float | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the article a summary sentence rests: a span of `article.text` inside one segment."""

    segment: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """One sentence in both languages and the spans it rests on; `ar` has blanks for line breaks of wrapped
    text. Flags here speak of the whole article: their spans are over `article.text` and over the whole
    English, and None for words that stand in neither (those of a clause that was translated on its own)."""

    ar: str
    en: str
    score: float
    sources: tuple[Source, ...]
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class BilingualSummary:
    """The pipeline's answer. `english` is the whole translation with the article's own paragraph gaps;
    `english_spans[i]` is the place of `translations[i]` in it."""

    article: Article
    translations: tuple[Translation, ...]
    english: str
    english_spans: tuple[Span, ...]
    sentences: tuple[SummarySentence, ...]
    method: str
    signature: str
    title: Title | None = None
    warnings: tuple[Notice, ...] = ()
    cached_segments: int = 0
    timing_ms: dict[str, float] = field(default_factory=dict)
