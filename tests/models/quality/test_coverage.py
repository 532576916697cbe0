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
