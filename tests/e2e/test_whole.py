"""The service as a user starts it, on the bundled model: an article goes in over HTTP, and every example of
docs/api.md does what the page says."""

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

import pytest

ROOT = Path(__file__).resolve().parents[2]
API = (ROOT / "docs/api.md").read_text(encoding="utf-8")
ARTICLE = """عقد مجلس بلدية طرابلس جلسة استثنائية يوم الأربعاء 12 آذار 2025، ناقش فيها خطة إعادة تأهيل المرفأ القديم.

وقالت رئيسة المجلس سلمى حداد إن كلفة المشروع تبلغ ٤٫٥ ملايين دولار، «وستبدأ الأعمال قبل نهاية العام». وأضافت أن ثلاث شركات محلية قدمت عروضها.

في المقابل، اعترض صيادون على الخطة، حيث يخشى كثير منهم أن يُمنعوا من دخول الرصيف الشرقي الذي يعملون فيه منذ عشرات السنين، فيما وعدت البلدية بالتشاور معهم قبل أي قرار."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MUJAZ_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    command = [str(Path(sys.executable).parent / "mujaz"), "serve", "--port", str(port)]
    log = (tmp_path_factory.mktemp("log") / "serve.log").open("w+")
    base = f"http://127.0.0.1:{port}"
    with log, subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log) as process:
        try:
            wait_until_ready(base, process, Path(log.name))
            yield base
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0, "SIGTERM must end the service cleanly"


def wait_until_ready(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(base + "/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the service did not become ready")


def post(url: str, body: Any) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def test_an_article_becomes_a_bilingual_summary(address: str) -> None:
    answer = post(
        address + "/v1/summaries", {"text": ARTICLE, "title": "خطة لمرفأ طرابلس", "alignments": True}
    )
    assert answer["article"]["text"] == ARTICLE
    english = answer["translation"]["text"]
    segments = answer["translation"]["segments"]
    assert [s["index"] for s in segments] == list(range(len(segments)))
    for s in segments:
        assert ARTICLE[s["ar"]["start"] : s["ar"]["end"]] == s["ar"]["text"]
        assert english[s["en"]["start"] : s["en"]["end"]] == s["en"]["text"]
        assert re.search("[A-Za-z]{2}", s["en"]["text"])
    assert english.count("\n\n") == ARTICLE.count("\n\n")
    assert len(answer["summary"]["sentences"]) == 3
    for sentence in answer["summary"]["sentences"]:
        (source,) = sentence["sources"]
        assert ARTICLE[source["start"] : source["end"]] == sentence["ar"]
        assert re.search("[A-Za-z]{2}", sentence["en"])
    assert answer["title"]["en"]
    assert "starter_model" in [w["code"] for w in answer["warnings"]]
    again = post(
        address + "/v1/summaries", {"text": ARTICLE, "title": "خطة لمرفأ طرابلس", "alignments": True}
    )
    assert again["timing"]["cached_segments"] == len(segments)
    assert again["translation"] == answer["translation"]


#: But for the one that asks a site on the web.
CURL = [
    shlex.split(line)
    for line in API.splitlines()
    if line.startswith("curl ") and "https://news.example.org/" not in line
]


@pytest.mark.parametrize("words", CURL, ids=[w[2].rpartition("/")[2] for w in CURL])
def test_the_examples_of_the_page_work(address: str, words: list[str], tmp_path: Path) -> None:
    page = f"<html><body><article><p>{ARTICLE}</p></article></body></html>"
    (tmp_path / "article.html").write_text(page, encoding="utf-8")
    line = json.dumps({"text": "وصل الوفد إلى بيروت."})
    outline = (
        '<opml version="2.0"><body><outline text="a" xmlUrl="https://news.example.org/feed"/></body></opml>'
    )
    (tmp_path / "subscriptions.opml").write_text(outline, encoding="utf-8")
    (tmp_path / "articles.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    command = [w.replace("http://127.0.0.1:8000", address) for w in words]
    run = subprocess.run(
        [*command, "--fail-with-body"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    assert json.loads(run.stdout)


def test_the_program_of_the_page_works(address: str) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", API, re.DOTALL)
    run = subprocess.run(
        [sys.executable, "-c", program.replace("http://127.0.0.1:8000", address)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert "→" in run.stdout


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/healthz", "/v1/models"])
def test_pages_answer(address: str, path: str) -> None:
    with urllib.request.urlopen(address + path, timeout=30) as response:
        assert response.status == 200
        assert response.read()
