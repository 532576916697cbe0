import pytest

from models.summarize.places import place
from models.summarize.roles import exchanged
from models.summarize.statement import read

SUED = "Google sued Epic Games over a contract in Cairo on Monday."
RECEIVED = "استقبل الرئيس التركي نظيره الإيراني في أنقرة يوم الثلاثاء."
ASKED = "طالبت نقابة الأطباء وزارة المالية بصرف الرواتب المتأخرة."


@pytest.mark.parametrize(
    ("sentence", "passage", "parties"),
    [
        ("Epic Games sued Google over a contract.", SUED, "Epic Games sued Google"),
        ("استقبل الرئيس الإيراني نظيره التركي في أنقرة.", RECEIVED, "الإيراني نظيره التركي"),
        ("طالبت وزارة المالية نقابة الأطباء بصرف الرواتب.", ASKED, "وزارة المالية نقابة الأطباء"),
        (
            "Kenya lent China two billion dollars.",
            "China lent Kenya two billion dollars.",
            "Kenya lent China",
        ),
    ],
)
def test_exchanged(sentence: str, passage: str, parties: str) -> None:
    span = exchanged(read(sentence), [read(passage)])
    assert span is not None
    assert span.of(sentence) == parties


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        (SUED, SUED),
        ("Over a contract, Google sued Epic Games.", SUED),
        ("Epic Games was sued by Google over a contract.", SUED),
        ("In Cairo on Monday, Google sued Epic Games.", SUED),
        ("Google sued Epic Games on Monday in Cairo.", SUED),
        ("في أنقرة، استقبل الرئيس التركي نظيره الإيراني.", RECEIVED),
        ("الرئيس التركي استقبل نظيره الإيراني.", RECEIVED),
        ("نقابة الأطباء طالبت وزارة المالية بصرف الرواتب.", ASKED),
        ("التقى وزراء مصر والأردن في عمان.", "التقى وزراء الأردن ومصر في عمان."),
        ("", SUED),
    ],
)
def test_another_order_of_the_same_parties(sentence: str, passage: str) -> None:
    assert exchanged(read(sentence), [read(passage)]) is None


@pytest.mark.parametrize(
    "form", ["مصر", "ومصر", "بمصر", "لمصر", "السودان", "والسودان", "بالسودان", "للسودان"]
)
def test_places(form: str) -> None:
    assert place(form)


@pytest.mark.parametrize("form", ["", "و", "ل", "مصري", "مصنع", "بيت", "لقاء", "ولد", "كتاب"])
def test_other_words(form: str) -> None:
    assert not place(form)
