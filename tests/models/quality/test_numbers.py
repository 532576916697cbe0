import pytest

from models.arabic import for_matching
from models.document import Flag
from models.quality import numbers


def check(source: str, target: str) -> list[Flag]:
    return numbers.check(source, target, for_matching(source))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("قتل 12 شخصاً", "Twelve people were killed"),
        ("قتل اثنا عشر شخصاً", "12 people were killed"),
        ("بدأت في 14 كانون الثاني 2014", "It began on January 14, 2014"),
        ("في آذار/مارس المقبل", "next March"),
        ("في ٢٤ تموز", "on 24 July"),
        ("12/5/2014", "May 12, 2014"),
        ("في 12 ذي الحجة 1447", "on 12 Dhu al-Hijjah 1447"),
        ("مساء الأحد", "on Sunday evening"),
        ("شهدت السبعينيات هجرة", "The 1970s saw migration"),
        ("ستينيات القرن العشرين", "the 1960s"),
        ("خمسة آلاف", "5,000"),
        ("واحد من كل خمسة", "a fifth of them"),
        ("هدفين", "two goals"),
        ("ثلاثة أرباع السكان", "three quarters of the population"),
        ("الساعة 15:30", "at 3:30 p.m."),
        ("عقد من الحرب", "ten years of war"),
        ("ألفا عائلة", "two thousand families"),
        ("المبنى ثلاثي الطوابق", "the three-storey building"),
        ("كل خميس", "every Thursday"),
        ("العاشرة والنصف صباحا", "10:30 am"),
        ("العاشـــرة والنِّصْف", "half past ten"),
        ("في الثامنة إلا ربعا", "at 7:45"),
        ("الثامنة إلّا الربع مساءً", "a quarter to eight in the evening"),
        ("الثانية وعشر دقائق ظهرا", "14:10"),
        ("عند الساعة الثانية عشرة والثلث", "at 12.20"),
        ("الحادية عشرة وخمس وعشرين دقيقة", "11:25"),
        ("الثالثة والنصف وخمس دقائق", "3:35"),
        ("الواحدة إلا عشر دقائق", "12:50"),
        ("الساعة ١٠ والنصف", "10:30"),
        ("الساعة ۷ إلا ٢٠ دقيقة", "6:40"),
        ("الساعة ١٥:٣٠ بتوقيت غرينتش", "at 1530 GMT"),
        ("الساعة 12:00 بتوقيت غرينتش", "at 1200 GMT"),
        ("الساعة ۸:۳۰ مساء", "at 8.30pm"),
        ("العاشرة والنصف بتوقيت غرينتش", "1030 GMT"),
        ("ثلاثة أرباع السكان", "75% of the people"),
        ("ثلاثة أرباع السكان", "three quarters of the people"),
        ("نِصْف السكان", "50% of the people"),
        ("ربع السكان", "25 per cent of the people"),
        ("ثلث السكان", "33% of the people"),
        ("ثلثا السكان", "67% of the people"),
        ("ثلثي السكان", "66 percent of the people"),
        ("خمس السكان", "20% of the people"),
        ("أربعة أخماس السكان", "80% of the people"),
        ("٥٠٪ من السكان", "half the people"),
        ("۲۵ في المئة منهم", "a quarter of them"),
        ("خمسون بالمائة منهم", "half of them"),
        ("فاز بهدفين مقابل هدف", "It won 2-1"),
        ("فاز بهدفين دون رد", "It won 2–0"),
        ("فاز بثلاثة أهداف لهدفين", "It won 3-2"),
        ("شارك 12 ألفا و500 شخص", "12,500 people took part"),
        ("شارك ١٢ ألفًا و٥٠٠ شخص", "12,500 people took part"),
        ("شارك ۱۲ أَلْفـــاً وَ۵۰۰ شخص", "12,500 people took part"),
        ("شارك 12  ألفا  و 500 شخص", "12.5 thousand people took part"),
        ("شارك 12 ألفا و500 شخص", "12,000 and 500 people took part"),
        ("نزح 3 آلاف و200", "3,200 fled"),
        ("نزح 5 آلاف و 200", "5,200 fled"),
        ("بلغ 6 آلاف و120 دولارا", "It was $6,120"),
        ("بلغ 138 ألفا و300", "It was 138,300"),
        ("أصيب ألفا و300 شخص", "2,300 people were injured"),
        ("أصيب ألفا و300 شخص", "1,300 people were injured"),
        ("قتل 3 آلاف و20 فقدوا", "3,000 died and 20 are missing"),
        ("مليون و200 شخص", "1,000,200 people"),
        ("مليون و 500 ألف", "1.5 million"),
        ("مليون و500 ألف", "one million and 500,000"),
        ("مليون و خمسمئة ألف", "1,500,000"),
        ("ألف مليون دولار", "a billion dollars"),
        ("ثلاثة ملايين وخمسة ملايين", "three million and five million"),
        ("ثمانية آلاف وخمسمئة", "8,500"),
        ("بلغ عددهم 12،500", "They were 12,500"),
        ("بلغ عددهم ١٢،٥٠٠", "They were 12,500"),
        ("بلغ عددهم 1،234،567", "They were 1,234,567"),
        ("بنسبة ۳،۵ في المئة", "by 3.5 percent"),
        ("المادتان 2،3", "articles 2 and 3"),
        ("عاما 2014،2015", "2014 and 2015"),
        ("في 10 ذي الحجة", "on 10 Dhul Hijjah"),
        ("في ١٠ ذِي الحجّة", "on 10 Zul-Hijja"),
        ("في 10 ذي القعدة", "on 10 Dhul Qa'dah"),
        ("في 15 شعبان", "on 15 Shaaban"),
        ("في 12 ربيع الأول", "on 12 Rabi al-Awal"),
        ("في 12 جمادى الأولى", "on 12 Jumada al-Ula"),
        ("في 5 سبتمبر", "on 5 Sep"),
        ("في 5 يوليو", "on Jul 5"),
        ("في 5 نيسان", "on 5 Apr."),
        ("موسم 2023/2024", "the 2023/24 season"),
        ("موسم ٢٠٢٣/٢٤", "the 2023-2024 season"),
        ("1990-1995", "1990-95"),
        ("موسم 1999/2000", "the 1999/00 season"),
        ("5 مليون", "$5M"),
        ("5 مليار", "5Bn"),
        ("5 مليون", "5mln"),
        ("بين 5 و10 آلاف", "between 5,000 and 10,000"),
        ("بين ٥ و ١٠ آلاف", "between five thousand and ten thousand"),
        ("بين خمسة وعشرة آلاف", "between 5,000 and 10,000"),
        ("من 5 إلى 10 ملايين", "from 5 to 10 million"),
        ("من 5 ملايين إلى 10 ملايين", "$5-10m"),
        ("بعد أسبوعين", "14 days later"),
        ("خلال شهرين", "within 60 days"),
        ("بعد يومين", "48 hours later"),
        ("الثامنة و النصف", "at 8:30"),
        ("بنسبة 0.5", "by 0.5"),
        ("النصف", "a half"),
    ],
)
def test_faithful_renderings_raise_nothing(source: str, target: str) -> None:
    assert check(source, target) == []


