"""From an answer to what the store keeps of it, and back. Pure."""

import dataclasses
import hashlib
import json

from models.document import BilingualSummary, Span
from models.pipeline import SummaryOptions
from service.api import schemas as s
from service.store.articles import Content, StoredArticle, StoredSegment


def fingerprint(result: BilingualSummary, options: SummaryOptions) -> str:
    """Names an article with everything that shaped its answer: two of the same are the same work."""
    parts = (
        dataclasses.asdict(result.article),
        dataclasses.asdict(options.length),
        options.translate.alignments,
        result.signature,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def content(answer: s.SummaryResponse) -> Content:
    """All of an answer but its id, and but how long it took."""
    article = answer.article
    return Content(
        title=article.title,
        text=article.text,
        language=article.language,
        url=article.url,
        published=article.published,
        author=article.author,
        title_en=None if answer.title is None else answer.title.en,
        english=answer.translation.text,
        segments=tuple(map(_segment, answer.translation.segments)),
        method=answer.summary.method,
        sentences=[sentence.model_dump() for sentence in answer.summary.sentences],
        warnings=[warning.model_dump() for warning in answer.warnings],
        model=answer.model.id,
        signature=answer.model.signature,
        title_confidence=None if answer.title is None else answer.title.confidence,
        title_flags=[] if answer.title is None else [flag.model_dump() for flag in answer.title.flags],
    )


def answer(stored: StoredArticle) -> s.SummaryResponse:
    """The answer that was stored. `timing` is null, as nothing was computed."""
    kept = stored.content
    return s.SummaryResponse(
        id=stored.id,
        article=s.ArticleJson(
            title=kept.title,
            text=kept.text,
            language=kept.language,
            url=kept.url,
            published=kept.published,
            author=kept.author,
        ),
        title=_title(kept),
        summary=s.SummaryJson(
            method=kept.method,
            sentences=[s.SummarySentenceJson.model_validate(sentence) for sentence in kept.sentences],
        ),
        translation=s.ArticleTranslationJson(
            text=kept.english,
            segments=[_segment_json(index, part, kept) for index, part in enumerate(kept.segments)],
        ),
        warnings=[s.WarningJson.model_validate(warning) for warning in kept.warnings],
        model=s.ModelRefJson(id=kept.model, signature=kept.signature),
        timing=None,
    )


def _title(kept: Content) -> s.CheckedTitleJson | None:
    if kept.title_en is None:
        return None
    return s.CheckedTitleJson(
        ar=kept.title or "",
        en=kept.title_en,
        confidence=kept.title_confidence,
        flags=[s.FlagJson.model_validate(flag) for flag in kept.title_flags],
    )


def _segment(part: s.SegmentJson) -> StoredSegment:
    return StoredSegment(
        part.paragraph,
        Span(part.ar.start, part.ar.end),
        Span(part.en.start, part.en.end),
        part.confidence,
        [flag.model_dump() for flag in part.flags],
        part.alignment,
    )


def _segment_json(index: int, part: StoredSegment, kept: Content) -> s.SegmentJson:
    fields = {
        "index": index,
        "paragraph": part.paragraph,
        "ar": s.PlaceJson(start=part.ar.start, end=part.ar.end, text=part.ar.of(kept.text)),
        "en": s.PlaceJson(start=part.en.start, end=part.en.end, text=part.en.of(kept.english)),
        "confidence": part.confidence,
        "flags": part.flags,
    }
    if part.alignment is not None:
        fields["alignment"] = part.alignment
    return s.SegmentJson.model_validate(fields)
