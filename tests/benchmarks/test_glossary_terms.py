"""Drawing names from references: the right ones, and none that is another word elsewhere."""

import pytest

from benchmarks.glossary_terms import cases, drawn
from benchmarks.model_scores import Pair
from models.glossary import Glossary, Term


@pytest.mark.parametrize(
    ("source", "reference", "expected"),
    [
        ("زار الوزير كوسوفو أمس", "The minister visited Kosovo yesterday", [("كوسوفو", "Kosovo")]),
        ("وصل إلى نيقوسيا", "He arrived in Nicosia", [("نيقوسيا", "Nicosia")]),
        ("زار علي", "he visited Ali", []),
        ("دمشق ودمشق", "said Dimashq", []),
    ],
)
def test_a_name_and_the_one_word_with_its_consonants(
    source: str, reference: str, expected: list[tuple[str, str]]
) -> None:
    assert [(t.source, t.target) for t in drawn([Pair(source, reference)]).terms] == expected


def test_a_word_that_is_no_name_elsewhere_is_left_out() -> None:
    pairs = [Pair("وصل كريم", "he met Karim"), Pair("رجل كريم", "a generous man")]
    assert drawn(pairs[:1]).entry_count == 1
    assert drawn(pairs).entry_count == 0


def test_a_case_needs_the_term_on_both_sides() -> None:
    glossary = Glossary.from_terms([Term("داعش", "ISIS")])
    pairs = [Pair("هاجم داعش", "ISIS attacked"), Pair("هاجم داعش", "Daesh attacked"), Pair("هاجم", "ISIS")]
    assert [c.pair for c in cases(pairs, glossary)] == pairs[:1]
