"""POST /v1/summaries over a fake pipeline: the contract of docs/api, to the letter."""

import io
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.errors import Busy, Closed, EngineUnavailable, SummaryFailed
from models.glossary import news_glossary
from models.pipeline import SummaryOptions
from models.summarize import Length
from models.translator import TranslateOptions
from service.config import Config, FetchConfig, LimitsConfig, SummaryConfig
from tests.service.fakes import FakePipeline
from tests.service.ingest.fetch_servers import answer, serve
from tests.service.ingest.test_extract import ARTICLE, PARAGRAPHS

TEXT = "أعلنت وزارة الصحة اليوم.\n\nوقال الوزير: «سنصل». BBC 😀"


def code(response: Any) -> str:
    assert response.mimetype == "application/problem+json"
    return str(response.get_json()["type"]).partition("#")[2]


def test_whole_answer(client: FlaskClient) -> None:
    answer = client.post("/v1/summaries", json={"text": TEXT, "title": " عنوان "}).get_json()
    assert list(answer) == [
        "id", "article", "title", "summary", "translation", "warnings", "model", "timing",
    ]  # fmt: skip
    assert answer["id"].startswith("art_")
    assert answer["article"] == {
        "title": "عنوان", "text": TEXT, "language": "ar", "url": None, "published": None, "author": None,
    }  # fmt: skip
    assert answer["title"] == {
        "ar": "عنوان", "en": "EN:عنوان", "confidence": 0.5,
        "flags": [{
            "code": "name_lost", "severity": "major", "message": "a name",
            "ar": {"start": 0, "end": 1}, "en": {"start": 3, "end": 4},
        }],
    }  # fmt: skip
    assert answer["summary"]["method"] == "extractive"
    assert answer["warnings"] == [{"code": "starter_model", "message": "small"}]
    assert answer["model"] == {"id": "starter", "signature": "fake|summary:extractive"}
    assert set(answer["timing"]) == {"total_ms", "translate_ms", "cached_segments"}


def test_spans_are_over_the_whole_texts(client: FlaskClient) -> None:
    answer = client.post("/v1/summaries", json={"text": TEXT, "alignments": True}).get_json()
    text, english = answer["article"]["text"], answer["translation"]["text"]
    first, second = answer["translation"]["segments"]
    for part in (first, second):
        assert text[part["ar"]["start"] : part["ar"]["end"]] == part["ar"]["text"]
        assert english[part["en"]["start"] : part["en"]["end"]] == part["en"]["text"]
        [flag] = part["flags"]
        # The fake flags the first Arabic letter and the first one after "EN:" of each segment.
        assert text[flag["ar"]["start"] : flag["ar"]["end"]] == part["ar"]["text"][0]
        assert english[flag["en"]["start"] : flag["en"]["end"]] == part["ar"]["text"][0]
        [[ar, en]] = part["alignment"]
        assert (text[slice(*ar)], english[slice(*en)]) == (part["ar"]["text"][0],) * 2
    assert second["flags"][0]["ar"] == {"start": TEXT.index("وقال"), "end": TEXT.index("وقال") + 1}
    [source] = answer["summary"]["sentences"][0]["sources"]
    assert text[source["start"] : source["end"]] == answer["summary"]["sentences"][0]["ar"]


def test_alignment_is_left_out_unless_asked_for(client: FlaskClient) -> None:
    answer = client.post("/v1/summaries", json={"text": TEXT}).get_json()
    assert "alignment" not in answer["translation"]["segments"][0]


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ({}, Length(sentences=3)),
        ({"sentences": 5}, Length(sentences=5)),
        ({"words": 40}, Length(words=40)),
    ],
)
def test_length(client: FlaskClient, pipeline: FakePipeline, fields: dict[str, Any], length: Length) -> None:
    assert client.post("/v1/summaries", json={"text": TEXT, **fields}).status_code == 200
    assert isinstance(pipeline.options, SummaryOptions)
    assert pipeline.options.length == length


def test_defaults_come_from_the_configuration(client_of: Any, pipeline: FakePipeline) -> None:
    summary = SummaryConfig(method="abstractive", sentences=7, abstractive_model="x")
    client_of(Config(summary=summary)).post("/v1/summaries", json={"text": TEXT})
    terms = TranslateOptions(glossary=news_glossary())
    assert pipeline.options == SummaryOptions(Length(sentences=7), "abstractive", terms)


