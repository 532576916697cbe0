"""The page of one stored article: both languages side by side, with flags and the summary's sources."""

from typing import Any

from flask import Response

from models.document import (
    Article,
    BilingualSummary,
    Flag,
    Notice,
    Segment,
    Source,
    Span,
    SummarySentence,
    Translation,
)
from service.context import principal, services
from service.errors import Problem
from service.rows import chips, direction, page_view
from service.store import articles, inbox
from service.store.articles import Content, StoredSegment
from service.ui.pages import PageRoute, render


def article(article_id: str) -> Response:
    """The article, and the stories it stands in."""
    with services().database.read() as session:
        found = articles.get(session, principal().owner, article_id)
        if found is None:
            raise Problem("not_found", "There is no article with this id; perhaps it was deleted.")
        around = inbox.of_article(session, principal().owner, article_id)
    result = restored(found.content)
    return render(
        "article.html",
        result=result,
        page=page_view(result),
        link=found.content.url,
        around=around,
        direction=direction,
        chips=chips,
    )


def restored(kept: Content) -> BilingualSummary:
    """What the pipeline answered, from what the store keeps of it. How long it took isn't kept."""
    return BilingualSummary(
        article=Article(
            kept.text,
            title=kept.title,
            language=kept.language,
            url=kept.url,
            published=kept.published,
            author=kept.author,
        ),
        translations=tuple(_translation(index, part, kept) for index, part in enumerate(kept.segments)),
        english=kept.english,
        english_spans=tuple(part.en for part in kept.segments),
        sentences=tuple(_sentence(sentence) for sentence in kept.sentences),
        method=kept.method,
        signature=kept.signature,
        title=None if kept.title_en is None else (kept.title or "", kept.title_en),
        warnings=tuple(Notice(warning["code"], warning["message"]) for warning in kept.warnings),
        cached_segments=len(kept.segments),
    )


def flag(sent: dict[str, Any], ar_start: int = 0, en_start: int = 0) -> Flag:
    """A flag as the API sends it, its places counted from there."""
    return Flag(
        sent["code"],
        sent["severity"],
        sent["message"],
        _span(sent["ar"], ar_start),
        _span(sent["en"], en_start),
    )


def _translation(index: int, part: StoredSegment, kept: Content) -> Translation:
    return Translation(
        Segment(index, part.ar.start, part.ar.end, part.paragraph),
        part.en.of(kept.english),
        part.confidence,
        tuple(flag(one, part.ar.start, part.en.start) for one in part.flags),
    )


def _sentence(sent: dict[str, Any]) -> SummarySentence:
    return SummarySentence(
        sent["ar"],
        sent["en"],
        sent["score"],
        tuple(Source(one["segment"], one["start"], one["end"]) for one in sent["sources"]),
        tuple(flag(one) for one in sent["flags"]),
    )


def _span(sent: dict[str, int] | None, start: int) -> Span | None:
    return None if sent is None else Span(sent["start"], sent["end"]).shifted(-start)


PAGES = (PageRoute("GET", "/articles/<article_id>", article),)
