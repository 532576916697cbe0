import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from models.chunk import clauses, cut, join
from models.document import Span
from tests.growth import growth

STARTER_SPM = Path(__file__).parents[2] / "models" / "starter" / "hf" / "source.spm"


def by_words(texts: Sequence[str]) -> list[int]:
    return [len(t.split()) for t in texts]


def by_letters(texts: Sequence[str]) -> list[int]:
    """A tokenizer with one token per code point and one for the start of each word."""
    return [sum(len(w) + 1 for w in t.split()) for t in texts]


class Pieces:
    """The bundled model's own tokenizer, counting how often it is asked."""

    def __init__(self) -> None:
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(STARTER_SPM))
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.calls += 1
        return [len(p) for p in self.model.encode(list(texts))]


@pytest.fixture(scope="module")
def tokenizer() -> Pieces:
    return Pieces()


#: `|` marks where to cut when only so many words fit.
CUTS = [
    ("short stays whole", 10, "وصل الوفد إلى دمشق."),
    ("semicolon", 8, "وصل الوفد إلى دمشق صباح أمس؛| وغادر إلى حلب مساء اليوم التالي."),
    ("semicolon before comma", 8, "وصل الوفد، من عمان، إلى دمشق أمس؛| وغادر إلى حلب مساء اليوم."),
    (
        "comma before a connective",
        9,
        "زار الوزير، وهو غاضب، مدينة حلب أمس،| حيث التقى المحافظ، وبعض النواب هناك.",
    ),
    ("comma rather than space", 8, "اجتمع الوزراء في العاصمة دمشق صباحاً،| ثم زاروا المدينة القديمة كلها."),
    (
        "connective without comma",
        8,
        "اجتمع الوزراء في العاصمة دمشق صباحاً| بينما زار الرئيس المدينة القديمة كلها.",
    ),
    ("participle", 8, "أعلن الوزير عن خطة جديدة اليوم،| مؤكداً أن العمل سيبدأ غداً صباحاً."),
    ("participle with tanwin on alef", 8, "أعلن الوزير عن خطة جديدة اليوم| مشيرًا إلى أن العمل سيبدأ غداً."),
    ("inner full stop", 8, "وصل الوفد إلى دمشق صباح أمس.| وغادر إلى حلب مساء اليوم التالي."),
    ("not inside quotes", 7, "قال مصدر مسؤول لصحيفة| «قوات سوريا الديمقراطية العربية» إن الأمر انتهى."),
    ("not inside a bracket", 7, "زار وفد المنظمة الدولية| (منظمة الصحة العالمية التابعة) دمشق أمس."),
    ("not before a quoted name", 5, "زار الوفد الأممي أمس| قرية «القيروان» في ريف حلب."),
    ("not between number and noun", 5, "بلغ عدد النازحين الجدد| 15 ألف شخص فقط أمس."),
    ("not after a preposition", 5, "سافر الوزراء الجدد جميعاً| إلى مدينة حلب القديمة أمس."),
    ("lone marks stay with their word", 6, "وصل الوفد إلى دمشق أمس ،| وغادر إلى حلب مساء اليوم ."),
    ("three chunks", 5, "وصل الوفد إلى دمشق أمس،| ثم زار حلب وحماة وحمص،| ثم غادر إلى عمان اليوم."),
]


@pytest.mark.parametrize(("limit", "marked"), [c[1:] for c in CUTS], ids=[c[0] for c in CUTS])
def test_cuts_at_the_best_place(limit: int, marked: str) -> None:
    text = marked.replace("|", "")
    assert [s.of(text) for s in cut(text, limit, by_words)] == [p.strip() for p in marked.split("|")]


def test_halves_are_balanced() -> None:
    text = " ".join(["كلمة"] * 12)
    assert [len(s.of(text).split()) for s in cut(text, 10, by_words)] == [6, 6]


@pytest.mark.parametrize("blank", ["", " ", "\n\t\u00a0"])
def test_blank_has_no_chunk(blank: str) -> None:
    assert cut(blank, 5, by_words) == []


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        cut("نعم", 0, by_words)


def test_long_word_is_cut_by_code_points() -> None:
    text = "نعم " + "ا" * 100 + " لا"
    spans = cut(text, 20, by_letters)
    assert max(by_letters([s.of(text) for s in spans])) <= 20
    assert "".join(s.of(text) for s in spans).replace(" ", "") == text.replace(" ", "")
    assert len(spans) <= 10


def test_no_part_starts_with_a_combining_mark() -> None:
    text = "مَ" * 60
    assert all(s.of(text)[0] == "م" for s in cut(text, 11, by_letters))


def test_a_single_code_point_over_the_limit_is_kept() -> None:
    assert cut("اب", 1, by_letters) == [Span(0, 1), Span(1, 2)]


