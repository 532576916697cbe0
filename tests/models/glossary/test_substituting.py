import pytest

from models.document import Span
from models.glossary.english import english
from models.glossary.substituting import linked_words


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("the Gatin said", "Gatin", "Gatin"),
        ('the "Gatin", he said', '"Gatin",', "Gatin"),
        ("the (CNNN)-declared engineer", "(CNNN)-declared", "CNNN"),
        ('at Linx4".com today', 'Linx4".com', "Linx4"),
        ("so )Gatin said", ")Gatin", None),
        ("so the said", "the", None),
    ],
)
def test_what_makes_room_is_a_word_without_what_clings_to_it(
    text: str, word: str, expected: str | None
) -> None:
    at = Span(text.index(word), text.index(word) + len(word))
    found = linked_words(text, [(Span(0, 4), at)], Span(0, 4), english("Xyz"), names=False)
    assert (found.of(text) if found else None) == expected
