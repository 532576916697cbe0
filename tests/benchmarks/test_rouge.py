"""ROUGE held against values worked out by hand and against Lin's own examples."""

import pytest

from benchmarks.rouge import rouge_l, rouge_n, tokens


@pytest.mark.parametrize(
    ("candidate", "one", "two", "longest"),
    [
        # ROUGE-L 3/4, 2/4 and 2/4 in Lin (2004), section 3; four words on each side, so F1 is the recall
        ("police kill the gunman", 3 / 4, 1 / 3, 3 / 4),
        ("the gunman kill police", 3 / 4, 1 / 3, 2 / 4),
        ("the gunman police killed", 4 / 4, 2 / 3, 2 / 4),
        ("police killed the gunman", 1.0, 1.0, 1.0),
        ("nothing of the sort", 1 / 4, 0.0, 1 / 4),
        # one side longer: precision 4/8, recall 4/4
        ("police killed the gunman on monday in town", 2 / 3, 2 * (3 / 7) / (3 / 7 + 1), 2 / 3),
        # a word counts as often as the other side has it
        ("the the the the", 1 / 4, 0.0, 1 / 4),
        ("", 0.0, 0.0, 0.0),
    ],
)
def test_known_values(candidate: str, one: float, two: float, longest: float) -> None:
    reference = tokens("police killed the gunman")
    ours = tokens(candidate)
    assert rouge_n(ours, reference, 1) == pytest.approx(one)
    assert rouge_n(ours, reference, 2) == pytest.approx(two)
    assert rouge_l(ours, reference) == pytest.approx(longest)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_sides_may_be_exchanged(n: int) -> None:
    one, other = tokens("قتل شرطي رجلا مسلحا في بغداد"), tokens("مسلح قتل شرطيا في بغداد أمس")
    assert rouge_n(one, other, n) == rouge_n(other, one, n)
    assert rouge_l(one, other) == rouge_l(other, one)


def test_arabic_counts_and_its_spellings_are_one() -> None:
    """Published packages score any two Arabic texts 0."""
    reference = tokens("أعلنت الحكومة المصرية خطّة جديدة في 12 مارس")
    same = tokens("اعلنت الحكومه المصريه خطة جـديدة فى ١٢ مارس.")
    assert rouge_n(same, reference, 1) == rouge_n(same, reference, 2) == rouge_l(same, reference) == 1.0
    assert rouge_n(tokens("أعلنت السلطة"), reference, 1) == pytest.approx(2 * (1 / 2) * (1 / 8) / (5 / 8))


def test_words_in_order_need_not_be_adjacent() -> None:
    reference = tokens("وصل الوفد الأردني إلى دمشق صباح أمس")
    assert rouge_l(tokens("وصل الوفد دمشق"), reference) == pytest.approx(2 * 1 * (3 / 7) / (1 + 3 / 7))
