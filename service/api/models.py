"""GET /v1/models: the models that are known, with what is installed and active."""

from dataclasses import asdict

from flask import Response

from service.api.requests import answer
from service.api.routes import Route
from service.api.schemas import ModelJson, ModelList
from service.context import current


def list_models() -> Response:
    """List the models.

    Models are fetched with `mujaz models pull` and chosen by configuration, never by a request.
    """
    items = [ModelJson(**asdict(facts)) for facts in current().models()]
    return answer(ModelList(items=items, next=None))


ROUTES = (Route("GET", "/v1/models", list_models, ModelList, "models"),)
