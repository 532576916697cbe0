"""What counts as the mark of a list item, and what only looks like one."""

import pytest

from models.arabic import for_matching
from models.list_marks import list_mark
from models.quality import residue
from models.quality.arabic_lexicon import months
from models.wordlists import MONTHS

#: Text, its mark in the English, and what is left to translate.
MARKS = [
    ("1. وزارة الصحة", "1.", "وزارة الصحة"),
    ("١. وزارة الصحة", "1.", "وزارة الصحة"),
    ("۲) وزارة الصحة", "2)", "وزارة الصحة"),
    ("12- وزارة الصحة", "12-", "وزارة الصحة"),
    ("1-وزارة الصحة", "1-", "وزارة الصحة"),
    ("1ـ وزارة الصحة", "1-", "وزارة الصحة"),
    ("1.- وزارة الصحة", "1.-", "وزارة الصحة"),
    ("1 - وزارة الصحة", "1 -", "وزارة الصحة"),
    ("3/ وزارة الصحة", "3/", "وزارة الصحة"),
    ("(1) وزارة الصحة", "(1)", "وزارة الصحة"),
    ("(١) 15 شخصا", "(1)", "15 شخصا"),
    ("1) 15 شخصا", "1)", "15 شخصا"),
    ("1.2. أهداف الخطة", "1.2.", "أهداف الخطة"),
    ("\u200f1. وزارة الصحة", "1.", "وزارة الصحة"),
    ("1.\u200f «وزارة الصحة»", "1.", "«وزارة الصحة»"),
    ("أ. المقدمة", "أ.", "المقدمة"),
    ("ب. مقدمة", "ب.", "مقدمة"),
    ("ج) مقدمة", "ج)", "مقدمة"),
    ("(هـ) مقدمة", "(هـ)", "مقدمة"),
    ("د- مقدمة", "د-", "مقدمة"),
    ("أ - مقدمة", "أ -", "مقدمة"),
    ("a) مقدمة", "a)", "مقدمة"),
    ("B. مقدمة", "B.", "مقدمة"),
    ("iv. مقدمة", "iv.", "مقدمة"),
    ("* وزارة المالية", "*", "وزارة المالية"),
    ("*وزارة المالية", "*", "وزارة المالية"),
    ("• وزارة المالية", "•", "وزارة المالية"),
    ("•وزارة المالية", "•", "وزارة المالية"),
    ("- وزارة المالية", "-", "وزارة المالية"),
    ("-وزارة المالية", "-", "وزارة المالية"),
    ("– وزارة المالية", "–", "وزارة المالية"),
    ("— وزارة المالية", "—", "وزارة المالية"),
    ("▪ وزارة المالية", "▪", "وزارة المالية"),
    ("✓ وزارة المالية", "✓", "وزارة المالية"),
    ("► وزارة المالية", "►", "وزارة المالية"),
    ("• 1. وزارة المالية", "• 1.", "وزارة المالية"),
    ("١.", "1.", ""),
    ("(أ)", "(أ)", ""),
    ("أ.", "أ.", ""),
]
NO_MARKS = [
    "",
    " ",
    "وزارة الصحة",
    "5. مايو",
    "٥. مايو 2024",
    "5- أيّار",
    "5/ كانون الثاني",
    "(5) أبريل",
    "1.5 مليون",
    "١٫٥ مليون",
    "1.250.000 نسمة",
    "12.5.2024 بدمشق",
    "12. 5. 2024 بدمشق",
    "12-5-2024 بدمشق",
    "12/5/2024 بدمشق",
    "10-12 شخصا",
    "2024 - عام",
    "2024- عام",
    "2024. عام",
    "(2024) عام",
    "10.30 صباحا",
    "- قال الوزير",
    "— قالت الأم",
    "-5 درجات",
    "--- وزارة",
    "(رويترز) - قال الوزير",
    "(د ب أ) - قال الوزير",
    "بيروت - قال الوزير",
    "د. أحمد",
    "أ. منى",
    "أ. د. سعيد",
    "أ.د. سعيد",
    "د/ أحمد",
    "م. خالد",
    "ص. ب. 1234 دمشق",
    "ص. 15 من الكتاب",
    "أ ف ب - قال الوزير",
    "أ - ف - ب",
    "و/أو غيره",
    "ط. 2 بيروت",
    "J. Smith بالوزير",
    "U.N. في دمشق",
    "*وزارة* المالية",
    "**وزارة**",
    "***",
    "-",
    "•",
]


@pytest.mark.parametrize(("text", "english", "rest"), MARKS)
def test_marks(text: str, english: str, rest: str) -> None:
    mark = list_mark(text)
    assert mark is not None
    assert (mark.english, text[mark.end :].strip()) == (english, rest)


@pytest.mark.parametrize("text", NO_MARKS)
def test_no_marks(text: str) -> None:
    assert list_mark(text) is None


def test_every_month_is_listed() -> None:
    listed = {for_matching(word).text for word in MONTHS}
    assert {name.split()[0] for name in months()[1]} <= listed


def test_a_letter_that_numbers_an_item_is_no_arabic_left_over() -> None:
    assert residue.check("ب. مقدمة", "ب. Introduction") == []
    assert [f.code for f in residue.check("ب. مقدمة", "ب. Introduction مقدمة")] == ["untranslated"]


def test_no_word_of_two_letters_is_a_mark() -> None:
    letters = "أابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    assert [a + b for a in letters for b in letters if list_mark(f"{a}{b} المدينة")] == []


@pytest.mark.parametrize("sign", ":،؛,;!؟?+%\"'@_")
def test_no_other_sign_makes_a_mark(sign: str) -> None:
    assert all(list_mark(f"{head}{sign} المدينة") is None for head in ("1", "أ", "ب", "a", "(1"))
