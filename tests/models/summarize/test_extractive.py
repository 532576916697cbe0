"""Extractive summaries: article text to the letter, in order, never the page's furniture."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.segment import segment
from models.summarize import Length, Pick, SummaryInput
from models.summarize.boilerplate import is_boilerplate
from models.summarize.extractive import ExtractiveSummarizer

STORY = """ارتفاع أسعار القمح في الأسواق

أعلنت وزارة الزراعة يوم الأحد أن أسعار القمح ارتفعت بنسبة 12 في المئة خلال الشهر الماضي. وقال الوزير إن الحكومة اشترت 200 ألف طن من القمح لتعويض النقص. ويخشى المزارعون في الشمال أن تؤدي موجة الجفاف إلى خسارة نصف المحصول هذا العام.

وتستورد البلاد نحو ثلثي حاجتها من القمح من دول البحر الأسود. وقد توقفت الشحنات أسبوعين بسبب العواصف في البحر. وقال تاجر في العاصمة إن سعر الطحين ارتفع مرتين منذ بداية الشهر.
"""
FURNITURE = """كتب: محمد أحمد
القاهرة - رويترز
اقرأ أيضا: أسعار القمح ترتفع في وزارة الزراعة خلال الشهر الماضي
صدر الصورة، Getty Images
التعليق على الصورة، مزارعون يحصدون القمح في حقل قرب العاصمة خلال موسم الحصاد الماضي في شمال البلاد
• أسعار القمح ترتفع في الأسواق العالمية خلال الشهر الماضي.
تابعونا على فيسبوك
هل ترتفع أسعار القمح في الأسواق من جديد خلال الشهر المقبل؟
جميع الحقوق محفوظة لوزارة الزراعة"""
LONG = (
    "قال وزير الموارد المائية في مؤتمر صحفي عقده صباح الخميس في العاصمة إن السدود الرئيسية في البلاد خسرت "
    "نحو ثلث مخزونها خلال الصيف الماضي، مؤكدا أن الوزارة وضعت خطة لتوزيع المياه على المحافظات الجنوبية، "
    "فيما طالبت نقابة الفلاحين بتعويضات عاجلة عن الأراضي التي خرجت من الخدمة، مشيرة إلى أن آلاف الأسر فقدت "
    "مصدر دخلها الوحيد بسبب الجفاف المستمر منذ ثلاثة أعوام، وحذرت من موجة نزوح جديدة نحو المدن الكبرى."
)


def summarize(text: str, length: Length, title: str | None = None) -> list[Pick]:
    return ExtractiveSummarizer().summarize(SummaryInput(text, segment(text), [], title, length))


def check_places(text: str, picks: list[Pick]) -> None:
    segments = segment(text)
    for pick in picks:
        (source,) = pick.sources
        assert pick.ar == text[source.start : source.end] != ""
        inside = segments[source.segment]
        assert inside.start <= source.start < source.end <= inside.end
    for before, after in pairwise(picks):
        assert before.sources[0].end <= after.sources[0].start


@pytest.mark.parametrize("sentences", [1, 2, 3, 5, 50])
def test_picks_are_article_text_in_order(sentences: int) -> None:
    picks = summarize(STORY, Length(sentences=sentences))
    check_places(STORY, picks)
    assert len(picks) == min(sentences, 6)


def test_the_same_again_and_from_a_new_instance() -> None:
    first = summarize(STORY, Length(sentences=3), "القمح")
    assert all(summarize(STORY, Length(sentences=3), "القمح") == first for _ in range(5))
    assert ExtractiveSummarizer().signature == ExtractiveSummarizer().signature


def test_the_opening_of_a_news_story_is_in() -> None:
    (pick,) = summarize(STORY, Length(sentences=1))
    assert pick.ar.startswith("أعلنت وزارة الزراعة")


def test_the_title_draws_its_sentence() -> None:
    plain = summarize(STORY, Length(sentences=6))
    titled = summarize(STORY, Length(sentences=6), "سعر الطحين في العاصمة ارتفع مرتين")
    gains = [t.score - p.score for p, t in zip(plain, titled, strict=True)]
    assert max(gains) == gains[-1] > gains[0] >= 0
    assert "الطحين" in titled[-1].ar


@pytest.mark.parametrize("words", [15, 20, 30, 40, 60])
def test_a_budget_of_words_is_kept_and_used(words: int) -> None:
    picks = summarize(STORY, Length(words=words))
    spent = sum(len(p.ar.split()) for p in picks)
    assert spent <= words
    left = [s.span.of(STORY) for s in segment(STORY) if s.span.of(STORY) not in {p.ar for p in picks}]
    assert not any(len(text.split()) >= 10 and spent + len(text.split()) <= words for text in left)


def test_one_sentence_even_when_the_budget_is_smaller() -> None:
    assert len(summarize(STORY, Length(words=1))) == 1


def test_a_share_of_the_words() -> None:
    whole = len(STORY.split())
    for ratio in (0.25, 0.5, 1.0):
        assert sum(len(p.ar.split()) for p in summarize(STORY, Length(ratio=ratio))) <= ratio * whole


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("sentences", [1, 3, 5])
def test_furniture_captions_bullets_and_questions_never_win(before: bool, sentences: int) -> None:
    text = f"{FURNITURE}\n\n{STORY}" if before else f"{STORY}\n{FURNITURE}"
    picks = summarize(text, Length(sentences=sentences), "أسعار القمح في الأسواق")
    story = {s.span.of(STORY) for s in segment(STORY)}
    assert len(picks) == sentences
    assert {p.ar for p in picks} <= story
    check_places(text, picks)


def test_long_sentences_are_offered_as_clauses() -> None:
    assert len(LONG.split()) > 60
    picks = summarize(LONG, Length(sentences=2))
    check_places(LONG, picks)
    assert len(picks) == 2
    assert all(8 <= len(p.ar.split()) <= 40 for p in picks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("خبر", ["خبر"]),
        ("عاجل\n\nارتفاع الأسعار", ["عاجل", "ارتفاع الأسعار"]),
        ("The minister arrived in Cairo on Monday.", ["The minister arrived in Cairo on Monday."]),
        ("كتب: محمد أحمد\nالمصدر: وكالات", ["كتب: محمد أحمد", "المصدر: وكالات"]),
        ("12.5", ["12.5"]),
        ("😀", ["😀"]),
    ],
)
def test_articles_without_prose(text: str, expected: list[str]) -> None:
    picks = summarize(text, Length(sentences=3))
    assert [p.ar for p in picks] == expected
    check_places(text, picks)


def test_nothing_is_said_twice() -> None:
    first, second, *rest = [s.span.of(STORY) for s in segment(STORY)][1:]
    text = " ".join([first, second, first, second.replace("إن", "إنّ"), *rest])
    picks = summarize(text, Length(sentences=4))
    assert len(picks) == 4
    assert len({p.ar.replace("إنّ", "إن") for p in picks}) == 4


def test_an_article_that_repeats_itself_gives_one_sentence() -> None:
    assert len(summarize("وصل الوفد إلى دمشق صباح يوم الأحد الماضي. " * 5, Length(sentences=3))) == 1


def test_thousands_of_sentences_cost_no_square() -> None:
    def article(count: int) -> str:
        return " ".join(
            f"وصلت الشاحنة رقم {n} إلى المخزن {n % 97} في المدينة {n % 31} صباح اليوم." for n in range(count)
        )

    def seconds(text: str) -> float:
        began = time.process_time()
        assert len(summarize(text, Length(sentences=5))) == 5
        return time.process_time() - began

    seconds(article(300))
    small = min(seconds(article(600)) for _ in range(3))
    assert seconds(article(3000)) < 15 * small  # linear is 5, the square 25


_TEXT = (
    "وصل الوزير إلى دمشق، وقال إن الاتفاق «لم يوقع» بعد. هل؟ المصدر: كتب 12.5 ١٢٣ BBC • 😀 وَقَّعَ مدرســة حيث"
)
WORDS = st.sampled_from(_TEXT.split())
GAPS = st.sampled_from([" ", " ", " ", "\n", "\n\n", ". ", "، "])
LENGTHS = st.one_of(
    st.builds(Length, sentences=st.integers(1, 6)),
    st.builds(Length, words=st.integers(1, 60)),
    st.builds(Length, ratio=st.floats(0.01, 1.0)),
)


@given(pieces=st.lists(st.tuples(st.one_of(WORDS, st.text(max_size=8)), GAPS), max_size=150), length=LENGTHS)
def test_any_text(pieces: list[tuple[str, str]], length: Length) -> None:
    text = "".join(word + gap for word, gap in pieces)
    picks = summarize(text, length)
    check_places(text, picks)
    assert bool(picks) == bool(segment(text))
    if length.sentences:
        assert len(picks) <= length.sentences
    for pick in picks:
        assert not is_boilerplate(pick.ar) or all(is_boilerplate(s.span.of(text)) for s in segment(text))


def test_sentences_of_sixty_words_do_not_fill_the_summary_with_the_first_one() -> None:
    tail = "، حيث بدأت الأعمال مطلع العام الماضي في المدن الساحلية والقرى المجاورة لها، فيما تتولى شركات محلية تنفيذ القسم الأول منها، وتشرف لجنة من المهندسين على سير العمل وترفع تقريرا كل شهر إلى الوزارة المعنية بالأمر"
    heads = (
        "أقرت الحكومة خطة المياه الجديدة",
        "انتقد نواب المعارضة كلفة المشروع",
        "طالب المزارعون بتعويض عن أراضيهم",
    )
    text = "\n".join(f"{head} في جلسة استمرت ساعات طويلة{tail}." for head in heads)
    picks = ExtractiveSummarizer().summarize(SummaryInput(text, segment(text), [], None, Length(sentences=3)))
    assert [p.sources[0].segment for p in picks] == [0, 1, 2]
