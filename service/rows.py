"""What the page shows of a `BilingualSummary`: rows of text already cut at flags and citations.

Templates stay free of arithmetic: every span is resolved here, once. Overlapping and nested marks become a
flat run of pieces; a piece knows all the flags that cover it and takes the worst severity among them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from models.document import (
    BilingualSummary,
    Flag,
    Severity,
    Source,
    Span,
    SummarySentence,
    Title,
    Translation,
)

Direction = Literal["rtl", "ltr"]

SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")
LABELS = {
    "number_mismatch": "Numbers differ",
    "unit_mismatch": "Units differ",
    "negation": "Negation may be lost",
    "question": "Question or statement differs",
    "name_lost": "Name lost",
    "untranslated": "Arabic left untranslated",
    "repetition": "Repetition",
    "omission": "Something may be missing",
    "addition": "Something may be added",
    "quotes": "Quotation marks differ",
    "emoji_lost": "Emoji lost",
    "glossary_missed": "Glossary term not used",
    "low_confidence": "Low confidence",
    "cut_retry": "Long sentence cut",
    "unsupported": "Not supported by the article",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A span of one text with what it stands for: flag number, or summary sentence number with its anchor."""

    span: Span
    flag: int | None = None
    severity: Severity | None = None
    cite: int | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under one set of marks. `flags` are positions in the row's `flags`."""

    text: str
    flags: tuple[int, ...] = ()
    severity: Severity | None = None
    cites: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring pieces under the same flags: one underline, one stop of the tab key."""

    pieces: tuple[Piece, ...]
    flags: tuple[int, ...]
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class FlagView:
    """A flag in words. `placed` tells whether some of the text is underlined for it."""

    code: str
    label: str
    severity: Severity
    message: str
    placed: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """All flags of one kind at one place: one label, as many reasons as there are flags."""

    label: str
    severity: Severity
    flags: tuple[FlagView, ...]


@dataclass(frozen=True, slots=True)
class Confidence:
    """The calibrated chance that an editor would leave the English as it is, in words and in percent."""

    level: Literal["high", "fair", "low"]
    word: str
    percent: int


@dataclass(frozen=True, slots=True)
class Side:
    """One language's half of a row."""

    text: str
    direction: Direction
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One segment. `number` counts from 1, as people do."""

    number: int
    ar: Side
    en: Side
    confidence: Confidence
    flags: tuple[FlagView, ...]
    severity: Severity | None
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The title, marked like a segment, with the number 0. `confidence` is None where nobody kept it."""

    ar: Side
    en: Side
    confidence: Confidence | None
    flags: tuple[FlagView, ...]
    number: int = 0


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A way from a summary sentence to the place it rests on."""

    anchor: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class SentenceView:
    number: int
    ar: str
    en: str
    ar_direction: Direction
    en_direction: Direction
    sources: tuple[SourceLink, ...]
    flags: tuple[FlagView, ...]
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A flag for the list of places to check: the place in words, and the page's name for it."""

    place: str
    anchor: str
    flag: FlagView


@dataclass(frozen=True, slots=True)
class PageView:
    title: Headline | None
    sentences: tuple[SentenceView, ...]
    paragraphs: tuple[tuple[Row, ...], ...]
    issues: tuple[Issue, ...]
    counts: tuple[tuple[Severity, int], ...]

    @property
    def segments(self) -> int:
        return sum(len(rows) for rows in self.paragraphs)

    @property
    def doubtful(self) -> int:
        """Segments that an editor would probably rewrite."""
        return sum(row.confidence.level == "low" for rows in self.paragraphs for row in rows)

    @property
    def grave(self) -> bool:
        """Whether something critical is among the issues."""
        return any(issue.flag.severity == "critical" for issue in self.issues)


def direction(text: str, default: Direction) -> Direction:
    """Base direction by the majority of strong characters, `default` on a draw.

    Not the first strong one, as `dir="auto"` and `unicode-bidi: plaintext` take it: an Arabic sentence that
    opens with a Latin name ("BBC تعلن …") would then run from left to right.
    """
    balance = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        balance += (kind in ("R", "AL")) - (kind == "L")
    if balance == 0:
        return default
    return "rtl" if balance > 0 else "ltr"


