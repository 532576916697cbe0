"""DeepL's API byte by byte, over the fake pipeline; what its own client makes of it is in test_client.py."""

import queue
import threading
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.glossary import Glossary, news_glossary
from models.translator import TranslateOptions
from service.api.deepl import work
from service.app import create_app
from service.config import AuthConfig, Config, LimitsConfig
from service.context import runtime_of
from service.keyring import NewKey
from tests.growth import growth
from tests.service.fakes import FakePipeline, runtime

TO = {"target_lang": "EN-US"}


@pytest.mark.parametrize("root", ["", "/deepl"])
@pytest.mark.parametrize("form", [False, True])
def test_translations_in_order(client: FlaskClient, root: str, form: bool) -> None:
    fields: dict[str, Any] = {"text": ["سطر", "", "سطر", "hello", "😀"], **TO}
    sent = {"data": fields} if form else {"json": fields}
    response = client.post(f"{root}/v2/translate", **sent)
    assert response.status_code == 200
    assert response.get_json() == {
        "translations": [
            {"detected_source_language": lang, "text": text, "billed_characters": billed}
            for lang, text, billed in [
                ("AR", "EN:سطر", 3), ("EN", "", 0), ("AR", "EN:سطر", 3), ("EN", "EN:hello", 5), ("EN", "EN:😀", 1),
            ]
        ]
    }  # fmt: skip
    assert response.headers["X-Trace-ID"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize("target", ["EN", "EN-US", "en-us", "en_US", "EN-GB", "eN"])
@pytest.mark.parametrize("source", [None, "AR", "ar", "ar-EG", "ar_LB"])
def test_language_codes_in_any_spelling(client: FlaskClient, target: str, source: str | None) -> None:
    fields = {"text": "٣", "target_lang": target} | ({"source_lang": source} if source else {})
    [done] = client.post("/v2/translate", data=fields).get_json()["translations"]
    assert done["detected_source_language"] == ("AR" if source else "EN")


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({}, 400, "Parameter 'text' not specified"),
        ({"text": []} | TO, 400, "Parameter 'text' not specified"),
        ({"text": [1]} | TO, 400, "Parameter 'text' must be an array of strings."),
        ({"text": "a"}, 400, "Parameter 'target_lang' not specified"),
        ({"text": "a", "target_lang": "DE"}, 400, "Value for 'target_lang' not supported."),
        ({"text": "a", "target_lang": "EN-AU-x"}, 400, "Value for 'target_lang' not supported."),
        ({"text": "a", "source_lang": "DE"} | TO, 400, "Value for 'source_lang' not supported."),
        ({"text": "a", "split_sentences": "2"} | TO, 400, "Value for 'split_sentences' not supported."),
        ({"text": "a", "tag_handling": "md"} | TO, 400, "Value for 'tag_handling' not supported."),
        ({"text": "a", "formality": "polite"} | TO, 400, "Value for 'formality' not supported."),
        ({"text": "a", "formality": "less"} | TO, 400, "Target language 'EN-US' doesn't support formality."),
        ({"text": "a", "model_type": "best"} | TO, 400, "Value for 'model_type' not supported."),
        ({"text": "a", "preserve_formatting": 2} | TO, 400, "Value for 'preserve_formatting' not supported."),
        ({"text": "a", "custom_instructions": ["x"] * 11} | TO, 400, "Value for 'custom_instructions' not supported."),
        ({"text": "a", "glossary_id": "g"} | TO, 400,
         "Use of a glossary requires the source_lang parameter to be specified"),
        ({"text": "a", "source_lang": "AR", "glossary_id": "g"} | TO, 404, "Glossary not found"),
        ({"text": "a", "source_lang": "AR", "glossary_ids": ["g"] * 6} | TO, 400,
         "At most 5 glossaries can be used together."),
        ({"text": "a", "style_id": "s"} | TO, 404, "Style rule not found"),
        ({"text": "a", "translation_memory_id": "s"} | TO, 404, "Translation memory not found"),
    ],
)  # fmt: skip
def test_refused(client: FlaskClient, fields: dict[str, Any], status: int, message: str) -> None:
    response = client.post("/v2/translate", json=fields)
    assert (response.status_code, response.get_json()["message"]) == (status, message)
    assert "X-Trace-ID" in response.headers


