"""Programs that speak LibreTranslate against the service as a user starts it, on the bundled model, with nothing
set but the address: libretranslatepy, what Mastodon and RSSBox send, the examples of the page."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
from libretranslatepy import LibreTranslateAPI

from service.api.libretranslate import _PATHS

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs/coming-from-libretranslate.md").read_text(encoding="utf-8")
API = (ROOT / "docs/api.md").read_text(encoding="utf-8")
HERE = "http://127.0.0.1:8000"
NEWS = "اجتمع وزراء الزراعة العرب في عمان يوم الأحد لبحث أسعار القمح."
QUESTION = "ماذا حدث في بيروت؟"
SRT = "1\r\n00:00:01,000 --> 00:00:03,500\r\nوصل الوفد إلى بيروت\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\nانتهى الاجتماع\r\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MUJAZ_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    command = [str(Path(sys.executable).parent / "mujaz"), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_until_ready(base: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None
        try:
            with urllib.request.urlopen(base + "/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")


@pytest.fixture(params=["", "/"])
def client(address: str, request: pytest.FixtureRequest) -> LibreTranslateAPI:
    return LibreTranslateAPI(address + request.param)


def post(url: str, **options: Any) -> Any:
    with requests.post(url, timeout=60, **options) as response:
        assert response.status_code == 200, response.text
        return response.json()


def test_libretranslatepy_translates(client: LibreTranslateAPI) -> None:
    assert "wheat" in client.translate(NEWS, "ar", "en").lower()
    assert client.translate(QUESTION, "auto", "en", timeout=60).endswith("?")
    assert client.translate("Already English.", "en", "en") == "Already English."


def test_libretranslatepy_detects(client: LibreTranslateAPI) -> None:
    found = client.detect(NEWS)
    assert found[0]["language"] == "ar"
    assert 80 < found[0]["confidence"] <= 100


def test_libretranslatepy_lists_languages(client: LibreTranslateAPI) -> None:
    """It sends this GET with a body when it has a key."""
    for lt in (client, LibreTranslateAPI(client.url, api_key="some key")):
        assert {"code": "ar", "name": "Arabic", "targets": ["ar", "en"]} in lt.languages()


def test_libretranslatepy_raises_for_what_there_is_not(client: LibreTranslateAPI) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        client.translate(NEWS, "ar", "es")
    with caught.value as response:
        assert response.code == 400
        assert json.load(response) == {"error": "es is not supported"}


def test_mastodon(address: str) -> None:
    """Asks which pairs there are, then sends a post's parts as HTML in an array."""
    with requests.get(f"{address}/languages", timeout=60) as response:
        pairs = {item["code"]: set(item["targets"]) - {item["code"]} for item in response.json()}
    assert pairs == {"ar": {"en"}, "en": set()}
    parts = [
        f"<p>{NEWS}</p>",
        "",
        "تحذير",
        '<p>انظر <a href="https://example.org/a?b=1&amp;c=2">الرابط</a></p>',
    ]
    body = {"q": parts, "source": "ar", "target": "en", "format": "html", "api_key": None}
    done = post(f"{address}/translate", json=body)["translatedText"]
    assert len(done) == len(parts)
    assert done[0].startswith("<p>")
    assert "wheat" in done[0].lower()
    assert done[1] == ""
    assert '<a href="https://example.org/a?b=1&amp;c=2">' in done[3]
    body |= {"q": [f"<p>{NEWS}</p>"], "source": "auto"}
    found = post(f"{address}/translate", json=body)
    assert [d["language"] for d in found["detectedLanguage"]] == ["ar"]


def test_rssbox(address: str) -> None:
    """A form with HTML and `source=auto`; the languages by a GET with a body."""
    form = {"q": f"<p>{NEWS}</p>", "source": "auto", "target": "en", "format": "html", "api_key": ""}
    answer = post(f"{address}/translate", data=form)
    assert re.fullmatch("<p>.*wheat.*</p>", answer["translatedText"], re.IGNORECASE)
    assert answer["detectedLanguage"]["language"] == "ar"
    with requests.get(f"{address}/languages", data={"api_key": ""}, timeout=60) as response:
        assert response.status_code == 200


def test_a_text_of_an_array_is_translated_as_by_itself(address: str) -> None:
    body = {"source": "ar", "target": "en", "alternatives": 2}
    together = post(f"{address}/translate", json=body | {"q": [NEWS, QUESTION]})
    alone = [post(f"{address}/translate", json=body | {"q": text}) for text in (NEWS, QUESTION)]
    assert together["translatedText"] == [one["translatedText"] for one in alone]
    assert together["alternatives"] == [one["alternatives"] for one in alone]
    assert all(len(others) == 2 for others in together["alternatives"])


def test_subtitles_under_their_arabic_name(address: str) -> None:
    files = {"file": ("نشرة.SRT", SRT.encode())}
    answer = post(f"{address}/translate_file", data={"source": "ar", "target": "en"}, files=files)
    where = answer["translatedFileUrl"]
    assert where.startswith(f"{address}/download_file/")
    with requests.get(where, timeout=60) as response:
        lines = response.content.decode().split("\r\n")
        assert "نشرة_en.SRT" in unquote(response.headers["Content-Disposition"])
    kept = [n for n, line in enumerate(SRT.split("\r\n")) if not re.search("[ء-ي]", line)]
    assert [lines[n] for n in kept] == [SRT.split("\r\n")[n] for n in kept]
    assert not re.search("[ء-ي]", "".join(lines))


CURL = [shlex.split(e) for e in re.findall(r"```sh\n(curl .*?)\n```", PAGE)]


@pytest.mark.parametrize("words", CURL, ids=range(len(CURL)))
def test_the_examples_of_the_page_work(address: str, words: list[str]) -> None:
    command = [word.replace(HERE, address) for word in words]
    run = subprocess.run([*command, "--fail-with-body"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "elegation" in run.stdout or "Beirut" in run.stdout


def test_the_program_of_the_page_works(address: str) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", program.replace(HERE, address)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert len(run.stdout.splitlines()) == 3


def test_the_pages_name_every_path() -> None:
    assert len(CURL) >= 3
    assert [p.path for p in _PATHS if p.path not in PAGE or p.path not in API] == []