def worst(severities: Iterable[Severity | None]) -> Severity | None:
    """The gravest severity, None when there is none."""
    found = set(severities)
    return next((severity for severity in SEVERITIES if severity in found), None)


def confidence(value: float) -> Confidence:
    """Words for a calibrated probability: 75% can be skimmed, under 40% gets rewritten."""
    percent = round(100 * min(1.0, max(0.0, value)))
    if percent >= 75:
        return Confidence("high", "Likely right", percent)
    if percent >= 40:
        return Confidence("fair", "Check it", percent)
    return Confidence("low", "Doubtful", percent)


#: A number as it is written: "12/11/2024", "٣٫٥٪", "$5", "10:30". The order in which a browser shows its
#: parts inside Arabic comes from their neighbours (unicode.org/reports/tr9, rules W4 to W7), so none may
#: stand alone.
_NUMBER = re.compile(r"[$€£+\-−]?\d+(?:[.,/:٫٬\-–]\d+)*[%٪٫°$€£]?")


def _clipped(span: Span, text: str, numbers: Sequence[Span]) -> Span | None:
    """The span inside the text, widened so that no combining mark is cut from its letter and none of the
    `numbers` in two; None when empty."""
    start, end = max(0, span.start), min(len(text), span.end)
    if start >= end:
        return None
    while start > 0 and unicodedata.combining(text[start]):
        start -= 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    start = next((n.start for n in numbers if n.start < start < n.end), start)
    end = next((n.end for n in numbers if n.start < end < n.end), end)
    return Span(start, end)


def cut(text: str, marks: Iterable[Mark]) -> tuple[Piece, ...]:
    """The text as pieces, in order and complete. Marks may nest, overlap, reach outside or be empty."""
    numbers = [Span(*found.span()) for found in _NUMBER.finditer(text)]
    placed = [(span, mark) for mark in marks if (span := _clipped(mark.span, text, numbers)) is not None]
    edges = sorted({0, len(text)} | {edge for span, _ in placed for edge in (span.start, span.end)})
    pieces = []
    for start, end in pairwise(edges):
        over = [mark for span, mark in placed if span.start <= start and end <= span.end]
        pieces.append(
            Piece(
                text[start:end],
                tuple(sorted({mark.flag for mark in over if mark.flag is not None})),
                worst(mark.severity for mark in over),
                tuple(sorted({mark.cite for mark in over if mark.cite is not None})),
                tuple(mark.anchor for span, mark in placed if mark.anchor and span.start == start),
            )
        )
    return tuple(pieces)


def runs(pieces: Iterable[Piece]) -> tuple[Run, ...]:
    """The pieces joined where only citations tell them apart."""
    grouped = (tuple(group) for _, group in groupby(pieces, key=lambda piece: piece.flags))
    return tuple(Run(group, group[0].flags, group[0].severity) for group in grouped)


def flag_view(flag: Flag) -> FlagView:
    label = LABELS.get(flag.code, flag.code.replace("_", " ").capitalize())
    return FlagView(flag.code, label, flag.severity, flag.message, flag.ar is not None or flag.en is not None)


def chips(flags: Iterable[FlagView]) -> tuple[Chip, ...]:
    """The flags by label, in order of first appearance, each under its gravest severity."""
    by_label: dict[str, list[FlagView]] = {}
    for flag in flags:
        by_label.setdefault(flag.label, []).append(flag)
    return tuple(
        Chip(label, worst(flag.severity for flag in group) or "minor", tuple(group))
        for label, group in by_label.items()
    )


def anchor(sentence: int, source: int) -> str:
    """The page's name for the place that a summary sentence's source points to."""
    return f"source-{sentence + 1}-{source + 1}"


def _sides(ar: str, en: str, flags: Sequence[Flag], cites: Sequence[Mark] = ()) -> tuple[Side, Side]:
    on_ar = [Mark(f.ar, number, f.severity) for number, f in enumerate(flags) if f.ar]
    on_en = [Mark(f.en, number, f.severity) for number, f in enumerate(flags) if f.en]
    return (
        Side(ar, direction(ar, "rtl"), runs(cut(ar, [*on_ar, *cites]))),
        Side(en, direction(en, "ltr"), runs(cut(en, on_en))),
    )


