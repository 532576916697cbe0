"""The page of one stored article: both languages side by side, with flags and the summary's sources; and
having all of it translated where only the summary was."""

import time
from typing import Any

from flask import Response, url_for

from models import excerpt
from models.document import (
    Article,
    BilingualSummary,
    Flag,
    Notice,
    Segment,
    Source,
    Span,
    SummarySentence,
    Title,
    Translation,
)
from service.api.acceptance import accept
from service.api.entries import whole
from service.context import principal, services
from service.errors import Problem
from service.rows import chips, direction, page_view
from service.store import articles, entries, inbox, jobs, stories
from service.store.articles import Content, StoredSegment
from service.store.jobs import Job
from service.ui.pages import PageRoute, go, render

#: Seconds that a form waits for a translation before its page says to look later, and between two looks. Only
#: a few may wait at once, since each holds a thread.
PATIENCE, APART = 10.0, 0.15


def article(article_id: str) -> Response:
    """The article, and the stories it stands in."""
    with services().database.read() as session:
        found = articles.get(session, principal().owner, article_id)
        if found is None:
            raise Problem("not_found", "There is no article with this id; perhaps it was deleted.")
        around = inbox.of_article(session, principal().owner, article_id)
        entry = entries.of_article(session, principal().owner, article_id)
    result = restored(found.content)
    return render(
        "article.html",
        result=result,
        page=page_view(result),
        link=found.content.url,
        around=around,
        rest_of=entry if any(notice.code == excerpt.CODE for notice in result.warnings) else None,
        direction=direction,
        chips=chips,
    )


def translate_whole(entry_id: str) -> Response:
    """Have all of an entry translated, and show that; what takes long is looked at later."""
    ordered = whole(entry_id)
    accept(ordered)
    with services().joining.hold() as placed:
        job = _end(ordered.id) if placed else None
    if job is not None and job.state != "succeeded":
        detail = (job.problem or {}).get("detail", "It was cancelled.")
        raise Problem("invalid", f"The article could not be translated. {detail}")
    with services().database.read() as session:
        found = entries.get(session, principal().owner, entry_id)
        story_id = stories.of_entries(session, [entry_id]).get(entry_id)
    if job is not None and found is not None and found.article_id is not None:
        return go(url_for("ui.article", article_id=found.article_id))
    if story_id is not None:
        return go(url_for("ui.story", story_id=story_id, done="whole" if job is None else "nothing-whole"))
    return go(url_for("ui.inbox"))


def _end(job_id: str) -> Job | None:
    """The job once it has ended; None when that takes too long."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with services().database.read() as session:
            job = jobs.get(session, principal().owner, job_id)
        if job is None or job.state in jobs.ENDED:
            return job
        time.sleep(APART)
    return None


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
        title=_title(kept),
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


def _title(kept: Content) -> Title | None:
    if kept.title_en is None:
        return None
    flags = tuple(flag(one) for one in kept.title_flags)
    return Title(kept.title or "", kept.title_en, kept.title_confidence, flags)


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


PAGES = (
    PageRoute("GET", "/articles/<article_id>", article),
    PageRoute("POST", "/entries/<entry_id>/whole", translate_whole),
)
