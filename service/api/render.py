"""Results of the pipeline as the API's JSON. Pure: used by the routes and by the command's `--json`.

Spans of segments are relative to the segment inside the pipeline; here they become spans over the whole
Arabic text and the whole English.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from models.detect import Detection
from models.document import BilingualSummary, Flag, Notice, Span, TextTranslation, Title, Translation
from models.markup import MarkupTranslation
from service.answers import Translated, TranslatedMarkup
from service.api import schemas as s


def span(value: Span | None, shift: int = 0) -> s.SpanJson | None:
    return None if value is None else s.SpanJson(start=value.start + shift, end=value.end + shift)


def flags(values: Iterable[Flag], ar_shift: int = 0, en_shift: int = 0) -> list[s.FlagJson]:
    return [
        s.FlagJson(
            code=f.code,
            severity=f.severity,
            message=f.message,
            ar=span(f.ar, ar_shift),
            en=span(f.en, en_shift),
        )
        for f in values
    ]


def segment(translation: Translation, place: Span, text: str) -> s.SegmentJson:
    """One segment; `place` is where its English stands in the whole, `text` the whole Arabic."""
    part = translation.segment
    fields = {
        "index": part.index,
        "paragraph": part.paragraph,
        "ar": s.PlaceJson(start=part.start, end=part.end, text=part.span.of(text)),
        "en": s.PlaceJson(start=place.start, end=place.end, text=translation.text),
        "confidence": round(translation.confidence, 4),
        "flags": flags(translation.flags, part.start, place.start),
    }
    if translation.alignment is not None:
        fields["alignment"] = [
            [[a.start + part.start, a.end + part.start], [e.start + place.start, e.end + place.start]]
            for a, e in translation.alignment
        ]
    return s.SegmentJson.model_validate(fields)


def segments(translations: Sequence[Translation], places: Sequence[Span], text: str) -> list[s.SegmentJson]:
    return [segment(t, place, text) for t, place in zip(translations, places, strict=True)]


def notices(values: Iterable[Notice]) -> list[s.WarningJson]:
    return [s.WarningJson(code=n.code, message=n.message) for n in values]


def timing(total_ms: float, translate_ms: float, cached_segments: int) -> s.TimingJson:
    return s.TimingJson(
        total_ms=round(total_ms, 1), translate_ms=round(translate_ms, 1), cached_segments=cached_segments
    )


def summary(result: BilingualSummary, model: str) -> s.SummaryResponse:
    """The answer of /v1/summaries. `model` is the id of the model that translated."""
    article = result.article
    return s.SummaryResponse(
        id=None,
        article=s.ArticleJson(
            title=article.title,
            text=article.text,
            language=article.language,
            url=article.url,
            published=article.published,
            author=article.author,
        ),
        title=None if result.title is None else _title(result.title),
        summary=_summary(result),
        translation=s.ArticleTranslationJson(
            text=result.english,
            segments=segments(result.translations, result.english_spans, article.text),
        ),
        warnings=notices(result.warnings),
        model=s.ModelRefJson(id=model, signature=result.signature),
        timing=timing(
            result.timing_ms.get("total_ms", 0.0),
            result.timing_ms.get("translate_ms", 0.0),
            result.cached_segments,
        ),
    )


def _title(title: Title) -> s.CheckedTitleJson:
    return s.CheckedTitleJson(
        ar=title.ar,
        en=title.en,
        confidence=None if title.confidence is None else round(title.confidence, 4),
        flags=flags(title.flags),
    )


def _summary(result: BilingualSummary) -> s.SummaryJson:
    return s.SummaryJson(
        method=result.method,
        sentences=[
            s.SummarySentenceJson(
                ar=sentence.ar,
                en=sentence.en,
                score=round(sentence.score, 4),
                sources=[s.SourceJson(segment=x.segment, start=x.start, end=x.end) for x in sentence.sources],
                flags=flags(sentence.flags),
            )
            for sentence in result.sentences
        ],
    )


def translation(result: TextTranslation, language: str) -> s.TextTranslationJson:
    """One result of /v1/translations."""
    return s.TextTranslationJson(
        text=result.english,
        language=language,
        segments=segments(result.translations, result.english_spans, result.source),
        alternatives=list(result.alternatives),
    )


def translations(done: Translated, model: str, signature: str) -> s.TranslationResponse:
    """The answer of /v1/translations. `model` is the id of the model that translated."""
    results = [translation(r, language) for r, language in zip(done.results, done.languages, strict=True)]
    cached = sum(r.cached_segments for r in done.results)
    return _translations(done, results, cached, model, signature)


def markup_translations(
    done: TranslatedMarkup, model: str, signature: str, *, alignments: bool
) -> s.TranslationResponse:
    """The answer of /v1/translations to HTML. Word alignment is there anyway, for the tags; it is shown when
    somebody asked for it."""
    results = [_markup(r, lang, alignments) for r, lang in zip(done.results, done.languages, strict=True)]
    return _translations(done, results, done.cached_segments, model, signature)


def _translations(
    done: Translated | TranslatedMarkup,
    results: list[s.TextTranslationJson],
    cached: int,
    model: str,
    signature: str,
) -> s.TranslationResponse:
    return s.TranslationResponse(
        translations=results,
        warnings=notices(done.warnings),
        model=s.ModelRefJson(id=model, signature=signature),
        timing=timing(done.total_ms, done.translate_ms, cached),
    )


def _markup(result: MarkupTranslation, language: str, alignments: bool) -> s.TextTranslationJson:
    """Segments of all blocks, with places in the blocks' words joined by line breaks; a block is a
    paragraph."""
    found: list[s.SegmentJson] = []
    source = "\n".join(block.source for block in result.blocks)
    at_ar = at_en = 0
    for number, block in enumerate(result.blocks):
        for part, place in zip(block.translations, block.english_spans, strict=True):
            moved = replace(
                part.segment,
                index=len(found),
                start=part.segment.start + at_ar,
                end=part.segment.end + at_ar,
                paragraph=number,
            )
            shown = replace(part, segment=moved, alignment=part.alignment if alignments else None)
            found.append(segment(shown, place.shifted(at_en), source))
        at_ar += len(block.source) + 1
        at_en += len(block.english) + 1
    return s.TextTranslationJson(
        text=result.text,
        language=language,
        segments=found,
        alternatives=[],
        words=s.WordsJson(ar=source, en="\n".join(block.english for block in result.blocks)),
    )


def detection(found: Detection) -> s.DetectionJson:
    return s.DetectionJson(
        language=found.language,
        script=found.script,
        confidence=found.confidence,
        alternatives=[s.GuessJson(language=g.language, confidence=g.confidence) for g in found.alternatives],
        mixed=found.mixed,
    )
