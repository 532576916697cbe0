"""GET /metrics: for Prometheus."""

from flask import Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from service.api.routes import Route
from service.context import services


def metrics() -> Response:
    """Numbers about the service, in Prometheus's text format.

    Routes, lanes and states are the only labels: no key, no address, no text.
    """
    return Response(services().metrics.text(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


ROUTES = (Route("GET", "/metrics", metrics, None, "health", scope="admin", mimetype="text/plain"),)
