"""Pipeline: what the whole answer promises, with the stub engine (one word out for each word in)."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.batching import Batcher, BatchingOptions
from models.document import Article, Notice, Segment, Span, Title
from models.engines.base import DecodingOptions
from models.engines.stub import StubEngine
from models.errors import SummaryFailed
from models.pipeline import SLICE, Pipeline, SummaryOptions, compose
from models.summarize import Length
from models.summarize.extractive import ExtractiveSummarizer
from models.translator import TranslateOptions, Translator

ARTICLE = """أعلنت وزارة الصحة يوم الاثنين تسجيل 120 إصابة جديدة بالكوليرا في محافظة عدن. وقال الوزير إن الوضع تحت السيطرة.

وأرسلت منظمة الصحة العالمية 3 شاحنات من الأدوية إلى المستشفيات في المحافظة خلال الأسبوع الماضي. هل تكفي هذه المساعدات؟
BBC News
وقال مدير المستشفى العام إن المرضى يصلون كل ساعة، وإن عدد الأسرة لا يكفي."""


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    engine = StubEngine()
    batcher = Batcher(engine, BatchingOptions(workers=2))
    translator = Translator(engine, batcher, DecodingOptions(beam_size=2))
    yield Pipeline(
        translator, {"extractive": ExtractiveSummarizer()}, notices=[Notice("starter_model", "small")]
    )
    batcher.close()


def test_every_segment_has_one_translation_at_its_place(pipeline: Pipeline) -> None:
    result = pipeline.run(Article(ARTICLE))
    assert [t.segment.index for t in result.translations] == list(range(6))
    for translation, span in zip(result.translations, result.english_spans, strict=True):
        assert span.of(result.english) == translation.text
        assert translation.text
    assert result.english.count("\n\n") == 1
    assert "BBC News" in result.english
    assert "120" in result.english


def test_summary_sentences_are_article_text_with_their_places(pipeline: Pipeline) -> None:
    result = pipeline.run(Article(ARTICLE), SummaryOptions(length=Length(sentences=2)))
    assert len(result.sentences) == 2
    for sentence in result.sentences:
        (source,) = sentence.sources
        assert ARTICLE[source.start : source.end] == sentence.ar
        segment = result.translations[source.segment].segment
        assert segment.start <= source.start < source.end <= segment.end
        assert sentence.en
    assert result.sentences[0].sources[0].start < result.sentences[1].sources[0].start


def test_the_title_is_translated_and_notices_are_passed_on(pipeline: Pipeline) -> None:
    result = pipeline.run(Article(ARTICLE, title="الكوليرا في عدن"))
    assert result.title is not None
    assert result.title.ar == "الكوليرا في عدن"
    assert len(result.title.en.split()) == 3
    assert [w.code for w in result.warnings] == ["starter_model", "mixed_language"]


def test_a_repeated_article_comes_from_the_cache(pipeline: Pipeline) -> None:
    first = pipeline.run(Article(ARTICLE))
    second = pipeline.run(Article(ARTICLE))
    assert second.cached_segments == len(second.translations)
    assert replace(second, cached_segments=0, timing_ms={}) == replace(first, cached_segments=0, timing_ms={})
    other = pipeline.run(Article(ARTICLE), SummaryOptions(length=Length(sentences=1)))
    assert len(other.sentences) == 1


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["not_arabic"]),
        ("  \n ", ["not_arabic"]),
        ("12.5", ["not_arabic"]),
        ("Already English.", ["not_arabic"]),
        ("خبر عاجل", []),
        ("خبر عاجل.\nBreaking news.", ["mixed_language"]),
    ],
)
def test_what_is_not_arabic_comes_back_as_it_was_with_a_notice(
    pipeline: Pipeline, text: str, codes: list[str]
) -> None:
    (result,) = pipeline.translate([text])
    assert [n.code for n in result.notices] == codes
    if codes == ["not_arabic"]:
        assert result.english == text


def test_all_texts_go_to_the_engine_together_and_come_back_in_order(pipeline: Pipeline) -> None:
    texts = [f"الخبر رقم {n}. انتهى الخبر." for n in range(30)]
    results = pipeline.translate(texts)
    assert [r.source for r in results] == texts
    assert all(str(n) in r.english for n, r in enumerate(results))


def test_alternatives_are_of_the_whole_text(pipeline: Pipeline) -> None:
    (result,) = pipeline.translate(["وصل الوفد. غادر الوفد."], TranslateOptions(alternatives=2))
    assert len({result.english, *result.alternatives}) == 3
    assert all(len(a.split()) == 4 for a in result.alternatives)


def test_a_clause_of_a_long_sentence_is_translated_on_its_own(pipeline: Pipeline) -> None:
    clause = "وافق مجلس الوزراء على خطة جديدة لإصلاح شبكة المياه في المدن الساحلية والقرى المجاورة"
    text = f"{clause}، حيث تبدأ الأعمال مطلع العام المقبل وتستمر ثلاث سنوات، فيما تتولى شركات محلية تنفيذ القسم الأول منها، "
    text += "كما تشرف لجنة من المهندسين على سير العمل وترفع تقريرا كل شهر إلى الوزارة المعنية بالأمر."
    result = pipeline.run(Article(text), SummaryOptions(length=Length(sentences=1)))
    (sentence,) = result.sentences
    assert len(sentence.ar.split()) < len(text.split())
    assert len(sentence.en.split()) == len(sentence.ar.split())


def test_summary_sentences_inherit_the_flags_of_their_sources(pipeline: Pipeline) -> None:
    spoilt(pipeline, "120", "210")
    result = pipeline.run(Article(ARTICLE))
    wrong = [f for s in result.sentences for f in s.flags if f.code == "number_mismatch"]
    assert "120" in [f.ar.of(ARTICLE) for f in wrong if f.ar]
    assert "210" in [f.en.of(result.english) for f in wrong if f.en]


LONG = (
    "وافق مجلس الوزراء على خطة جديدة لإصلاح شبكة المياه في المدن الساحلية والقرى المجاورة، حيث تبدأ الأعمال مطلع "
    "العام المقبل وتستمر 3 سنوات، فيما تتولى شركات محلية تنفيذ القسم الأول منها، كما تشرف لجنة من المهندسين على "
    "سير العمل وترفع تقريرا كل شهر إلى الوزارة المعنية بالأمر وتنشره للناس بعد ذلك."
)


def spoilt(pipeline: Pipeline, old: str, new: str) -> None:
    """The engine writes `new` for `old` from now on."""
    engine = pipeline.translator.engine
    original = engine.decode
    engine.decode = lambda pieces: [t.replace(old, new) for t in original(pieces)]  # type: ignore[method-assign]


@pytest.mark.parametrize("whole", [True, False])
def test_a_clause_has_no_flags_of_the_rest_of_its_sentence(pipeline: Pipeline, whole: bool) -> None:
    spoilt(pipeline, "3", "8")
    text = f"خبر قصير عن المياه. {LONG}"
    options = SummaryOptions(length=Length(sentences=1), whole=whole)
    (sentence,) = pipeline.run(Article(text), options).sentences
    assert sentence.ar == LONG[: LONG.index("،") + 1]
    assert "number_mismatch" not in {f.code for f in sentence.flags}
    assert sentence.en.endswith(".")
    assert sentence.en[0].isupper()


@pytest.mark.parametrize("whole", [True, False])
def test_a_clause_has_flags_of_its_own(pipeline: Pipeline, whole: bool) -> None:
    spoilt(pipeline, "3", "8")
    text = f"خبر قصير عن المياه. {LONG.replace('خطة', '3 خطط', 1).replace('3 سنوات', 'سنوات')}"
    options = SummaryOptions(length=Length(sentences=1), whole=whole)
    result = pipeline.run(Article(text), options)
    (sentence,) = result.sentences
    wrong = [f for f in sentence.flags if f.code == "number_mismatch"]
    assert [f.ar.of(text) for f in wrong if f.ar] == ["3"]
    places = [f.en.of(result.english) for f in wrong if f.en]
    assert places == ([] if whole else ["8"])  # an excerpt's English has the clause, the whole's has not


def test_a_summary_that_must_be_longer_says_so(pipeline: Pipeline) -> None:
    for whole in (True, False):
        short = pipeline.run(Article(ARTICLE), SummaryOptions(length=Length(words=2), whole=whole))
        assert len(short.sentences) == 1
        assert "summary_longer" in [w.code for w in short.warnings]
    roomy = pipeline.run(Article(ARTICLE), SummaryOptions(length=Length(words=200)))
    assert "summary_longer" not in [w.code for w in roomy.warnings]


def test_the_title_is_checked_like_a_segment(pipeline: Pipeline) -> None:
    spoilt(pipeline, "27", "72")
    title = "اجتماع جديد. القبض على 27 متهما في عدن"
    whole = pipeline.run(Article(ARTICLE, title=title)).title
    assert whole is not None
    wrong = [f for f in whole.flags if f.code == "number_mismatch"]
    assert {f.severity for f in wrong} == {"critical"}
    assert [f.ar.of(title) for f in wrong if f.ar] == ["27"]
    assert [f.en.of(whole.en) for f in wrong if f.en] == ["72"]
    (alone,) = pipeline.translate([title])
    assert whole.confidence == min(t.confidence for t in alone.translations)
    assert pipeline.run(Article(ARTICLE, title=title), only_summary()).title == whole


def test_a_title_that_is_not_arabic_is_as_it_was(pipeline: Pipeline) -> None:
    assert pipeline.run(Article(ARTICLE, title="BBC News")).title == Title("BBC News", "BBC News", 1.0)


def test_an_unknown_method_says_what_there_is(pipeline: Pipeline) -> None:
    with pytest.raises(SummaryFailed, match="extractive"):
        pipeline.run(Article(ARTICLE), SummaryOptions(method="haiku"))


@pytest.mark.parametrize(
    ("text", "spans", "english", "expected"),
    [
        ("ا. ب.", [(0, 2), (3, 5)], ["A.", "B."], "A. B."),
        ("ا.ب.", [(0, 2), (2, 4)], ["A.", "B."], "A. B."),
        ("ا\n\n ب", [(0, 1), (4, 5)], ["A", "B"], "A\n\n B"),
        ("\nا", [(1, 2)], ["A"], "\nA"),
        ("  ا", [(2, 3)], ["A"], "A"),
        ("ا\t\tب", [(0, 1), (3, 4)], ["A", "B"], "A\t\tB"),
        ("| ا |ب|", [(2, 3), (5, 6)], ["A", "B"], "| A |B|"),
        ("|ا|\n|-|\n|ب|  |\n", [(1, 2), (9, 10)], ["A", "B"], "|A|\n|-|\n|B|  |"),
        ("", [], [], ""),
    ],
)
def test_compose_keeps_paragraphs(
    text: str, spans: list[tuple[int, int]], english: list[str], expected: str
) -> None:
    segments = [Segment(i, a, b, 0) for i, (a, b) in enumerate(spans)]
    whole, places = compose(text, segments, english)
    assert whole == expected
    assert [p.of(whole) for p in places] == english


@given(st.lists(st.tuples(st.text("ab", min_size=1), st.text(" \n\t", max_size=3)), max_size=8))
def test_compose_never_loses_or_moves_a_segment(parts: list[tuple[str, str]]) -> None:
    text, segments = "", []
    for i, (word, gap) in enumerate(parts):
        text += gap
        segments.append(Segment(i, len(text), len(text) + len(word), 0))
        text += word
    whole, places = compose(text, segments, [w.upper() for w, _ in parts])
    assert [p.of(whole) for p in places] == [w.upper() for w, _ in parts]
    assert all(a.end <= b.start for a, b in pairwise(places))
    assert places == [Span(p.start, p.end) for p in places]


class TestPartialResults:
    """Segments handed out while the article is at work."""

    def text(self, count: int) -> str:
        return "\n".join(f"وصل الوفد رقم {n} إلى المدينة." for n in range(count))

    @pytest.mark.parametrize("count", [1, 31, 32, 33, 100])
    def test_are_the_segments_of_the_whole_in_order(self, pipeline: Pipeline, count: int) -> None:
        seen: list[tuple[object, object]] = []
        totals: set[int] = set()

        def partial(fresh, places, total) -> None:
            seen.extend(zip(fresh, places, strict=True))
            totals.add(total)

        progress: list[tuple[int, int]] = []
        whole = pipeline.run(
            Article(self.text(count), title="العنوان"),
            progress=lambda done, total: progress.append((done, total)),
            partial=partial,
        )
        assert [t for t, _ in seen] == list(whole.translations)
        assert [p for _, p in seen] == list(whole.english_spans)
        assert totals == {count}
        assert progress == sorted(progress)
        assert progress[-1] == (count + 1, count + 1)

    def test_one_that_raises_ends_the_work(self, pipeline: Pipeline) -> None:
        class Enough(Exception):
            pass

        def partial(fresh, places, total) -> None:
            raise Enough

        with pytest.raises(Enough):
            pipeline.run(Article(self.text(100)), partial=partial)
        assert pipeline.translator.batcher.queued_tokens() == {"interactive": 0, "bulk": 0}


def only_summary(sentences: int = 2) -> SummaryOptions:
    return SummaryOptions(Length(sentences=sentences), whole=False)


def test_what_nobody_asks_for_is_not_translated(pipeline: Pipeline) -> None:
    """The sentences of the summary are those that the whole article's has, with the same English."""
    whole = pipeline.run(Article(ARTICLE, title="الكوليرا في عدن"), SummaryOptions(Length(sentences=2)))
    part = pipeline.run(Article(ARTICLE, title="الكوليرا في عدن"), only_summary())
    assert [(s.ar, s.en, s.score) for s in part.sentences] == [(s.ar, s.en, s.score) for s in whole.sentences]
    assert part.title == whole.title
    assert part.article.text == ARTICLE
    assert len(part.translations) == 2 < len(whole.translations)
    assert part.signature == f"{whole.signature}|summary_only"
    assert [w.code for w in part.warnings] == ["starter_model", "summary_only"]
    left = len(ARTICLE) - sum(len(s.ar) for s in part.sentences)
    assert f" {left} characters" in part.warnings[1].message


