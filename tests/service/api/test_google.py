"""Google's version 2: shapes, ways to send, errors."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Config, LimitsConfig
from tests.service.fakes import FakePipeline
from tests.service.keyed import Keyed

PATH = "/language/translate/v2"


def texts(response: Any) -> list[str]:
    assert response.status_code == 200, response.get_data(as_text=True)
    return [t["translatedText"] for t in response.get_json()["data"]["translations"]]


@pytest.mark.parametrize(
    "options",
    [
        {"json": {"q": ["سطر", "آخر"], "target": "en"}},
        {"data": {"q": ["سطر", "آخر"], "target": "en"}},
        {"query_string": {"q": ["سطر", "آخر"], "target": "en", "key": "any"}},
        {"query_string": {"q": "سطر", "target": "en"}, "data": {"q": "آخر"}},
        {"query_string": {"key": "any"}, "json": {"q": ["سطر", "آخر"], "target": "en-US", "source": "ar-EG"}},
    ],
)
def test_every_way_to_send(client: FlaskClient, pipeline: FakePipeline, options: dict[str, Any]) -> None:
    assert texts(client.post(PATH, **options)) == ["EN:سطر", "EN:آخر"]
    assert pipeline.entered.acquire(blocking=False)
    assert not pipeline.entered.acquire(blocking=False)


def test_the_answer_holds_what_was_asked_for(client: FlaskClient) -> None:
    body = {"q": "سطر", "target": "en"}
    found = client.post(PATH, json=body).get_json()
    assert found == {"data": {"translations": [{"translatedText": "EN:سطر", "detectedSourceLanguage": "ar"}]}}
    found = client.post(PATH, json=body | {"source": "ar"}).get_json()
    assert found == {"data": {"translations": [{"translatedText": "EN:سطر"}]}}
    found = client.post(PATH, json=body | {"source": "ar", "model": "nmt"}).get_json()
    assert found == {"data": {"translations": [{"translatedText": "EN:سطر", "model": "nmt"}]}}


def test_texts_are_html_unless_said_otherwise(client: FlaskClient) -> None:
    body = {"q": "<b>سطر</b> &amp; آخر", "target": "en", "source": "ar"}
    [page] = texts(client.post(PATH, json=body))
    assert page.count("<b>") == page.count("</b>") == page.count("&amp;") == 1
    assert texts(client.post(PATH, json=body | {"format": "text"})) == ["EN:<b>سطر</b> &amp; آخر"]


def test_a_get_works_too(client: FlaskClient) -> None:
    assert texts(client.get(PATH, query_string={"q": "سطر", "target": "en"})) == ["EN:سطر"]


@pytest.mark.parametrize(("source", "text"), [("ar", "سطر"), (None, "قالت الوزيرة")])
def test_what_is_in_the_target_language_comes_back(
    client: FlaskClient, source: str | None, text: str
) -> None:
    assert texts(client.post(PATH, json={"q": text, "target": "ar", "source": source})) == [text]


@pytest.mark.parametrize(
    ("body", "message", "reason"),
    [
        ({}, "Required Text", "required"),
        ({"q": []}, "Required Text", "required"),
        ({"q": "x"}, "The target language is required", "required"),
        ({"q": "x", "target": "zz"}, "Invalid Value", "invalid"),
        ({"q": "x", "target": "en", "source": "zz"}, "Invalid Value", "invalid"),
        ({"q": "x", "target": 5}, "Invalid Value: target is a string.", "invalid"),
        ({"q": [1], "target": "en"}, "Invalid Value: q is a string or an array of strings.", "invalid"),
        ({"q": "x", "target": "en", "format": "pdf"}, "Invalid Value: format is one of html, text.", "invalid"),
        ({"q": "x", "target": "en", "model": "m"}, "Invalid Value: model is one of base, nmt.", "invalid"),
        ({"q": "x", "target": "ar", "source": "en"}, "Bad language pair: en|ar", "invalid"),
        ({"q": "Hello there.", "target": "ar"}, "Bad language pair: en|ar", "invalid"),
        ({"q": ["x"] * 4, "target": "en"}, "Too many text segments", "invalid"),
        ({"q": "س" * 51, "target": "en"}, "The request text is too large.", "badRequest"),
    ],
)  # fmt: skip
def test_errors(client_of: Any, body: dict[str, Any], message: str, reason: str) -> None:
    client = client_of(Config(limits=LimitsConfig(max_texts=3, max_text_chars=50)))
    response = client.post(PATH, json=body)
    assert response.status_code == 400
    one = {"message": message, "domain": "global", "reason": reason}
    assert response.get_json() == {"error": {"code": 400, "message": message, "errors": [one]}}


@pytest.mark.parametrize("data", ["{", "[]", '{"q": 1e999}', '{"q": "\\ud800", "target": "en"}'])
def test_broken_bodies(client: FlaskClient, data: str) -> None:
    response = client.post(PATH, data=data, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == 400


def test_our_fault(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.error = RuntimeError("secret text")
    response = client.post(PATH, json={"q": "سطر", "target": "en"})
    error = response.get_json()["error"]
    assert (response.status_code, error["code"], error["errors"][0]["reason"]) == (500, 500, "backendError")
    assert "secret" not in error["message"]


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    made = Keyed()
    yield made
    made.close()


def test_keys(keyed: Keyed) -> None:
    body = {"q": "سطر", "target": "en"}
    caller = keyed.caller(daily_characters=5)
    missing = keyed.client.post(PATH, json=body)
    assert (missing.status_code, missing.get_json()["error"]["errors"][0]["reason"]) == (403, "forbidden")
    wrong = keyed.client.post(PATH, query_string={"key": "x"}, json=body)
    assert (wrong.status_code, wrong.get_json()["error"]["message"][:18]) == (400, "API key not valid.")
    assert texts(keyed.client.post(PATH, query_string={"key": caller.secret}, json=body)) == ["EN:سطر"]
    used = keyed.client.post(PATH, headers={"X-Goog-Api-Key": caller.secret}, json=body)
    assert (used.status_code, used.get_json()["error"]["errors"][0]["reason"]) == (403, "dailyLimitExceeded")
    assert int(used.headers["Retry-After"]) > 0