@pytest.mark.parametrize(
    "fields",
    [
        {"formality": "prefer_less"},
        {"formality": "DEFAULT"},
        {"context": "sports page", "preserve_formatting": True, "show_billed_characters": False},
        {"preserve_formatting": "1", "outline_detection": "0", "tag_handling_version": "v1"},
        {"custom_instructions": ["be brief"], "unheard_of": {"x": 1}},
    ],
)
def test_what_makes_no_difference_is_taken(client: FlaskClient, fields: dict[str, Any]) -> None:
    [done] = client.post("/v2/translate", json={"text": ["سطر"]} | TO | fields).get_json()["translations"]
    assert (done["text"], done["billed_characters"]) == ("EN:سطر", 3)


@pytest.mark.parametrize("kind", ["quality_optimized", "latency_optimized", "prefer_quality_optimized"])
def test_the_model_type_comes_back(client: FlaskClient, kind: str) -> None:
    [done] = client.post("/v2/translate", json={"text": ["a"], "model_type": kind} | TO).get_json()[
        "translations"
    ]
    assert done["model_type_used"] == kind.removeprefix("prefer_")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سطر\nآخر", "سطر آخر"),
        ("سطر \r\n  آخر\nثالث", "سطر آخر ثالث"),
        ("سطر\n\nآخر", "سطر\n\nآخر"),
        ("سطر\n \nآخر\nثالث\n", "سطر\n \nآخر ثالث\n"),
        ("\nسطر\n", "\nسطر\n"),
        ("", ""),
    ],
)
def test_wrapped_lines_are_joined(text: str, expected: str) -> None:
    assert work.unwrapped(text) == expected


@pytest.mark.parametrize("blank", [" ", "\n", "\u00a0", "\r"])
def test_joining_lines_takes_no_longer_for_a_long_row_of_blanks(blank: str) -> None:
    assert growth(work.unwrapped, lambda n: f"سطر{blank * n}آخر", 2000, 8) < 20


@pytest.mark.parametrize(
    ("split", "expected"), [("1", "EN:سطر\nEN:آخر"), ("nonewlines", "EN:سطر آخر"), ("0", "EN:سطر آخر")]
)
def test_split_sentences(client: FlaskClient, split: str, expected: str) -> None:
    fields = {"text": ["سطر\nآخر"], "split_sentences": split} | TO
    assert client.post("/v2/translate", json=fields).get_json()["translations"][0]["text"] == expected


def test_tags_stay(client: FlaskClient) -> None:
    page = '<p class="x">سطر <code>اسم</code></p><br/><p translate="no">نص</p>'
    fields = {"text": [page], "tag_handling": "html", "ignore_tags": ["code"]} | TO
    [done] = client.post("/v2/translate", json=fields).get_json()["translations"]
    assert done["text"].count("<code>اسم</code>") == 1
    assert '<p class="x">' in done["text"]
    assert '<br/><p translate="no">نص</p>' in done["text"]
    assert (done["detected_source_language"], done["billed_characters"]) == ("AR", len(page))
    form = {"text": page, "tag_handling": "html", "ignore_tags": "b, code"} | TO
    assert client.post("/v2/translate", data=form).get_json()["translations"][0] == done


