"""What each kind of job does. Each may run more than once for the same job and then does the same again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from models.document import Article, Span, Translation
from models.glossary import Glossary
from models.markup import MarkupOptions
from models.pipeline import Partial
from models.translator import TranslateOptions
from service import document_jobs, glossaries, reading
from service.api import render, stored
from service.jobs import orders
from service.jobs.charges import charge_rest
from service.jobs.executor import Kind, Output, Watch
from service.jobs.orders import SummaryOrder, TranslationOrder
from service.monitor import work
from service.store import articles
from service.store.jobs import Job

if TYPE_CHECKING:
    from service.runtime import Runtime


def kinds(
    runtime: "Runtime", clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Mapping[str, Kind]:
    """The kinds of jobs, over the model of `runtime`; `clock` is that of feeds."""
    return {
        orders.SUMMARY: lambda job, watch: summary(runtime, job, watch),
        orders.TRANSLATION: lambda job, watch: translation(runtime, job, watch),
        document_jobs.DOCUMENT: lambda job, watch: document_jobs.document(runtime, job, watch),
        orders.ENTRY: lambda job, watch: work.entry(runtime, job, watch, clock),
    }


def summary(runtime: "Runtime", job: Job, watch: Watch) -> Output:
    """An article's translation and summary, segment by segment on the way."""
    order = SummaryOrder.of(job.request)
    article = reading.article_of(runtime, order, background=True)
    characters = len(article.text) + len(article.title or "")
    charge_rest(runtime, job, characters)
    translate = _options(runtime, job, order.glossary_id, alignments=order.alignments)
    options = order.options(translate)
    result = runtime.summarise(article, options, watch.progress, _segments(article, watch), background=True)
    answer = render.summary(result, runtime.model.id)
    if job.article_id is None:
        return Output(answer.model_dump_json(exclude_unset=True), characters=characters)
    fingerprint, content = stored.fingerprint(result, options), stored.content(answer)

    def store(session: Session) -> str:
        return articles.add(session, job.owner, fingerprint, content, datetime.now(UTC), job.article_id)

    return Output(store=store, characters=characters)


def translation(runtime: "Runtime", job: Job, watch: Watch) -> Output:
    """The translations of texts."""
    order = TranslationOrder.of(job.request)
    translate = _options(
        runtime, job, order.glossary_id, alignments=order.alignments, alternatives=order.alternatives
    )
    model, signature = runtime.model.id, runtime.pipeline.signature(glossary=translate.glossary)
    if order.html:
        pages = runtime.translate_markup(
            order.texts, MarkupOptions("html"), translate, watch.progress, background=True
        )
        answer = render.markup_translations(pages, model, signature, alignments=order.alignments)
    else:
        done = runtime.translate(order.texts, translate, watch.progress, background=True)
        answer = render.translations(done, model, signature)
    return Output(answer.model_dump_json(exclude_unset=True))


def _options(
    runtime: "Runtime", job: Job, glossary_id: str | None, *, alignments: bool, alternatives: int = 0
) -> TranslateOptions:
    return TranslateOptions(
        lane="bulk" if job.lane == "bulk" else "interactive",
        alternatives=alternatives,
        alignments=alignments,
        glossary=_glossary(runtime, job.owner, glossary_id),
    )


def _glossary(runtime: "Runtime", owner: str, glossary_id: str | None) -> Glossary | None:
    own = None if glossary_id is None else glossaries.load(runtime.services.database, owner, glossary_id)
    return glossaries.with_news(own, default=runtime.config.glossary.default)


def _segments(article: Article, watch: Watch) -> Partial:
    """Hands finished segments to those who listen, as the API sends them."""

    def partial(fresh: Sequence[Translation], places: Sequence[Span], total: int) -> None:
        watch.segments(
            [s.model_dump(exclude_unset=True) for s in render.segments(fresh, places, article.text)]
        )

    return partial
