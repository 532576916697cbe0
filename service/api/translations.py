"""POST /v1/translations: texts in, one translation each out, in order."""

from flask import Response

from models.markup import MarkupOptions
from models.translator import TranslateOptions
from service.api import acceptance, bounds, render
from service.api.admission import admit
from service.api.glossaries import glossary_of
from service.api.job_schemas import JobJson
from service.api.requests import answer, check_model, invalid, reads
from service.api.routes import Route
from service.api.schemas import TranslationRequest, TranslationResponse
from service.context import current
from service.errors import FieldError
from service.jobs import orders
from service.jobs.orders import TranslationOrder


@reads()
def create_translations(body: TranslationRequest) -> Response:
    """Translate texts.

    A text that is English already, or no language at all, comes back as it is, with a warning.
    """
    wanted = later(body)
    glossary = glossary_of(body.glossary_id)
    characters = sum(map(len, body.texts))
    if acceptance.is_due(characters):
        bounds.check_translation(wanted)
        return acceptance.accept(acceptance.order(orders.TRANSLATION, wanted.to_json(), characters))
    options = TranslateOptions(alternatives=body.alternatives, alignments=body.alignments, glossary=glossary)
    model, signature = current().model.id, current().pipeline.signature(glossary=glossary)
    with admit(characters):
        if wanted.html:
            pages = current().translate_markup(body.texts, MarkupOptions("html"), options)
            return answer(render.markup_translations(pages, model, signature, alignments=body.alignments))
        done = current().translate(body.texts, options)
    return answer(render.translations(done, model, signature))


def later(body: TranslationRequest) -> TranslationOrder:
    """The request as an order that can be done later. Raises `Problem`."""
    html = body.format == "html"
    if html and body.alternatives:
        raise invalid(FieldError("/alternatives", "can't be had with format html"))
    check_model(body.model)
    return TranslationOrder(tuple(body.texts), body.alternatives, body.alignments, body.glossary_id, html)


_OR_A_JOB = ((202, JobJson),)
ROUTES = (
    Route(
        "POST", "/v1/translations", create_translations, TranslationResponse, "translations", also=_OR_A_JOB
    ),
)
