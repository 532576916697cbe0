import pytest

from models.quality import quotes
from tests.models.growth import growth


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('قال: "لن نقبل بأي شروط"', 'He said: "We accept no conditions"'),
        ("قال: «لن نقبل بأي شروط»", "He said: “We accept no conditions”"),
        ("قال: «لن نقبل بأي شروط»", "He said: 'We accept no conditions'"),
        ("فيلم «تايتانيك» الشهير", "The famous film Titanic"),
        ('وأضاف: "لن نقبل', '"We will not accept'),
        ("لا اقتباس", "It's 5' tall"),
    ],
)
def test_fine(source: str, target: str) -> None:
    assert quotes.check(source, target) == []


def test_without_partner() -> None:
    target = 'He said: "We accept no conditions'
    (flag,) = quotes.check('قال: "لن نقبل بأي شروط"', target)
    assert (flag.code, flag.severity) == ("quotes", "minor")
    assert flag.en is not None
    assert flag.en.of(target) == '"'


def test_quotation_without_marks() -> None:
    source = "قال: «لن نقبل بأي شروط» أمس"
    (flag,) = quotes.check(source, "He said we accept no conditions yesterday")
    assert flag.ar is not None
    assert flag.ar.of(source) == "«لن نقبل بأي شروط»"


def test_marks_without_partners_cost_their_number() -> None:
    def check(target: str) -> object:
        return quotes.check("قال «وصل الوفد اليوم إلى المدينة»", target)

    assert growth(check, lambda n: "‘" * n, 2_000) < 10
