import pytest

from models.arabic import for_matching
from models.quality import arabic_numbers
from models.quality.mention import Mention
from tests.growth import growth


def mentions(text: str) -> list[Mention]:
    return arabic_numbers.mentions(for_matching(text))


def certain(text: str, kind: str = "number") -> list[tuple[str, set[float]]]:
    """The readings of what is certain, but for those as a share of a whole."""
    found = [m for m in mentions(text) if m.kind == kind and m.certain]
    return [
        (m.span.of(text), {v for v in m.values if v >= 0}) for m in sorted(found, key=lambda m: m.span.start)
    ]


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("٤٦٠ ألف شخص", "٤٦٠ ألف", 460_000),
        ("۲۵۰ شجرة", "۲۵۰", 250),
        ("١٫١ مليار ليرة", "١٫١ مليار", 1.1e9),
        ("١٬٢٥٠ وحدة", "١٬٢٥٠", 1250),
        ("1,234.5 دولار", "1,234.5", 1234.5),
        ("ستمئة وخمسين ألف ليرة", "ستمئة وخمسين ألف", 650_000),
        ("ثلاثمائة شخص", "ثلاثمائة", 300),
        ("ثلاث مئة وخمسة كتب", "ثلاث مئة وخمسة", 305),
        ("مئة وواحد من الركاب", "مئة وواحد", 101),
        ("ألف وتسعمئة وسبعة وستين", "ألف وتسعمئة وسبعة وستين", 1967),
        ("ألفين وأربعة عشر", "ألفين وأربعة عشر", 2014),
        ("مئتا عائلة", "مئتا", 200),
        ("مليونان من السكان", "مليونان", 2e6),
        ("مليونين و300 ألف نسمة", "مليونين و300 ألف", 2.3e6),
        ("5 ملايين و200 ألف", "5 ملايين و200 ألف", 5.2e6),
        ("12 ألفا و500 شخص", "12 ألفا و500", 12_500),
        ("5 آلاف و 200 شخص", "5 آلاف و 200", 5200),
        ("مئة وعشرين ألفا و300", "مئة وعشرين ألفا و300", 120_300),
        ("ألف مليون دولار", "ألف مليون", 1e9),
        ("12،500 قتيل", "12،500", 12_500),
        ("٣،٥ نقاط", "٣،٥", 3.5),
        ("مليونان ونصف المليون", "مليونان ونصف المليون", 2.5e6),
        ("مليارين وربع مليار يورو", "مليارين وربع مليار", 2.25e9),
        ("نصف مليون لاجئ", "نصف مليون", 5e5),
        ("خمسة وعشرون ألفاً ومئتان وثلاثة", "خمسة وعشرون ألفاً ومئتان وثلاثة", 25_203),
        ("أحد عشر ألف لاجئ", "أحد عشر ألف", 11_000),
        ("اثنتي عشرة سنة", "اثنتي عشرة", 12),
        ("الحادي والعشرين من الشهر", "الحادي والعشرين", 21),
        ("الثالثة عشرة", "الثالثة عشرة", 13),
        ("خَمْسَةَ عَشَرَ يوماً", "خَمْسَةَ عَشَرَ", 15),
        ("خمـــسة أيام", "خمـــسة", 5),
        ("وبعشرين دولاراً", "وبعشرين", 20),
        ("بـ50 دولاراً", "50", 50),
        ("تسعون بالمئة", "تسعون", 90),
        ("50 في المئة", "50", 50),
        ("٢٠٪ من السكان", "٢٠", 20),
    ],
)
def test_a_number_is_read_as_one(text: str, written: str, value: float) -> None:
    assert certain(text) == [(written, {value})]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("بين 120 ألفاً و300 ألف", [120_000, 300_000]),
        ("ألف وخمسة آلاف", [1000, 5000]),
        ("10 آلاف وألفان", [10_000, 2000]),
        ("12 ألف قتيل و500 جريح", [12_000, 500]),
        ("ثلاثة وأربعة", [3, 4]),
        ("2014 و2015", [2014, 2015]),
        ("12 قرية و5 بلدات", [12, 5]),
        ("12/5/2014", [12, 5, 2014]),
    ],
)
def test_neighbouring_numbers_stay_apart(text: str, values: list[float]) -> None:
    assert [v for _, found in certain(text) for v in found] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("القرن التاسع عشر", {19, 1800}),
        ("خمسينيات القرن التاسع عشر", {50, 1850}),
        ("في الثمانينيات", {80, 1780, 1880, 1980, 2080}),
        ("الساعة 3:00", {3, 15, 300, 1500}),
        ("الساعة 15:00", {3, 15, 300, 1500}),
    ],
)
def test_other_faithful_renderings_are_known(text: str, values: set[float]) -> None:
    assert certain(text)[0][1] == values


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("14 كانون الثاني", 1),
        ("14 يناير", 1),
        ("في شباط الماضي", 2),
        ("آذار/مارس", 3),
        ("3 أيلول", 9),
        ("تشرين الأول", 10),
        ("تشرين الثاني", 11),
        ("كانون الأول", 12),
        ("أكتوبر المقبل", 10),
        ("12 جويلية", 7),
        ("5 غشت", 8),
        ("12 ذي الحجة 1447", 112),
        ("في شهر رمضان", 109),
        ("15 ربيع الأول", 103),
        ("3 جمادى الآخرة", 106),
    ],
)
def test_months_of_every_calendar(text: str, month: int) -> None:
    found = certain(text, "month")
    assert found
    assert all(values == {month} for _, values in found)


@pytest.mark.parametrize("text", ["مارس الرياضة كل يوم", "آب إلى بلده", "رمضان صديقي", "رجب طيب أردوغان"])
def test_words_that_only_look_like_months_are_not_certain(text: str) -> None:
    assert certain(text, "month") == []


def test_the_second_of_tishrin_is_no_number() -> None:
    assert certain("تشرين الثاني") == []


@pytest.mark.parametrize(
    "text",
    ["لست هنا", "كمية كبيرة", "أحد السكان", "كتابان", "نصفهم من الأطفال", "آلاف الأشخاص", "وألف كتاباً"],
)
def test_words_that_need_no_counterpart(text: str) -> None:
    assert certain(text) == []


def test_weekdays() -> None:
    assert certain("يوم الإثنين", "weekday") == [("الإثنين", {1})]
    assert certain("مساء الأحد", "weekday") == [("الأحد", {7})]
    assert certain("الصداقة بين الاثنين", "weekday") == []


def test_months_cost_their_number() -> None:
    def mentions(text: str) -> object:
        return arabic_numbers.mentions(for_matching(text))

    assert growth(mentions, lambda n: "5 يناير " * n, 3_000) < 8


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12 ألفا و500", {12_000, 500}),
        ("مليون و200 ألف", {1e6, 200_000}),
        ("ألف وتسعمئة", {1000, 900}),
        ("٢،٣", {2, 3}),
    ],
)
def test_read_apart_they_are_two_numbers(text: str, values: set[float]) -> None:
    found = arabic_numbers.mentions(for_matching(text), apart=True)
    assert {max(m.values) for m in found} == values
