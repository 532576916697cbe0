"""Reading and writing glossaries: DeepL's rules, errors that name their place, round trips."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.glossary import Glossary, GlossaryError, Term, news_glossary

LONG = "ع" * 513  # two bytes each


def pairs(glossary: Glossary) -> list[tuple[str, str]]:
    return [(term.source, term.target) for term in glossary.terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("داعش\tISIS", [("داعش", "ISIS")]),
        ("داعش\tISIS\nقسد\tthe SDF\n", [("داعش", "ISIS"), ("قسد", "the SDF")]),
        ("داعش\tISIS\r\nقسد\tthe SDF\r\n", [("داعش", "ISIS"), ("قسد", "the SDF")]),
        ("\ufeffداعش\tISIS", [("داعش", "ISIS")]),
        (" داعش \t ISIS ", [("داعش", "ISIS")]),
        ("\n\nداعش\tISIS\n\n", [("داعش", "ISIS")]),
        ("دير الزور\tDeir ez-Zor", [("دير الزور", "Deir ez-Zor")]),
        ("", []),
    ],
)
def test_tsv(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(Glossary.from_tsv(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("داعش,ISIS", [("داعش", "ISIS")]),
        ('"طرابلس","Tripoli, Lebanon"', [("طرابلس", "Tripoli, Lebanon")]),
        ('"قال ""نعم""",said "yes"', [('قال "نعم"', 'said "yes"')]),
        ("داعش,ISIS,ar,en\r\nقسد,the SDF,ar,en\r\n", [("داعش", "ISIS"), ("قسد", "the SDF")]),
        ("\ufeffداعش,ISIS\n\n", [("داعش", "ISIS")]),
        ("", []),
    ],
)
def test_csv(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(Glossary.from_csv(text)) == expected


@pytest.mark.parametrize(
    ("text", "line", "position", "message"),
    [
        ("داعش\tISIS\nقسد", 2, 10, "no tab"),
        ("داعش\tISIS\tx", 1, 0, "more than one tab"),
        ("داعش\t", 1, 0, "a target that is empty"),
        ("\tISIS", 1, 0, "a source that is empty"),
        ("قسد\tSDF\n\nداعش\tIS\x07IS", 3, 9, "control character (U+0007)"),
        ("داعش\tI\u2028S", 1, 0, "line break"),
        (f"{LONG}\tx", 1, 0, "longer than 1,024 bytes"),
        ("داعش\t\ud800", 1, 0, "surrogate"),
        ("...\tx", 1, 0, "without letters or digits"),
        ("ـًـ\tx", 1, 0, "without letters or digits"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(text: str, line: int, position: int, message: str) -> None:
    with pytest.raises(GlossaryError, match=re.escape(message)) as caught:
        Glossary.from_tsv(text)
    assert (caught.value.line, caught.value.position) == (line, position)


def test_duplicates_are_reported_in_deepls_words() -> None:
    with pytest.raises(GlossaryError) as caught:
        Glossary.from_tsv("داعش\tISIS\nداعش\tIS")
    assert str(caught.value) == (
        "Key with the index 1 (starting at position 10) duplicates key with the index 0 "
        "(starting at position 0)"
    )
    assert (caught.value.line, caught.value.position) == (2, 10)


@pytest.mark.parametrize("text", ["داعش", "داعش,ISIS,x", 'داعش,"ISIS', "داعش,ISIS\nقسد,\n"])
def test_csv_that_cannot_be_used(text: str) -> None:
    with pytest.raises(GlossaryError, match="Line"):
        Glossary.from_csv(text)


def test_a_glossary_over_ten_mebibytes_is_refused() -> None:
    with pytest.raises(GlossaryError, match="over the limit"):
        Glossary.from_tsv("ع\tx\n" * 2_200_000)


@pytest.mark.parametrize("term", [Term(" داعش", "ISIS"), Term("داعش", "IS\tIS"), Term("داعش", "")])
def test_terms_are_checked_as_files_are(term: Term) -> None:
    with pytest.raises(GlossaryError):
        Glossary.from_terms([term])


_FIELD = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda s: bool(s) and not s.startswith("\ufeff"))
)
_TERMS = st.lists(
    st.builds(Term, st.builds(lambda s, n: f"{s}ب{n}", _FIELD, st.integers(0, 99)), _FIELD),
    max_size=8,
    unique_by=lambda t: t.source,
)


@given(_TERMS)
def test_what_is_written_is_read_again(terms: list[Term]) -> None:
    glossary = Glossary.from_terms(terms)
    again = Glossary.from_tsv(glossary.to_tsv())
    assert again.terms == glossary.terms
    assert again.signature == glossary.signature
    assert again.entry_count == len(terms)


def test_the_signature_is_of_the_terms() -> None:
    one = Glossary.from_terms([Term("داعش", "ISIS")], "mine")
    assert one == Glossary.from_terms([Term("داعش", "ISIS", note="why")], "yours")
    assert len({one, Glossary.from_terms([Term("داعش", "ISIS")])}) == 1
    assert one != Glossary.from_terms([Term("داعش", "IS")])
    assert one != Glossary.from_terms([Term("داعش", "ISIS", case_sensitive=True)])


def test_own_terms_win_over_the_base_however_they_are_spelled() -> None:
    base = Glossary.from_terms([Term("الأمم المتحدة", "the United Nations"), Term("داعش", "ISIS")], "news")
    own = Glossary.from_terms([Term("الامم المتحده", "the UN")], "mine")
    both = own.over(base)
    assert pairs(both) == [("الامم المتحده", "the UN"), ("داعش", "ISIS")]
    assert both.find("الأمم المتحدة")[0].term.target == "the UN"


def test_the_news_glossary_is_large_clean_and_made_once() -> None:
    glossary = news_glossary()
    assert glossary.entry_count >= 300
    assert glossary is news_glossary()
    for source, target in (
        ("داعش", "ISIS"),
        ("قسد", "the SDF"),
        ("الهول", "al-Hol"),
        ("دير الزور", "Deir ez-Zor"),
        ("كانون الثاني", "January"),
        ("جانفي", "January"),
    ):
        assert (source, target) in pairs(glossary)
