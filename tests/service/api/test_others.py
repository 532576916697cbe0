"""Detection, models, health, request ids, unknown paths and methods."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Config, ServerConfig
from tests.service.fakes import FakePipeline, runtime


def test_detect(client: FlaskClient) -> None:
    answer = client.post("/v1/detect", json={"texts": ["أعلنت الوزارة اليوم", "", "שלום"]}).get_json()
    arabic, nothing, hebrew = answer["detections"]
    assert list(arabic) == ["language", "script", "confidence", "alternatives", "mixed"]
    assert (arabic["language"], arabic["script"], arabic["mixed"]) == ("ar", "Arab", False)
    assert (nothing["language"], nothing["script"]) == ("und", "Zyyy")
    assert (hebrew["language"], hebrew["script"]) == ("he", "Hebr")


def test_models(client: FlaskClient) -> None:
    answer = client.get("/v1/models").get_json()
    assert [(m["id"], m["installed"], m["active"]) for m in answer["items"]] == [
        ("starter", True, True),
        ("quality", False, False),
    ]
    assert answer["next"] is None
    assert list(answer["items"][0]) == [
        "id", "tier", "installed", "active", "licence", "size_bytes", "revision", "scores", "limits",
    ]  # fmt: skip


def test_health_and_readiness_while_draining(pipeline: FakePipeline) -> None:
    from service.app import create_app

    parts = runtime(pipeline)
    client = create_app(parts.config, parts).test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready"}
    parts.drain()
    assert client.get("/healthz").status_code == 200
    for response in (
        client.get("/readyz"),
        client.post("/v1/summaries", json={"text": "سطر"}),
        client.post("/v1/translations", json={"texts": ["سطر"]}),
        client.post("/v1/detect", json={"texts": ["سطر"]}),
        client.post("/v1/summaries", json={"html": "<p>سطر"}),
    ):
        assert response.status_code == 503
        assert response.get_json()["type"].endswith("#draining")
        assert response.headers["Retry-After"]
    parts.close()


@pytest.mark.parametrize("given", ["abc", "a" * 128, "7b2e-44/ab+c==", "req:1@host~x"])
def test_request_id_of_the_caller(client: FlaskClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "a" * 129, "a b", "a;b", "é", '"><script>', "a\tb"])
def test_other_request_ids_are_replaced(client: FlaskClient, given: str) -> None:
    headers = {"X-Request-ID": given.encode().decode("latin-1")}
    found = client.get("/healthz", headers=headers).headers["X-Request-ID"]
    assert len(found) == 32
    assert found.isalnum()


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/nowhere", 404, None),
        ("POST", "/v1/nothing", 404, None),
        ("GET", "/v1/summaries/", 404, None),
        ("GET", "/v1/summaries", 405, {"POST", "OPTIONS"}),
        ("PUT", "/v1/translations", 405, {"POST", "OPTIONS"}),
        ("DELETE", "/v1/models", 405, {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/healthz", 405, {"GET", "HEAD", "OPTIONS"}),
        ("GET", "/v1/models%00", 404, None),
    ],
)
def test_unknown_paths_and_methods(
    client: FlaskClient, method: str, path: str, status: int, allow: set[str] | None
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["request_id"] == response.headers["X-Request-ID"]
    if allow is not None:
        assert set(response.headers["Allow"].split(", ")) == allow


def test_problem_page_explains_every_type(client: FlaskClient) -> None:
    from service.errors import KINDS

    page = client.get("/docs/problems").get_data(as_text=True)
    for code in KINDS:
        assert f'id="{code}"' in page


@pytest.mark.parametrize("path", ["/mujaz/v1/nothing", "/v1/nothing"])
def test_under_a_path_of_a_proxy(client_of: Any, path: str) -> None:
    """Whether the proxy takes the path off or leaves it on; links and problem types carry it."""
    client = client_of(Config(server=ServerConfig(root_path="/mujaz")))
    assert client.get(path).get_json()["type"] == "/mujaz/docs/problems#not_found"
    assert client.get(path.replace("v1/nothing", "healthz")).status_code == 200
    assert client.get(path.replace("v1/nothing", "openapi.json")).get_json()["servers"] == [{"url": "/mujaz"}]
    assert "/mujaz/docs/start.js" in client.get(path.replace("v1/nothing", "docs")).get_data(as_text=True)


def test_the_place_of_a_new_glossary_under_a_path(client_of: Any) -> None:
    client = client_of(Config(server=ServerConfig(root_path="/mujaz")))
    glossary = {"name": "g", "entries": [{"source": "مصر", "target": "Egypt"}]}
    made = client.post("/mujaz/v1/glossaries", json=glossary)
    assert client.get(made.headers["Location"]).get_json()["id"] == made.get_json()["id"]
    assert made.headers["Location"].startswith("/mujaz/")


def test_root_path_is_not_taken_from_the_middle_of_a_word(client_of: Any) -> None:
    client = client_of(Config(server=ServerConfig(root_path="/mujaz")))
    assert client.get("/mujazzz/healthz").status_code == 404


def test_access_log_has_no_text_and_no_query(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    client.post("/v1/summaries?title=SECRET", data="نص", content_type="text/plain")
    client.get("/a%0Aforged%20line")
    lines = [r.getMessage() for r in caplog.records if r.name == "service.app"]
    assert lines == ["POST /v1/summaries 200", "GET /a\\nforged line 404"]
    assert "SECRET" not in caplog.text
    assert "نص" not in caplog.text


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/v1/summaries?sentences=1", {"json": {"text": "سطر"}}),
        ("/v1/summaries?sentences=1", {"data": {"text": "سطر"}}),
        ("/v1/translations?alternatives=2&x=1", {"json": {"texts": ["سطر"]}}),
        ("/v1/batches?kind=translation", {"json": {"items": [{"text": "سطر"}]}}),
        ("/v1/glossaries?name=x", {"json": {"name": "y", "tsv": "قسد\tthe SDF"}}),
    ],
)
def test_fields_in_the_query_beside_a_body_are_refused(
    client: FlaskClient, path: str, options: dict[str, Any]
) -> None:
    response = client.post(path, **options)
    assert response.status_code == 422
    name = path.partition("?")[2].partition("=")[0]
    first = response.get_json()["errors"][0]
    assert first == {"pointer": f"/{name}", "detail": "is read from the body, not from the query"}


LISTS = (
    "articles", "jobs", "batches", "glossaries", "keys", "webhooks", "feeds", "entries", "watches", "mails",
    "outlets", "digests", "digest-plans", "stories", "search?q=x", "watches/wat_x/alerts", "webhooks/whk_x/deliveries",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("after", ["zzz", "job_zzz", "xyz_01kb6f0d7w00000000000000000000", "١"])
def test_lists_go_on_only_where_a_page_ended(client: FlaskClient, path: str, after: str) -> None:
    """The first page in its stead would be taken for the next one, again and again."""
    response = client.get(f"/v1/{path}{'&' if '?' in path else '?'}after={after}")
    assert response.status_code == 422
    assert [e["pointer"] for e in response.get_json()["errors"]] == ["/after"]


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/v1/feeds/feed_x", {"zone": "Cairo"}, "/zone: is no time zone; one is like Asia/Riyadh."),
        ("/v1/digests", {"since": "yesterday"}, "/since: must be a time with an offset, such as"),
        ("/v1/digests", {"until": "2400-01-01T00:00:00Z"}, "/until: must be of a year from 1970 to 2199."),
    ],
)
def test_reasons_are_told_without_the_words_of_a_library(
    client: FlaskClient, path: str, body: dict[str, Any], detail: str
) -> None:
    response = client.open(path, method="PATCH" if "feeds" in path else "POST", json=body)
    assert response.status_code == 422
    assert response.get_json()["detail"].startswith(detail)
