"""POST /detect: languages with confidences in percent, the likeliest first."""

from collections import Counter
from collections.abc import Sequence

from flask import Response, json

from models.detect import Detection, Guess
from service.api.libretranslate.errors import too_long
from service.api.libretranslate.fields import read
from service.api.libretranslate.pairs import NO_LANGUAGE
from service.context import current

#: Languages in an answer.
MOST = 3
#: The answer for text without words.
NOTHING: dict[str, object] = {"confidence": 0.0, "language": "en"}


def detect() -> Response:
    given = read()
    given.authorise()
    q = given.q()
    texts = [q] if isinstance(q, str) else q
    limits = current().config.limits
    if len(texts) > limits.max_texts:
        raise too_long(len(texts), limits.max_texts)
    if (size := sum(map(len, texts))) > limits.max_text_chars:
        raise too_long(size, limits.max_text_chars)
    ranking = _ranking(current().detect(texts))
    return Response(json.dumps(ranking), mimetype="application/json")


def as_json(detection: Detection) -> dict[str, object]:
    """The language that a text is in."""
    if detection.language == NO_LANGUAGE:
        return NOTHING
    return _json(detection.language, detection.confidence)


def _ranking(detections: Sequence[Detection]) -> list[dict[str, object]]:
    """One ranking for all texts: the mean of theirs. Those without words have no say."""
    spoken = [d for d in detections if d.language != NO_LANGUAGE]
    if not spoken:
        return [NOTHING]
    weights: Counter[str] = Counter()
    for detection in spoken:
        for guess in (Guess(detection.language, detection.confidence), *detection.alternatives):
            weights[guess.language] += guess.confidence  # type: ignore[assignment]
    return [_json(language, weight / len(spoken)) for language, weight in weights.most_common(MOST)]


def _json(language: str, confidence: float) -> dict[str, object]:
    return {"confidence": round(100 * confidence, 1), "language": language}
