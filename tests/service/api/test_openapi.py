"""/openapi.json is true: every route is in it, every answer fits it. /docs works without a network."""

import re
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.errors import KINDS

#: Routes that aren't part of the API: pages, their files, the description itself.
PAGES = re.compile(
    r"/|/download|/ui/.*|/docs.*|/openapi\.json|(/deepl)?/v[23]/.*|/language/translate/v2"
    r"|/(translate|detect|translate_file|suggest|languages|frontend/settings|health|spec)|/download_file/.*"
)
TEXT = "أعلنت وزارة الصحة اليوم.\nوقال الوزير."


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").get_json()
    return found


def check(description: dict[str, Any], path: str, method: str, response: Any) -> None:
    """The response has a documented status and content type, and its JSON fits the schema."""
    responses = description["paths"][path][method]["responses"]
    documented = responses[str(response.status_code)]["content"]
    assert response.mimetype in documented
    schema = {**documented[response.mimetype]["schema"], "components": description["components"]}
    jsonschema.Draft202012Validator(schema).validate(response.get_json())


def test_every_route_is_described(client: FlaskClient, description: dict[str, Any]) -> None:
    app: Flask = client.application
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not PAGES.fullmatch(rule.rule) and not rule.endpoint.startswith("ui.")
    }
    described = {(path, method) for path, item in description["paths"].items() for method in item}
    assert routes == described


def test_it_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert description["info"]["title"] == "Mujaz"
    for name, schema in description["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema.get("title") == name


def test_references_lead_somewhere(description: dict[str, Any]) -> None:
    for name in re.findall(r"'#/components/schemas/([^']+)'", str(description)):
        assert name in description["components"]["schemas"]


def test_every_operation_describes_every_problem(description: dict[str, Any]) -> None:
    for item in description["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            for kind in KINDS.values():
                answer = operation["responses"][str(kind.status)]
                assert list(answer["content"]) == ["application/problem+json"]
                assert f"`{kind.code}`" in answer["description"]


def test_bodies_that_summaries_take(description: dict[str, Any]) -> None:
    content = description["paths"]["/v1/summaries"]["post"]["requestBody"]["content"]
    assert set(content) == {
        "application/json", "application/x-www-form-urlencoded", "multipart/form-data",
        "text/plain", "text/html",
    }  # fmt: skip
    content = description["paths"]["/v1/translations"]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/summaries", {"text": TEXT, "title": "عنوان", "alignments": True}),
        ("/v1/summaries", {"text": TEXT}),
        ("/v1/summaries", {"txt": TEXT}),
        ("/v1/summaries", {"url": "https://example.org"}),
        ("/v1/translations", {"texts": [TEXT, ""], "alternatives": 2, "alignments": True}),
        ("/v1/translations", {"texts": []}),
        ("/v1/detect", {"texts": [TEXT, "", "שלום"]}),
        ("/v1/detect", []),
    ],
)
def test_answers_fit_the_description(
    client: FlaskClient, description: dict[str, Any], path: str, body: Any
) -> None:
    check(description, path, "post", client.post(path, json=body))


@pytest.mark.parametrize("path", ["/v1/models", "/healthz", "/readyz"])
def test_plain_answers_fit_the_description(
    client: FlaskClient, description: dict[str, Any], path: str
) -> None:
    check(description, path, "get", client.get(path))


def test_docs_work_offline(client: FlaskClient) -> None:
    """Everything the page names comes from here, and nothing else is allowed to be fetched."""
    response = client.get("/docs")
    page = response.get_data(as_text=True)
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    for link in links:
        assert link.startswith(("/docs/", "/ui/"))
        with client.get(link) as file:
            assert file.status_code == 200
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    start = client.get("/docs/start.js").get_data(as_text=True)
    assert 'url: "/openapi.json"' in start
    assert "http" not in start
