import pytest

from models.quality import quotes
from tests.growth import growth

PLAIN = "He said we accept no new conditions in Baghdad"
WORDS = "لن نقبل بأي شروط جديدة"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('قال: "لن نقبل بأي شروط"', 'He said: "We accept no conditions"'),
        ("قال: «لن نقبل بأي شروط»", "He said: “We accept no conditions”"),
        ("قال: «لن نقبل بأي شروط»", "He said: 'We accept no conditions'"),
        ("قال: ‹لن نقبل بأي شروط›", "He said: ‘We don’t accept conditions’"),
        ("فيلم «تايتانيك» الشهير", "The famous film Titanic"),
        ("في فيلم «صيد السلمون في اليمن» الشهير", "In the famous film Salmon Fishing in the Yemen"),
        ("كتابها «دليل المسافر إلى المجرة»", "Her book The Hitchhiker's Guide to the Galaxy"),
        ('وأضاف: "لن نقبل', '"We will not accept'),
        ("لا اقتباس", "It's 5' tall"),
        ("أعلنت «بي بي سي» الخبر", "The BBC announced it"),
        ("أعلنت «البي بـي سِي» الخبر", "The BBC announced it"),
        ("متاجر «إتش أند إم»", "H&M shops"),
        ("قال: «لن نقبل» و«سنرفض كل الشروط»", 'He said "we accept nothing" and "refuse all conditions"'),
        ("قال: «لن نقبل بأي شروط جديدة»", '"We accept," he said, "no new conditions"'),
    ],
)
def test_fine(source: str, target: str) -> None:
    assert quotes.check(source, target) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('قال: "لن نقبل بأي شروط"', 'He said: "We accept no conditions'),
        ("«القيروان» تهزم «تلمسان»", '"Qyerwan" winds Telhames"'),
        ('قالت "القيروان تهزم تلمسان', '"Qyerwan" winds Telhames"'),
        ("القيروان تهزم تلمسان", '"Qyerwan" winds Telhames"'),
        ("قال: «لن نقبل»", "He said: “We accept nothing"),
        ("قال: «لن نقبل»", "He said: ''We accept nothing"),
    ],
)
def test_without_partner(source: str, target: str) -> None:
    (flag,) = quotes.check(source, target)
    assert (flag.code, flag.severity) == ("quotes", "minor")
    assert flag.en is not None
    assert flag.en.of(target) in {'"', "“", "''"}


@pytest.mark.parametrize(
    "quotation",
    [
        f"«{WORDS}»",
        f"‹{WORDS}›",
        f'"{WORDS}"',
        f"“{WORDS}”",
        f"”{WORDS}“",
        f"„{WORDS}“",
        f"'{WORDS}'",
        f"‘{WORDS}’",
        f"’{WORDS}‘",
        f"''{WORDS}''",
        f"＂{WORDS}＂",
        "«لَنْ نقبـــل بأيِّ شروطٍ جديدة»",
        "«سنقبل ٣ شروط جديدة»",
        "«سنقبل ۳ شروط جديدة»",
        "«سنقبل 3 شروط جديدة»",
    ],
)
def test_quotation_without_marks(quotation: str) -> None:
    source = f"قال الوزير {quotation} في بغداد."
    (flag,) = quotes.check(source, PLAIN)
    assert (flag.code, flag.severity) == ("quotes", "minor")
    assert flag.ar is not None
    assert flag.ar.of(source) == quotation


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        (
            f"قال الوزير: «{WORDS}» عن «الاتفاق».",
            'He said we accept no new conditions on "the agreement".',
            [WORDS],
        ),
        (
            f"قال الوزير: «{WORDS}» وأضاف «المدرسة مفتوحة للطلاب».",
            'He said we accept no new conditions and added "the school is open for students".',
            [WORDS],
        ),
        (
            f"قال الوزير: «{WORDS}» وأضاف «المدرسة مفتوحة للطلاب».",
            "He said we accept no new conditions and added the school is open for students.",
            [WORDS, "المدرسة مفتوحة للطلاب"],
        ),
        (
            "قالت الشركة «المدرسة مفتوحة للطلاب».",
            "The company said the school is open.",
            ["المدرسة مفتوحة للطلاب"],
        ),
    ],
)
def test_each_lost_quotation_is_pointed_at(source: str, target: str, lost: list[str]) -> None:
    assert [flag.ar.of(source) for flag in quotes.check(source, target) if flag.ar] == [
        f"«{q}»" for q in lost
    ]


def test_marks_without_partners_cost_their_number() -> None:
    def check(target: str) -> object:
        return quotes.check("قال «وصل الوفد اليوم إلى المدينة»", target)

    assert growth(check, lambda n: "‘" * n, 2_000) < 10