def test_holds_when_a_run_needs_more_tokens_than_its_words() -> None:
    def greedy(texts: Sequence[str]) -> list[int]:
        return [len(t.split()) ** 2 for t in texts]

    text = " ".join(["كلمة"] * 40)
    spans = cut(text, 9, greedy)
    assert max(greedy([s.of(text) for s in spans])) <= 9
    assert " ".join(s.of(text) for s in spans) == text


def test_asks_the_tokenizer_a_few_times_only(tokenizer: Pieces) -> None:
    text = "وصل الوفد إلى دمشق، ثم زار حلب وحماة. " * 100
    before = tokenizer.calls
    cut(text, 40, tokenizer)
    assert tokenizer.calls - before <= 3


TEXTS = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from('ابتدمهوي ،؛.؟«»()"12ًَـ \n')), max_size=120
)


@given(text=TEXTS, limit=st.integers(4, 30))
def test_all_text_in_order_within_the_limit(tokenizer: Pieces, text: str, limit: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    spans = cut(text, limit, tokenizer)
    assert_covers(text, spans)
    for span, size in zip(spans, tokenizer([s.of(text) for s in spans]) if spans else [], strict=True):
        assert size <= limit or span.end - span.start == 1


def assert_covers(text: str, spans: Sequence[Span]) -> None:
    at = 0
    for span in spans:
        assert at <= span.start < span.end
        assert not text[at : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        at = span.end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    "text",
    [
        "ا" * 300_000,
        "ا " * 50_000,
        '(" ' * 10_000,
        "« » " * 10_000,
        "؟" * 50_000,
        "😀" * 20_000,
        "(" * 50_000,
    ],
    ids=["no spaces", "letters", "openers", "empty quotes", "marks", "emoji", "brackets"],
)
def test_linear_time(tokenizer: Pieces, text: str) -> None:
    started = time.process_time()
    spans = cut(text, 40, tokenizer)
    assert time.process_time() - started < 10
    assert max(tokenizer([s.of(text) for s in spans])) <= 40


LONG = (
    "ضبطت قوات الأمن في المدينة أحد أكبر مستودعات الأسلحة التي تعود للتنظيم في قرية بريف المحافظة الجنوبي، "
    "وذلك ضمن سعيها لتجفيف مصادر التمويل التي يستخدمها في شن هجمات ضد قواتها، "
    "وبالتزامن مع اعتقالات عديدة نفذتها."
)


def test_clauses_end_at_clause_marks() -> None:
    found = [s.of(LONG) for s in clauses(LONG, 5, 25)]
    assert found == [part.strip() + "،" * (k < 2) for k, part in enumerate(LONG.split("،"))]


@pytest.mark.parametrize(("low", "high"), [(1, 1), (3, 6), (5, 12), (8, 20), (20, 40), (50, 60)])
def test_clauses_keep_their_bounds(low: int, high: int) -> None:
    spans = clauses(LONG, low, high)
    assert_covers(LONG, spans)
    counts = by_words([s.of(LONG) for s in spans])
    assert max(counts) <= high
    assert min(counts) >= min(low, len(LONG.split()))


@given(text=TEXTS, low=st.integers(1, 6), more=st.integers(0, 10))
def test_clauses_cover_any_text(text: str, low: int, more: int) -> None:
    spans = clauses(text, low, low + more)
    assert_covers(text, spans)
    assert all(len(s.of(text).split()) <= low + more for s in spans)


@pytest.mark.parametrize(("low", "high"), [(0, 5), (6, 5)])
def test_clauses_refuse_impossible_bounds(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="min_words"):
        clauses("نعم", low, high)


#: (what, source chunks, outputs, English)
JOINTS = [
    ("one chunk is untouched", ["وصل."], [" It arrived. "], "It arrived."),
    ("comma", ["وصل أمس،", "ثم غادر."], ["He arrived.", "Then he left."], "He arrived, then he left."),
    ("semicolon", ["وصل؛", "وغادر."], ["He arrived.", "And he left."], "He arrived; and he left."),
    ("colon", ["وقال:", "سأعود."], ["And he said.", "I will return."], "And he said: I will return."),
    (
        "nothing",
        ["وصل الوفد", "حيث استقبله."],
        ["He came.", "Where he was met."],
        "He came where he was met.",
    ),
    ("no mark to replace", ["وصل،", "ثم غادر."], ["He came", "then left."], "He came, then left."),
    ("mark already right", ["وصل،", "ثم غادر."], ["He came,", "then left."], "He came, then left."),
    (
        "stop in the source stays",
        ["وصل.", "ثم غادر."],
        ["He came.", "Then he left."],
        "He came. Then he left.",
    ),
    ("question stays", ["هل وصل؟", "نعم."], ["Did he?", "The answer is yes."], "Did he? The answer is yes."),
    ("invented question goes", ["وصل،", "نعم."], ["Did he?", "Yes."], "Did he, Yes."),
    (
        "name keeps its capital",
        ["قال،", "دمشق."],
        ["He said.", "Damascus is here."],
        "He said, Damascus is here.",
    ),
    ("acronym", ["قال،", "الأمم."], ["He said.", "UN is here."], "He said, UN is here."),
    ("I", ["قال،", "أنا."], ["He said.", "I am here."], "He said, I am here."),
    ("I'm", ["قال،", "أنا."], ["He said.", "I'm here."], "He said, I'm here."),
    ("It's", ["قال،", "هو."], ["He said.", "It's here."], "He said, it's here."),
    ("A alone", ["قال،", "رجل."], ["He said.", "A man came."], "He said, a man came."),
    ("A-level word", ["قال،", "رجل."], ["He said.", "The-Times came."], "He said, The-Times came."),
    ("all capitals", ["قال،", "هنا."], ["He said.", "THE END."], "He said, THE END."),
    ("month", ["قال،", "أيار."], ["He said.", "May 5 is it."], "He said, May 5 is it."),
    ("abbreviation at the joint", ["وفد", "وصل."], ["The U.S.", "The team came."], "The U.S. the team came."),
    ("title at the joint", ["التقى د.", "أحمد."], ["He met Dr.", "Ahmad."], "He met Dr. Ahmad."),
    ("ellipsis", ["قال، ", "ثم."], ["He said...", "Then left."], "He said... then left."),
    (
        "quote at the end",
        ["قال «نعم»،", "ثم."],
        ['He said "yes."', "Then left."],
        'He said "yes," then left.',
    ),
    (
        "stop after quote",
        ["قال «نعم»،", "ثم."],
        ['He said "yes".', "Then left."],
        'He said "yes", then left.',
    ),
    ("quote at the start", ["قال:", "«نعم»."], ["He said.", '"The end."'], 'He said: "The end."'),
    ("punctuation first", ["قال", "نعم."], ["He said", ", yes."], "He said, yes."),
    ("empty output", ["قال،", "ـ", "نعم."], ["He said.", "", "Yes."], "He said, Yes."),
    ("only a stop", ["قال،", "نعم."], [".", "Yes."], ". Yes."),
    ("three", ["أ،", "ب،", "ج."], ["He came.", "And ate.", "And left."], "He came, and ate, and left."),
    ("number", ["بلغ،", "ثم."], ["It was 3.5.", "Then fell."], "It was 3.5, then fell."),
]


@pytest.mark.parametrize(
    ("source", "outputs", "english"), [j[1:] for j in JOINTS], ids=[j[0] for j in JOINTS]
)
def test_join(source: list[str], outputs: list[str], english: str) -> None:
    text, spans = " ".join(source), []
    at = 0
    for part in source:
        spans.append(Span(at, at + len(part)))
        at += len(part) + 1
    joined, places = join(text, spans, outputs)
    assert joined == english
    assert len(places) == len(outputs)


def test_places_are_where_the_outputs_are() -> None:
    source = "وصل الوفد، ثم غادر."
    joined, places = join(source, [Span(0, 10), Span(11, 19)], ["The team came.", "Then it left."])
    assert [p.of(joined) for p in places] == ["The team came,", "then it left."]


def test_join_refuses_unequal_numbers() -> None:
    with pytest.raises(ValueError, match="2 chunks"):
        join("ا ب", [Span(0, 1), Span(2, 3)], ["a"])


@given(
    chunks=st.lists(
        st.tuples(st.sampled_from(["نعم", "نعم،", "نعم؛", "نعم.", "»،"]), st.text(max_size=30)), max_size=6
    )
)
def test_join_keeps_every_word(chunks: list[tuple[str, str]]) -> None:
    source = " ".join(c for c, _ in chunks)
    spans, at = [], 0
    for part, _ in chunks:
        spans.append(Span(at, at + len(part)))
        at += len(part) + 1
    joined, places = join(source, spans, [o for _, o in chunks])
    assert letters(joined) == letters("".join(o for _, o in chunks))
    at = 0
    for place, (_, output) in zip(places, chunks, strict=True):
        assert at <= place.start <= place.end
        assert joined[at : place.start] in ("", " ")
        assert letters(place.of(joined)) == letters(output)
        at = place.end
    assert at == len(joined)


def letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lower()


@pytest.mark.parametrize("run", [".", '"', ".)", "a."])
def test_joining_costs_the_length_of_an_output(run: str) -> None:
    def joined(output: str) -> object:
        return join("نعم، لا", [Span(0, 4), Span(5, 7)], [output, "no"])

    assert growth(joined, lambda n: run * n + "bb.", 2_000) < 10
