"""POST /v1/translations: texts in, one translation each out, in order."""

from flask import Response

from models.translator import TranslateOptions
from service.api import acceptance, render
from service.api.admission import admit
from service.api.glossaries import glossary_of
from service.api.requests import answer, check_model, not_available, reads
from service.api.routes import Route
from service.api.schemas import TranslationRequest, TranslationResponse
from service.context import current
from service.jobs import orders
from service.jobs.orders import TranslationOrder


@reads()
def create_translations(body: TranslationRequest) -> Response:
    """Translate texts.

    A text that is English already, or no language at all, comes back as it is, with a warning.
    """
    if body.format == "html":
        raise not_available("format", "Translating HTML with its markup isn't in this version.")
    check_model(body.model)
    glossary = glossary_of(body.glossary_id)
    characters = sum(map(len, body.texts))
    if acceptance.is_due(characters):
        wanted = TranslationOrder(tuple(body.texts), body.alternatives, body.alignments, body.glossary_id)
        return acceptance.accept(acceptance.order(orders.TRANSLATION, wanted.to_json(), characters))
    options = TranslateOptions(alternatives=body.alternatives, alignments=body.alignments, glossary=glossary)
    with admit(characters):
        done = current().translate(body.texts, options)
    signature = current().pipeline.signature(glossary=glossary)
    return answer(render.translations(done, current().model.id, signature))


ROUTES = (Route("POST", "/v1/translations", create_translations, TranslationResponse, "translations"),)
