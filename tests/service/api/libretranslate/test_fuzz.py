"""Whatever is sent, the answer is JSON in LibreTranslate's shape and never our fault."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from service.app import create_app
from tests.service.fakes import runtime

PATHS = ("/translate", "/detect", "/translate_file", "/suggest")
TEXT = st.text(max_size=20) | st.sampled_from(["ar", "en", "auto", "html", "سطر", "<p>س</p>", "&lt;"])
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=5,
)
NAMES = st.sampled_from(["q", "source", "target", "format", "alternatives", "api_key", "s", "x"])
#: Requests that are nearly right get further.
FIELDS = st.fixed_dictionaries(
    {}, optional={"q": TEXT | st.lists(TEXT, max_size=3) | VALUE, "source": TEXT | VALUE, "target": TEXT | VALUE,
                  "format": TEXT | VALUE, "alternatives": VALUE, "api_key": VALUE}
)  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    parts = runtime()
    yield create_app(parts.config, parts).test_client()
    parts.close()


def check(response: Any) -> None:
    assert response.status_code in (200, 400, 403), response.get_data(as_text=True)
    body = response.get_json()
    if response.status_code != 200:
        assert list(body) == ["error"]
        assert isinstance(body["error"], str)


@given(path=st.sampled_from(PATHS), body=FIELDS | VALUE)
@example(path="/translate", body={"q": ["", " ", "س"], "source": "auto", "target": "en", "format": "html"})
@example(path="/translate", body={"q": "\ud800", "source": "ar", "target": "en"})
def test_json(client: FlaskClient, path: str, body: Any) -> None:
    check(client.post(path, data=json.dumps(body), content_type="application/json"))


@given(path=st.sampled_from(PATHS), form=st.dictionaries(NAMES, TEXT | st.lists(TEXT, max_size=3)))
def test_forms(client: FlaskClient, path: str, form: Any) -> None:
    check(client.post(path, data=form))


@given(
    path=st.sampled_from(PATHS),
    data=st.binary(max_size=60),
    kind=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", "",
                          "multipart/form-data; boundary=x", "multipart/form-data"]),
)  # fmt: skip
def test_bytes(client: FlaskClient, path: str, data: bytes, kind: str) -> None:
    check(client.post(path, data=data, content_type=kind))


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=5),
    source=st.sampled_from(["ar", "auto"]),
    kind=st.sampled_from(["text", "html"]),
)
def test_there_is_one_translation_for_each_text(
    client: FlaskClient, texts: list[str], source: str, kind: str
) -> None:
    body = {"q": texts, "source": source, "target": "en", "format": kind}
    answer = client.post("/translate", json=body).get_json()
    assert len(answer["translatedText"]) == len(texts)
    assert len(answer.get("detectedLanguage", texts)) == len(texts)
