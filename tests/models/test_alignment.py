from models.alignment import align, word_spans
from models.engines.base import Hypothesis


def pairs(
    source: str, pieces: list[str], target: str, out: list[str], rows: list[list[float]]
) -> list[tuple[str, str]]:
    hypothesis = Hypothesis(tuple(out), -0.1, True, tuple(tuple(r) for r in rows))
    return [(s.of(source), t.of(target)) for s, t in align(source, pieces, target, hypothesis)]


def test_pieces_are_grouped_into_words_and_the_strongest_source_word_wins() -> None:
    assert pairs(
        "زار الوزير بيروت",
        ["▁زار", "▁ال", "وزير", "▁بيروت", "</s>"],
        "The minister visited Beirut.",
        ["▁The", "▁min", "ister", "▁visited", "▁Beirut", "."],
        [
            [0.1, 0.6, 0.2, 0.1, 0.0],
            [0.1, 0.4, 0.4, 0.1, 0.0],
            [0.1, 0.1, 0.7, 0.1, 0.0],
            [0.8, 0.1, 0.0, 0.1, 0.0],
            [0.0, 0.1, 0.1, 0.8, 0.0],
            [0.0, 0.0, 0.0, 0.2, 0.8],
        ],
    ) == [("الوزير", "The"), ("الوزير", "minister"), ("زار", "visited"), ("بيروت", "Beirut.")]


def test_without_attention_or_with_pieces_that_do_not_match_the_words_there_is_none() -> None:
    assert align("كلمة", ["▁كلمة"], "word", Hypothesis(("▁word",), -0.1, True)) == []
    assert pairs("كلمة أخرى", ["▁كلمة"], "word", ["▁word"], [[1.0]]) == []
    assert pairs("", [], "", [], []) == []


def test_word_spans_are_code_points() -> None:
    text = "🙂 نعم x"
    assert [s.of(text) for s in word_spans(text)] == ["🙂", "نعم", "x"]
