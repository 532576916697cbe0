"""POST /v1/detect: which language each text is in."""

from collections.abc import Mapping

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.api import render
from service.api.problems import PROBLEMS
from service.api.requests import answer, reads
from service.api.schemas import DetectRequest, DetectResponse
from service.body import Upload
from service.context import current

api = APIBlueprint("detect", __name__, abp_tags=[Tag(name="detection")], abp_responses=PROBLEMS)


@api.post("/v1/detect", responses={200: DetectResponse})
@reads()
def detect_languages(body: DetectRequest, uploads: Mapping[str, Upload]) -> Response:
    """Detect languages.

    The script decides first; a small offline classifier only where it leaves several languages.
    """
    found = current().detect(body.texts)
    return answer(DetectResponse(detections=[render.detection(d) for d in found]))
