"""Detection, languages, settings, health, the description, suggestions."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.detect import Detection, Guess
from service.api.libretranslate import _PATHS
from service.api.libretranslate.detect import _ranking
from service.config import Config, LimitsConfig


def test_detection(client: FlaskClient) -> None:
    for options in ({"json": {"q": "صباح الخير"}}, {"data": {"q": "صباح الخير"}}):
        response = client.post("/detect", **options)  # type: ignore[arg-type]
        assert response.status_code == 200
        first = response.get_json()[0]
        assert list(first) == ["confidence", "language"]
        assert first["language"] == "ar"
        assert 50 < first["confidence"] <= 100


@pytest.mark.parametrize("q", ["😀", ["!", "٣"], " "])
def test_nothing_to_detect(client: FlaskClient, q: object) -> None:
    assert client.post("/detect", json={"q": q}).get_json() == [{"confidence": 0.0, "language": "en"}]


def test_several_texts_have_one_ranking() -> None:
    found = [
        Detection("fa", "Arab", 0.6, (Guess("ar", 0.3),)),
        Detection("ar", "Arab", 1.0),
        Detection("und", "Zyyy", 1.0),
    ]
    assert _ranking(found) == [
        {"confidence": 65.0, "language": "ar"},
        {"confidence": 30.0, "language": "fa"},
    ]


@pytest.mark.parametrize("body", [{}, {"q": ""}, {"q": []}])
def test_detection_needs_a_text(client: FlaskClient, body: dict[str, Any]) -> None:
    response = client.post("/detect", json=body)
    assert (response.status_code, response.get_json()) == (
        400,
        {"error": "Invalid request: missing q parameter"},
    )
    assert client.get("/detect").status_code == 405


def test_too_much_to_detect(client_of: Any) -> None:
    client = client_of(Config(limits=LimitsConfig(max_texts=2, max_text_chars=10)))
    for q, size, limit in ((["a", "b", "c"], 3, 2), (["سسسسس", "سسسسسس"], 11, 10)):
        text = f"Invalid request: request ({size}) exceeds text limit ({limit})"
        assert client.post("/detect", json={"q": q}).get_json() == {"error": text}


@pytest.mark.parametrize(
    "options", [{}, {"data": "api_key=x", "content_type": "application/x-www-form-urlencoded"}]
)
def test_languages_also_with_a_body(client: FlaskClient, options: dict[str, Any]) -> None:
    assert client.get("/languages", **options).get_json() == [
        {"code": "ar", "name": "Arabic", "targets": ["ar", "en"]},
        {"code": "en", "name": "English", "targets": ["en"]},
    ]


def test_health_is_exactly_this(client: FlaskClient) -> None:
    response = client.get("/health")
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})


def test_settings(client_of: Any) -> None:
    config = Config(limits=LimitsConfig(max_text_chars=1234))
    assert client_of(config).get("/frontend/settings").get_json() == {
        "charLimit": 1234,
        "frontendTimeout": 500,
        "apiKeys": False,
        "keyRequired": False,
        "suggestions": False,
        "filesTranslation": True,
        "supportedFilesFormat": [".txt", ".html", ".srt"],
        "language": {
            "source": {"code": "auto", "name": "Auto Detect"},
            "target": {"code": "en", "name": "English"},
        },
    }


def test_suggestions_are_disabled(client: FlaskClient) -> None:
    for form in ({}, {"q": "س", "s": "x", "source": "ar", "target": "en"}):
        response = client.post("/suggest", data=form)
        assert response.status_code == 403
        assert response.get_json() == {"error": "Suggestions are disabled on this server."}


def test_the_description_describes_all_paths_and_no_others(client: FlaskClient) -> None:
    described = client.get("/spec").get_json()
    assert described["swagger"] == "2.0"
    there = {(method.upper(), path) for path, item in described["paths"].items() for method in item}
    assert there == {(p.method, p.path.replace("<", "{").replace(">", "}")) for p in _PATHS}


def test_a_file_is_described_as_a_file(client: FlaskClient) -> None:
    produced = client.get("/spec").get_json()["paths"]["/download_file/{name}"]["get"]["produces"]
    assert produced == ["text/plain", "text/html", "application/x-subrip", "application/json"]


def test_every_reference_of_the_description_leads_somewhere(client: FlaskClient) -> None:
    described = client.get("/spec").get_json()
    names = set(_references(described))
    assert names == {f"#/definitions/{name}" for name in described["definitions"]}


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [ref for inner in value.values() for ref in _references(inner)]
    if isinstance(value, list):
        return [ref for inner in value for ref in _references(inner)]
    return []
