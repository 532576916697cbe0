"""The runtime: its limits over a fake pipeline, and its parts with the bundled model."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.document import Article, BilingualSummary
from models.errors import Busy, Closed, ModelNotFound, SummaryFailed
from models.pipeline import SummaryOptions
from models.translator import TranslateOptions
from service.api import render
from service.app import create_app
from service.config import Config, ModelConfig, ServerConfig, StoreConfig
from service.runtime import Runtime
from tests.service.fakes import FakePipeline, fresh_database, runtime

TEXT = (
    "أعلنت وزارة الصحة اليوم بدء حملة وطنية لتطعيم ٣٥٠ ألف طفل في جميع المحافظات.\n\n"
    "وقال الوزير إن الفرق الطبية ستصل إلى كل قرية خلال أسبوعين. وأضاف أن اللقاحات متوفرة.\n"
    "BBC"
)


@pytest.fixture(scope="module")
def loaded() -> Iterator[Runtime]:
    made = Runtime.load(Config(store=StoreConfig(url=fresh_database())))
    made.start()
    yield made
    made.close()


@pytest.fixture(scope="module")
def result(loaded: Runtime) -> BilingualSummary:
    return loaded.summarise(Article(TEXT, title="حملة تطعيم"), SummaryOptions())


def test_bundled_model_does_the_whole_job(loaded: Runtime, result: BilingualSummary) -> None:
    assert [t.segment.span.of(TEXT) for t in result.translations][-1] == "BBC"
    assert result.translations[-1].text == "BBC"
    assert result.english.count("\n\n") == 1
    assert not any("\u0600" <= c <= "\u06ff" for c in result.english)
    assert 1 <= len(result.sentences) <= 3
    for sentence in result.sentences:
        assert sentence.sources
        assert sentence.en.strip()
    assert result.warnings[0].code == "starter_model"
    assert result.signature.startswith("model:starter@")


def test_json_of_a_real_answer_keeps_the_contract(loaded: Runtime, result: BilingualSummary) -> None:
    answer = render.summary(result, loaded.model.id).model_dump(exclude_unset=True)
    text, english = answer["article"]["text"], answer["translation"]["text"]
    assert text == TEXT
    for part in answer["translation"]["segments"]:
        assert text[part["ar"]["start"] : part["ar"]["end"]] == part["ar"]["text"]
        assert english[part["en"]["start"] : part["en"]["end"]] == part["en"]["text"]
    for sentence in answer["summary"]["sentences"]:
        for source in sentence["sources"]:
            segment = answer["translation"]["segments"][source["segment"]]
            assert segment["ar"]["start"] <= source["start"] < source["end"] <= segment["ar"]["end"]


def test_repeated_article_comes_from_the_cache(loaded: Runtime, result: BilingualSummary) -> None:
    again = loaded.summarise(Article(TEXT, title="حملة تطعيم"), SummaryOptions())
    assert again.cached_segments == len(again.translations)
    assert again.english == result.english


def test_model_facts(loaded: Runtime) -> None:
    assert (loaded.model.id, loaded.model.active, loaded.model.installed) == ("starter", True, True)
    assert loaded.model.licence
    assert loaded.model.limits
    assert loaded.model in loaded.models()


def test_alternatives_and_alignments_of_the_real_model(loaded: Runtime) -> None:
    options = TranslateOptions(alternatives=2, alignments=True)
    [found] = loaded.translate(["وصل الوفد إلى القاهرة."], options).results
    assert 1 <= len(found.alternatives) <= 2
    assert found.translations[0].alignment


def test_real_service_over_http(loaded: Runtime) -> None:
    client = create_app(loaded.config, loaded).test_client()
    answer = client.post("/v1/summaries", json={"text": TEXT, "words": 20, "language": "auto"}).get_json()
    assert answer["model"]["id"] == "starter"
    assert answer["article"]["language"] == "ar"
    assert answer["summary"]["sentences"]
    page = client.post("/", data={"text": TEXT, "length": "2", "unit": "sentences"})
    assert page.status_code == 200


def test_summarizer_that_is_not_configured(loaded: Runtime) -> None:
    with pytest.raises(SummaryFailed, match="abstractive"):
        loaded.summarise(Article(TEXT), SummaryOptions(method="abstractive"))


def test_stub_engine_and_beam_size() -> None:
    config = Config(model=ModelConfig(engine="stub", beam_size=2))
    made = Runtime.load(config)
    [found] = made.translate(["وصل الوفد"], TranslateOptions()).results
    assert found.english
    assert "beam:2" in made.pipeline.signature()
    made.close()


def test_unknown_model(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        Runtime.load(Config(data_dir=str(tmp_path), model=ModelConfig(name="no/such-model")))


def test_closed_runtime_takes_no_work() -> None:
    made = runtime()
    made.close()
    for work in (
        lambda: made.summarise(Article(TEXT), SummaryOptions()),
        lambda: made.translate([TEXT], TranslateOptions()),
        lambda: made.detect([TEXT]),
        lambda: made.read_file(b"a"),
        lambda: made.read_page("<p>a"),
    ):
        with pytest.raises(Closed):
            work()


def test_work_slots_leave_two_threads_free() -> None:
    pipeline = FakePipeline()
    pipeline.gate = threading.Event()
    made = runtime(pipeline, Config(server=ServerConfig(threads=5)))
    threads = [
        threading.Thread(target=made.translate, args=([f"{TEXT} {n}"], TranslateOptions())) for n in range(3)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert pipeline.entered.acquire(timeout=10)
    with pytest.raises(Busy) as refused:
        made.translate([TEXT], TranslateOptions())
    assert refused.value.retry_after > 0
    pipeline.gate.set()
    for thread in threads:
        thread.join()
    assert made.translate([TEXT], TranslateOptions()).results
    made.close()


def test_slot_is_given_back_after_an_error() -> None:
    pipeline = FakePipeline()
    made = runtime(pipeline, Config(server=ServerConfig(threads=3)))
    pipeline.error = RuntimeError()
    for _ in range(3):
        with pytest.raises(RuntimeError):
            made.translate([TEXT], TranslateOptions())
    pipeline.error = None
    assert made.translate([TEXT], TranslateOptions()).results
    made.close()
