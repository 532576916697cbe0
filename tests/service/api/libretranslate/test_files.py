"""Files: in at /translate_file, out at /download_file under the name they came with."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.config import Config, LimitsConfig, StoreConfig
from service.downloads import KEPT
from service.runtime import Runtime
from tests.service.fakes import FakePipeline, fresh_database, runtime

SRT = "1\r\n00:00:01,000 --> 00:00:02,500\r\nسطر أول\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nسطر ثان\r\n"


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Runtime]:
    made = runtime(
        FakePipeline(),
        Config(
            data_dir=str(tmp_path),
            store=StoreConfig(url=fresh_database()),
            limits=LimitsConfig(max_texts=2, max_text_chars=2000),
        ),
    )
    yield made
    made.close()


@pytest.fixture
def client(parts: Runtime) -> FlaskClient:
    return create_app(parts.config, parts).test_client()


def send(client: FlaskClient, name: str, data: str | bytes, **fields: str) -> Any:
    content = data.encode() if isinstance(data, str) else data
    form = {"source": "ar", "target": "en", **fields, "file": (io.BytesIO(content), name)}
    return client.post("/translate_file", data=form)


def translated(client: FlaskClient, name: str, data: str | bytes, **fields: str) -> tuple[str, Any]:
    """The file's address, and what is there."""
    response = send(client, name, data, **fields)
    assert response.status_code == 200, response.get_data(as_text=True)
    address: str = response.get_json()["translatedFileUrl"]
    return address, client.get(address)


def test_subtitles_keep_numbers_times_and_lines(client: FlaskClient) -> None:
    _, file = translated(client, "a.srt", SRT)
    assert file.get_data(as_text=True) == re.sub("سطر", "EN:سطر", SRT)
    assert file.content_type == "application/x-subrip; charset=utf-8"


def test_a_page_keeps_its_markup(client: FlaskClient) -> None:
    page = '<!doctype html><html lang="ar"><body><p class="a">سطر</p><!-- ملاحظة --></body></html>'
    _, file = translated(client, "a.html", page)
    assert file.get_data(as_text=True) == page.replace("سطر", "EN:سطر")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_more_texts_than_a_request_may_have(client: FlaskClient) -> None:
    cues = "\n".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\nسطر {n}\n" for n in range(1, 8))
    _, file = translated(client, "a.srt", cues)
    assert file.get_data(as_text=True) == cues.replace("سطر", "EN:سطر")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("مقال.txt", "مقال_en.txt"),
        ("TEXT.TXT", "TEXT_en.TXT"),
        ("أخبار/خبر عاجل.srt", "خبر عاجل_en.srt"),
        ("../../etc/a.txt", "a_en.txt"),
        ("ab:b<c>\u202egpj.txt", "ab_b_c_gpj_en.txt"),
        ("طويل" * 100 + ".txt", "طويل" * 25 + "_en.txt"),
    ],
)
def test_names_are_kept(client: FlaskClient, given: str, kept: str) -> None:
    address, file = translated(client, given, SRT if "srt" in given else "سطر")
    assert re.fullmatch(r"http://localhost/download_file/[0-9a-f]{32}\..+", address)
    assert unquote(address).endswith("." + kept)
    disposition = file.headers["Content-Disposition"]
    extended = re.search(r"filename\*=UTF-8''(\S+)", disposition)
    name = unquote(extended[1]) if extended else disposition.partition("filename=")[2].strip('"')
    assert name == kept


def test_old_arabic_encodings_are_read(client: FlaskClient) -> None:
    text = "أعلنت وزارة الصحة اليوم عن حملة جديدة."
    _, file = translated(client, "a.txt", text.encode("windows-1256"))
    assert file.get_data(as_text=True) == f"EN:{text}"
    assert file.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"source": "auto"}, "EN:سطر أول"),
        ({"target": "ar"}, "سطر أول"),
        ({"source": "auto", "target": "ar"}, "سطر أول"),
    ],
)
def test_languages_of_files(client: FlaskClient, fields: dict[str, str], expected: str) -> None:
    assert translated(client, "a.txt", "سطر أول", **fields)[1].get_data(as_text=True) == expected


@pytest.mark.parametrize(
    ("name", "data", "fields", "text"),
    [
        ("", "س", {"source": ""}, "Invalid request: missing source parameter"),
        ("", "س", {"target": ""}, "Invalid request: missing target parameter"),
        ("", "س", {}, "Invalid request: empty file"),
        ("a.txt", " \n", {}, "Invalid request: empty file"),
        ("a.exe", "س", {"source": "zz"}, "Invalid request: file format not supported"),
        ("مقال", "س", {}, "Invalid request: file format not supported"),
        ("a.txt", "س" * 2001, {"source": "zz"}, "Invalid request: request (2001) exceeds text limit (2000)"),
        ("a.txt", "س", {"source": "zz"}, "zz is not supported"),
        ("a.txt", "س", {"target": "zz"}, "zz is not supported"),
        ("a.txt", "س", {"source": "en", "target": "ar"},
         "Arabic (ar) is not available as a target language from English (en)"),
        ("a.txt", "The road is open.", {"source": "auto", "target": "ar"},
         "Arabic (ar) is not available as a target language from English (en)"),
    ],
)  # fmt: skip
def test_refused_files(client: FlaskClient, name: str, data: str, fields: dict[str, str], text: str) -> None:
    response = send(client, name, data, **fields)
    assert (response.status_code, response.get_json()) == (400, {"error": text})


def test_the_file_is_missed_first(client: FlaskClient) -> None:
    response = client.post("/translate_file", data={"source": ""}, content_type="multipart/form-data")
    assert response.get_json() == {"error": "Invalid request: missing file parameter"}


def test_bytes_that_are_no_text(client: FlaskClient) -> None:
    response = send(client, "a.txt", bytes(range(256)) * 4)
    assert response.status_code == 400
    assert response.get_json()["error"].startswith("Invalid request: The file can't be read")


@pytest.mark.parametrize("name", ["x", "..", "0" * 31 + ".txt", "0" * 33 + ".txt", "%2e%2e%2fmujaz.db"])
def test_addresses_that_are_none(client: FlaskClient, name: str) -> None:
    response = client.get(f"/download_file/{name}")
    assert response.status_code in (400, 404)  # 404 where the address has more parts
    if response.status_code == 400:
        assert response.get_json() == {"error": "Invalid filename"}


def test_files_go_after_their_time(client: FlaskClient, parts: Runtime) -> None:
    import os

    address, file = translated(client, "a.txt", "سطر")
    assert file.status_code == 200
    (path,) = parts.config.downloads_path.iterdir()
    old = path.stat().st_mtime - KEPT - 1
    os.utime(path, (old, old))
    gone = client.get(address)
    assert gone.status_code == 404
    assert list(gone.get_json()) == ["error"]
    parts.services.housekeeper.round()
    assert list(parts.config.downloads_path.iterdir()) == []


def test_a_full_disk_is_said(client: FlaskClient, parts: Runtime) -> None:
    parts.config.downloads_path.write_text("a file where the folder should be")
    response = send(client, "a.txt", "سطر")
    assert response.status_code == 507
    assert response.get_json()["error"].startswith("The file can't be kept: ")
