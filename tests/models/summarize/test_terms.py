"""Stems under which sentences are compared."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from models.summarize.terms import content_words, count_words, stem, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الوزير", "وزير"),
        ("والوزير", "الوزير"),
        ("المُستشفى", "المستشفى"),
        ("مدرســـة", "مدرسة"),
        ("إسرائيل", "اسرائيل"),
        ("المصرية", "المصريه"),
        ("ministers", "minister"),
        ("closed", "closing"),
        ("ﻻجئ", "لاجئ"),
    ],
)
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stems(one) == stems(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("وزير", "رئيس"), ("مصر", "السودان"), ("rose", "fell"), ("حلب", "حمص")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert set(stems(one)).isdisjoint(stems(other))


def test_function_words_and_verbs_of_saying_do_not_count() -> None:
    assert content_words("وقال إن الوزير في القاهرة") == ["الوزير", "القاهره"]
    assert content_words("The minister said that he was in Cairo") == ["minister", "cairo"]
    assert content_words("، . ! 😀") == []
    assert content_words("٣ قتلى و 7 جرحى") == ["3", "قتلي", "7", "جرحي"]


def test_words_of_several_texts() -> None:
    assert count_words(["وصل الوفد.", "", "غادر"]) == 3


def test_threads_do_not_disturb_each_other() -> None:
    words = [
        f"{prefix}{word}" for prefix in ("ال", "وال", "بال") for word in ("مدارس", "كتاب", "جامعات", "شاحنة")
    ]
    alone = [stem.__wrapped__(word) for word in words]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem.__wrapped__, words * 50))
    assert together == alone * 50
