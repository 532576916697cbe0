"""POST /v1/detect: which language each text is in."""

from flask import Response

from service.api import render
from service.api.requests import answer, reads
from service.api.routes import Route
from service.api.schemas import DetectRequest, DetectResponse
from service.context import current


@reads()
def detect_languages(body: DetectRequest) -> Response:
    """Detect languages.

    The script decides first; a small offline classifier only where it leaves several languages.
    """
    found = current().detect(body.texts)
    return answer(DetectResponse(detections=[render.detection(d) for d in found]))


ROUTES = (Route("POST", "/v1/detect", detect_languages, DetectResponse, "detection"),)
