"""GET /healthz and /readyz: for process managers and load balancers."""

from flask import Response

from models.errors import Closed
from service.api.requests import answer
from service.api.routes import Route
from service.api.schemas import Health, Readiness
from service.context import current, services


def healthz() -> Response:
    """Tell that the process lives."""
    return answer(Health(status="ok"))


def readyz() -> Response:
    """Tell whether work is taken; 503 with the reason otherwise, also while shutting down."""
    if current().draining:
        raise Closed("The service is shutting down.")
    services().database.ping()
    return answer(Readiness(status="ready"))


ROUTES = (
    Route("GET", "/healthz", healthz, Health, "health", scope=None),
    Route("GET", "/readyz", readyz, Readiness, "health", scope=None),
)