@pytest.mark.parametrize(
    ("fields", "expected", "pointers"),
    [
        ({}, "invalid", []),
        ({"text": TEXT, "html": "<p>a"}, "invalid", ["/text", "/html"]),
        ({"text": ""}, "invalid", ["/text"]),
        ({"text": " \n\u00a0"}, "invalid", ["/text"]),
        ({"text": TEXT, "sentences": 3, "words": 9}, "invalid", ["/words"]),
        ({"text": TEXT, "method": "magic"}, "invalid", ["/method"]),
        ({"text": TEXT, "language": "fr"}, "invalid", ["/language"]),
        ({"text": TEXT, "title": "a" * 1001}, "invalid", ["/title"]),
        ({"url": "http://127.0.0.1:22/"}, "url_refused", ["/url"]),
        ({"url": "https://user@example.org/a"}, "url_refused", ["/url"]),
        ({"text": TEXT, "glossary_id": "gls_1"}, "unknown_glossary", ["/glossary_id"]),
        ({"text": TEXT, "model": "quality"}, "unknown_model", ["/model"]),
        ({"file": "a"}, "invalid", ["/file"]),
    ],
)
def test_refused(client: FlaskClient, fields: dict[str, Any], expected: str, pointers: list[str]) -> None:
    response = client.post("/v1/summaries", json=fields)
    assert response.status_code == 422
    assert code(response) == expected
    assert [e["pointer"] for e in response.get_json()["errors"]] == pointers


@pytest.mark.parametrize("headers", [{}, {"Prefer": "respond-async"}])
def test_a_page_on_the_web(client_of: Any, headers: dict[str, str]) -> None:
    page = answer(ARTICLE.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    with serve({"/خبر": page, "/%D8%AE%D8%A8%D8%B1": page}) as site:
        client = client_of(Config(fetch=FetchConfig(allow=(site.netloc,))))
        response = client.post("/v1/summaries", json={"url": f"{site.url}/خبر"}, headers=headers)
        made = finished(client, response)
    assert made["article"]["url"].startswith(site.url)
    assert made["article"]["text"].startswith(PARAGRAPHS[0])


def test_a_page_that_is_not_there(client_of: Any) -> None:
    with serve({}) as site:
        client = client_of(Config(fetch=FetchConfig(allow=(site.netloc,))))
        response = client.post("/v1/summaries", json={"url": f"{site.url}/gone"})
    assert response.status_code == 422
    assert code(response) == "fetch_failed"


def finished(client: FlaskClient, response: Any) -> dict[str, Any]:
    """What was answered, or what the job that was answered comes to."""
    if response.status_code == 200:
        return dict(response.get_json())
    assert response.status_code == 202, response.get_json()
    job = response.get_json()
    for _ in range(500):
        if job["state"] in ("succeeded", "failed"):
            break
        time.sleep(0.02)
        job = client.get(response.headers["Location"]).get_json()
    assert job["state"] == "succeeded", job
    return dict(client.get(job["result_url"]).get_json())


def test_active_model_may_be_named(client: FlaskClient) -> None:
    assert client.post("/v1/summaries", json={"text": TEXT, "model": "starter"}).status_code == 200


@pytest.mark.parametrize(("extra", "status"), [(0, 200), (1, 422)])
def test_longest_text(client_of: Any, extra: int, status: int) -> None:
    client = client_of(Config(limits=LimitsConfig(max_text_chars=100)))
    response = client.post("/v1/summaries", json={"text": "ا" * (100 + extra)})
    assert response.status_code == status
    if status == 422:
        assert code(response) == "text_too_long"


@pytest.mark.parametrize(
    ("error", "expected", "status", "retry"),
    [
        (Busy("The interactive queue is full.", 12.2), "busy", 429, "13"),
        (Closed("closed"), "draining", 503, "10"),
        (EngineUnavailable("no GPU"), "unavailable", 503, "30"),
        (SummaryFailed("No 'x' summarizer is set up."), "summary_failed", 422, None),
        (RuntimeError(TEXT), "internal", 500, None),
    ],
)
def test_what_goes_wrong_inside(
    client: FlaskClient,
    pipeline: FakePipeline,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    expected: str,
    status: int,
    retry: str | None,
) -> None:
    pipeline.error = error
    response = client.post("/v1/summaries", json={"text": TEXT}, headers={"X-Request-ID": "abc"})
    assert (response.status_code, code(response)) == (status, expected)
    assert response.headers.get("Retry-After") == retry
    assert response.get_json()["request_id"] == response.headers["X-Request-ID"] == "abc"
    assert TEXT not in response.get_data(as_text=True)
    assert TEXT not in caplog.text  # the article never reaches the log, not even inside an exception
    assert ("RuntimeError" in caplog.text) is (status == 500)


@pytest.mark.parametrize(
    ("text", "language", "warned"),
    [
        (TEXT, "ar", False),
        ("دولت ایران اعلام کرد که مذاکرات ادامه دارد و گفت‌وگوها پیش می‌رود", "fa", True),
        ("پاکستان کے وزیر اعظم نے کہا ہے کہ بات چیت جاری رہے گی", "ur", True),
    ],
)
def test_language(client: FlaskClient, text: str, language: str, warned: bool) -> None:
    answer = client.post("/v1/summaries", json={"text": text, "language": "auto"}).get_json()
    assert answer["article"]["language"] == language
    assert ("not_arabic" in [w["code"] for w in answer["warnings"]]) is warned


def test_asynchronous_answers_come_to_the_same(client: FlaskClient) -> None:
    response = client.post("/v1/summaries", json={"text": TEXT}, headers={"Prefer": "respond-async"})
    assert response.status_code == 202
    assert response.headers["Preference-Applied"] == "respond-async"
    later = finished(client, response)
    now = client.post("/v1/summaries", json={"text": TEXT}).get_json()
    assert {**later, "timing": None} == {**now, "timing": None}


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (TEXT.encode(), "مقال.txt", TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), "a.txt", TEXT),
        (TEXT.encode("utf-16"), "a.txt", TEXT),
        ("أعلنت وزارة الصحة".encode("cp1256"), "a.txt", "أعلنت وزارة الصحة"),
        (b"\xc8\xed\xc7\xe4", "a", "بيان"),
    ],
)
def test_text_files(client: FlaskClient, data: bytes, name: str, text: str) -> None:
    response = client.post("/v1/summaries", data={"file": (io.BytesIO(data), name), "sentences": "2"})
    assert response.get_json()["article"]["text"] == text


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"", "a.txt", "no_text"),
        (b" \n", "a.txt", "no_text"),
        (b"%PDF-1.7 ...", "a.pdf", "unreadable_file"),
        (b"PK\x03\x04...", "a.docx", "unreadable_file"),
        (b"\x00\x01\x02\x03" * 20, "a.txt", "unreadable_file"),
        ("déjà vu à côté".encode("latin-1"), "a.txt", "unreadable_file"),
    ],
)
def test_files_that_hold_no_text(client: FlaskClient, data: bytes, name: str, expected: str) -> None:
    response = client.post("/v1/summaries", data={"file": (io.BytesIO(data), name)})
    assert (response.status_code, code(response)) == (422, expected)


