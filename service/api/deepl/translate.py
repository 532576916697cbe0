"""POST /v2/translate."""

from typing import get_args

from flask import Response, json

from models.markup import MarkupOptions
from service.api.admission import admit
from service.api.deepl import fields, work
from service.api.deepl.errors import Refused, unsupported
from service.api.deepl.fields import Fields
from service.api.deepl.flights import once
from service.api.deepl.work import Done, Split, Wanted

MODEL_TYPES = ("quality_optimized", "latency_optimized", "prefer_quality_optimized")
#: DeepL's bounds of `custom_instructions`, and of `translation_memory_threshold` in percent.
MOST_INSTRUCTIONS, LONGEST_INSTRUCTION = 10, 300


def translate_text() -> Response:
    given = fields.read()
    wanted = _wanted(given)
    model = given.choice("model_type", MODEL_TYPES, "") if given.text("model_type") else None
    given.flag("show_billed_characters", default=True)  # they are always shown: clients fail without
    done = once(wanted, lambda: _admitted(wanted))
    body = {
        "translations": [_json(result, text, model) for result, text in zip(done, wanted.texts, strict=True)]
    }
    return Response(json.dumps(body), mimetype="application/json")


def _admitted(wanted: Wanted) -> list[Done]:
    with admit(wanted.characters):
        return work.results(wanted)


def _json(done: Done, text: str, model: str | None) -> dict[str, str | int]:
    found: dict[str, str | int] = {
        "detected_source_language": done.language,
        "text": done.text,
        "billed_characters": len(text),
    }
    return found if model is None else found | {"model_type_used": model.removeprefix("prefer_")}


def _wanted(given: Fields) -> Wanted:
    texts = tuple(given.texts("text"))
    direction = work.direction(given)
    markup = _markup(given)
    split: Split = given.choice("split_sentences", get_args(Split), "1")
    given.flag("preserve_formatting", default=False)  # nothing of it is touched either way
    _check_ignored(given)
    return Wanted(texts, direction, split, markup)


def _markup(given: Fields) -> MarkupOptions | None:
    kind = given.choice("tag_handling", ("xml", "html", "none"), "none")
    given.choice("tag_handling_version", ("v1", "v2"), "v2")
    outline = given.flag("outline_detection", default=True)
    ignored, splitting, joined = (
        given.names(name) for name in ("ignore_tags", "splitting_tags", "non_splitting_tags")
    )
    if kind == "none":
        return None
    return MarkupOptions(
        "xml" if kind == "xml" else "html",
        ignore_tags=ignored,
        splitting_tags=splitting,
        non_splitting_tags=joined,
        outline_detection=outline,
    )


def _check_ignored(given: Fields) -> None:
    """`context` and `custom_instructions` are taken and make no difference: the models read sentences, not
    instructions. Things that are named by an id aren't here, and to leave them out would be to pretend."""
    given.text("context")
    instructions = given.texts("custom_instructions") if given.body.fields.get("custom_instructions") else []
    if len(instructions) > MOST_INSTRUCTIONS or any(len(i) > LONGEST_INSTRUCTION for i in instructions):
        raise unsupported(
            "custom_instructions",
            f"At most {MOST_INSTRUCTIONS} of at most {LONGEST_INSTRUCTION} characters can be given.",
        )
    for name, what in (("style_id", "Style rule"), ("translation_memory_id", "Translation memory")):
        if given.text(name) is not None:
            raise Refused(404, f"{what} not found", "This server has none.")


ROUTES = (("POST", "/v2/translate", translate_text),)
