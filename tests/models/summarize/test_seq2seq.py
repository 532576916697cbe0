from pathlib import Path

import pytest

from models.document import Source
from models.errors import ModelBroken, ModelNotFound
from models.segment import segment
from models.summarize import Length, SummaryInput
from models.summarize.abstractive import AbstractiveSummarizer
from models.summarize.seq2seq import Seq2Seq
from tests.models.summarize.tiny_models import save_bart, save_t5

ARTICLE = (
    "أعلنت وزارة الصحة تسجيل 340 إصابة جديدة في محافظة إربد.\n"
    "وقال الوزير إن الوزارة ستطلق حملة تطعيم تشمل مليوني طفل.\n"
    "وأكد الوزير أن المخزون يكفي لستة أشهر."
)
LEARNT = "أعلنت وزارة الصحة تسجيل 340 إصابة في إربد. وقال الوزير إن الوزارة لن تطلق حملة تطعيم."
LONG = "\n".join(ARTICLE.replace("340", str(n)) for n in range(300, 306))

pytestmark = pytest.mark.torch


def article(text: str, sentences: int = 3) -> SummaryInput:
    parts = segment(text)
    return SummaryInput(text, parts, ["A translation."] * len(parts), None, Length(sentences=sentences))


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("t5")
    save_t5(folder, LEARNT)
    return folder


@pytest.fixture(scope="module")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bart")
    save_bart(folder, ARTICLE.splitlines())
    return folder


def test_t5_sentences_are_linked_and_judged(t5: Path) -> None:
    true, false = AbstractiveSummarizer(str(t5)).summarize(article(ARTICLE))
    first, second, _ = segment(ARTICLE)
    assert true.ar + " " + false.ar == LEARNT
    assert true.sources == (Source(0, first.start, first.end),)
    assert true.flags == ()
    assert Source(1, second.start, second.end) in false.sources
    assert [f.code for f in false.flags] == ["unsupported"]


def test_same_article_same_summary(t5: Path) -> None:
    assert AbstractiveSummarizer(str(t5)).summarize(article(ARTICLE)) == AbstractiveSummarizer(
        str(t5)
    ).summarize(article(ARTICLE))


def test_bart_reads_a_long_article_whole(bart: Path) -> None:
    """Learned positions: reading one token too many would raise."""
    picks = AbstractiveSummarizer(str(bart)).summarize(article(LONG))
    assert all(pick.ar.strip() for pick in picks)
    assert all(s.start < s.end <= len(LONG) for pick in picks for s in pick.sources)


def test_limits_and_prefix(t5: Path, bart: Path) -> None:
    """From the tokenizer's bound (T5) or the configuration's (BART), less what the model adds."""
    reader = Seq2Seq(str(t5))
    assert reader.prefix == "summarize: "
    assert 40 < reader.limit() < 64
    assert Seq2Seq(str(bart)).limit() == 64 - 2 - 1


def test_output_at_the_length_bound_is_not_complete(t5: Path) -> None:
    full, broken = (Seq2Seq(str(t5)).write([ARTICLE], [most])[0] for most in (64, 6))
    assert full.complete
    assert full.text == LEARNT
    assert not broken.complete
    assert LEARNT.startswith(broken.text)


def test_each_text_has_its_output(t5: Path) -> None:
    outputs = Seq2Seq(str(t5)).write([ARTICLE.splitlines()[0]] * 9, [64] * 9)
    assert [o.text for o in outputs] == [LEARNT] * 9


def test_signature_follows_the_weights(t5: Path, bart: Path) -> None:
    signatures = {
        AbstractiveSummarizer(str(t5)).signature,
        AbstractiveSummarizer(str(t5), side="en").signature,
        AbstractiveSummarizer(str(bart)).signature,
    }
    assert len(signatures) == 3


def test_a_repository_that_is_not_here_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.socket.connect", refuse)
    with pytest.raises(ModelNotFound, match="isn't on this machine"):
        AbstractiveSummarizer("someone/never-pulled-summarizer")


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (None, "no config.json"),
        ("{", "can't be read"),
        ('{"model_type": "bert"}', "isn't a sequence-to-sequence model"),
    ],
)
def test_a_folder_that_is_no_such_model(tmp_path: Path, config: str | None, reason: str) -> None:
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    with pytest.raises(ModelBroken, match=reason):
        Seq2Seq(str(tmp_path))


def test_missing_weights(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "t5", "is_encoder_decoder": true}')
    with pytest.raises(ModelBroken, match="can't be loaded"):
        Seq2Seq(str(tmp_path)).limit()


def test_the_layout_of_pulled_models(tmp_path: Path) -> None:
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "config.json").write_text('{"is_encoder_decoder": true}')
    assert Seq2Seq(str(tmp_path)).folder == tmp_path / "hf"
