"""POST /translate: shapes of the answer, ways to send, and the order in which errors are found."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Config, LimitsConfig
from tests.service.fakes import FakePipeline

ARABIC = "قالت الوزيرة إن الطريق مفتوح."
SMALL = Config(limits=LimitsConfig(max_texts=3, max_text_chars=50))


def ask(client: FlaskClient, **body: Any) -> Any:
    response = client.post("/translate", json={"source": "ar", "target": "en"} | body)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def test_a_text_gives_a_text_and_nothing_else(client: FlaskClient) -> None:
    assert ask(client, q=ARABIC) == {"translatedText": f"EN:{ARABIC}"}


def test_an_array_gives_an_array_in_order_from_one_call(client: FlaskClient, pipeline: FakePipeline) -> None:
    texts = [f"سطر {n}" for n in range(50)]
    assert ask(client, q=texts) == {"translatedText": [f"EN:{text}" for text in texts]}
    assert pipeline.entered.acquire(blocking=False)
    assert not pipeline.entered.acquire(blocking=False)


def test_each_text_of_an_array_is_detected(client: FlaskClient) -> None:
    answer = ask(client, q=[ARABIC, "The road is open, she said.", "😀 !"], source="auto")
    assert [d["language"] for d in answer["detectedLanguage"]] == ["ar", "en", "en"]
    assert answer["detectedLanguage"][0]["confidence"] > 90
    assert answer["detectedLanguage"][2] == {"confidence": 0.0, "language": "en"}


def test_a_detected_language_is_no_array_for_one_text(client: FlaskClient) -> None:
    assert ask(client, q=ARABIC, source="auto")["detectedLanguage"]["language"] == "ar"


@pytest.mark.parametrize("number", [2, "2", 2.0, "٢"])
def test_alternatives(client: FlaskClient, number: object) -> None:
    answer = ask(client, q=ARABIC, alternatives=number)
    assert answer["alternatives"] == [f"EN:{ARABIC}~0", f"EN:{ARABIC}~1"]
    assert ask(client, q=[ARABIC], alternatives=number)["alternatives"] == [answer["alternatives"]]


@pytest.mark.parametrize("number", [0, -3, None, "", "-1"])
def test_no_alternatives(client: FlaskClient, number: object) -> None:
    assert "alternatives" not in ask(client, q=ARABIC, alternatives=number)


def test_html_keeps_its_markup_and_has_no_alternatives(client: FlaskClient) -> None:
    pages = ['<p dir="rtl">سطر &amp; آخر</p>', "<p>ثان</p>"]
    answer = ask(client, q=pages, format="html", alternatives=1, source="auto")
    assert answer["translatedText"] == ['<p dir="rtl">EN:سطر &amp; آخر</p>', "<p>EN:ثان</p>"]
    assert answer["alternatives"] == [[], []]
    assert [d["language"] for d in answer["detectedLanguage"]] == ["ar", "ar"]


def test_entities_in_plain_text_are_letters(client: FlaskClient) -> None:
    assert ask(client, q="سطر &lt;b&gt; &amp;amp;")["translatedText"] == "EN:سطر &lt;b&gt; &amp;amp;"


@pytest.mark.parametrize(
    ("source", "target", "text"),
    [
        ("ar", "ar", ARABIC),
        ("en", "en", "As it is."),
        ("auto", "ar", ARABIC),
        ("auto", "ar", "😀 !"),
    ],
)
def test_what_is_in_the_target_language_comes_back_untouched(
    client: FlaskClient, pipeline: FakePipeline, source: str, target: str, text: str
) -> None:
    assert ask(client, q=text, source=source, target=target)["translatedText"] == text
    assert not pipeline.entered.acquire(blocking=False)


@pytest.mark.parametrize(
    "options",
    [
        {"data": {"q": "أ\r\nب", "source": "ar", "target": "en"}},
        {"data": {"q": "أ\rب", "source": "ar", "target": "en", "format": ""}},
        {"data": {"q": "أ\nب", "source": "ar", "target": "en"}, "content_type": "multipart/form-data"},
        {"query_string": {"q": "أ\nب", "source": "ar", "target": "en"}},
        {"query_string": {"source": "ar", "target": "en"}, "data": {"q": "أ\r\nب"}},
        {"json": {"q": "أ\nب", "source": "ar", "target": "en", "format": None, "api_key": None, "x": 1}},
        {"query_string": {"source": "ar"}, "json": {"q": "أ\nب", "target": "en"}},
    ],
)
def test_every_way_to_send(client: FlaskClient, options: dict[str, Any]) -> None:
    response = client.post("/translate", **options)
    assert response.get_json() == {"translatedText": "EN:أ\nEN:ب"}


#: What is wrong, one thing after the other: each line mends the thing that the line before was refused for.
ORDER: list[tuple[dict[str, Any], str]] = [
    ({}, "Invalid request: missing q parameter"),
    ({"q": ["سطر"] * 4}, "Invalid request: missing source parameter"),
    ({"source": "zz"}, "Invalid request: missing target parameter"),
    ({"target": "yy", "alternatives": "x"}, "Invalid request: alternatives parameter is not a number"),
    ({"alternatives": 5}, "Invalid request: alternatives parameter must be <= 4"),
    ({"alternatives": 4}, "Invalid request: request (4) exceeds text limit (3)"),
    ({"q": ["س" * 20, "س" * 51]}, "Invalid request: request (51) exceeds text limit (50)"),
    ({"q": ["س" * 20, "س" * 40]}, "Invalid request: request (60) exceeds text limit (50)"),
    ({"q": "سطر"}, "zz is not supported"),
    ({"source": "en"}, "yy is not supported"),
    ({"target": "ar", "format": "zz"}, "zz format is not supported"),
    ({"format": "html"}, "Arabic (ar) is not available as a target language from English (en)"),
]


@pytest.mark.parametrize("step", range(len(ORDER)))
def test_errors_are_found_in_libretranslates_order(client_of: Any, step: int) -> None:
    body: dict[str, Any] = {}
    for mended, _ in ORDER[: step + 1]:
        body |= mended
    response = client_of(SMALL).post("/translate", json=body)
    assert (response.status_code, response.get_json()) == (400, {"error": ORDER[step][1]})


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"q": ""}, "Invalid request: missing q parameter"),
        ({"q": []}, "Invalid request: missing q parameter"),
        ({"q": None}, "Invalid request: missing q parameter"),
        ({"q": "x", "source": "", "target": "en"}, "Invalid request: missing source parameter"),
        ({"q": "x", "source": None}, "Invalid request: missing source parameter"),
        ({"q": "x", "source": "ar", "target": "auto"}, "auto is not supported"),
        ({"q": "Hello there.", "source": "auto", "target": "ar"},
         "Arabic (ar) is not available as a target language from English (en)"),
        ({"q": "Привет, мир", "source": "auto", "target": "ar"}, "ru is not supported"),
        ({"q": 5, "source": "ar", "target": "en"},
         "Invalid request: q parameter is not a string or, in JSON, an array of strings"),
        ({"q": ["x", None], "source": "ar", "target": "en"},
         "Invalid request: q parameter is not a string or, in JSON, an array of strings"),
        ({"q": "x", "source": 5, "target": "en"}, "Invalid request: source parameter is not a string"),
        ({"q": "x", "source": "ar", "target": ["en"]}, "Invalid request: target parameter is not a string"),
        ({"q": "x", "source": "ar", "target": "en", "alternatives": [1]},
         "Invalid request: alternatives parameter is not a number"),
        ([], "Invalid JSON format"),
        ("x", "Invalid JSON format"),
    ],
)  # fmt: skip
def test_wrong_values_in_json(client: FlaskClient, body: Any, text: str) -> None:
    response = client.post("/translate", json=body)
    assert (response.status_code, response.get_json()) == (400, {"error": text})


@pytest.mark.parametrize(
    ("options", "status", "starts"),
    [
        ({"data": "{x", "content_type": "application/json"}, 400, "Invalid JSON format: "),
        ({"data": '{"q": 1e999, "alternatives": 1e999, "source": "ar", "target": "en"}',
          "content_type": "application/json"}, 400, "Invalid request: q parameter"),
        ({"data": '{"q": "x", "alternatives": 1e999, "source": "ar", "target": "en"}',
          "content_type": "application/json"}, 400, "Invalid request: alternatives parameter is not a num"),
        ({"data": b"q=%FF&source=ar&target=en", "content_type": "application/x-www-form-urlencoded"},
         400, 'The field "q" isn\'t UTF-8'),
        ({"data": "q=a&q=b&source=ar&target=en", "content_type": "application/x-www-form-urlencoded"},
         400, "Invalid request: q parameter is not a string or"),
        ({"data": "سطر", "content_type": "text/plain"}, 400, "This path reads application/json"),
        ({}, 400, "Invalid request: missing q parameter"),
    ],
)  # fmt: skip
def test_wrong_bodies(client: FlaskClient, options: dict[str, Any], status: int, starts: str) -> None:
    response = client.post("/translate", **options)
    assert response.status_code == status
    assert list(response.get_json()) == ["error"]
    assert response.get_json()["error"].startswith(starts)


def test_of_a_field_that_a_form_repeats_the_first_counts(client: FlaskClient) -> None:
    form = {"q": "سطر", "source": ["ar", "zz"], "target": ["en", "yy"]}
    assert client.post("/translate", data=form).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods(client: FlaskClient, method: str) -> None:
    assert client.open("/translate", method=method).status_code == 405


def test_pages_of_other_sites_may_not_ask(client: FlaskClient) -> None:
    response = client.post("/translate", data={"q": "س"}, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 403
    assert "server.allowed_origins" in response.get_json()["error"]


def test_an_error_of_ours_is_500_in_the_same_shape(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.error = RuntimeError("secret text")
    response = client.post("/translate", json={"q": "س", "source": "ar", "target": "en"})
    assert response.status_code == 500
    assert list(response.get_json()) == ["error"]
    assert "secret" not in response.get_json()["error"]