def test_an_excerpt_keeps_its_places_in_the_article(pipeline: Pipeline) -> None:
    long = (
        "وقال مدير المستشفى إن المرضى يصلون كل ساعة " * 3
        + "، وأضاف أن عدد الأسرة في المستشفى لا يكفي أبدا " * 4
    )
    text = f"{ARTICLE}\n{long}."
    result = pipeline.run(Article(text), only_summary(4))
    for number, (translation, span) in enumerate(zip(result.translations, result.english_spans, strict=True)):
        assert translation.segment.index == number
        assert span.of(result.english) == translation.text
    for sentence in result.sentences:
        pieces = [text[s.start : s.end] for s in sentence.sources]
        assert " ".join(pieces) == sentence.ar
        english = " ".join(result.translations[s.segment].text for s in sentence.sources)
        assert sentence.en.rstrip(".…") == english.rstrip(",.")
    assert result.english.count("\n") == len(result.sentences) - 1


@pytest.mark.parametrize("text", ["", " \n", "وقال الوزير إن الوضع تحت السيطرة.", "BBC News", "3"])
def test_where_the_summary_is_everything_nothing_is_left_out(pipeline: Pipeline, text: str) -> None:
    assert replace(pipeline.run(Article(text), only_summary()), timing_ms={}, cached_segments=0) == replace(
        pipeline.run(Article(text), SummaryOptions(Length(sentences=2))), timing_ms={}, cached_segments=0
    )