PAGE = """<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>حملة تطعيم</title>
<meta name="author" content="ليلى حداد"><meta property="article:published_time" content="2026-03-04"></head>
<body><nav><a href="/">الرئيسية</a></nav><article><h1>حملة تطعيم</h1>
<p>أعلنت وزارة الصحة اليوم تطعيم ٣٥٠ ألف طفل في جميع المحافظات ضمن حملة وطنية تستمر أسبوعين.</p>
<p>وقال الوزير: «سنصل إلى كل قرية». وأضاف أن الفرق الطبية جاهزة للعمل منذ الصباح وحتى المساء.</p>
</article><footer>جميع الحقوق محفوظة</footer></body></html>"""


def test_html_as_field_file_and_body(client: FlaskClient) -> None:
    answers = [
        client.post("/v1/summaries", json={"html": PAGE}),
        client.post("/v1/summaries", data={"file": (io.BytesIO(PAGE.encode()), "صفحة.html")}),
        client.post("/v1/summaries", data=PAGE.encode(), content_type="text/html"),
    ]
    articles = [answer.get_json()["article"] for answer in answers]
    assert articles[0] == articles[1] == articles[2]
    assert articles[0]["title"] == "حملة تطعيم"
    assert articles[0]["author"] == "ليلى حداد"
    assert articles[0]["published"] == "2026-03-04"
    assert articles[0]["text"].startswith("أعلنت وزارة الصحة")
    assert "جميع الحقوق" not in articles[0]["text"]


def test_html_without_text(client: FlaskClient) -> None:
    response = client.post("/v1/summaries", json={"html": "<html><body><script>x</script></body></html>"})
    assert (response.status_code, code(response)) == (422, "no_text")


def test_own_title_wins(client: FlaskClient) -> None:
    answer = client.post("/v1/summaries", json={"html": PAGE, "title": "خبر"}).get_json()
    assert answer["article"]["title"] == "خبر"
