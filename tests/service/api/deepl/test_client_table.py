"""The official client against the service with a table for a model: every language, and what the client does
when answers don't come, come late or refuse."""

import io
import logging
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import deepl
import pytest
from deepl.api_data import MultilingualGlossaryDictionaryEntries as Entries

from tests.service.api.deepl.table import BEAM, serving

DE = {"source_lang": "EN", "target_lang": "DE"}
UNKNOWN = "96ab91fd-e715-41a1-adeb-5d701f84a483"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with serving() as at:
        yield at


@pytest.fixture
def client(address: str) -> Iterator[deepl.DeepLClient]:
    made = deepl.DeepLClient("key", server_url=address)
    yield made
    made.close()


@pytest.fixture
def steered(client: deepl.DeepLClient) -> Any:
    """The client with headers that steer the server."""

    def steer(**headers: int) -> deepl.DeepLClient:
        client.headers["mock-server-session"] = uuid.uuid4().hex
        for name, value in headers.items():
            client.headers[f"mock-server-session-{name.replace('_', '-')}"] = str(value)
        return client

    return steer


def wait(client: deepl.DeepLClient, handle: deepl.DocumentHandle) -> deepl.DocumentStatus:
    for _ in range(200):
        status = client.translate_document_get_status(handle)
        assert status.ok, status.error_message
        if status.done:
            return status
        time.sleep(0.05)
    raise AssertionError("not done")


@pytest.mark.parametrize("code", BEAM)
def test_every_language(client: deepl.DeepLClient, code: str) -> None:
    done = client.translate_text(BEAM[code], target_lang="EN-US")
    assert isinstance(done, deepl.TextResult)
    assert done.text == "proton beam"
    assert done.billed_characters == len(BEAM[code])
    target = {"EN": "EN-GB", "PT": "PT-PT"}.get(code, code)
    assert client.translate_text("proton beam", target_lang=target.lower()).text == BEAM[code]  # type: ignore[union-attr]


def test_languages(client: deepl.DeepLClient) -> None:
    assert {language.code for language in client.get_source_languages()} == set(BEAM)
    targets = {t.code: t.supports_formality for t in client.get_target_languages()}
    assert (targets["DE"], targets["EN-US"], "EN" in targets) == (True, False, False)
    pairs = {(p.source_lang, p.target_lang) for p in client.get_glossary_languages()}
    assert len(pairs) == len(BEAM) * (len(BEAM) - 1)


def test_formality(client: deepl.DeepLClient) -> None:
    for formality in deepl.Formality:
        client.translate_text("proton beam", target_lang="DE", formality=formality)
    with pytest.raises(deepl.DeepLException, match=r"formality.*target_lang"):
        client.translate_text("proton beam", target_lang="EN-US", formality="more")
    client.translate_text("proton beam", target_lang="EN-US", formality="prefer_more")


def test_429_is_sent_again(steered: Any) -> None:
    started = time.monotonic()
    assert steered(**{"429_count": 2}).translate_text("proton beam", **DE).text == BEAM["DE"]
    assert time.monotonic() - started > 1


def test_429_in_the_end(steered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepl.http_client, "max_network_retries", 0)
    with pytest.raises(deepl.TooManyRequestsException, match="Too many requests"):
        steered(**{"429_count": 2}).translate_text("proton beam", **DE)


def test_no_answer_is_asked_for_again(steered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 1.0)
    assert steered(no_response=1).translate_text("proton beam", **DE).text == BEAM["DE"]


def test_no_answer_in_the_end(steered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepl.http_client, "min_connection_timeout", 1.0)
    monkeypatch.setattr(deepl.http_client, "max_network_retries", 0)
    with pytest.raises(deepl.ConnectionException, match="timed out"):
        steered(no_response=2).get_usage()


def test_the_quota_is_told_and_final(steered: Any) -> None:
    client = steered(init_character_limit=20)
    client.translate_text("a" * 20, target_lang="DE")
    usage = client.get_usage()
    assert usage.character.limit_reached
    assert "Characters: 20 of 20" in str(usage)
    with pytest.raises(deepl.QuotaExceededException, match="more than is left"):
        client.translate_text("proton beam", target_lang="DE")
    with pytest.raises(deepl.QuotaExceededException):
        client.translate_document_upload("proton beam", target_lang="DE", filename="a.txt")


