"""Finding terms: spellings, what leans on them, never inside other words, longest first."""

import pytest
from hypothesis import given

from models.arabic import for_matching
from models.document import Span
from models.glossary import Glossary, Term, keep_whole, news_glossary
from tests.models.test_text_properties import articles


def glossary(*sources: str) -> Glossary:
    return Glossary.from_terms(Term(source, f"T{n}") for n, source in enumerate(sources))


def found(terms: Glossary, text: str) -> list[str]:
    return [match.span.of(text) for match in terms.find(text)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("الأمم المتحدة", "الامم المتحده"),
        ("الأمم المتحدة", "الأُمَم المُتَّحِدة"),
        ("الأمم المتحدة", "الأمـــم  المتحدة"),
        ("حلب", "ﺣﻠﺐ"),
        ("مسؤول", "مسئول"),
        ("مستشفى", "مستشفي"),
        ("كوفيد-19", "كوفيد-١٩"),
        ("كانون الثاني/يناير", "كانون الثاني / يناير"),
        ("BBC", "bbc"),
        ("داعش", "«داعش»"),
        ("داعش", "داعش،"),
    ],
)
def test_the_same_word_in_another_spelling(source: str, text: str) -> None:
    assert len(found(glossary(source), f"قال {text} اليوم")) == 1


@pytest.mark.parametrize(
    ("source", "text", "core"),
    [
        ("داعش", "وداعش", "داعش"),
        ("داعش", "بداعش", "داعش"),
        ("داعش", "فلداعش", "داعش"),
        ("داعش", "كداعش", "داعش"),
        ("قسد", "وقسد", "قسد"),
        ("قسد", "لقسد", "قسد"),
        ("قسد", "ولِقسد", "قسد"),
        ("الأمم المتحدة", "وبالأمم المتحدة", "الأمم المتحدة"),
        ("الأمم المتحدة", "للأمم المتحدة", "لأمم المتحدة"),
        ("اللاذقية", "للاذقية", "لاذقية"),
        ("محافظ", "المحافظ", "محافظ"),
        ("محافظ", "وللمحافظ", "محافظ"),
        ("حكم ذاتي", "الحكم الذاتي", "حكم الذاتي"),
        ("يعلن", "سيعلن", "يعلن"),
        ("حكومة", "حكومتها", "حكومت"),
        ("حكومة", "وبحكومتهم", "حكومت"),
        ("وزير", "وزيره", "وزير"),
        ("وزير", "وزيراً", "وزير"),
        ("لبنان", "للبنان", "لبنان"),
    ],
)
def test_what_leans_on_a_word(source: str, text: str, core: str) -> None:
    (match,) = glossary(source).find(f"قال {text}.")
    assert match.span.of(f"قال {text}.") == core
    assert match.words.of(f"قال {text}.") == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("داعش", "الداعشيين"),
        ("داعش", "داعشي"),
        ("آب", "باب"),
        ("آب", "كتاب"),
        ("زير", "وزير"),
        ("ريق", "فريق"),
        ("طل", "بطل"),
        ("بنان", "لبنان"),
        ("الهول", "هول"),
        ("حلب", "حلبة"),
        ("درعا", "درعاً"),
        ("كتاب", "كتابة"),
        ("الأمم المتحدة", "الأمم غير المتحدة"),
        ("الأمم المتحدة", "الأمم"),
        ("BBC", "BBCs"),
        ("19", "1900"),
        ("كانون الثاني", "كانون الأول"),
    ],
)
def test_never_inside_another_word(source: str, text: str) -> None:
    assert found(glossary(source), f"قال {text} اليوم") == []


@pytest.mark.parametrize(
    ("sources", "text", "expected"),
    [
        (("الجيش", "الجيش الوطني", "الجيش الوطني السوري"), "الجيش الوطني السوري", ["الجيش الوطني السوري"]),
        (("الجيش", "الجيش الوطني"), "الجيش الوطني السوري", ["الجيش الوطني"]),
        (("ا ب", "ب ج د"), "ا ب ج د", ["ب ج د"]),
        (("لقسد", "قسد"), "لقسد", ["لقسد"]),
        (("داعش",), "داعش وداعش", ["داعش", "داعش"]),
        (("مخيم الهول", "الهول"), "في مخيم الهول وفي الهول", ["مخيم الهول", "الهول"]),
    ],
)
def test_the_longest_first_and_none_twice(sources: tuple[str, ...], text: str, expected: list[str]) -> None:
    assert found(glossary(*sources), text) == expected


def test_case_counts_where_a_term_says_so() -> None:
    terms = Glossary.from_terms([Term("IT", "information technology", case_sensitive=True)])
    assert found(terms, "قسم IT هنا it") == ["IT"]


def test_two_spellings_of_one_word_are_told_apart_when_written_out() -> None:
    terms = Glossary.from_terms([Term("علي", "Ali"), Term("على", "on")])
    assert [m.term.target for m in terms.find("على علي")] == ["on", "Ali"]


@pytest.mark.parametrize(
    ("text", "definite", "owned"),
    [("حكومة", False, False), ("الحكومة", True, False), ("للحكومة", True, False), ("حكومتها", False, True)],
)
def test_article_and_possessive_are_told(text: str, definite: bool, owned: bool) -> None:
    (match,) = glossary("حكومة").find(text)
    assert (match.definite, match.owned) == (definite, owned)


@given(articles())
def test_spans_are_valid_ordered_and_spell_the_term(text: str) -> None:
    terms = news_glossary().over(glossary("الوفد", "دمشق", "نعم", "BBC", "3.5"))
    end = 0
    for match in terms.find(text):
        assert end <= match.words.start <= match.span.start < match.span.end <= match.words.end <= len(text)
        end = match.words.end
        first = for_matching(match.term.source).text.split()[0].removeprefix("ال")
        assert first[:3] in for_matching(match.words.of(text)).text


@pytest.mark.parametrize(
    ("term", "limit", "expected"),
    [
        ("د ه", 99, ["ا ب ج", "د ه و"]),
        ("ج د", 99, ["ا ب", "ج د ه و"]),
        ("ج د", 5, ["ا ب ج", "د ه و"]),
        ("ا ب ج د", 99, ["ا ب ج د", "ه و"]),
    ],
)
def test_chunk_borders_move_out_of_a_term(term: str, limit: int, expected: list[str]) -> None:
    text = "ا ب ج د ه و"
    spans = keep_whole(
        [Span(0, 5), Span(6, 11)], glossary(term).find(text), lambda s: s.end - s.start <= limit
    )
    assert [s.of(text).strip() for s in spans] == expected
