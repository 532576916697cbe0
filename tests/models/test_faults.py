"""What counts as a fault of a translation, and how much."""

import pytest

from models.faults import faults, loops

LOOP = "the bank of the bank of the bank of the bank"


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("قتل 14 شخصا في آذار 2025", "14 people were killed in March 2025", 0),
        ("قتل ١٤ شخصًا في آذار ٢٠٢٥", "14 people were killed in March 2025", 0),
        ("قتل 14 شخصا", "41 people were killed", 3),
        ("قتل 14 شخصا في آذار", "41 people were killed in April", 6),
        ("قتل سبعة أشخاص", "Nine people were killed", 1),
        ("بلغت الكلفة 5 ملايين دولار", "The cost was 5 million euros", 3),
        ("أكد أنه لن يستقيل", "He confirmed that he would resign", 1),
        ("هل استقال الوزير؟", "The minister resigned.", 1),
        ("أعلن المصرف", LOOP, 3),
        ("أعلن المصرف 14", LOOP, 6),
        ("أعلن المصرف", " ", 100),
        ("", "", 100),
    ],
)
def test_faults(source: str, target: str, expected: int) -> None:
    assert faults(source, target) == expected


def test_loops() -> None:
    assert loops("أعلن المصرف", LOOP)
    assert not loops("أعلن المصرف", "The bank said it had had enough")
    assert not loops("قتل 14 شخصا", "41 people were killed")
