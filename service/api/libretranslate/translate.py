"""POST /translate: a text or an array of texts, all of which go to the model together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, json

from models.detect import Detection
from models.markup import MarkupOptions
from models.markup.blocks import pieces
from models.translator import TranslateOptions
from service.api.admission import admit
from service.api.libretranslate import pairs
from service.api.libretranslate.detect import as_json
from service.api.libretranslate.errors import Refused, missing, too_long
from service.api.libretranslate.fields import Fields, read
from service.api.libretranslate.pairs import AUTO
from service.context import current

FORMATS = ("text", "html")
#: Further translations of a text that can be asked for.
MOST_ALTERNATIVES = 4
_HTML = MarkupOptions("html")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request. `single`: the answer has a text where an array of texts gets an array."""

    texts: tuple[str, ...]
    single: bool
    source: str
    target: str
    html: bool
    alternatives: int


@dataclass(frozen=True, slots=True)
class Done:
    text: str
    alternatives: tuple[str, ...] = ()


def translate() -> Response:
    given = read()
    given.authorise()
    wanted = _wanted(given)
    detections = _detections(wanted) if wanted.source == AUTO else None
    done = _results(wanted)
    body: dict[str, Any] = {"translatedText": _one_or_all(wanted, [d.text for d in done])}
    if wanted.alternatives:
        body["alternatives"] = _one_or_all(wanted, [list(d.alternatives) for d in done])
    if detections is not None:
        body["detectedLanguage"] = _one_or_all(wanted, [as_json(d) for d in detections])
    return Response(json.dumps(body), mimetype="application/json")


def _wanted(given: Fields) -> Wanted:
    """The checks of a request, in LibreTranslate's order."""
    q = given.q()
    source, target = given.text("source"), given.text("target")
    if source is None:
        raise missing("source")
    if target is None:
        raise missing("target")
    alternatives = max(0, given.number("alternatives"))
    if alternatives > MOST_ALTERNATIVES:
        raise Refused(f"Invalid request: alternatives parameter must be <= {MOST_ALTERNATIVES}")
    texts = (q,) if isinstance(q, str) else tuple(q)
    check_size(texts)
    pairs.check(source, target)
    kind = given.text("format") or "text"
    if kind not in FORMATS:
        raise Refused(f"{kind} format is not supported")
    pairs.is_translated(source, target)
    return Wanted(texts, isinstance(q, str), source, target, kind == "html", alternatives)


def check_size(texts: Sequence[str]) -> None:
    """Raises `Refused` for too many texts, then for one that is too long, then for all of them together."""
    limits = current().config.limits
    if len(texts) > limits.max_texts:
        raise too_long(len(texts), limits.max_texts)
    for size in (*map(len, texts), sum(map(len, texts))):
        if size > limits.max_text_chars:
            raise too_long(size, limits.max_text_chars)


def _detections(wanted: Wanted) -> list[Detection]:
    """One for each text: of what people read when it is HTML. Raises `Refused`."""
    texts = [_visible(text) for text in wanted.texts] if wanted.html else wanted.texts
    found = current().detect(texts)
    for detection in found:
        pairs.check_detected(detection.language, wanted.target)
    return found


def _visible(page: str) -> str:
    return "\n".join(piece.text for piece in pieces(page, _HTML) if not isinstance(piece, str))


def _results(wanted: Wanted) -> list[Done]:
    """One for each text, in order. Raises what the runtime raises."""
    if not pairs.is_translated(wanted.source, wanted.target):
        return [Done(text) for text in wanted.texts]
    options = TranslateOptions(alternatives=wanted.alternatives)
    with admit(sum(map(len, wanted.texts))):
        if wanted.html:
            return [Done(r.text) for r in current().translate_markup(wanted.texts, _HTML, options).results]
        made = current().translate(wanted.texts, options).results
    return [Done(r.english, r.alternatives) for r in made]


def _one_or_all(wanted: Wanted, values: list[Any]) -> Any:
    return values[0] if wanted.single else values
