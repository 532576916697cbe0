import pytest

from models.quality.numerals import readings


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("007", [{7}]),
        ("1,200", [{1200}]),
        ("1,200,000", [{1_200_000}]),
        ("1.200.000", [{1_200_000}]),
        ("1.5", [{1.5}]),
        ("1,5", [{1.5}]),
        ("1.234", [{1234, 1.234}]),
        ("1,234.56", [{1234.56}]),
        ("1.234,56", [{1234.56}]),
        ("2014,2015", [{2014}, {2015}]),
        ("3:30", [{3, 15, 330, 1530, 3.3, 15.3}, {30, 0.5, 330, 1530, 3.3, 15.3}]),
        ("99:75", [{99}, {75}]),
        ("192.168.1.1", [{192}, {168}, {1}, {1}]),
    ],
)
def test_readings(literal: str, expected: list[set[float]]) -> None:
    assert [set(r) for r in readings(literal)] == expected
