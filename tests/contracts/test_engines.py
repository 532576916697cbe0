"""What every engine has to keep, whichever it is: one suite, four engines, the bundled weights."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.engines.base import DecodingOptions, Engine, EngineInfo
from models.engines.ct2 import CTranslate2Engine
from models.engines.registry import EngineOptions, create
from models.engines.stub import StubEngine
from models.errors import Closed, EngineUnavailable
from models.manifest import STARTER, InstalledModel
from models.weights.convert import convert

SENTENCES = [
    "وصل الوفد إلى القاهرة صباح اليوم.",
    "قال وزير المالية إن الحكومة ستعلن خطتها الاقتصادية الجديدة يوم الأربعاء المقبل.",
    "نعم",
    "بلغ عدد السكان ٣٥٠ ألف نسمة عام 2019.",
    "أعلنت الشركة أنها باعت أكثر من مليون سيارة كهربائية في الأسواق الآسيوية خلال العام الماضي.",
]
ODD = ["漢字かな", "🙂🙃", "\u0000", "𐎀𐎁𐎂", "ﷺ", "ـــــ", "\u202b\u200f", "ქართული"]
FAST = DecodingOptions(beam_size=2)

ENGINES = ["stub", "ct2-int8", "ct2-float32", pytest.param("transformers", marks=pytest.mark.torch)]


@pytest.fixture(scope="session")
def float32_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("float32") / "ct2-float32"
    convert(STARTER / "hf", folder, "float32")
    return folder


@pytest.fixture(scope="session")
def make(request: pytest.FixtureRequest) -> Callable[[str], Engine]:
    def engine(name: str) -> Engine:
        if name == "ct2-float32":
            weights: Path = request.getfixturevalue("float32_weights")
            info = EngineInfo("starter", "1", "ct2", "float32", "cpu", 32)
            return CTranslate2Engine(info, weights, STARTER / "hf", threads_per_worker=1)
        kind, _, compute = name.partition("-")
        options = EngineOptions(kind, compute or "float32", device="cpu", threads=1)
        return create(InstalledModel.at(STARTER), options)

    return engine


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, make: Callable[[str], Engine]) -> Iterator[Engine]:
    made = make(request.param)
    yield made
    made.close()


def best(engine: Engine, texts: list[str], options: DecodingOptions = FAST) -> list[str]:
    found = engine.translate(engine.encode(texts), options)
    return engine.decode([hypotheses[0].pieces for hypotheses in found])


class TestEngine:
    def test_says_what_it_is(self, engine: Engine) -> None:
        info = engine.info
        assert info.max_source_tokens > 0
        assert info.device == "cpu"
        assert all((info.model, info.revision, info.engine, info.compute_type))

    def test_length_and_order_are_kept(self, engine: Engine) -> None:
        """Each text gets in the batch, in whatever order, what it gets there in the reverse order."""
        forward = best(engine, SENTENCES)
        assert len(forward) == len(SENTENCES)
        assert all(forward)
        assert best(engine, SENTENCES[::-1])[::-1] == forward
        assert len(set(forward)) == len(SENTENCES)

    def test_nothing_in_nothing_out(self, engine: Engine) -> None:
        assert engine.translate([], FAST) == []
        assert engine.encode([]) == []
        assert engine.decode([]) == []

    def test_an_empty_chunk_gives_one_empty_finished_hypothesis(self, engine: Engine) -> None:
        chunks = [[], *engine.encode(SENTENCES[:1]), []]
        found = engine.translate(chunks, FAST)
        for hypotheses in (found[0], found[2]):
            assert len(hypotheses) == 1
            assert (hypotheses[0].pieces, hypotheses[0].score, hypotheses[0].finished) == ((), 0.0, True)
        assert found[1][0].pieces
        assert engine.translate([[]], FAST) == [found[0]]

    def test_unknown_characters_are_read_and_answered(self, engine: Engine) -> None:
        chunks = engine.encode(ODD)
        assert len(chunks) == len(ODD)
        assert len(engine.translate(chunks, FAST)) == len(ODD)

    def test_special_pieces_leave_no_trace_in_text(self, engine: Engine) -> None:
        texts = " ".join(best(engine, [*SENTENCES, *ODD]))
        assert not any(mark in texts for mark in ("</s>", "<unk>", "<pad>", "\u2581"))

    def test_scores_are_mean_log_probabilities(self, engine: Engine) -> None:
        for hypotheses in engine.translate(engine.encode(SENTENCES), FAST):
            assert -20 < hypotheses[0].score <= 0

    def test_several_hypotheses_best_first(self, engine: Engine) -> None:
        options = DecodingOptions(num_hypotheses=3)
        for hypotheses in engine.translate(engine.encode(SENTENCES), options):
            assert len(hypotheses) == 3
            assert len({h.pieces for h in hypotheses}) == 3
            scores = [h.score for h in hypotheses]
            assert scores == sorted(scores, reverse=True)

    def test_what_reaches_the_bound_is_not_finished(self, engine: Engine) -> None:
        chunks = engine.encode(SENTENCES[1:2])
        whole = engine.translate(chunks, FAST)[0][0]
        assert whole.finished
        ratio = -18.5 / (len(chunks[0]) + 1)  # two pieces: no model says that much with so little
        cut = engine.translate(chunks, FAST.with_(max_length_ratio=ratio))[0][0]
        assert not cut.finished
        assert 1 <= len(cut.pieces) <= 2 < len(whole.pieces)

    def test_the_same_again(self, engine: Engine) -> None:
        chunks = engine.encode(SENTENCES)
        assert engine.translate(chunks, FAST) == engine.translate(chunks, FAST)

    def test_four_threads_get_what_one_gets(self, engine: Engine) -> None:
        batches = [engine.encode(SENTENCES[at : at + 2]) for at in range(4)]
        alone = [engine.translate(batch, FAST) for batch in batches]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda batch: engine.translate(batch, FAST), batches * 3))
        assert together == alone * 3

    def test_attention_is_over_the_source_pieces(self, engine: Engine) -> None:
        chunks = engine.encode(SENTENCES)
        for chunk, (hypothesis,) in zip(
            chunks, engine.translate(chunks, FAST.with_(attention=True)), strict=True
        ):
            if hypothesis.attention is None:
                assert not engine.info.has_alignment or engine.info.engine == "transformers"
                continue
            assert len(hypothesis.attention) == len(hypothesis.pieces)
            # end-of-sentence may follow the source pieces
            assert {len(row) for row in hypothesis.attention} <= {len(chunk), len(chunk) + 1}

    def test_no_attention_unasked(self, engine: Engine) -> None:
        assert engine.translate(engine.encode(SENTENCES[:1]), FAST)[0][0].attention is None


@pytest.mark.parametrize("name", ENGINES)
def test_closed_engines_say_so(name: str, make: Callable[[str], Engine]) -> None:
    engine = make(name)
    chunks = engine.encode(SENTENCES[:1])
    engine.close()
    engine.close()
    with pytest.raises(Closed):
        engine.translate(chunks, FAST)


def test_greedy_search_scores_like_a_beam_of_one(make: Callable[[str], Engine]) -> None:
    """The mean log-probability doesn't depend on the length penalty that the search used."""
    engine = make("ct2-int8")
    chunks = engine.encode(SENTENCES)
    plain, penalised = (
        engine.translate(chunks, DecodingOptions(beam_size=1, length_penalty=p)) for p in (1.0, 0.4)
    )
    for (a,), (b,) in zip(plain, penalised, strict=True):
        assert a.pieces == b.pieces
        assert a.score == pytest.approx(b.score, rel=1e-3)