def test_glossaries_apply_and_earlier_ones_win(client: FlaskClient, pipeline: FakePipeline) -> None:
    ids = []
    for entries in ("داعش\tIS", "داعش\tISIS\nقسد\tSDF"):
        body = {
            "name": "n",
            "source_lang": "ar",
            "target_lang": "EN",
            "entries": entries,
            "entries_format": "tsv",
        }
        ids.append(client.post("/v2/glossaries", json=body).get_json()["glossary_id"])
    fields = {"text": ["سطر"], "source_lang": "AR", "glossary_ids": ids} | TO
    assert client.post("/v2/translate", json=fields).status_code == 200
    assert isinstance(pipeline.options, TranslateOptions)
    assert pipeline.options.glossary == Glossary.from_tsv("داعش\tIS\nقسد\tSDF").over(news_glossary())
    form = {"text": "سطر", "source_lang": "AR", "glossary_id": ids[1]} | TO
    client.post("/v2/translate", data=form)
    assert pipeline.options.glossary == Glossary.from_tsv("داعش\tISIS\nقسد\tSDF").over(news_glossary())


def test_duplicate_entries_are_told_in_their_words(client: FlaskClient) -> None:
    body = {
        "name": "n",
        "source_lang": "ar",
        "target_lang": "en",
        "entries": "داعش\ta\nداعش\tb",
        "entries_format": "tsv",
    }
    response = client.post("/v2/glossaries", json=body)
    assert response.status_code == 400
    assert response.get_json() == {
        "message": "Invalid glossary entries provided",
        "detail": "Key with the index 1 (starting at position 7) duplicates key with the index 0 (starting at position 0)",
    }


def test_glossaries_of_one_api_are_those_of_the_other(client: FlaskClient) -> None:
    made = client.post("/v1/glossaries", json={"name": "n", "tsv": "داعش\tIS"}).get_json()
    [listed] = client.get("/v2/glossaries").get_json()["glossaries"]
    assert listed["creation_time"].endswith("Z")
    assert {k: v for k, v in listed.items() if k not in ("glossary_id", "creation_time")} == {
        "name": "n", "ready": True, "source_lang": "ar", "target_lang": "en", "entry_count": 1,
    }  # fmt: skip
    assert client.get(f"/v1/glossaries/{listed['glossary_id']}").get_json() == made
    at = f"/v2/glossaries/{listed['glossary_id']}"
    assert client.get(f"{at}/entries").status_code == 415
    assert client.get(f"{at}/entries", headers={"Accept": "text/tab-separated-values"}).text == "داعش\tIS"
    assert client.delete(at).status_code == 204
    assert client.get(at).get_json() == {"message": "Glossary not found"}


@pytest.mark.parametrize(
    ("query", "body"), [("", b""), ("?type=source", b""), ("?type=target", b""), ("", b"type=target")]
)
def test_languages_also_from_the_body_of_a_get(client: FlaskClient, query: str, body: bytes) -> None:
    response = client.get(
        f"/v2/languages{query}", data=body, content_type="application/x-www-form-urlencoded"
    )
    if "target" in query or body:
        assert [t["supports_formality"] for t in response.get_json()] == [False, False]
        assert [t["language"] for t in response.get_json()] == ["EN-US", "EN-GB"]
    else:
        assert response.get_json() == [{"language": "AR", "name": "Arabic"}]


def test_nothing_of_other_products(client: FlaskClient) -> None:
    for method, path in (("POST", "/v2/write/rephrase"), ("GET", "/v3/voice"), ("GET", "/v2/translate")):
        response = client.open(path, method=method)
        assert (response.status_code, response.get_json()["message"]) == (404, "Not found")


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("application/json", b'{"text": ', 400),
        ("application/json", b"[]", 400),
        ("application/x-www-form-urlencoded", b"text=%D8", 400),
        ("application/xml", b"<a/>", 415),
        ("application/json", b'{"text": "' + b"x" * 2_000 + b'"}', 413),
    ],
)
def test_broken_bodies(client_of: Any, content_type: str, data: bytes, status: int) -> None:
    client: FlaskClient = client_of(Config(limits=LimitsConfig(max_body_bytes=1024, max_text_chars=500)))
    response = client.post("/v2/translate", data=data, content_type=content_type)
    assert response.status_code == status
    assert response.get_json()["message"]


