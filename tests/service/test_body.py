"""Every wrong body gets its own precise problem, and nothing a client sends is ever our error."""

import io
import json
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from service.app import create_app
from service.config import Config, LimitsConfig
from service.errors import KINDS, PROBLEM_JSON
from tests.service.fakes import runtime

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PATHS = ("/v1/summaries", "/v1/translations", "/v1/detect")


def post(client: FlaskClient, data: bytes, kind: str = JSON, path: str = "/v1/summaries") -> TestResponse:
    return client.post(path, data=data, content_type=kind)


def code(response: TestResponse) -> str:
    assert response.mimetype == PROBLEM_JSON
    problem = response.get_json()
    assert set(problem) == {"type", "title", "status", "detail", "request_id", "errors"}
    assert problem["status"] == response.status_code
    return str(problem["type"]).partition("#")[2]


def multipart(*parts: bytes, boundary: bytes = b"X") -> bytes:
    return (
        b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    )


def field(name: str, value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + data


def file(name: str, filename: str, data: bytes, kind: str = "text/plain") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    head += f"Content-Type: {kind}\r\n\r\n"
    return head.encode() + data


@pytest.mark.parametrize(
    ("data", "expected", "detail"),
    [
        (b"", "empty_body", "The body is empty"),
        (b" \n\t", "empty_body", "The body is empty"),
        (b'{"text":"\xd9"}', "bad_utf8", "byte 0xD9 at offset 9"),
        ('{"text":"سطر"}'.encode("cp1256"), "bad_utf8", "byte 0xD3 at offset 9"),
        (b"\xff\xfe{\x00}\x00", "bad_utf8", "byte 0xFF at offset 0"),
        (b'{"text":"\xed\xa0\x80"}', "bad_utf8", "byte 0xED at offset 9"),
        (b'{"text": "a"', "bad_json", "Expecting ',' delimiter at line 1, column 13"),
        (b'{"text": "a",\n "title": }', "bad_json", "Expecting value at line 2, column 11"),
        (b"{'text': 1}", "bad_json", "line 1, column 2"),
        (b'{"text": "a"} x', "bad_json", "Extra data at line 1, column 15"),
        (b'{"text": "a\nb"}', "bad_json", "Invalid control character at"),
        (b'{"sentences": NaN}', "bad_json", "NaN isn't JSON"),
        (b'{"sentences": -Infinity}', "bad_json", "-Infinity isn't JSON"),
        (b'{"sentences": ' + b"9" * 5000 + b"}", "bad_json", "A number is too long"),
        (b'{"text":"a","text":"b"}', "duplicate_key", '"text" stands twice'),
        (b'{"text":{"a":1,"a":2}}', "duplicate_key", '"a" stands twice'),
        (rb'{"\ud800":1,"\ud800":2}', "duplicate_key", '"?" stands twice'),
        (b"[" * 100_000, "bad_json", "nested too deeply"),
        (b'{"text":' + b"[" * 500 + b"]" * 500 + b"}", "bad_json", "nested too deeply"),
        (b"[]", "not_an_object", "an array"),
        (b'"text"', "not_an_object", "a string"),
        (b"null", "not_an_object", "null"),
        (b"true", "not_an_object", "a boolean"),
        (b"12", "not_an_object", "a number"),
    ],
)
def test_broken_json(client: FlaskClient, data: bytes, expected: str, detail: str) -> None:
    response = post(client, data)
    assert code(response) == expected
    assert detail in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        (rb'{"text":"ab\ud800"}', [("/text", "half of a surrogate pair at character 2")]),
        (rb'{"texts":["a","\udc00"]}', [("/texts/1", "half of a surrogate pair at character 0")]),
        (rb'{"a/b~":"\ud800"}', [("/a~1b~0", "half of a surrogate pair at character 0")]),
        (rb'{"\ud800":1}', [("", "a key holds half of a surrogate pair")]),
        (b'{"tekst":"a"}', [("/tekst", "unknown field; did you mean text?")]),
        (b'{"text":1}', [("/text", "input should be a valid string")]),
        (b'{"text":"a","sentences":"3"}', [("/sentences", "input should be a valid integer")]),
        (b'{"text":"a","sentences":true}', [("/sentences", "input should be a valid integer")]),
        (b'{"text":"a","sentences":3.0}', [("/sentences", "input should be a valid integer")]),
        (b'{"text":"a","sentences":0}', [("/sentences", "input should be greater than or equal to 1")]),
        (b'{"text":"a","alignments":1,"zz":2}', [
            ("/alignments", "input should be a valid boolean"), ("/zz", "unknown field"),
        ]),
    ],
)  # fmt: skip
def test_wrong_fields(client: FlaskClient, data: bytes, errors: list[tuple[str, str]]) -> None:
    response = post(client, data)
    assert code(response) == "invalid"
    assert [(e["pointer"], e["detail"]) for e in response.get_json()["errors"]] == errors


