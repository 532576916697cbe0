"""/openapi.json is true: every route is in it, every answer fits it. /docs works without a network."""

import json
import re
import time
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
    """The response has a documented status, content type and headers, and its JSON fits the schema."""
    responses = description["paths"][path][method]["responses"]
    documented = responses[str(response.status_code)]["content"]
    telling = {"Location", "Retry-After", "Idempotent-Replayed", "Preference-Applied"}
    headers = responses[str(response.status_code)].get("headers", {})
    assert telling & set(response.headers.keys()) <= set(headers)
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


def bodies(description: dict[str, Any]) -> list[tuple[str, str, str, Any]]:
    """Path, method, content type and what is said of it, of all bodies."""
    return [
        (path, method, mimetype, body)
        for path, item in description["paths"].items()
        for method, operation in item.items()
        for mimetype, body in operation.get("requestBody", {}).get("content", {}).items()
    ]


def test_every_body_has_an_example_that_fits(description: dict[str, Any]) -> None:
    tried = set()
    for path, method, mimetype, body in bodies(description):
        if mimetype == "application/json":
            schema = {**body["schema"], "components": description["components"]}
            jsonschema.Draft202012Validator(schema).validate(body["example"])
        if "example" in body:
            tried.add((path, method))
    assert tried == {(path, method) for path, method, *_ in bodies(description)}


#: Examples that ask other machines, or name what isn't there.
NOT_SENT = {"/v1/feeds"}


def test_examples_work(client: FlaskClient, description: dict[str, Any]) -> None:
    """They are sent as they stand there, and what is answered is described: status, type, headers."""
    sent = 0
    for path, method, mimetype, body in bodies(description):
        if "example" not in body or "{" in path or path in NOT_SENT:
            continue
        example = body["example"]
        data = json.dumps(example) if mimetype == "application/json" else example.encode()
        query = {"name": "desk"} if path == "/v1/glossaries" and mimetype != "application/json" else {}
        response = client.open(
            path, method=method.upper(), data=data, content_type=mimetype, query_string=query
        )
        assert response.status_code < 300, (path, mimetype, response.get_data(as_text=True))
        check(description, path, method, response)
        sent += 1
    assert sent >= 15


def test_work_for_later_fits_the_description(client: FlaskClient, description: dict[str, Any]) -> None:
    for path, body in (("/v1/summaries", {"text": TEXT}), ("/v1/translations", {"texts": [TEXT]})):
        headers = {"Prefer": "respond-async", "Idempotency-Key": path}
        for _ in range(2):  # the second is a replay
            accepted = client.post(path, json=body, headers=headers)
            assert accepted.status_code == 202
            check(description, path, "post", accepted)
        assert "Idempotent-Replayed" in accepted.headers
        job = accepted.headers["Location"]
        for _ in range(500):
            if client.get(job).get_json()["finished"]:
                break
            time.sleep(0.02)
        check(description, "/v1/jobs/{job_id}/result", "get", client.get(f"{job}/result"))


def test_headers_of_requests_are_described(description: dict[str, Any]) -> None:
    def headers(path: str, method: str) -> set[str]:
        given = description["paths"][path][method].get("parameters", [])
        return {p["name"] for p in given if p["in"] == "header"}

    assert (
        headers("/v1/summaries", "post")
        == headers("/v1/translations", "post")
        == {"Prefer", "Idempotency-Key"}
    )
    assert headers("/v1/batches", "post") == {"Idempotency-Key"}
    assert headers("/v1/jobs/{job_id}/events", "get") == {"Last-Event-ID"}
    assert headers("/v1/jobs", "get") == set()


def test_fields_beside_a_file_are_described(client: FlaskClient, description: dict[str, Any]) -> None:
    query = [p for p in description["paths"]["/v1/summaries"]["post"]["parameters"] if p["in"] == "query"]
    assert {"title", "sentences", "method", "glossary_id"} <= {p["name"] for p in query}
    assert not {"text", "html", "url"} & {p["name"] for p in query}
    assert not any("default" in p["schema"] or p["required"] for p in query)
    made = client.post("/v1/summaries?sentences=1&title=x", data=TEXT.encode(), content_type="text/plain")
    check(description, "/v1/summaries", "post", made)


def test_terms_as_lines_are_described(client: FlaskClient, description: dict[str, Any]) -> None:
    content = description["paths"]["/v1/glossaries"]["post"]["requestBody"]["content"]
    assert {"text/tab-separated-values", "text/csv", "multipart/form-data"} <= set(content)
    made = client.post("/v1/glossaries", json={"name": "x", "tsv": "قسد\tthe SDF"})
    found = client.get(f"{made.headers['Location']}/entries", headers={"Accept": "text/tab-separated-values"})
    entries = description["paths"]["/v1/glossaries/{glossary_id}/entries"]["get"]["responses"]["200"]
    assert found.mimetype in entries["content"]


def test_a_feed_that_is_followed_already_is_described(description: dict[str, Any]) -> None:
    responses = description["paths"]["/v1/feeds"]["post"]["responses"]
    assert responses["200"]["content"] == responses["201"]["content"]


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
