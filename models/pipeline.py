"""The one way from a text to its translation, and from an article to its bilingual summary.

    Article -> segment -> translate -> check -> summarize -> BilingualSummary

Web API, pages, command line and background work all call `Pipeline`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from models import arabic, digits
from models import excerpt as excerpts
from models.cache import LruCache
from models.document import (
    Article,
    BilingualSummary,
    Notice,
    Rendering,
    Segment,
    Span,
    SummarySentence,
    TextTranslation,
    Translation,
)
from models.errors import SummaryFailed
from models.glossary import Glossary
from models.quality import CHECK_VERSION, Assessment, Calibration, check
from models.segment import SEGMENT_VERSION, flowing, segment, unbroken
from models.summarize import Length, Pick, Summarizer, SummaryInput, lines
from models.titles import title as titled
from models.translator import Progress, TranslateOptions, Translator, extra

#: Gets finished segments, their places in the English, and how many the text has in all.
Partial = Callable[[Sequence[Translation], Sequence[Span], int], None]
#: Segments that go to the engine together when they are handed out as they get done: a few full batches.
SLICE = 32


@dataclass(frozen=True, slots=True)
class SummaryOptions:
    """How an article is summarised; `translate` says how its segments are translated. Unless it is to be the
    `whole` article, these are only those of the summary, if that is an extractive one."""

    length: Length = Length(sentences=3)  # noqa: RUF009 - frozen
    method: str = "extractive"
    translate: TranslateOptions = TranslateOptions()  # noqa: RUF009 - frozen
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Work:
    """What an answer is made of, and when the translation was done."""

    body: TextTranslation
    title: TextTranslation | None
    sentences: Sequence[SummarySentence]
    translated: float
    notices: tuple[Notice, ...] = ()


class Pipeline:
    """Thread-safe; holds no weights itself. `notices` are shown with every answer (a model's limits);
    `glossary` applies where options name none."""

    def __init__(
        self,
        translator: Translator,
        summarizers: Mapping[str, Summarizer],
        *,
        calibration: Calibration | None = None,
        notices: Sequence[Notice] = (),
        glossary: Glossary | None = None,
        cache_characters: int = 5_000_000,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.translator = translator
        self.summarizers = summarizers
        self._calibration = calibration
        self._notices = tuple(notices)
        self._glossary = glossary
        self._clock = clock
        self._checked: LruCache[Assessment] = LruCache(cache_characters)
        self._articles: LruCache[BilingualSummary] = LruCache(cache_characters)

    def signature(self, method: str | None = None, glossary: Glossary | None = None) -> str:
        """Names everything that shaped an answer; with a method, the summary's part too."""
        terms = glossary if glossary is not None else self._glossary
        base = f"{self.translator.signed(terms)}|segment:{SEGMENT_VERSION}|check:{CHECK_VERSION}"
        return base if method is None else f"{base}|summary:{self._summarizer(method).signature}"

    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions = TranslateOptions(),  # noqa: B008 - frozen
        progress: Progress | None = None,
        partial: Partial | None = None,
    ) -> list[TextTranslation]:
        """One result per text, same order. All segments of all texts go to the engine together; with
        `partial`, slice by slice, so that it can be handed the first text's segments as they get done.
        `progress` counts segments. Either may raise to end the work: what still waits is taken out of the
        queue. Raises `Busy`, `Closed` or the engine's error."""
        options = self._settled(options)
        segments = [segment(text, unwrap=options.unwrap) for text in texts]
        sources = [
            unbroken(s.span.of(text)) for text, parts in zip(texts, segments, strict=True) for s in parts
        ]
        western = digits.wanted(texts, segments, options)
        if partial is None:
            renderings = iter(self._rendered(sources, western, options, progress))
        else:
            done: list[Rendering] = []
            position = 0
            for start in range(0, len(sources), SLICE):
                report = _further(progress, start, len(sources))
                part = slice(start, start + SLICE)
                fresh = self._rendered(sources[part], western[part], options, report)
                position = self._hand_out(
                    texts[0], segments[0], start, fresh, position, options.glossary, partial
                )
                done += fresh
            renderings = iter(done)
        return [
            self._document(text, parts, [next(renderings) for _ in parts], options.glossary)
            for text, parts in zip(texts, segments, strict=True)
        ]

    def _rendered(
        self,
        sources: Sequence[str],
        western: Sequence[bool],
        options: TranslateOptions,
        progress: Progress | None,
    ) -> list[Rendering]:
        made = self.translator.translate(sources, options, progress)
        return [
            digits.western(rendering, options) if wanted else rendering
            for rendering, wanted in zip(made, western, strict=True)
        ]

    def _settled(self, options: TranslateOptions) -> TranslateOptions:
        return options if options.glossary is not None else replace(options, glossary=self._glossary)

    def _hand_out(
        self,
        text: str,
        segments: Sequence[Segment],
        first: int,
        fresh: Sequence[Rendering],
        position: int,
        glossary: Glossary | None,
        partial: Partial,
    ) -> int:
        """Give `partial` the text's segments of a slice, with their places in the English, which don't depend
        on what is to come. `position` is where the English before them ends; returns where theirs does."""
        parts = segments[first : first + len(fresh)]
        if not parts:
            return position
        fresh = fresh[: len(parts)]
        end = segments[first - 1].end if first else 0
        _, spans = compose(text, parts, [r.text for r in fresh], position, end)
        signature = self.signature(glossary=glossary)
        made = [self._checked_translation(*pair, signature) for pair in zip(parts, fresh, strict=True)]
        partial(made, spans, len(segments))
        return spans[-1].end

    def run(
        self,
        article: Article,
        options: SummaryOptions = SummaryOptions(),
        progress: Progress | None = None,
        partial: Partial | None = None,
    ) -> BilingualSummary:
        """Translate, check and summarise. `partial` is handed the article's segments as they get done, unless
        the whole comes from the cache. Raises what `translate` raises, and `SummaryFailed`."""
        started = self._clock()
        translate = self._settled(options.translate)
        options = replace(options, translate=translate)
        key = (
            article, options.length, options.method, options.whole, translate.alternatives,
            translate.alignments, translate.glossary, translate.unwrap,
        )  # fmt: skip
        known = self._articles.get(key)
        if known is not None:
            return replace(
                known,
                cached_segments=len(known.translations),
                timing_ms={"total_ms": 1000 * (self._clock() - started), "translate_ms": 0.0},
            )
        result = self._run(article, options, progress, partial, started)
        weight = 4 * (len(article.text) + len(result.english)) + sum(extra(t) for t in result.translations)
        self._articles.put(key, result, weight)
        return result

    def _run(
        self,
        article: Article,
        options: SummaryOptions,
        progress: Progress | None,
        partial: Partial | None,
        started: float,
    ) -> BilingualSummary:
        begun = self._clock()
        picks = None if options.whole else self._picked(article, options)
        if picks is None:
            work = self._whole(article, options, progress, partial)
        else:
            work = self._excerpt(article, picks, options, progress)
        body = work.body
        scope = "" if picks is None else f"|{excerpts.CODE}"
        return BilingualSummary(
            article=article,
            translations=body.translations,
            english=body.english,
            english_spans=body.english_spans,
            sentences=tuple(work.sentences),
            method=options.method,
            signature=self.signature(options.method, options.translate.glossary) + scope,
            title=None if work.title is None else titled(work.title),
            warnings=self._notices + body.notices + work.notices,
            cached_segments=body.cached_segments,
            timing_ms={
                "total_ms": 1000 * (self._clock() - started),
                "translate_ms": 1000 * (work.translated - begun),
            },
        )

    def _whole(
        self, article: Article, options: SummaryOptions, progress: Progress | None, partial: Partial | None
    ) -> _Work:
        titles = [article.title] if article.title else []
        body, *title = self.translate([article.text, *titles], options.translate, progress, partial)
        translated = self._clock()
        sentences = self._summarize(article, body, options)
        notices = lines.longer(sentences, options.length) if options.method == "extractive" else ()
        return _Work(body, title[0] if title else None, sentences, translated, notices)

    def _excerpt(
        self, article: Article, picks: Sequence[Pick], options: SummaryOptions, progress: Progress | None
    ) -> _Work:
        parts, segments = excerpts.places(picks), segment(article.text, unwrap=options.translate.unwrap)
        texts = [unbroken(part.of(article.text)) for part in parts]
        texts += [article.title] if article.title else []
        found = self.translate(texts, options.translate, progress)
        body = excerpts.excerpt(article.text, parts, found[: len(parts)])
        text = flowing(article.text, segments)
        sentences = [
            lines.of_segments(excerpts.among(pick, body), body, lines.end_of(pick, text, segments))
            for pick in picks
        ]
        title = found[-1] if article.title else None
        return _Work(body, title, sentences, self._clock(), lines.longer(sentences, options.length))

    def _picked(self, article: Article, options: SummaryOptions) -> list[Pick] | None:
        """What the summary takes out of the Arabic; None where that is all of it, or can't be said before it
        is translated."""
        if options.method != "extractive":
            return None
        segments = segment(article.text, unwrap=options.translate.unwrap)
        text = flowing(article.text, segments)
        picks = self._summarizer(options.method).summarize(
            SummaryInput(text, segments, [], article.title, options.length)
        )
        taken = sum(part.end - part.start for part in excerpts.places(picks))
        return picks if 0 < taken < sum(part.end - part.start for part in segments) else None

    def _document(
        self,
        text: str,
        segments: Sequence[Segment],
        renderings: Sequence[Rendering],
        glossary: Glossary | None,
    ) -> TextTranslation:
        signature = self.signature(glossary=glossary)
        translations = tuple(
            self._checked_translation(part, rendering, signature)
            for part, rendering in zip(segments, renderings, strict=True)
        )
        english, spans = compose(text, segments, [t.text for t in translations])
        if not segments:
            english = text  # nothing but white space, as it was
        return TextTranslation(
            source=text,
            translations=translations,
            english=english,
            english_spans=tuple(spans),
            alternatives=_whole_alternatives(text, segments, translations, english),
            notices=_language_notices(text, renderings),
            cached_segments=sum(r.cached for r in renderings),
        )

    def _checked_translation(self, part: Segment, rendering: Rendering, signature: str) -> Translation:
        key = (rendering.signature, rendering.source, rendering.text, rendering.chunks, rendering.flags)
        assessment = self._checked.get(key)
        if assessment is None:
            assessment = check(rendering, self._calibration)
            self._checked.put(key, assessment, len(rendering.source) + len(rendering.text) + extra(rendering))
        return Translation(
            segment=part,
            text=rendering.text,
            confidence=assessment.confidence,
            flags=assessment.flags,
            signature=signature,
            alternatives=rendering.alternatives,
            alignment=rendering.alignment,
        )

    def _summarizer(self, method: str) -> Summarizer:
        try:
            return self.summarizers[method]
        except KeyError:
            offered = ", ".join(sorted(self.summarizers))
            raise SummaryFailed(f"No {method!r} summarizer is set up; there is: {offered}.") from None

    def _summarize(
        self, article: Article, body: TextTranslation, options: SummaryOptions
    ) -> list[SummarySentence]:
        segments = [t.segment for t in body.translations]
        text = flowing(article.text, segments)
        picks = self._summarizer(options.method).summarize(
            SummaryInput(
                text=text,
                segments=segments,
                english=[t.text for t in body.translations],
                title=article.title,
                length=options.length,
            )
        )
        # A clause is translated on its own, so that its English is a sentence and not a fragment of one.
        alone = [pick for pick in picks if pick.en is None and not lines.is_segment(pick, text, segments)]
        asked = TranslateOptions(lane=options.translate.lane, glossary=options.translate.glossary)
        own = iter(self.translate([pick.ar for pick in alone], asked))
        return [
            lines.of_itself(pick, next(own), text, segments)
            if pick in alone
            else lines.of_segments(pick, body)
            for pick in picks
        ]