def test_keys(client_of: Any) -> None:
    client: FlaskClient = client_of(Config(auth=AuthConfig(mode="keys")))
    _, key = runtime_of(client.application).services.keyring.create(NewKey("n", None, ("translate",), 10))
    fields = {"text": ["سطر"]} | TO

    def ask(authorization: str | None) -> Any:
        headers = {"Authorization": authorization} if authorization else {}
        return client.post("/v2/translate", json=fields, headers=headers)

    assert [ask(a).status_code for a in (None, "DeepL-Auth-Key wrong", "DeepL-Auth-Key mjz_wrong:fx")] == [
        403
    ] * 3
    assert ask(None).get_json()["message"] == "Forbidden"
    assert ask(f"DeepL-Auth-Key {key}").status_code == 200
    usage = client.get("/v2/usage", headers={"Authorization": f"DeepL-Auth-Key {key}"})
    assert usage.get_json() == {"character_count": 3, "character_limit": 10}
    fields["text"] = ["سطر سطر سطر"]
    over = ask(f"DeepL-Auth-Key {key}")
    assert over.status_code == 456
    assert over.get_json()["message"] == "Quota for this billing period has been exceeded."
    assert "Retry-After" not in over.headers


def test_any_key_or_none_where_none_is_needed(client: FlaskClient) -> None:
    for headers in ({}, {"Authorization": "DeepL-Auth-Key 279a2e9d-83b3-c416-7e2d-f721593e42a0:fx"}):
        assert client.get("/v2/usage", headers=headers).get_json()["character_limit"] == 10**12


def test_the_same_request_at_the_same_time_is_done_and_charged_once(
    client: FlaskClient, pipeline: FakePipeline
) -> None:
    pipeline.gate = threading.Event()
    answers: list[Any] = []

    def ask() -> None:
        own = client.application.test_client()
        answers.append(own.post("/v2/translate", json={"text": ["سطر"]} | TO).get_json())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert pipeline.entered.acquire(timeout=10)
    time.sleep(0.2)  # the others arrive meanwhile
    pipeline.gate.set()
    for thread in threads:
        thread.join(10)
    assert len(answers) == 4
    assert all(a == answers[0] for a in answers)
    assert not pipeline.entered.acquire(blocking=False)
    assert client.get("/v2/usage").get_json()["character_count"] == 3


@pytest.mark.parametrize(("most", "statuses"), [(2, {200: 2, 429: 10}), (0, {200: 9, 429: 3})])
def test_those_that_join_count_as_running(most: int, statuses: dict[int, int]) -> None:
    """Against the limit of the key, and without one against the threads that there are for waiting."""
    pipeline = FakePipeline()
    pipeline.gate = threading.Event()
    parts = runtime(pipeline, Config(limits=LimitsConfig(concurrent_requests=most)))
    app, answers = create_app(parts.config, parts), queue.SimpleQueue[int]()

    def ask() -> None:
        answers.put(app.test_client().post("/v2/translate", json={"text": ["سطر"]} | TO).status_code)

    threads = [threading.Thread(target=ask) for _ in range(sum(statuses.values()))]
    for thread in threads:
        thread.start()
    assert pipeline.entered.acquire(timeout=10)
    found = [answers.get(timeout=60) for _ in range(statuses[429])]  # while the others wait
    assert set(found) == {429}
    pipeline.gate.set()
    assert {answers.get(timeout=60) for _ in range(statuses[200])} == {200}
    for thread in threads:
        thread.join()
    parts.close()


def test_sent_away_when_too_much_waits(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = runtime_of(client.application)
    monkeypatch.setattr(runtime, "backlog_seconds", lambda lane="interactive": 20.0)
    response = client.post("/v2/translate", json={"text": ["سطر"]} | TO)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "16")
    assert client.get("/v2/usage").get_json()["character_count"] == 0