@pytest.mark.torch
def test_the_engines_agree_on_scores(make: Callable[[str], Engine]) -> None:
    """The same float32 weights give the same probability to the same output."""
    found = []
    for name in ("ct2-float32", "transformers"):
        engine = make(name)
        found.append([h[0] for h in engine.translate(engine.encode(SENTENCES), DecodingOptions())])
        engine.close()
    same = [(a, b) for a, b in zip(*found, strict=True) if a.pieces == b.pieces]
    assert len(same) >= 3
    for a, b in same:
        assert a.score == pytest.approx(b.score, abs=0.01)


@pytest.mark.parametrize("name", ["ct2", "transformers"])
def test_a_folder_without_weights_is_refused(name: str, tmp_path: Path) -> None:
    manifest = InstalledModel.at(STARTER).manifest
    with pytest.raises(EngineUnavailable):
        create(InstalledModel("nothing", tmp_path, manifest), EngineOptions(name, "int8", "cpu"))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(EngineUnavailable, match="ct2, transformers, stub"):
        create(InstalledModel.at(STARTER), EngineOptions("steam"))


def test_the_stub_keeps_what_the_checks_look_at() -> None:
    stub = StubEngine()
    assert stub.decode([stub.translate(stub.encode(["باع ٣٥٠ كتابا في BBC."]), FAST)[0][0].pieces]) == [
        "bae 350 ktaba fy BBC."
    ]
