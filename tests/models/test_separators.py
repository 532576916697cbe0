import pytest

from models.separators import as_in_english, doubtful


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%3.5", "3.5%"),
        ("5%-%7", "5%-7%"),
        ("1.200 منصب شغل", "1,200 منصب شغل"),
        ("1.200.000", "1,200,000"),
        ("1.200 مليون", "1.200 مليون"),
        ("1.200 الدولار", "1.200 الدولار"),
        ("1.200، وقال", "1.200، وقال"),
        ("1.325 منصب", "1.325 منصب"),
        ("v1.200 منصب", "v1.200 منصب"),
        ("1.2001 منصب", "1.2001 منصب"),
    ],
)
def test_as_in_english(text: str, expected: str) -> None:
    assert as_in_english(text) == expected
    assert len(expected) == len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.325 منصب", ["1.325"]),
        ("1.325 دولار", []),
        ("1.325.200 منصب", []),
        ("0.325 منصب", []),
        ("رقم 1.325", []),
    ],
)
def test_doubtful(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in doubtful(text)] == expected
