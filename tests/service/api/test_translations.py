import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.glossary import news_glossary
from models.translator import TranslateOptions
from service.config import Config, LimitsConfig
from tests.service.fakes import FakePipeline


def test_one_result_per_text_in_order(client: FlaskClient) -> None:
    texts = ["سطر أول\nثان", "", "سطر أول\nثان", "   ", "٣"]
    answer = client.post("/v1/translations", json={"texts": texts}).get_json()
    assert list(answer) == ["translations", "warnings", "model", "timing"]
    assert [t["text"] for t in answer["translations"]] == [
        "EN:سطر أول\nEN:ثان",
        "",
        "EN:سطر أول\nEN:ثان",
        "",
        "EN:٣",
    ]
    assert [t["language"] for t in answer["translations"]] == ["ar", "und", "ar", "und", "und"]
    assert list(answer["translations"][0]) == ["text", "language", "segments", "alternatives"]


def test_options_reach_the_pipeline(client: FlaskClient, pipeline: FakePipeline) -> None:
    body = {"texts": ["سطر"], "alternatives": 2, "alignments": True, "format": "text"}
    answer = client.post("/v1/translations", json=body).get_json()
    assert pipeline.options == TranslateOptions(alternatives=2, alignments=True, glossary=news_glossary())
    assert answer["translations"][0]["alternatives"] == ["EN:سطر~0", "EN:سطر~1"]
    assert answer["translations"][0]["segments"][0]["alignment"] == [[[0, 1], [3, 4]]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "invalid"),
        ({"texts": []}, "invalid"),
        ({"texts": "سطر"}, "invalid"),
        ({"texts": ["a", 1]}, "invalid"),
        ({"texts": ["a"], "alternatives": 5}, "invalid"),
        ({"texts": ["a"], "alternatives": -1}, "invalid"),
        ({"texts": ["a"], "text": "a"}, "invalid"),
        ({"texts": ["a"], "format": "xml"}, "invalid"),
        ({"texts": ["a"], "format": "html", "alternatives": 1}, "invalid"),
        ({"texts": ["a"], "glossary_id": "gls_1"}, "unknown_glossary"),
        ({"texts": ["a"], "model": "fast"}, "unknown_model"),
    ],
)
def test_refused(client: FlaskClient, body: dict[str, Any], expected: str) -> None:
    response = client.post("/v1/translations", json=body)
    assert response.status_code == 422
    assert response.get_json()["type"].endswith(f"#{expected}")


@pytest.mark.parametrize("path", ["/v1/translations", "/v1/detect"])
@pytest.mark.parametrize(
    ("texts", "status"), [(["ا" * 50] * 2, 200), (["ا" * 50] * 3, 422), (["ا"] * 4, 422)]
)
def test_limits(client_of: Any, path: str, texts: list[str], status: int) -> None:
    client = client_of(Config(limits=LimitsConfig(max_text_chars=149, max_texts=3)))
    response = client.post(path, json={"texts": texts})
    assert response.status_code == status
    if status == 422:
        assert response.get_json()["type"].endswith("#text_too_long")


def test_warnings_name_the_text(client: FlaskClient) -> None:
    persian = "دولت ایران اعلام کرد که مذاکرات ادامه دارد و گفت‌وگوها پیش می‌رود"
    answer = client.post("/v1/translations", json={"texts": ["سطر", persian]}).get_json()
    assert answer["warnings"] == [
        {"code": "not_arabic", "message": "texts[1]: The text looks like fa, not Arabic."}
    ]
    assert answer["translations"][1]["language"] == "fa"


PAGE = "<h1>عنوان</h1><p>سطر <b>آخر</b></p><script>x = 'نص'</script>"


@pytest.mark.parametrize("headers", [{}, {"Prefer": "respond-async"}])
@pytest.mark.parametrize("alignments", [False, True])
def test_html_keeps_its_tags(client: FlaskClient, headers: dict[str, str], alignments: bool) -> None:
    body = {"texts": [PAGE, "<p>٣</p>"], "format": "html", "alignments": alignments}
    response = client.post("/v1/translations", json=body, headers=headers)
    if headers:
        assert response.status_code == 202
        response = wait_for_result(client, response.headers["Location"])
    [page, other] = response.get_json()["translations"]
    assert page["text"] == "<h1>EN:عنوان</h1><p><b>EN:سطر</b> آخر</p><script>x = 'نص'</script>"
    assert page["words"] == {"ar": "عنوان\nسطر آخر", "en": "EN:عنوان\nEN:سطر آخر"}
    assert [(s["index"], s["paragraph"]) for s in page["segments"]] == [(0, 0), (1, 1)]
    for segment in page["segments"]:
        for side in ("ar", "en"):
            place = segment[side]
            assert page["words"][side][place["start"] : place["end"]] == place["text"]
        assert ("alignment" in segment) == alignments
    assert (page["language"], other["text"], other["language"]) == ("ar", "<p>EN:٣</p>", "und")


def wait_for_result(client: FlaskClient, job: str) -> Any:
    deadline = time.monotonic() + 10
    while (result := client.get(f"{job}/result")).status_code == 409 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert result.status_code == 200, result.text
    return result