def _row(translation: Translation, arabic: str, cites: Sequence[Mark]) -> Row:
    flags = translation.flags
    return Row(
        translation.segment.index + 1,
        *_sides(arabic, translation.text, flags, cites),
        confidence(translation.confidence),
        tuple(flag_view(flag) for flag in flags),
        worst(flag.severity for flag in flags),
        tuple(sorted({mark.cite for mark in cites if mark.cite is not None})),
    )


def _headline(title: Title) -> Headline:
    sure = None if title.confidence is None else confidence(title.confidence)
    return Headline(*_sides(title.ar, title.en, title.flags), sure, tuple(map(flag_view, title.flags)))


def _cites(
    sentences: Sequence[SummarySentence], translations: Sequence[Translation]
) -> dict[int, list[Mark]]:
    """Citation marks by segment index, their spans made relative to the segment."""
    starts = {t.segment.index: t.segment.start for t in translations}
    marks: dict[int, list[Mark]] = {}
    for number, sentence in enumerate(sentences):
        for position, source in enumerate(sentence.sources):
            if source.segment in starts:
                span = Span(source.start, source.end).shifted(-starts[source.segment])
                mark = Mark(span, cite=number, anchor=anchor(number, position))
                marks.setdefault(source.segment, []).append(mark)
    return marks


def _sentence(number: int, sentence: SummarySentence, text: str) -> SentenceView:
    def link(position: int, source: Source) -> SourceLink:
        return SourceLink(anchor(number, position), source.segment + 1, text[source.start : source.end])

    return SentenceView(
        number + 1,
        sentence.ar,
        sentence.en,
        direction(sentence.ar, "rtl"),
        direction(sentence.en, "ltr"),
        tuple(link(position, source) for position, source in enumerate(sentence.sources)),
        tuple(flag_view(flag) for flag in sentence.flags),
        worst(flag.severity for flag in sentence.flags),
    )


def _own(sentence: SummarySentence, result: BilingualSummary) -> list[FlagView]:
    """The flags of a summary sentence that the segments it rests on haven't: those of English of its own."""
    theirs = {
        flag.shifted(result.translations[at].segment.start, result.english_spans[at].start)
        for at in {source.segment for source in sentence.sources}
        for flag in result.translations[at].flags
    }
    return [flag_view(flag) for flag in sentence.flags if flag not in theirs]


def _issues(title: Headline | None, rows: Iterable[Row], result: BilingualSummary) -> list[Issue]:
    """Everything to check, the gravest first."""
    found = [Issue("headline", "headline", flag) for flag in (title.flags if title else ())]
    for number, sentence in enumerate(result.sentences, 1):
        found += (Issue(f"summary line {number}", f"line-{number}", f) for f in _own(sentence, result))
    found += (Issue(f"segment {r.number}", f"segment-{r.number}", flag) for r in rows for flag in r.flags)
    return sorted(found, key=lambda issue: SEVERITIES.index(issue.flag.severity))


def page_view(result: BilingualSummary) -> PageView:
    """Everything the result page and the HTML export show, in reading order."""
    text = result.article.text
    cites = _cites(result.sentences, result.translations)
    paragraphs = [
        tuple(_row(t, t.segment.span.of(text), cites.get(t.segment.index, [])) for t in group)
        for _, group in groupby(result.translations, key=lambda t: t.segment.paragraph)
    ]
    title = None if result.title is None else _headline(result.title)
    issues = _issues(title, (row for rows in paragraphs for row in rows), result)
    counts = [(s, sum(issue.flag.severity == s for issue in issues)) for s in SEVERITIES]
    return PageView(
        title,
        tuple(_sentence(number, sentence, text) for number, sentence in enumerate(result.sentences)),
        tuple(paragraphs),
        tuple(issues),
        tuple((severity, count) for severity, count in counts if count),
    )
