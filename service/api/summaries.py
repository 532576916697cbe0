"""POST /v1/summaries: an Arabic article in, its translation and bilingual summary out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flask import Response

from models import detect
from models.document import Article
from models.summarize import Length
from models.translator import TranslateOptions
from service.api import acceptance, render, stored
from service.api.admission import admit
from service.api.glossaries import glossary_of
from service.api.requests import answer, check_model, invalid, not_available, reads
from service.api.routes import Route
from service.api.schemas import SummaryRequest, SummaryResponse
from service.body import Upload
from service.config import SummaryConfig
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
    _check(body, upload)
    article = _article(body, upload)
    wanted = _order(article, body, current().config.summary)
    characters = len(article.text) + len(article.title or "")
    glossary = glossary_of(body.glossary_id)
    if acceptance.is_due(characters):
        job = acceptance.order(orders.SUMMARY, wanted.to_json(), characters, stored=body.store)
        return acceptance.accept(job)
    options = wanted.options(TranslateOptions(alignments=body.alignments, glossary=glossary))
    with admit(characters):
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


def _check(body: SummaryRequest, upload: Upload | None) -> None:
    """What one field alone doesn't show."""
    given = [name for name in INPUTS if getattr(body, name, None) is not None or (name == "file" and upload)]
    if len(given) != 1:
        some = f"not both {' and '.join(given)}" if given else "there is none"
        raise Problem(
            "invalid",
            f"Exactly one of {', '.join(INPUTS)} is needed, {some}.",
            errors=[FieldError(f"/{name}", "only one of these can be given") for name in given],
        )
    if body.url is not None:
        raise not_available(
            "url", "Reading from a url needs the guarded fetcher, which isn't in this version."
        )
    if body.sentences is not None and body.words is not None:
        raise invalid(FieldError("/words", "give either sentences or words"))
    check_model(body.model)


def _article(body: SummaryRequest, upload: Upload | None) -> Article:
    if upload is not None:
        article = current().read_file(upload.data, upload.name, upload.mimetype, upload.charset)
    elif body.html is not None:
        article = current().read_page(body.html)
    else:
        article = Article(body.text or "")
    if not article.text.strip():
        raise invalid(FieldError("/text", "holds no text"))
    if body.language == "auto":
        article = replace(article, language=detect.detect(article.text).language)
    title = (body.title or "").strip()
    return replace(article, title=title) if title else article


def later(body: SummaryRequest) -> SummaryOrder:
    """The request as an order in which nothing was read yet, so that thousands are taken in no time. Raises
    `Problem`."""
    _check(body, None)
    if body.html is None:
        return _order(_article(body, None), body, current().config.summary)
    if not body.html.strip():
        raise invalid(FieldError("/html", "holds no text"))
    named = Article("", title=(body.title or "").strip() or None, language=body.language)
    return replace(_order(named, body, current().config.summary), html=body.html)


def _order(article: Article, body: SummaryRequest, defaults: SummaryConfig) -> SummaryOrder:
    if body.words is not None:
        length = Length(words=body.words)
    else:
        length = Length(sentences=body.sentences or defaults.sentences)
    return SummaryOrder(
        article=article,
        length=length,
        method=body.method or defaults.method,
        alignments=body.alignments,
        glossary_id=body.glossary_id,
    )


ROUTES = (Route("POST", "/v1/summaries", create_summary, SummaryResponse, "summaries"),)
