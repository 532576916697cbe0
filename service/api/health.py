"""GET /healthz and /readyz: for process managers and load balancers."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from models.errors import Closed
from service.api.problems import PROBLEMS
from service.api.requests import answer
from service.api.schemas import Health, Readiness
from service.context import current

api = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")], abp_responses=PROBLEMS)


@api.get("/healthz", responses={200: Health})
def healthz() -> Response:
    """Tell that the process lives."""
    return answer(Health(status="ok"))


@api.get("/readyz", responses={200: Readiness})
def readyz() -> Response:
    """Tell whether work is taken; 503 with the reason otherwise, also while shutting down."""
    if current().draining:
        raise Closed("The service is shutting down.")
    return answer(Readiness(status="ready"))
