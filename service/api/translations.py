"""POST /v1/translations: texts in, one translation each out, in order."""

from flask import Response

from models.translator import TranslateOptions
from service.api import render
from service.api.glossaries import glossary_of
from service.api.requests import answer, check_model, not_available, reads
from service.api.routes import Route
from service.api.schemas import ModelRefJson, TranslationRequest, TranslationResponse
from service.context import current


@reads()
def create_translations(body: TranslationRequest) -> Response:
    """Translate texts.

    A text that is English already, or no language at all, comes back as it is, with a warning.
    """
    if body.format == "html":
        raise not_available("format", "Translating HTML with its markup isn't in this version.")
    check_model(body.model)
    glossary = glossary_of(body.glossary_id)
    options = TranslateOptions(alternatives=body.alternatives, alignments=body.alignments, glossary=glossary)
    done = current().translate(body.texts, options)
    return answer(
        TranslationResponse(
            translations=[
                render.translation(result, language)
                for result, language in zip(done.results, done.languages, strict=True)
            ],
            warnings=render.notices(done.warnings),
            model=ModelRefJson(
                id=current().model.id, signature=current().pipeline.signature(glossary=glossary)
            ),
            timing=render.timing(
                done.total_ms, done.translate_ms, sum(r.cached_segments for r in done.results)
            ),
        )
    )


ROUTES = (Route("POST", "/v1/translations", create_translations, TranslationResponse, "translations"),)