def test_a_whole_article_is_not_answered_with_an_excerpt(pipeline: Pipeline) -> None:
    pipeline.run(Article(ARTICLE), only_summary(3))
    assert len(pipeline.run(Article(ARTICLE)).translations) == 6


WRAPPED = """أعلنت وزارة الصحة اللبنانية أن عدد
المصابين بلغ 120 شخصا في بلدة
عرسال الحدودية، وأن 15 منهم في
حالة حرجة. وقالت الوزارة إن فرق
الإسعاف نقلت الجرحى إلى مستشفيات
زحلة وبعلبك."""


def test_wrapped_text_is_translated_like_text_in_one_line(pipeline: Pipeline) -> None:
    article = f"{WRAPPED}\n\nانتهى الخبر."
    whole, flat = pipeline.translate([article, article.replace("\n", " ").replace("  ", "\n\n")])
    assert whole.english == flat.english
    assert whole.english_spans == flat.english_spans
    assert [t.segment for t in whole.translations] == [t.segment for t in flat.translations]
    assert whole.source == article
    (lines,) = pipeline.translate([article], TranslateOptions(unwrap=False))
    assert lines.english.count("\n") == article.count("\n")


@pytest.mark.parametrize("whole", [True, False])
def test_a_summary_of_wrapped_text_has_whole_sentences(pipeline: Pipeline, whole: bool) -> None:
    text = f"{WRAPPED}\n\nانتهى الخبر الأول من بيروت أمس."
    result = pipeline.run(Article(text), SummaryOptions(Length(sentences=1), whole=whole))
    (sentence,) = result.sentences
    (source,) = sentence.sources
    assert "\n" in text[source.start : source.end]
    assert sentence.ar == text[source.start : source.end].replace("\n", " ")
    assert "\n" not in sentence.en
    assert sentence.en == result.translations[source.segment].text