def _further(progress: Progress | None, start: int, total: int) -> Progress | None:
    """The progress of a slice as that of the whole."""
    return None if progress is None else lambda done, _: progress(start + done, total)


def compose(
    text: str, segments: Sequence[Segment], english: Sequence[str], position: int = 0, end: int = 0
) -> tuple[str, list[Span]]:
    """The whole English, with the gaps of `text` between the segments (paragraph breaks and borders of cells
    to the letter; any other gap, also none, becomes one space), and the place of each segment in it. Where
    segments went before these, their English ended at `position` and their Arabic at `end`."""
    parts: list[str] = []
    spans: list[Span] = []
    for part, words in zip(segments, english, strict=True):
        gap = text[end : part.start]
        if not any(c in gap for c in "\n\r\u2028\u2029\x0b\x0c\x85\t|"):
            gap = " " if end else ""
        spans.append(Span(position + len(gap), position + len(gap) + len(words)))
        parts += (gap, words)
        position = spans[-1].end
        end = part.end
    if spans and "|" in text[end:]:
        parts.append(text[end:].rstrip())  # the border of the last cell, and rules
    return "".join(parts), spans


def _whole_alternatives(
    text: str, segments: Sequence[Segment], translations: Sequence[Translation], best: str
) -> tuple[str, ...]:
    most = max((len(t.alternatives) for t in translations), default=0)
    found: dict[str, None] = {}
    for k in range(most):
        parts = [
            t.alternatives[min(k, len(t.alternatives) - 1)] if t.alternatives else t.text
            for t in translations
        ]
        whole, _ = compose(text, segments, parts)
        if whole != best:
            found[whole] = None
    return tuple(found)


def _language_notices(text: str, renderings: Sequence[Rendering]) -> tuple[Notice, ...]:
    """Says when something came back as it was because it isn't Arabic."""
    foreign = [r for r in renderings if r.passed_through and any(c.isalpha() for c in r.source)]
    if not arabic.has_arabic(text):
        what = "The text isn't Arabic" if foreign else "The text holds no words"
        return (Notice("not_arabic", f"{what}; it comes back as it was sent."),)
    if foreign:
        many = f"{len(foreign)} segments aren't" if len(foreign) > 1 else "1 segment isn't"
        return (Notice("mixed_language", f"{many} Arabic and came back untouched."),)
    return ()
