"""Abstractive summaries around a writer that is known: windows, limits, sources, flags."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from models.batching import Batcher, BatchingOptions
from models.document import Article
from models.engines.base import DecodingOptions
from models.engines.stub import StubEngine
from models.errors import SummaryFailed
from models.pipeline import Pipeline, SummaryOptions
from models.segment import segment
from models.summarize import Length, Pick, SummaryInput, abstractive
from models.summarize.abstractive import AbstractiveSummarizer, Side
from models.summarize.seq2seq import Output
from models.translator import Translator

SENTENCES = [
    "أعلنت وزارة الصحة تسجيل 120 إصابة بالكوليرا في محافظة عدن.",
    "وأرسلت منظمة الصحة العالمية ثلاث شاحنات من الأدوية إلى المستشفيات.",
    "وقال مدير المستشفى العام إن عدد الأسرة لا يكفي.",
    "وافتتحت البلدية جسرا جديدا فوق النهر صباح الأحد.",
]
TEXT = " ".join(SENTENCES)
ENGLISH = [
    "The health ministry reported 120 cholera cases in Aden.",
    "The World Health Organization sent three trucks of medicine to the hospitals.",
    "The director of the general hospital said there were not enough beds.",
    "The municipality opened a new bridge over the river on Sunday morning.",
]


THREE = Length(sentences=3)


class Writer:
    """Stands in for the model: one token a word; `answer` makes the summary. Keeps what it was given."""

    name = "known"
    fingerprint = "0"

    def __init__(self, answer: Callable[[str], str], limit: int = 512, finished: bool = True) -> None:
        self._answer, self._limit, self._finished = answer, limit, finished
        self.seen: list[str] = []

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(t.split()) for t in texts]

    def limit(self) -> int:
        return self._limit

    def write(self, texts: Sequence[str], most_tokens: Sequence[int]) -> list[Output]:
        assert len(texts) == len(most_tokens)
        assert max(self.count(texts)) <= self._limit
        self.seen += texts
        return [Output(self._answer(text), self._finished) for text in texts]


def summarizer(writer: Writer, side: Side = "ar") -> AbstractiveSummarizer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(abstractive, "Seq2Seq", lambda *_: writer)
        return AbstractiveSummarizer("known", side)


def first_sentence(text: str) -> str:
    return segment(text)[0].span.of(text)


def summarize(writer: Writer, text: str = TEXT, length: Length = THREE, side: Side = "ar") -> list[Pick]:
    english = ENGLISH if text == TEXT else []
    return summarizer(writer, side).summarize(SummaryInput(text, segment(text), english, None, length))


def test_a_faithful_sentence_has_its_segment_and_no_flag() -> None:
    (pick,) = summarize(Writer(lambda _: "سجلت وزارة الصحة 120 إصابة بالكوليرا في عدن."))
    assert pick.ar == "سجلت وزارة الصحة 120 إصابة بالكوليرا في عدن."
    assert pick.en is None
    assert pick.flags == ()
    assert [s.segment for s in pick.sources] == [0]
    assert TEXT[pick.sources[0].start : pick.sources[0].end] == SENTENCES[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "سجلت وزارة الصحة 210 إصابة بالكوليرا في عدن.",
        "لم تفتتح البلدية جسرا جديدا فوق النهر صباح الأحد.",
        "اعتقلت الشرطة في مطار العاصمة ثلاثة مهربين بعد مطاردة طويلة.",
    ],
)
def test_an_unfaithful_sentence_is_flagged(sentence: str) -> None:
    (pick,) = summarize(Writer(lambda _: sentence))
    assert [(f.code, f.severity) for f in pick.flags] == [("unsupported", "major")]


def test_an_article_over_the_window_is_read_whole_part_by_part() -> None:
    text = " ".join(f"وصلت الشاحنة رقم {n} إلى المخزن الكبير في المدينة." for n in range(100))
    writer = Writer(first_sentence, limit=60)
    picks = summarize(writer, text, Length(sentences=100))
    assert " ".join(writer.seen) == text
    assert len(picks) == len(writer.seen) > 10
    assert [s.segment for p in picks for s in p.sources] == sorted(
        s.segment for p in picks for s in p.sources
    )


def test_of_many_windows_the_most_central_sentences_are_kept() -> None:
    text = " ".join(f"وصلت الشاحنة رقم {n} إلى المخزن الكبير في المدينة." for n in range(100))
    picks = summarize(Writer(first_sentence, limit=60), text, Length(sentences=2))
    assert len(picks) == 2
    assert all(p.flags == () for p in picks)


def test_a_sentence_over_the_window_is_cut_between_words() -> None:
    text = " ".join(f"كلمة{n}" for n in range(200)) + "."
    writer = Writer(lambda _: "كلمة.", limit=30)
    summarize(writer, text)
    assert " ".join(writer.seen[:10]).split()[:50] == text.split()[:50]


@pytest.mark.parametrize(
    ("length", "kept"),
    [
        (Length(sentences=1), 1),
        (Length(sentences=3), 3),
        (Length(sentences=9), 4),
        (Length(words=20), 2),
        (Length(words=1), 1),
        (Length(ratio=0.55), 2),
    ],
)
def test_lengths_are_limits(length: Length, kept: int) -> None:
    assert len(summarize(Writer(lambda text: text), length=length)) == kept


def test_what_the_model_was_stopped_in_is_dropped_unless_it_is_all() -> None:
    cut = f"{SENTENCES[0]} وأرسلت منظمة"
    assert [p.ar for p in summarize(Writer(lambda _: cut, finished=False))] == [SENTENCES[0]]
    (pick,) = summarize(Writer(lambda _: "أعلنت وزارة الصحة تسجيل", finished=False))
    assert "cut_retry" in [f.code for f in pick.flags]


def test_a_sentence_written_twice_stands_once() -> None:
    assert len(summarize(Writer(lambda _: f"{SENTENCES[0]} {SENTENCES[0]}"))) == 1


def test_furniture_is_not_read() -> None:
    writer = Writer(first_sentence)
    summarize(writer, f"كتب: محمد أحمد\n\n{TEXT}\n\nتابعونا على فيسبوك")
    assert writer.seen == [TEXT]


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_to_summarise(text: str) -> None:
    assert summarize(Writer(first_sentence), text) == []


def test_a_silent_model_is_an_error() -> None:
    with pytest.raises(SummaryFailed, match="nothing"):
        summarize(Writer(lambda _: ""))


def test_on_the_english_side_it_reads_the_translation() -> None:
    writer = Writer(lambda _: "The municipality opened a bridge over the river on Sunday.")
    (pick,) = summarize(writer, side="en")
    assert writer.seen == [" ".join(ENGLISH)]
    assert (pick.ar, pick.en) == (SENTENCES[3], "The municipality opened a bridge over the river on Sunday.")
    assert [s.segment for s in pick.sources] == [3]
    assert pick.flags == ()


@pytest.fixture
def translator() -> Iterator[Translator]:
    engine = StubEngine()
    batcher = Batcher(engine, BatchingOptions(workers=2))
    yield Translator(engine, batcher, DecodingOptions(beam_size=2))
    batcher.close()


def test_the_pipeline_shows_the_article_beside_an_english_summary(translator: Translator) -> None:
    writer = Writer(first_sentence)
    pipeline = Pipeline(translator, {"abstractive": summarizer(writer, "en")})
    result = pipeline.run(Article(TEXT), SummaryOptions(Length(sentences=1), "abstractive"))
    (sentence,) = result.sentences
    assert sentence.ar == " ".join(TEXT[s.start : s.end] for s in sentence.sources) != ""
    assert sentence.en in result.english


def test_the_pipeline_translates_an_arabic_summary(translator: Translator) -> None:
    pipeline = Pipeline(translator, {"abstractive": summarizer(Writer(first_sentence))})
    result = pipeline.run(Article(TEXT), SummaryOptions(Length(sentences=1), "abstractive"))
    (sentence,) = result.sentences
    assert sentence.ar == SENTENCES[0]
    assert sentence.en
