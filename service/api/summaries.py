"""POST /v1/summaries: an Arabic article in, its translation and bilingual summary out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response

from models.document import Article
from models.summarize import Length
from models.translator import TranslateOptions
from service import reading
from service.api import acceptance, bounds, render, stored
from service.api.admission import admit
from service.api.glossaries import glossary_of
from service.api.job_schemas import JobJson
from service.api.requests import answer, check_model, invalid, reads
from service.api.routes import Route
from service.api.schemas import SummaryRequest, SummaryResponse
from service.body import Upload
from service.context import current, principal, services
from service.errors import FieldError, Problem
from service.jobs import orders
from service.jobs.orders import SummaryOrder
from service.store import articles

#: Fields of which a request has exactly one.
INPUTS = ("text", "html", "url", "file")


@reads(files=("file",), raw={"text/plain": "file", "text/html": "file"})
def create_summary(body: SummaryRequest, uploads: Mapping[str, Upload]) -> Response:
    """Translate and summarise an article.

    The answer has the whole translation, segment by segment with flags, and a summary in both languages in
    which each sentence names the spans of the article it rests on. A body of `text/plain` or `text/html` is
    the article itself, with the other fields in the query.
    """
    upload = uploads.get("file")
    order = later(body, upload is not None)
    if upload is not None:
        read = current().read_file(upload.data, upload.name, upload.mimetype, upload.charset)
        named = order.article
        order = replace(
            order, article=replace(read, title=named.title or read.title, language=named.language)
        )
    glossary = glossary_of(body.glossary_id)
    bounds.check_url(order.url)
    if acceptance.is_due(order.characters):
        bounds.check_summary(order)
        job = acceptance.order(orders.SUMMARY, order.to_json(), order.characters, stored=body.store)
        return acceptance.accept(job)
    article = reading.article_of(current(), order)
    options = order.options(TranslateOptions(alignments=body.alignments, glossary=glossary))
    with admit(len(article.text) + len(article.title or "")):
        result = current().summarise(article, options)
    response = render.summary(result, current().model.id)
    if body.store:
        made = stored.fingerprint(result, options)
        response = response.model_copy(update={"id": _keep(response, made)})
    return answer(response)


def _keep(response: SummaryResponse, fingerprint: str) -> str:
    """Store the answer for the caller, unless it is there already; answers its id."""
    owner, database = principal().owner, services().database
    with database.read() as session:
        known = articles.find(session, owner, fingerprint)
    if known is not None:
        return known
    content = stored.content(response)
    with database.write() as session:
        return articles.add(session, owner, fingerprint, content, datetime.now(UTC))


def later(body: SummaryRequest, has_file: bool = False) -> SummaryOrder:
    """What the request wants, with all that it leaves open settled, but nothing read or fetched yet, so that
    thousands are taken in no time. Raises `Problem`."""
    _check(body, has_file)
    defaults = current().config.summary
    words, sentences = body.words, body.sentences or defaults.sentences
    return SummaryOrder(
        article=Article(body.text or "", title=(body.title or "").strip() or None, language=body.language),
        length=Length(sentences=sentences) if words is None else Length(words=words),
        method=body.method or defaults.method,
        alignments=body.alignments,
        glossary_id=body.glossary_id,
        url=body.url,
        html=body.html,
    )


def _check(body: SummaryRequest, has_file: bool) -> None:
    """What one field alone doesn't show."""
    given = [name for name in INPUTS if (has_file if name == "file" else getattr(body, name) is not None)]
    if len(given) != 1:
        some = f"not both {' and '.join(given)}" if given else "there is none"
        raise Problem(
            "invalid",
            f"Exactly one of {', '.join(INPUTS)} is needed, {some}.",
            errors=[FieldError(f"/{name}", "only one of these can be given") for name in given],
        )
    for name in ("text", "html"):
        value = getattr(body, name)
        if value is not None and not value.strip():
            raise invalid(FieldError(f"/{name}", "holds no text"))
    if body.sentences is not None and body.words is not None:
        raise invalid(FieldError("/words", "give either sentences or words"))
    check_model(body.model)


ROUTES = (
    Route("POST", "/v1/summaries", create_summary, SummaryResponse, "summaries", also=((202, JobJson),)),
)
