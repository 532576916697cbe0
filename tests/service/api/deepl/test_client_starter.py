"""DeepL's official client against the service as a user starts it, on the bundled model, with nothing set but
the address."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import deepl
import pytest

ROOT = Path(__file__).resolve().parents[4]
NEWS = "اجتمع وزراء الزراعة العرب في عمان يوم الأحد لبحث أسعار القمح."
TO = {"target_lang": "EN-US"}
SRT = "1\r\n00:00:01,000 --> 00:00:03,500\r\nوصل الوفد\r\nإلى بيروت\r\n\r\n2\r\n00:00:04,000 --> 00:00:05,000\r\n<i>انتهى الاجتماع</i>\r\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "MUJAZ_DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    command = [str(Path(sys.executable).parent / "mujaz"), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            wait_until_ready(base, process)
            yield base
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


@pytest.fixture(params=["", "/deepl/"])
def client(address: str, request: pytest.FixtureRequest) -> Iterator[deepl.DeepLClient]:
    made = deepl.DeepLClient("any-key", server_url=address + request.param)
    yield made
    made.close()


def one(done: deepl.TextResult | list[deepl.TextResult]) -> str:
    assert isinstance(done, deepl.TextResult)
    return done.text


def test_texts(client: deepl.DeepLClient) -> None:
    done = client.translate_text([NEWS, "", "Already English.", NEWS], **TO)
    assert isinstance(done, list)
    assert [d.detected_source_lang for d in done] == ["AR", "EN", "EN", "AR"]
    assert [d.billed_characters for d in done] == [len(NEWS), 0, 16, len(NEWS)]
    assert "wheat" in done[0].text.lower()
    assert (done[0].text, done[1].text, done[2].text) == (done[3].text, "", "Already English.")
    for spelling in ("en-gb", "EN_US"):
        assert one(client.translate_text(NEWS, source_lang="ar", target_lang=spelling)) == done[0].text


def test_an_array_is_the_same_as_its_texts_one_by_one(client: deepl.DeepLClient) -> None:
    texts = [f"وصل {n} من المسافرين إلى بيروت." for n in range(8)]
    together = client.translate_text(iter(texts), **TO)
    assert isinstance(together, list)
    assert [t.text for t in together] == [one(client.translate_text(t, **TO)) for t in texts]


def test_markup(client: deepl.DeepLClient) -> None:
    page = '<p>قال <a href="https://example.org/?a=1&amp;b=2">الوزير</a> إن <b>الاجتماع</b> انتهى.</p><br><p translate="no">نص</p>'
    # As feed readers ask for it.
    done = one(
        client.translate_text(
            page, preserve_formatting=True, split_sentences="nonewlines", tag_handling="html", **TO
        )
    )
    assert '<a href="https://example.org/?a=1&amp;b=2">' in done
    assert done.count("<b>") == done.count("</b>") == 1
    assert done.endswith('<br><p translate="no">نص</p>')
    assert "الوزير" not in done
    xml = "<doc><par>وصل <name>زيد</name> إلى بيروت.</par><raw>لا تترجم</raw></doc>"
    kept = one(
        client.translate_text(
            xml, tag_handling="xml", ignore_tags=["raw", "name"], outline_detection=False, **TO
        )
    )
    assert "<raw>لا تترجم</raw>" in kept
    assert "<name>زيد</name>" in kept


def test_a_glossary_is_kept_to(client: deepl.DeepLClient) -> None:
    glossary = client.create_glossary("names", "AR", "EN", {"قسد": "the Syrian Democratic Forces"})
    text = "أعلنت قسد عن عملية أمنية في الهول."
    done = client.translate_text_with_glossary(text, glossary, target_lang="EN-US")
    assert "syrian democratic forces" in one(done).lower()
    assert client.get_glossary_entries(glossary) == {"قسد": "the Syrian Democratic Forces"}
    client.delete_glossary(glossary)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_glossary(glossary.glossary_id)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("خبر.txt", f"{NEWS}\n\n{NEWS}\n", "wheat"),
        ("خبر.html", f'<html lang="ar"><body><p class="lead">{NEWS}</p></body></html>', '<p class="lead">'),
        ("خبر.srt", SRT, "00:00:04,000 --> 00:00:05,000\r\n<i>"),
    ],
)
def test_documents(client: deepl.DeepLClient, name: str, content: str, expected: str) -> None:
    written = io.BytesIO()
    handle = client.translate_document_upload(content, filename=name, source_lang="AR", **TO)
    while not (status := client.translate_document_get_status(handle)).done:
        assert status.ok
        time.sleep(0.05)
    assert status.billed_characters == len(content)
    client.translate_document_download(handle, written)
    english = written.getvalue().decode()
    assert expected in english
    assert not any("\u0600" <= c <= "\u06ff" for c in english)


def test_files(client: deepl.DeepLClient, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text(NEWS, encoding="utf-8")
    status = client.translate_document_from_filepath(tmp_path / "in.txt", tmp_path / "out.txt", **TO)
    assert status.done
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == one(client.translate_text(NEWS, **TO))
    (tmp_path / "in.docx").write_bytes(b"PK\x03\x04")
    with pytest.raises(deepl.DeepLException, match="Invalid file data"):
        client.translate_document_from_filepath(tmp_path / "in.docx", tmp_path / "out.docx", **TO)


def test_usage_and_languages(client: deepl.DeepLClient) -> None:
    before = client.get_usage().character
    client.translate_text(NEWS, **TO)
    after = client.get_usage().character
    assert after.count is not None
    assert before.count is not None
    assert after.count - before.count == len(NEWS)
    assert after.limit == 10**12
    assert not client.get_usage().any_limit_reached
    assert [language.code for language in client.get_source_languages()] == ["AR"]
    assert [language.code for language in client.get_target_languages()] == ["EN-US", "EN-GB"]
    [pair] = client.get_glossary_languages()
    assert (pair.source_lang, pair.target_lang) == ("ar", "en")


def test_many_at_once_get_the_same(client: deepl.DeepLClient) -> None:
    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(client.translate_text, NEWS, **TO) for _ in range(6)]
        assert len({one(call.result()) for call in calls}) == 1


def test_refusals(client: deepl.DeepLClient) -> None:
    with pytest.raises(deepl.DeepLException, match="target_lang' not supported"):
        client.translate_text(NEWS, target_lang="DE")
    with pytest.raises(deepl.DeepLException, match="source_lang' not supported"):
        client.translate_text(NEWS, source_lang="FR", **TO)
    with pytest.raises(deepl.DeepLException, match="formality"):
        client.translate_text(NEWS, formality="more", **TO)
    client.translate_text(
        NEWS, formality="prefer_more", context="اقتصاد", model_type="quality_optimized", **TO
    )