def test_wrong_keys_and_addresses(address: str) -> None:
    client = deepl.Translator("invalid", server_url=address)
    with pytest.raises(deepl.AuthorizationException, match="key is wrong"):
        client.get_usage()
    client.close()


def test_a_document_that_takes_its_time(steered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = steered(doc_queue_time=300, doc_translate_time=300)
    handle = client.translate_document_upload("proton beam\n" * 500, filename="beam.TXT", **DE)
    status = client.translate_document_get_status(handle)
    assert status.ok
    assert not status.done
    assert status.seconds_remaining is not None
    monkeypatch.setattr(deepl.http_client, "max_network_retries", 0)
    with pytest.raises(deepl.DocumentNotReadyException, match="Document not ready"):
        client.translate_document_download(handle, io.BytesIO())
    again = deepl.DocumentHandle(handle.document_id, handle.document_key)
    status = wait(client, again)
    assert status.billed_characters == len("proton beam\n" * 500)
    written = io.BytesIO()
    client.translate_document_download(again, written, chunk_size=128)
    assert written.getvalue().decode() == f"{BEAM['DE']}\n" * 500
    with pytest.raises(deepl.DeepLException, match="Not found"):
        client.translate_document_get_status(again)


def test_a_document_that_fails(steered: Any) -> None:
    client = steered(doc_failure=1)
    handle = client.translate_document_upload("proton beam", filename="beam.txt", **DE)
    time.sleep(1)
    status = client.translate_document_get_status(handle)
    assert (status.ok, status.error_message) == (False, "As asked.")
    with pytest.raises(deepl.DocumentTranslationException, match=r"ID: [0-9A-F]{32}, key: [0-9A-F]{64}"):
        client.translate_document(b"proton beam", io.BytesIO(), filename="beam.txt", **DE)


def test_documents_of_nobody(client: deepl.DeepLClient) -> None:
    own = client.translate_document_upload("proton beam", filename="beam.txt", **DE)
    for handle in (
        deepl.DocumentHandle("12AB" * 8, "CD34" * 16),
        deepl.DocumentHandle(own.document_id, "CD34" * 16),
    ):
        with pytest.raises(deepl.DeepLException, match="Not found"):
            client.translate_document_get_status(handle)


def test_equal_languages_are_an_error_of_the_document(client: deepl.DeepLClient) -> None:
    handle = client.translate_document_upload("Strahl", filename="a.txt", source_lang="DE", target_lang="DE")
    time.sleep(1)
    assert (
        client.translate_document_get_status(handle).error_message == "Source and target language are equal."
    )


def test_a_glossary_for_a_document(client: deepl.DeepLClient) -> None:
    glossary = client.create_glossary("art", "EN", "DE", {"artist": "Maler", "prize": "Gewinn"})
    handle = client.translate_document_upload("artist\nprize", filename="a.txt", glossary=glossary, **DE)
    wait(client, handle)
    response = client.translate_document_download(handle)
    assert response is not None
    assert response.text == "Maler\nGewinn"


def test_glossaries_of_one_pair(client: deepl.DeepLClient) -> None:
    entries = {"Apple": "Apfel", "A%=&": "B&=%", "\u0394\u3041": "\u6df1"}
    made = client.create_glossary("fruit", "EN", "DE", entries)
    assert (made.name, made.source_lang, made.target_lang, made.entry_count) == ("fruit", "EN", "DE", 3)
    found = client.get_glossary(made.glossary_id)
    assert (found.creation_time, found.entry_count, found.ready) == (made.creation_time, 3, True)
    assert client.get_glossary_entries(made) == entries
    assert made.glossary_id in {g.glossary_id for g in client.list_glossaries()}
    assert [r.text for r in client.translate_text_with_glossary(["Apple", "Pear"], made)] == ["Apfel", "Pear"]  # type: ignore[union-attr]
    csv = client.create_glossary_from_csv("csv", "DE", "EN", 'Apfel,Apple,de,en\n"a,b",c,de,en\n')
    assert client.get_glossary_entries(csv) == {"Apfel": "Apple", "a,b": "c"}
    assert client.translate_text_with_glossary("Apfel", csv, target_lang="EN-US").text == "Apple"  # type: ignore[union-attr]
    client.delete_glossary(made)
    for call in (client.get_glossary, client.get_glossary_entries, client.delete_glossary):
        with pytest.raises(deepl.GlossaryNotFoundException):
            call(made)  # type: ignore[arg-type]
        with pytest.raises(deepl.GlossaryNotFoundException):
            call(UNKNOWN)  # type: ignore[arg-type]
    with pytest.raises(deepl.DeepLException, match="Unsupported glossary"):
        client.create_glossary("n", "EN", "XX", entries)


def test_a_long_glossary(client: deepl.DeepLClient) -> None:
    entries = {f"Source-${i}": f"Target-${i}" for i in range(10_000)}
    made = client.create_glossary("long", "EN", "DE", entries)
    assert made.entry_count == 10_000
    assert client.get_glossary_entries(made) == entries


def test_glossaries_of_several_pairs(client: deepl.DeepLClient) -> None:
    pairs = [Entries("EN", "DE", {"Apple": "Apfel"}), Entries("DE", "EN", {"Apfel": "Apple"})]
    made = client.create_multilingual_glossary("both", pairs)
    assert [(d.source_lang, d.target_lang, d.entry_count) for d in made.dictionaries] == [
        ("EN", "DE", 1),
        ("DE", "EN", 1),
    ]
    more = Entries("EN", "DE", {"Apple": "Apfelbaum", "Pear": "Birne"})
    updated = client.update_multilingual_glossary_dictionary(made, more)
    assert {d.source_lang: d.entry_count for d in updated.dictionaries} == {"EN": 2, "DE": 1}
    replaced = client.replace_multilingual_glossary_dictionary(made, Entries("EN", "DE", {"Plum": "Pflaume"}))
    assert replaced.entry_count == 1
    [found] = client.get_multilingual_glossary_entries(made, "EN", "DE").dictionaries
    assert found.entries == "Plum\tPflaume"
    assert client.update_multilingual_glossary_name(made, "other").name == "other"
    assert client.get_multilingual_glossary(made.glossary_id).name == "other"
    done = client.translate_text(["Apfel"], source_lang="DE", target_lang="EN-US", glossary=made.glossary_id)
    assert done[0].text == "Apple"  # type: ignore[index]
    client.delete_multilingual_glossary_dictionary(made, source_lang="EN", target_lang="DE")
    assert len(client.get_multilingual_glossary(made.glossary_id).dictionaries) == 1
    assert made.glossary_id in {g.glossary_id for g in client.list_multilingual_glossaries()}
    client.delete_multilingual_glossary(made)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_multilingual_glossary(made.glossary_id)


def test_what_there_is_none_of(client: deepl.DeepLClient) -> None:
    assert client.list_translation_memories() == []
    assert client.get_all_style_rules() == []
    for call in (
        lambda: client.rephrase_text("proton beam", target_lang="EN-US"),
        lambda: client.get_style_rule("some"),
        lambda: client.get_translation_memory("some"),
    ):
        with pytest.raises(deepl.DeepLException, match="Not found"):
            call()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["text", "--to", "DE", "proton beam"], BEAM["DE"]),
        (
            ["text", "--to", "DE", "--show-detected-source", "proton beam"],
            f"Detected source language: EN\n{BEAM['DE']}",
        ),
        (["usage"], "Characters: "),
        (["languages"], "EN-US: English"),
        (["glossary", "list"], ""),
    ],
)
def test_the_command(address: str, arguments: list[str], expected: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "deepl", "--server-url", address, "--auth-key", "key", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert expected in run.stdout


def test_files_by_the_command(address: str, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("proton beam", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "deepl", "--server-url", address, "--auth-key", "key", "document",
         "--from", "EN", "--to", "DE", str(tmp_path / "in.txt"), str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out/in.txt").read_text(encoding="utf-8") == BEAM["DE"]
