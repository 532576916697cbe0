import pytest

from models.arabic import for_matching
from models.document import Flag
from models.quality import units


def check(source: str, target: str) -> list[Flag]:
    return units.check(source, target, for_matching(source))


@pytest.mark.parametrize(
    ("source", "target", "ar", "en"),
    [
        ("بلغت الكلفة ٥ ملايين دولار", "The cost reached 5 million euros", "دولار", "euros"),
        ("مليوني دولاراً", "two million Euros", "دولاراً", "Euros"),
        ("دولارين", "two euros", "دولارين", "euros"),
        ("في إزمير 5 دولارات", "İİİ TWO EUROS", "دولارات", "EUROS"),
        ("السعر $5", "The price was €5", "$", "€"),
        ("على بعد ۱۰ كيلومترات", "10 miles away", "كيلومترات", "miles"),
        ("على بعد 10 كـلـم", "10-mile road", "كـلـم", "mile"),
        ("وزنه 5 كغ", "It weighs 5 pounds", "كغ", "pounds"),
        ("بعد ثلاثة أيام", "after three weeks", "أيام", "weeks"),
        ("«40 درجة مئوية»", '"40 degrees Fahrenheit"', None, None),
    ],
)
def test_changed(source: str, target: str, ar: str | None, en: str | None) -> None:
    (flag,) = check(source, target)
    assert (flag.code, flag.severity) == ("unit_mismatch", "critical")
    assert flag.ar is not None
    assert flag.en is not None
    if ar is not None:
        assert (flag.ar.of(source), flag.en.of(target)) == (ar, en)


@pytest.mark.parametrize(
    ("source", "target", "ar"),
    [
        ("في ١٤٤٨هـ", "in 1448", "١٤٤٨هـ"),
        ("عام 1448 هـ", "in 1448", "1448 هـ"),
        ("سنة ۱۴۴۸ هجرية", "in 1448", "۱۴۴۸ هجرية"),
        ("عام 300 ق.م", "in 300", "300 ق.م"),
        ("عام 300 قَبْل المـيلاد", "in 300", "قَبْل المـيلاد"),
        ("بنسبة ٣٫٥٪", "by 3.5", "٣٫٥٪"),
        ("بنسبة 5 في المئة", "by 5", "5 في المئة"),
    ],
)
def test_left_out(source: str, target: str, ar: str) -> None:
    (flag,) = check(source, target)
    assert (flag.code, flag.severity) == ("unit_mismatch", "major")
    assert flag.ar is not None
    assert flag.ar.of(source) == ar


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("٥ ملايين دولار", "$5 million"),
        ("٥ ملايين دولار (4 ملايين يورو)", "5 million dollars (€4 million)"),
        ("500 ليرة سورية", "500 Syrian pounds"),
        ("500 ليرة", "500 lira"),
        ("10 كيلومترات", "10 km (6 miles)"),
        ("110 ياردة (100 م)", "110 yd (100 m)"),
        ("24 ساعة", "a day"),
        ("ثلاثة أيام", "three days, the first of many weeks"),
        ("5 كيلو", "5 kg"),
        ("في 1448هـ", "in 1448 AH"),
        ("عام 300 ق.م", "in 300 BCE"),
        ("٣٫٥٪", "3.5 percent"),
        ("50 بالمئة", "half"),
        ("كم قدم من دعم", "how much support he gave"),
    ],
)
def test_fine(source: str, target: str) -> None:
    assert check(source, target) == []
