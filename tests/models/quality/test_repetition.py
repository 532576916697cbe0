import pytest

from models.arabic import for_matching
from models.document import Flag
from models.quality import repetition


def check(source: str, target: str) -> list[Flag]:
    return repetition.check(source, target, for_matching(source))


@pytest.mark.parametrize(
    ("target", "where", "severity"),
    [
        ("a campaign campaign against polio", "campaign campaign", "major"),
        ("He said he said he said he said so", "He said he said he said he said", "critical"),
        ("in the city of Homs in the city of Homs", "in the city of Homs in the city of Homs", "major"),
        ("poor, poor, poor, poor people", "poor, poor, poor, poor", "critical"),
        ("the return of the return of families", "the return of the return of", "major"),
        ("a shortage and a shortage", "shortage and a shortage", "minor"),
        ("two suspects suspected of smuggling", "suspects suspected", "minor"),
        ("The major cities saw migration to major cities there", "major cities", "minor"),
        ("founder of Arablandlandlandland", "landlandlandland", "major"),
    ],
)
def test_repetition_is_pointed_at(target: str, where: str, severity: str) -> None:
    (flag,) = check("قال المسؤول إن الوضع صعب", target)
    assert flag.code == "repetition"
    assert flag.en is not None
    assert (flag.en.of(target), flag.severity) == (where, severity)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("كان جيداً جداً جداً", "It was very very good"),
        ("كان قد ذهب", "He had had enough"),
        ("لا لا لا أريد", "I don't, don't, don't want"),
        ("يوماً بعد يوم", "day after day"),
        ("ارتفع 10 10 10", "It rose 10 10 10"),
        ("زار المدينة", "He visited the city of the north"),
    ],
)
def test_what_good_english_or_the_arabic_repeats(source: str, target: str) -> None:
    assert check(source, target) == []
