"""Language detection: the letters decide most Arabic-script texts; the classifier is real and offline."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.detect import Detection, Guess, by_letters, detect, language_of
from tests.growth import growth

CASES = [
    ("ar", "أعلنت وزارة الخارجية اليوم أن الوفد وصل إلى العاصمة"),
    ("ar", "مرحبا"),
    ("ar", "شكرا جزيلا"),
    ("ar", "قال"),
    ("ar", "صدر بيان"),
    ("ar", "هل وصل الوفد؟"),
    ("ar", "السَّلامُ عَلَيْكُمْ"),
    ("ar", "الســـــلام عليكم"),
    ("ar", "ﺍﻟﺴﻼﻡ ﻋﻠﻴﻜﻢ"),  # presentation forms
    ("ar", "ازيك عامل ايه"),
    ("ar", "شو هاد الحكي"),
    ("ar", "واش راك لاباس"),
    ("fa", "این یک متن فارسی است"),
    ("fa", "دولت ایران اعلام کرد که مذاکرات ادامه دارد"),
    ("fa", "سلام، حال شما چطور است؟"),
    ("ur", "یہ اردو متن ہے"),
    ("ur", "پاکستان کے وزیر اعظم نے کہا"),
    ("ps", "د افغانستان حکومت وویل چې خبرې به دوام ولري"),
    ("ug", "بۇ بىر ئۇيغۇرچە تېكىست"),
    ("ckb", "حکوومەتی هەرێمی کوردستان ڕایگەیاند"),
    ("sd", "هي سنڌي ٻولي آهي"),
    ("en", "The foreign ministry said today that the delegation had arrived."),
    ("en", "hello"),
    ("fr", "Le ministère a déclaré aujourd'hui que la délégation est arrivée."),
    ("de", "Das Ministerium teilte heute mit, dass die Delegation eingetroffen ist."),
    ("ru", "Министерство сообщило сегодня, что делегация прибыла."),
    ("he", "משרד החוץ הודיע היום"),
    ("zh", "外交部今天表示代表团已经抵达"),
    ("ja", "外務省は今日、代表団が到着したと発表した"),
    ("hi", "विदेश मंत्रालय ने आज कहा"),
    ("und", ""),
    ("und", "123 ٣٤٥ — !؟"),
    ("und", "😀🎉"),
    ("und", "\x00\ud800".encode("utf-8", "ignore").decode()),
]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_languages(language: str, text: str) -> None:
    found = detect(text)
    assert found.language == language
    assert 0 <= found.confidence <= 1
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "script", "mixed"),
    [
        ("أعلنت وزارة الخارجية", "Arab", False),
        ("أعلنت وزارة الخارجية اليوم أن شركة IBM وصلت", "Arab", False),
        ("أعلنت BBC و CNN ووكالة Reuters الخبر", "Arab", True),
        ("The ministry وزارة الخارجية said", "Latn", True),
        ("ＡＢＣ", "Latn", False),
        ("123", "Zyyy", False),
    ],
)
def test_script_and_mixture(text: str, script: str, mixed: bool) -> None:
    found = detect(text)
    assert (found.script, found.mixed) == (script, mixed)


def test_alternatives_are_ordered_and_believable() -> None:
    found = detect("سلام")
    confidences = [found.confidence, *(g.confidence for g in found.alternatives)]
    assert confidences == sorted(confidences, reverse=True)
    assert len(found.alternatives) <= 3
    assert sum(confidences) <= 1.001


def test_letters_that_decide_need_no_classifier() -> None:
    class Never:
        def rank(self, text: str, languages: tuple[str, ...]) -> list[Guess]:
            raise AssertionError("asked the classifier")

    assert detect("أعلنت وزارة الخارجية اليوم", Never()).language == "ar"
    assert detect("ٹھیک ڈاکٹر بڑے", Never()).language == "ur"
    assert detect("שלום", Never()).language == "he"


def test_the_classifier_sees_only_its_script() -> None:
    seen: list[tuple[str, tuple[str, ...]]] = []

    class Spy:
        def rank(self, text: str, languages: tuple[str, ...]) -> list[Guess]:
            seen.append((text, languages))
            return [Guess("tr", 0.5), Guess("en", 0.3)]

    found = detect("bir وزارة iki", Spy())
    assert seen[0][0].split() == ["bir", "iki"]
    assert "ar" not in seen[0][1]
    assert found == Detection("en", "Latn", 0.7826, (Guess("tr", 0.2174),), True)  # 0.3 × 6 against 0.5


def test_no_letters_no_decision() -> None:
    assert by_letters("من هذا كان ما") is not None
    assert by_letters("من") is None
    assert by_letters("وو") is None


def test_arabic_articles_do_not_load_the_classifier() -> None:
    code = (
        "import sys; from models.detect import language_of; "
        "print(language_of('أعلنت وزارة الصحة اليوم تطعيم ٣٥٠ ألف طفل'), 'py3langid' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["ar", "False"]


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    found = detect(text)
    assert found == detect(text)
    assert found.language
    assert len(found.script) == 4


def test_a_run_of_marks_costs_its_length() -> None:
    assert growth(language_of, lambda n: "قال ا" + "\u0651\u064b" * n, 600) < 10
