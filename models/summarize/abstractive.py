"""Summaries in a model's own words, each sentence linked to the passages that support it.

The whole article is read: one longer than the model takes is cut into windows of whole sentences (a sentence
that is too long by itself at its clauses), each window is summarised, and of what comes out the most central
sentences are kept. A sentence that doesn't follow from its window is flagged `unsupported`, not hidden.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, Protocol

from models import chunk
from models.document import Flag, Segment, Source, Span
from models.errors import SummaryFailed
from models.segment import segment
from models.summarize import Length, Pick, SummaryInput
from models.summarize.boilerplate import is_boilerplate
from models.summarize.extractive import ExtractiveOptions, ExtractiveSummarizer
from models.summarize.seq2seq import Output, Seq2Seq
from models.summarize.support import SUPPORT_VERSION, check

log = logging.getLogger(__name__)

#: Changes whenever the same model could give another summary.
ABSTRACTIVE_VERSION = 1
#: An Arabic or English news sentence, generously: what one asked for as a number of sentences may use.
_SENTENCE_WORDS = 35
_LONG_WORDS, _CLAUSE_WORDS = 45, (12, 40)

Side = Literal["ar", "en"]


class Writer(Protocol):
    """A summarization model, as `Seq2Seq` is one."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str:
        """Names the weights."""
        ...

    def limit(self) -> int:
        """Most tokens of article text that it reads at once."""
        ...

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""
        ...

    def write(self, texts: Sequence[str], most_tokens: Sequence[int]) -> list[Output]:
        """A summary of each text, of at most so many tokens. Raises `SummaryFailed`."""
        ...


@dataclass(frozen=True, slots=True)
class _Passage:
    """A text in the model's language, and the span of the article that it is or translates."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    window: Sequence[_Passage]
    complete: bool


class AbstractiveSummarizer:
    """See the module docstring. Thread-safe; the model is loaded with the first summary."""

    def __init__(self, model: str | Writer, side: Side = "ar", device: str = "auto") -> None:
        """`model`: local folder, or repository id in the Hub's cache on this machine, or a model at hand.
        `side`: the language that it reads and writes; for "en" it reads the translation. Raises
        `ModelNotFound`, `ModelBroken`."""
        if side not in ("ar", "en"):
            raise ValueError("side is ar or en")
        self._model: Writer = Seq2Seq(model, device) if isinstance(model, str) else model
        self._side: Side = side

    @property
    def signature(self) -> str:
        return (
            f"abstractive:{ABSTRACTIVE_VERSION}:{self._model.name}@{self._model.fingerprint}:{self._side}"
            f":support{SUPPORT_VERSION}"
        )

    def summarize(self, article: SummaryInput) -> list[Pick]:
        """Picks in the order of what they rest on, which is the windows' order. Reads every segment but site
        furniture. Raises `SummaryFailed`, `ModelBroken`, `EngineUnavailable`."""
        passages = self._passages(article)
        if not passages:
            return []
        windows = self._windows(passages)
        log.info("abstractive summary: %d passages in %d windows", len(passages), len(windows))
        outputs = self._model.write(
            [" ".join(p.text for p in w) for w in windows], self._bounds(windows, article.length)
        )
        sentences = [s for w, o in zip(windows, outputs, strict=True) for s in _sentences(w, o)]
        if not sentences:
            raise SummaryFailed(f"The summarization model {self._model.name} wrote nothing about it.")
        return [self._pick(s, article.text) for s in _shortened(sentences, windows, article.length)]

    def _passages(self, article: SummaryInput) -> list[_Passage]:
        if self._side == "en" and len(article.english) != len(article.segments):
            raise ValueError("an English summary needs the translation of every segment")
        found: list[_Passage] = []
        for i, part in enumerate(article.segments):
            arabic = part.span.of(article.text)
            if is_boilerplate(arabic):
                continue
            if self._side == "en":
                if article.english[i].strip():
                    found.append(_Passage(article.english[i], Source(part.index, part.start, part.end)))
            else:
                found += _clauses(part, arabic)
        return found

    def _windows(self, passages: Sequence[_Passage]) -> list[list[_Passage]]:
        """Neighbouring passages, as many as the model reads at once; all of them, in order."""
        limit = self._model.limit()
        fitting = [p for passage in passages for p in self._cut(passage, limit)]
        sizes = self._model.count([" " + p.text for p in fitting])
        windows: list[list[_Passage]] = [[]]
        used = 0
        for passage, size in zip(fitting, sizes, strict=True):
            if windows[-1] and used + size > limit:
                windows.append([])
                used = 0
            windows[-1].append(passage)
            used += size
        return windows

    def _cut(self, passage: _Passage, limit: int) -> list[_Passage]:
        # one token less: `count` of a text may grow by one where it follows another
        spans = chunk.cut(passage.text, max(1, limit - 1), self._model.count)
        if len(spans) < 2:
            return [passage]
        source = passage.source
        if self._side == "en":
            return [_Passage(s.of(passage.text), source) for s in spans]
        return [
            _Passage(s.of(passage.text), Source(source.segment, source.start + s.start, source.start + s.end))
            for s in spans
        ]

    def _bounds(self, windows: Sequence[Sequence[_Passage]], length: Length) -> list[int]:
        """Tokens that each window's summary may have: its share of the summary, but a sentence at least."""
        words = [sum(len(p.text.split()) for p in w) for w in windows]
        whole = max(1, sum(words))
        wanted = length.word_budget(whole) or _SENTENCE_WORDS * (length.sentences or 1)
        tokens = sum(self._model.count([p.text for w in windows for p in w])) / whole
        shares = [max(_SENTENCE_WORDS, wanted * n / whole) for n in words]
        return [math.ceil(tokens * share) + 8 for share in shares]

    def _pick(self, sentence: _Sentence, text: str) -> Pick:
        support = check(sentence.text, [p.text for p in sentence.window])
        sources = tuple(dict.fromkeys(sentence.window[i].source for i in support.passages))
        flags: list[Flag] = []
        if not support.supported:
            why = " ".join(r.message for r in support.reasons) or "Too little of it is in the article."
            flags.append(Flag("unsupported", "major", why))
        if not sentence.complete:
            flags.append(
                Flag("cut_retry", "minor", "The model ran into its length bound within this sentence.")
            )
        if self._side == "ar":
            return Pick(sentence.text, support.covered, sources, flags=tuple(flags))
        arabic = " ".join(Span(s.start, s.end).of(text) for s in sources)
        return Pick(arabic, support.covered, sources, en=sentence.text, flags=tuple(flags))


