"""The query language: what is typed, and the tree it makes."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.query import (
    After,
    All,
    Any,
    Before,
    Not,
    Phrase,
    Query,
    QueryError,
    Source,
    Title,
    Word,
    parse,
    written,
)

A, B, C = Word("aa"), Word("bb"), Word("cc")


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", None),
        ("  ؟ - \"\" « » _ () - –", None),
        ("aa", A),
        ("aa bb", All((A, B))),
        ("aa AND bb", All((A, B))),
        ("aa aa", A),
        ("aa bb aa", All((A, B))),
        ("aa OR bb", Any((A, B))),
        ("aa bb OR cc", Any((All((A, B)), C))),
        ("aa (bb OR cc)", All((A, Any((B, C))))),
        ("aa (bb cc)", All((A, B, C))),
        ("(aa) ((bb))", All((A, B))),
        ("aa(bb)cc", All((A, B, C))),
        ("aa NOT bb", All((A, Not(B)))),
        ("aa -bb", All((A, Not(B)))),
        ("aa –bb", All((A, Not(B)))),
        ("-(aa bb) cc", All((Not(All((A, B))), C))),
        ('-"aa bb"', Not(Phrase(("aa", "bb")))),
        ("NOT NOT aa", A),
        ("-aa", Not(A)),
        ("aa - bb", All((A, B))),
        ("aa-bb", Phrase(("aa", "bb"))),
        ("aa and or not bb", All((A, Word("and"), Word("or"), Word("not"), B))),
        # phrases
        ('"aa bb"', Phrase(("aa", "bb"))),
        ('"aa bb', Phrase(("aa", "bb"))),
        ('cc"aa bb"cc', All((C, Phrase(("aa", "bb"))))),
        ('"aa"', A),
        ('"AND"', Word("and")),
        ('"(aa OR bb)"', Phrase(("aa", "or", "bb"))),
        ("«aa bb»", Phrase(("aa", "bb"))),
        ("»aa bb«", Phrase(("aa", "bb"))),
        ("„aa bb“", Phrase(("aa", "bb"))),
        ("“aa bb”", Phrase(("aa", "bb"))),
        ("\u200f«aa bb»\u200f", Phrase(("aa", "bb"))),
        ("l'eau", Phrase(("l", "eau"))),
        ("12,500", Phrase(("12", "500"))),
        ("١٢٬٥٠٠", Phrase(("12", "500"))),
        # beginnings
        ("aab*", Word("aab", True)),
        ("aab**", Word("aab", True)),
        ("countries*", Any((Word("countries", True), Word("countri")))),
        ("أسعار*", Word("اسعار", True)),
        ("قاعة*", Word("قاعه", True)),
        ("الوزا*", Any((Word("الوزا", True), Word("وزا", True)))),
        ('"*"', None),
        # fields
        ("title:aa", Title(A)),
        ("TITLE:aa bb", All((Title(A), B))),
        ("title: aa", Title(A)),
        ('title:"aa bb"', Title(Phrase(("aa", "bb")))),
        ("title:(aa OR -bb)", Title(Any((A, Not(B))))),
        ("-title:aa", Not(Title(A))),
        ("source:Reuters", Source("reuters")),
        ("source:الجزيرة", Source("الجزيره")),
        ('source:"BBC  عربي"', Source("bbc  عربي")),
        ("source:bbc.co.uk", Source("bbc.co.uk")),
        ("after:2026-11-01", After(date(2026, 11, 1))),
        ("after:٢٠٢٦-١١-٠١", After(date(2026, 11, 1))),
        ("after:۲۰۲۶/۱۱/۱", After(date(2026, 11, 1))),
        ("before:2026-11", Before(date(2026, 11, 1))),
        ("before:٢٠٢٦", Before(date(2026, 1, 1))),
        ('after:"2026-11-01"', After(date(2026, 11, 1))),
        # only these are fields; a field stands at the beginning of a word
        ("text:aa", Phrase(("text", "aa"))),
        ("subtitle:aa", Phrase(("subtitle", "aa"))),
    ],
)  # fmt: skip
def test_what_is_meant(typed: str, query: Query | None) -> None:
    assert parse(typed) == query


@pytest.mark.parametrize(
    ("typed", "place", "said"),
    [
        ("aa (bb", "(", "not closed"),
        ("aa bb)", ")", "closes none"),
        (") aa (", ")", "closes none"),
        ("OR aa", "OR", "before OR"),
        ("aa OR", "OR", "after OR"),
        ("aa OR OR bb", "OR", "after OR"),
        ("AND aa", "AND", "before AND"),
        ("aa AND", "AND", "after AND"),
        ("aa AND OR bb", "AND", "after AND"),
        ("(aa AND) bb", "AND", "after AND"),
        ("aa NOT", "NOT", "after NOT"),
        ("aa -()", "-", "after -"),
        ("aa NOT OR bb", "NOT", "after NOT"),
        ("title:", "title:", "after title:"),
        ("title:(source:aa)", "source:", "inside title"),
        ("title:title:aa", "title:", "inside title"),
        ("source:", "source:", "takes a word"),
        ("source:(aa OR bb)", "source:", "takes a word"),
        ("after:yesterday", "yesterday", "takes a day"),
        ("after:2026-13-01", "2026-13-01", "takes a day"),
        ("before:", "before:", "takes a day"),
        ("a*", "a*", "At least 2"),
        ("aa*bb", "aa*bb", "at the end of a word"),
        ("aa *", "*", "right after one word"),
        ("al-ha*", "al-ha*", "right after one word"),
        ("وزير ٣*", "٣*", "At least 2"),
        ("(" * 30 + "aa" + ")" * 30, "(", "inside one another"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(typed: str, place: str, said: str) -> None:
    with pytest.raises(QueryError, match=r"[:.]") as caught:
        parse(typed)
    assert caught.value.place.of(typed) == place
    assert said in caught.value.message


PIECES = st.sampled_from(
    [
        "aa",
        "وزير",
        "«",
        "»",
        '"',
        "(",
        ")",
        "OR",
        "AND",
        "NOT",
        "-",
        "*",
        "title:",
        "source:",
        "after:",
        "٢٠٢٦-١",
        " ",
    ]
)


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(PIECES, max_size=15).map("".join),
        st.lists(PIECES, max_size=15).map(" ".join),
    )
)
@example("\u0130 OR \ufdfa*")
@example("source:\u200f")
@example('source:"\ufe70"')
@example("- " * 3000)
@example("NOT " * 3000 + "aa")
@example("(" * 3000)
@example("aa OR " * 3000 + "aa")
def test_anything_can_be_typed(typed: str) -> None:
    """It is understood, or said why not at a place that exists; and what was understood can be written."""
    caught, query = None, None
    try:
        query = parse(typed)
    except QueryError as error:
        caught = error
    if caught is not None:
        assert 0 <= caught.place.start <= caught.place.end <= len(typed)
    if query is not None:
        assert parse(written(query)) == query


def test_a_place_counts_in_what_was_typed() -> None:
    typed = "الـــوزير \u200f«مجلس» ﷺ OR"
    with pytest.raises(QueryError) as caught:
        parse(typed)
    assert caught.value.place.of(typed) == "OR"
