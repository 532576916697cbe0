"""GET /v1/models: the models that are known, with what is installed and active."""

from dataclasses import asdict

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from service.api.problems import PROBLEMS
from service.api.requests import answer
from service.api.schemas import ModelJson, ModelList
from service.context import current

api = APIBlueprint("models", __name__, abp_tags=[Tag(name="models")], abp_responses=PROBLEMS)


@api.get("/v1/models", responses={200: ModelList})
def list_models() -> Response:
    """List the models.

    Models are fetched with `mujaz models pull` and chosen by configuration, never by a request.
    """
    items = [ModelJson(**asdict(facts)) for facts in current().models()]
    return answer(ModelList(items=items, next=None))