def _clauses(part: Segment, arabic: str) -> list[_Passage]:
    """A long sentence as clauses, so that a summary's sentence is linked to what it needs and no more."""
    spans = [Span(0, len(arabic))]
    if len(arabic.split()) > _LONG_WORDS:
        spans = chunk.clauses(arabic, *_CLAUSE_WORDS)
    return [
        _Passage(s.of(arabic), Source(part.index, part.start + s.start, part.start + s.end)) for s in spans
    ]


def _sentences(window: Sequence[_Passage], output: Output) -> list[_Sentence]:
    """The sentences of an output. One that the length bound broke off is left out, unless it is the only."""
    texts = [s.span.of(output.text) for s in segment(output.text)]
    if output.complete:
        return [_Sentence(t, window, True) for t in texts]
    whole = [t for t in texts if t.rstrip("\"'”»)]").endswith((".", "!", "?", "؟", "…"))]
    return [_Sentence(t, window, True) for t in whole] or [_Sentence(t, window, False) for t in texts[-1:]]


def _shortened(
    sentences: Sequence[_Sentence], windows: Sequence[Sequence[_Passage]], length: Length
) -> list[_Sentence]:
    """As much as was asked for: the beginning of one window's summary, the most central of several ones'."""
    distinct = list({s.text: s for s in reversed(sentences)}.values())[::-1]
    if len(windows) == 1:
        return _beginning(distinct, length, sum(len(p.text.split()) for p in windows[0]))
    ends = list(accumulate(len(s.text) + 1 for s in distinct))
    segments = [
        Segment(i, end - 1 - len(s.text), end - 1, i)
        for i, (s, end) in enumerate(zip(distinct, ends, strict=True))
    ]
    chooser = ExtractiveSummarizer(ExtractiveOptions(long_words=10_000, position=0.0))
    joined = "\n".join(s.text for s in distinct)
    return [
        distinct[pick.sources[0].segment]
        for pick in chooser.summarize(SummaryInput(joined, segments, [], None, length))
    ]


def _beginning(sentences: Sequence[_Sentence], length: Length, article_words: int) -> list[_Sentence]:
    if length.sentences is not None:
        return list(sentences[: length.sentences])
    budget = length.word_budget(article_words) or 1
    used = accumulate(len(s.text.split()) for s in sentences)
    return [s for i, (s, n) in enumerate(zip(sentences, used, strict=True)) if i == 0 or n <= budget]