@pytest.mark.parametrize(
    "data",
    [
        b"{" + b",".join(b'"k%d":1' % n for n in range(300_000)) + b"}",
        b"{" + b",".join(b'"k%d":1' % n for n in range(300_000)) + b',"k299999":2}',
        b'{"texts":[' + b"1," * 1_000_000 + b"1]}",
        b'{"texts":[' + b"1," * 50_000 + b"1]}",
        b'{"text":' + b"[" * 1_000_000,
    ],
    ids=["unknown keys", "late duplicate", "long list", "many wrong items", "deep"],
)
def test_hostile_bodies_cost_little(client: FlaskClient, data: bytes) -> None:
    """Nothing grows faster than the body, neither the time nor the answer."""
    started = time.process_time()
    response = post(client, data, path="/v1/translations")
    assert time.process_time() - started < 5
    assert response.status_code in (400, 422)
    assert len(response.get_json()["errors"]) <= 20


def test_surrogate_pairs_are_text(client: FlaskClient) -> None:
    response = post(client, rb'{"text":"\ud83d\ude00 \u0000\u0007"}')
    assert response.get_json()["article"]["text"] == "😀 \x00\x07"


def test_byte_order_mark_before_json(client: FlaskClient) -> None:
    assert post(client, '\ufeff{"text":"a"}'.encode()).status_code == 200


@pytest.mark.parametrize(
    ("kind", "data", "detail"),
    [
        ("application/xml", b"<a/>", "not application/xml"),
        ("", b'{"text":"a"}', "there is no Content-Type"),
        ("text/json", b'{"text":"a"}', "not text/json"),
        ("nonsense", b"a", "not nonsense"),
        ("application/json; charset=utf-16", '{"text":"a"}'.encode("utf-16"), "must be UTF-8"),
        (FORM, b'{"text":"a"}', "looks like JSON but is sent as a form"),
        (FORM, b"[1]", "looks like JSON but is sent as a form"),
    ],
)
def test_wrong_content_type(client: FlaskClient, kind: str, data: bytes, detail: str) -> None:
    response = post(client, data, kind)
    assert code(response) == "unsupported_media_type"
    assert detail in response.get_json()["detail"]


@pytest.mark.parametrize("path", ["/v1/translations", "/v1/detect"])
def test_files_and_bare_text_only_where_there_is_one_article(client: FlaskClient, path: str) -> None:
    for kind in ("multipart/form-data; boundary=X", "text/plain", "text/html"):
        assert code(post(client, b"a", kind, path)) == "unsupported_media_type"


def test_compressed_bodies_are_refused(client: FlaskClient) -> None:
    response = client.post(
        "/v1/summaries", data=b"x", content_type=JSON, headers={"Content-Encoding": "gzip"}
    )
    assert code(response) == "unsupported_media_type"