@pytest.mark.parametrize(
    ("source", "target", "severity", "ar", "en"),
    [
        ("في عام 2014", "in 2041", "critical", "2014", "2041"),
        ("قتل 12 شخصاً", "People were killed", "critical", "12", None),
        ("قتل أشخاص", "15 people were killed", "critical", None, "15"),
        ("في 3 أيلول", "on October 3", "critical", "أيلول", "October"),
        ("بعد عشرين عاماً", "after ten years", "major", "عشرين", "ten"),
        ("مئة ألف نسخة", "a million copies", "major", "مئة ألف", "million"),
        ("مليون و200 ألف", "1.3 million", "critical", "مليون و200 ألف", "1.3 million"),
        ("يوم الخميس", "on Friday", "major", "الخميس", "Friday"),
        ("٩٫٨ بالمئة", "98 percent", "critical", "٩٫٨", "98"),
        ("العاشرة والنصف صباحا", "10:45 am", "critical", "العاشرة والنصف", "10:45"),
        ("العاشرة والنصف صباحا", "at ten", "major", "العاشرة والنصف", None),
        ("ثلاثة أرباع السكان", "70% of the people", "critical", "ثلاثة أرباع", "70"),
        ("نصف السكان", "40% of the people", "critical", None, "40"),
        ("0.5 بالمئة", "50 percent", "critical", "0.5", "50"),
        ("فاز بهدفين مقابل هدف", "It won 3-1", "critical", None, "3"),
        ("فاز ٢-٠", "It won 2-1", "critical", "٠", None),
        ("شارك 12 ألفا و500", "12,200 took part", "critical", "12 ألفا و500", "12,200"),
        ("شارك ١٢ ألفًا و ٥٠٠", "12,000 took part", "critical", "١٢ ألفًا و ٥٠٠", "12,000"),
        ("بلغت 15 ألفا و700", "reached 15,700,000", "critical", "15 ألفا و700", "15,700,000"),
        ("بنسبة 3،5", "by 5.3", "critical", "3،5", "5.3"),
        ("موسم 2023/2024", "the 2023/25 season", "critical", "2024", "25"),
        ("بين 5 و10 آلاف", "between 6,000 and 10,000", "critical", "5", "6,000"),
        ("في 10 ذي الحجة", "on 10 Dhul Qadah", "critical", "ذي الحجة", None),
        ("أعلنت عن ١.٣٢٥ وظيفة", "announced 1.325 jobs", "minor", "١.٣٢٥", "1.325"),
    ],
)
def test_damage_is_pointed_at(
    source: str, target: str, severity: str, ar: str | None, en: str | None
) -> None:
    (flag,) = check(source, target)
    assert (flag.code, flag.severity) == ("number_mismatch", severity)
    assert (flag.ar.of(source) if flag.ar else None) == ar
    assert (flag.en.of(target) if flag.en else None) == en
    for text in (ar, en):
        assert text is None or text in flag.message


def test_numbers_that_changed_places() -> None:
    source, target = "تراجع من 11 إلى 9 بالمئة", "fell from 9 to 11 percent"
    (flag,) = check(source, target)
    assert "the other way round" in flag.message
    assert flag.ar is not None
    assert flag.en is not None
    assert (flag.ar.of(source), flag.en.of(target)) == ("11 إلى 9", "9 to 11")


def test_two_strays_on_one_side_are_told_apart() -> None:
    flags = check("بين 5 و12 من الشهر", "in the month")
    assert sorted(f.message for f in flags) == [
        "The number 12 in the Arabic has no counterpart in the English.",
        "The number 5 in the Arabic has no counterpart in the English.",
    ]
