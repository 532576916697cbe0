"""Pairs by dictionary."""

from models.document import Span
from models.markup.lexicon import Pairing


def pairing(source: str, english: str) -> Pairing:
    return Pairing(source, Span(0, len(source)), english.split())


def test_a_word_aligned_to_a_stranger_goes_where_the_dictionary_has_it() -> None:
    found = pairing("نفت الحكومة هذه الاتهامات بشدة", "The government denied these accusations")
    assert found.mended([1, 1, 0, 2, 4]) == [1, 1, 0, 2, 3]


def test_what_the_dictionary_does_not_know_stays() -> None:
    found = pairing("زار قصرنبا مساء", "Zorgle visited Qasr")
    assert found.mended([1, 0, None]) == [1, 0, None]


def test_the_nearest_of_several() -> None:
    found = pairing("الحكومة نفت أن الحكومة وافقت", "government denied government agreed")
    assert found.mended([1, 1, 4, 4]) == [0, 1, 3, 4]


def test_numbers_and_latin_words_pair_with_themselves() -> None:
    found = pairing("بلغ العدد ١٢٠ في BBC،", "In BBC it reached 120.")
    assert found.mended([None, 0, None, 0, 0])[1::3] == [4, 2]


def test_without_an_alignment_the_rest_pairs_in_order() -> None:
    found = pairing("زار الوزير مدينة حلب", "The minister visited Xyzzy city")
    assert found.guessed() == [1, 1, 0, 3, 2]
    assert pairing("", "word").guessed() == [None]
    assert pairing("كلمة", "").guessed() == []