class Forbidden(io.RawIOBase):
    """A stream that must not be read."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("read a body that is known to be too large")


@pytest.fixture
def small(client_of: Any) -> FlaskClient:
    client: FlaskClient = client_of(Config(limits=LimitsConfig(max_body_bytes=1024, max_text_chars=1000)))
    return client


def test_too_large_by_its_length_is_not_read(small: FlaskClient) -> None:
    environ = {"wsgi.input": Forbidden(), "CONTENT_LENGTH": "2049"}
    response = small.post("/v1/summaries", content_type=JSON, environ_overrides=environ)
    assert code(response) == "body_too_large"
    assert "1,024 bytes" in response.get_json()["detail"]


@pytest.mark.parametrize(("size", "status"), [(1024, 200), (1025, 413), (100_000, 413)])
def test_chunked_is_read_up_to_the_limit(small: FlaskClient, size: int, status: int) -> None:
    stream = io.BytesIO(b'{"text":"' + b"a" * 900 + b'"}' + b" " * (size - 911))
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    response = small.post("/v1/summaries", content_type=JSON, environ_overrides=environ)
    assert response.status_code == status
    assert stream.tell() <= 2049


@pytest.mark.parametrize(("size", "status"), [(1024, 200), (1025, 413)])
def test_the_limit_is_exact(small: FlaskClient, size: int, status: int) -> None:
    assert post(small, b'{"text":"a"}' + b" " * (size - 12)).status_code == status


def test_sender_that_waits_for_our_word_is_answered_unread(small: FlaskClient) -> None:
    environ = {"wsgi.input": Forbidden(), "CONTENT_LENGTH": "1025", "HTTP_EXPECT": "100-continue"}
    response = small.post("/v1/summaries", content_type=JSON, environ_overrides=environ)
    assert code(response) == "body_too_large"


def test_body_that_ends_early(client: FlaskClient) -> None:
    environ = {"wsgi.input": io.BytesIO(b'{"text"'), "CONTENT_LENGTH": "100"}
    response = client.post("/v1/summaries", content_type=JSON, environ_overrides=environ)
    assert code(response) == "incomplete_body"
    assert "93 bytes before" in response.get_json()["detail"]


def test_connection_that_breaks(client: FlaskClient) -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    environ = {"wsgi.input": Broken(), "CONTENT_LENGTH": "100"}
    response = client.post("/v1/summaries", content_type=JSON, environ_overrides=environ)
    assert code(response) == "incomplete_body"


def test_form(client: FlaskClient) -> None:
    data = "text=%D8%B3%D8%B7%D8%B1+%26%00&title=سطر&sentences=2&alignments=true&html=".encode()
    answer = post(client, data, FORM).get_json()
    assert answer["article"]["text"] == "سطر &\x00"
    assert answer["article"]["title"] == "سطر"
    assert "alignment" in answer["translation"]["segments"][0]


@pytest.mark.parametrize(("data", "count"), [(b"texts=a", 1), (b"texts=a&texts=b", 2)])
def test_form_with_a_list(client: FlaskClient, data: bytes, count: int) -> None:
    response = post(client, data, FORM, "/v1/translations")
    assert len(response.get_json()["translations"]) == count


@pytest.mark.parametrize(
    ("data", "expected", "detail"),
    [
        (b"text=%ff", "bad_utf8", 'The field "text" isn\'t UTF-8: byte 0xFF at offset 0'),
        (b"%ff=a", "bad_utf8", "A field's name isn't UTF-8"),
        (b"a=b&" * 3000, "bad_form", "more than 2000 fields"),
        (b"text=a&sentences=many", "invalid", "/sentences: input should be a valid integer"),
        (b"text=a&text=b", "invalid", "/text: input should be a valid string"),
        (b"&&&", "invalid", "Exactly one of"),
        (b"text=", "invalid", "Exactly one of"),
    ],
)
def test_wrong_forms(client: FlaskClient, data: bytes, expected: str, detail: str) -> None:
    response = post(client, data, FORM)
    assert code(response) == expected
    assert detail in response.get_json()["detail"]


MULTIPART = "multipart/form-data; boundary=X"


@pytest.mark.parametrize(
    ("data", "kind", "expected", "detail"),
    [
        (b"a", "multipart/form-data", "bad_form", "names no boundary"),
        (b"a", "multipart/form-data; boundary=\xc3\xa9", "bad_form", "boundary"),
        (b"nothing of the kind", MULTIPART, "bad_form", "ends early or its boundary is wrong"),
        (multipart(field("text", "a"))[:-6], MULTIPART, "bad_form", "ends early"),
        (multipart(b"Content-Type: text/plain\r\n\r\na"), MULTIPART, "bad_form", "no Content-Disposition"),
        (multipart(field("text", b"\xff")), MULTIPART, "bad_utf8", 'The field "text"'),
        (
            multipart(b'Content-Disposition: form-data; name="\xff"\r\n\r\na'),
            MULTIPART,
            "bad_utf8",
            "head of a",
        ),
        (multipart(*[field("a", "b")] * 2001), MULTIPART, "bad_form", "more than 2000 parts"),
        (multipart(file("text", "a.txt", b"a")), MULTIPART, "invalid", "A file can't be used"),
        (
            multipart(file("file", "a.txt", b"a"), file("file", "b", b"b")),
            MULTIPART,
            "invalid",
            "A file can't",
        ),
        (multipart(field("file", "a")), MULTIPART, "invalid", "/file: unknown field"),
        (multipart(), MULTIPART, "invalid", "Exactly one of"),
        (multipart(b"Content-Disposition: form-data\r\n\r\na"), MULTIPART, "invalid", "unknown field"),
    ],
)
def test_wrong_multipart(client: FlaskClient, data: bytes, kind: str, expected: str, detail: str) -> None:
    response = post(client, data, kind)
    assert code(response) == expected
    assert detail in response.get_json()["detail"]


def test_multipart_with_a_file(client: FlaskClient) -> None:
    data = multipart(file("file", "مقال.txt", "سطر\r\nثان".encode()), field("title", "عنوان"))
    answer = post(client, data, MULTIPART).get_json()
    assert answer["article"]["text"] == "سطر\r\nثان"
    assert answer["article"]["title"] == "عنوان"


def test_file_input_left_empty_by_a_browser(client: FlaskClient) -> None:
    data = multipart(file("file", "", b"", "application/octet-stream"), field("text", "سطر"))
    assert post(client, data, MULTIPART).get_json()["article"]["text"] == "سطر"


def test_bare_text_with_options_in_the_query(client: FlaskClient) -> None:
    response = post(client, "سطر".encode(), "text/plain", "/v1/summaries?title=a&sentences=1")
    assert response.get_json()["article"] == {
        "title": "a", "text": "سطر", "language": "ar", "url": None, "published": None, "author": None,
    }  # fmt: skip


def test_bare_text_in_an_old_encoding(client: FlaskClient) -> None:
    response = post(client, "سطر".encode("cp1256"), "text/plain; charset=windows-1256")
    assert response.get_json()["article"]["text"] == "سطر"


CLIENT = create_app(Config(), runtime()).test_client()
KINDS_OF_BODY = st.sampled_from(
    [JSON, FORM, MULTIPART, "text/plain", "text/html; charset=x", "", "a/b", "application/json;charset=\x7f"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["text", "html", "url", "title", "sentences", "texts", "method", "alternatives", "x"])
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4).map(lambda value: json.dumps(value).encode())
PARTS = st.lists(
    st.builds(field, NAMES, st.binary(max_size=20))
    | st.builds(
        file,
        st.sampled_from(["file", "text"]),
        st.sampled_from(["a.txt", "b", "ب.txt"]),
        st.binary(max_size=20),
    ),
    max_size=4,
).map(lambda parts: multipart(*parts))


def refused_or_answered(path: str, data: bytes, kind: str) -> None:
    response = CLIENT.post(path, data=data, content_type=kind)
    assert response.status_code < 500, response.get_data(as_text=True)
    if response.status_code >= 400:
        assert code(response) in KINDS
    else:
        response.get_data(as_text=True).encode("utf-8")


@given(path=st.sampled_from(PATHS), data=st.binary(max_size=200), kind=KINDS_OF_BODY)
@settings(max_examples=200)
def test_arbitrary_bytes_are_never_our_error(path: str, data: bytes, kind: str) -> None:
    if "html" not in kind:
        refused_or_answered(path, data, kind)


@given(path=st.sampled_from(PATHS), data=OBJECTS)
@settings(max_examples=200)
def test_arbitrary_objects_are_never_our_error(path: str, data: bytes) -> None:
    if b'"html"' not in data:  # extraction has its own tests; a process is too slow for a hundred tries
        refused_or_answered(path, data, JSON)


@given(data=PARTS, cut=st.integers(0, 300))
@settings(max_examples=150)
def test_arbitrary_multipart_is_never_our_error(data: bytes, cut: int) -> None:
    if b'"html"' not in data and b"<" not in data:
        refused_or_answered("/v1/summaries", data, MULTIPART)
        refused_or_answered("/v1/summaries", data[:cut], MULTIPART)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
@settings(max_examples=150)
def test_text_comes_back_to_the_letter(text: str) -> None:
    response = CLIENT.post("/v1/summaries", json={"text": text})
    answer = response.get_json()
    assert answer["article"]["text"] == text
    for part in answer["translation"]["segments"]:
        assert text[part["ar"]["start"] : part["ar"]["end"]] == part["ar"]["text"]
        assert answer["translation"]["text"][part["en"]["start"] : part["en"]["end"]] == part["en"]["text"]