def test_handing_out_looks_at_each_segment_once(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def counted(text: str, segments: list[Segment], *rest: object) -> object:
        looked.append(len(segments))
        return compose(text, segments, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("models.pipeline.compose", counted)
    count = 10 * SLICE
    seen: list[Span] = []
    (result,) = pipeline.translate(
        ["وصل.\n" * count], partial=lambda fresh, places, total: seen.extend(places)
    )
    assert sum(looked) == 2 * count  # each in its slice, and all for the whole
    assert tuple(seen) == result.english_spans


def test_other_alternatives_are_another_cache_entry(pipeline: Pipeline) -> None:
    plain = pipeline.run(Article(ARTICLE))
    more = pipeline.run(Article(ARTICLE), SummaryOptions(translate=TranslateOptions(alternatives=2)))
    assert not any(t.alternatives for t in plain.translations)
    assert any(t.alternatives for t in more.translations)


def test_the_same_english_on_other_evidence_is_assessed_anew(pipeline: Pipeline) -> None:
    (rendering,) = pipeline.translator.translate(["وصل الوفد إلى المدينة."])
    part = Segment(0, 0, len(rendering.source), 0)
    sound = pipeline._checked_translation(part, rendering, "")
    cut = replace(rendering, chunks=tuple(replace(chunk, complete=False) for chunk in rendering.chunks))
    broken = pipeline._checked_translation(part, cut, "")
    assert {f.code for f in broken.flags} - {f.code for f in sound.flags} == {"cut_retry"}


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("وصل الوفد.\n١٢٬٣٤٥٫٥\nغادر الوفد.", 1, "12,345.5"),
        ("وصل الوفد.\n۱۲٪\nغادر الوفد.", 1, "12%"),
        ("وصل الوفد.\nBBC ٢٤\nغادر الوفد.", 1, "BBC 24"),
        ("١٢٬٣٤٥", 0, "١٢٬٣٤٥"),
        ("BBC ٢٤", 0, "BBC ٢٤"),
    ],
)
def test_digits_of_a_line_in_an_arabic_text_are_western(
    pipeline: Pipeline, text: str, line: int, expected: str
) -> None:
    handed: list[str] = []
    (result,) = pipeline.translate([text], partial=lambda fresh, *rest: handed.extend(t.text for t in fresh))
    assert result.english.split("\n")[line] == expected
    assert handed == [t.text for t in result.translations]
    (whole,) = pipeline.translate([text])
    assert whole.english == result.english
