import pytest

from models.arabic import for_matching
from models.document import Flag
from models.quality import coverage, dictionary

SOURCE = (
    "أعلنت وزارة الصحة تسجيل إصابات جديدة في العاصمة، ودعت السكان إلى البقاء في منازلهم،"
    " فيما أغلقت السلطات المدارس والأسواق وفرضت حظر التجول في المدينة."
)
FIRST = (
    "The Ministry of Health announced new cases in the capital and called on residents to stay in their homes"
)
SECOND = ", while the authorities closed schools and markets and imposed a curfew in the city."


def check(source: str, target: str) -> list[Flag]:
    return coverage.check(source, target, dictionary.coverage(for_matching(source), target))


def test_a_whole_translation_raises_nothing() -> None:
    assert check(SOURCE, FIRST + SECOND) == []


def test_a_missing_clause_is_pointed_at() -> None:
    (flag,) = check(SOURCE, FIRST + ".")
    assert flag.code == "omission"
    assert flag.ar is not None
    assert "المدارس والأسواق" in flag.ar.of(SOURCE)
    assert "الصحة" not in flag.ar.of(SOURCE)


def test_breaking_off_is_told_from_being_short() -> None:
    (flag,) = check(SOURCE, FIRST + " and")
    assert "breaks off" in flag.message
    assert flag.en is not None
    assert flag.en.of(FIRST + " and").strip() == "and"


def test_an_added_sentence_is_pointed_at() -> None:
    added = (
        " The football team won the final match and the players celebrated with their coach in the stadium."
    )
    target = FIRST + SECOND + added
    (flag,) = check(SOURCE, target)
    assert flag.code == "addition"
    assert flag.en is not None
    assert "football team won" in flag.en.of(target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("العاشرة والنصف صباحا", "10:30 am"),
        ("الثامنة إلا ربعا", "7:45"),
        ("عند الساعة الثانية عشرة والنصف", "at 12:30"),
        ("بهدفين مقابل هدف", "2-1"),
        ("فاز الفريق بهدفين مقابل هدف", "The team won 2-1"),
        ("فاز بثلاثة أهداف لهدفين", "It won 3–2"),
        ("فاز بثلاثية نظيفة", "won 3-0"),
        ("ثلاثة أرباع", "75%"),
    ],
)
def test_numbers_in_words_are_not_missing_from_digits(source: str, target: str) -> None:
    assert check(source, target) == []


def test_what_stands_beside_them_is() -> None:
    source = "فاز الفريق بهدفين مقابل هدف في المباراة النهائية أمام جمهور كبير في العاصمة"
    assert [flag.code for flag in check(source, "2-1")] == ["omission"]


@pytest.mark.parametrize("target", ["", "   "])
def test_no_english_at_all(target: str) -> None:
    (flag,) = check(SOURCE, target)
    assert (flag.code, flag.severity) == ("omission", "critical")


@pytest.mark.parametrize("source", ["", "…", "!!!"])
def test_nothing_to_translate(source: str) -> None:
    assert check(source, "anything") == []


def test_length_score_grows_with_the_english() -> None:
    scores = [coverage.length_score(SOURCE, "word " * n) for n in (5, 20, 60)]
    assert scores == sorted(scores)
    assert scores[0] < -2 < 2 < scores[2]


def test_diacritics_do_not_count_as_length() -> None:
    assert coverage.length_score("ذَهَبَ الوَلَدُ", "The boy went") == coverage.length_score(
        "ذهب الولد", "The boy went"
    )
