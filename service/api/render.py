"""Results of the pipeline as the API's JSON. Pure: used by the routes and by the command's `--json`.

Spans of segments are relative to the segment inside the pipeline; here they become spans over the whole
Arabic text and the whole English.
"""

from collections.abc import Iterable, Sequence

from models.detect import Detection
from models.document import BilingualSummary, Flag, Notice, Span, TextTranslation, Translation
from service.api import schemas as s
from service.runtime import Translated


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
        title=None if result.title is None else s.TitleJson(ar=result.title[0], en=result.title[1]),
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
    return s.TranslationResponse(
        translations=[
            translation(result, language)
            for result, language in zip(done.results, done.languages, strict=True)
        ],
        warnings=notices(done.warnings),
        model=s.ModelRefJson(id=model, signature=signature),
        timing=timing(done.total_ms, done.translate_ms, sum(r.cached_segments for r in done.results)),
    )


def detection(found: Detection) -> s.DetectionJson:
    return s.DetectionJson(
        language=found.language,
        script=found.script,
        confidence=found.confidence,
        alternatives=[s.GuessJson(language=g.language, confidence=g.confidence) for g in found.alternatives],
        mixed=found.mixed,
    )
