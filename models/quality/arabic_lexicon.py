"""The number words, months and weekdays of Arabic, in the folded form of `arabic.for_matching`."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from models.arabic import for_matching

Part = Literal[
    "unit", "ten", "tens", "hundreds", "scale", "dual", "fraction", "digits", "count", "weekday", "century"
]

_UNITS = {
    1: "واحد واحدة أحد إحدى حادي حادية أول أولى وحيد وحيدة",
    2: (
        "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي ثان ثاني ثانية ثانيا كلا كلتا كلي كلتي"
        " مرتين مرتان زوج زوجين ضعف ضعفي ضعفين مزدوج مزدوجة ثنائي ثنائية"
    ),
    3: "ثلاث ثلاثة ثلاثا ثالث ثالثة ثالثا",
    4: "أربع أربعة أربعا رابع رابعة رابعا",
    5: "خمس خمسة خمسا خامس خامسة خامسا",
    6: "ست ستة ستا سادس سادسة سادسا",
    7: "سبع سبعة سبعا سابع سابعة سابعا",
    8: "ثمان ثماني ثمانية ثمانيا ثامن ثامنة ثامنا",
    9: "تسع تسعة تسعا تاسع تاسعة تاسعا",
}
_TEN = "عشر عشرة عشرا عاشر عاشرة"
_TENS = {
    20: "عشرون عشرين",
    30: "ثلاثون ثلاثين",
    40: "أربعون أربعين",
    50: "خمسون خمسين",
    60: "ستون ستين",
    70: "سبعون سبعين",
    80: "ثمانون ثمانين",
    90: "تسعون تسعين",
}
_HUNDREDS = {100: "مئة مائة مئات", 200: "مئتان مئتين مئتا مئتي مائتان مائتين مائتا مائتي"}
_HUNDRED = "مئة مائة"
_HUNDRED_STEMS = {
    300: "ثلاث ثلاثة",
    400: "أربع أربعة",
    500: "خمس خمسة",
    600: "ست ستة",
    700: "سبع سبعة",
    800: "ثمان ثماني ثمانية",
    900: "تسع تسعة",
}
#: scale: (singular and plural, dual)
_SCALES = {
    1e3: ("ألف ألفا آلاف ألوف", "ألفان ألفين ألفي"),
    1e6: ("مليون مليونا ملايين", "مليونان مليونين مليوني"),
    1e9: ("مليار مليارا مليارات بليون بليونا بلايين", "ملياران مليارين ملياري بليونان بليونين"),
    1e12: ("تريليون تريليونا تريليونات ترليون ترليونات", "تريليونان تريليونين تريليوني"),
}
#: Plurals say "hundreds of", "thousands of" unless a number stands before them.
_VAGUE = "مئات آلاف ألوف ملايين مليارات بلايين تريليونات ترليونات"
_FRACTIONS = {0.5: "نصف", 0.25: "ربع", 1 / 3: "ثلث", 2 / 3: "ثلثا ثلثي ثلثان ثلثين"}
_SUFFIXES = ("", "ه", "ها", "هم", "هن", "ا")
_PREFIXES = ("", "ال", "و", "وال", "ب", "بال", "وب", "وبال", "ل", "لل", "ول", "ولل", "ك", "كال", "ف", "فال")
#: Percent signs in words, and words that only look like a number with a clitic ("quantity", "and he wrote").
_NOT_NUMBERS = "بالمئة بالمائة وألف فألف كأحد"
#: Forms that are as often another word ("I am not", "the lady"): counterparts, never missed.
_UNSURE = "لست الست ولست كست فست وست بست بعشر كسبع ستون وستون"
#: ثلاثي الأبعاد, الرباعية: also only counterparts.
_GROUPS = {3: "ثلاثي", 4: "رباعي", 5: "خماسي", 6: "سداسي", 7: "سباعي", 8: "ثماني", 10: "عشاري"}
_MONTHS = {
    1: "كانون الثاني|كانون ثاني|يناير|جانفي",
    2: "شباط|فبراير|فيفري",
    3: "آذار|مارس",
    4: "نيسان|أبريل|ابريل|أفريل",
    5: "أيار|مايو|ماي",
    6: "حزيران|يونيو|يونيه|جوان",
    7: "تموز|يوليو|يوليه|جويلية|يوليوز",
    8: "آب|أغسطس|أوت|غشت",
    9: "أيلول|سبتمبر|شتنبر",
    10: "تشرين الأول|تشرين أول|أكتوبر",
    11: "تشرين الثاني|تشرين ثاني|نوفمبر|نونبر",
    12: "كانون الأول|كانون أول|ديسمبر|دجنبر",
    101: "محرم",
    102: "صفر",
    103: "ربيع الأول|ربيع أول",
    104: "ربيع الآخر|ربيع الثاني|ربيع ثاني",
    105: "جمادى الأولى|جمادى الأول",
    106: "جمادى الآخرة|جمادى الثانية|جمادى الآخر",
    107: "رجب",
    108: "شعبان",
    109: "رمضان",
    110: "شوال",
    111: "ذو القعدة|ذي القعدة",
    112: "ذو الحجة|ذي الحجة",
}
#: Also everyday words or people's names: a month only beside a number, another month or the word "month".
_DOUBTFUL_MONTHS = "مارس ماي آب أوت أغسطس جوان محرم صفر رجب شعبان رمضان شوال تموز نيسان"
_WEEKDAYS = {
    1: "الاثنين",
    2: "الثلاثاء",
    3: "الأربعاء",
    4: "الخميس",
    5: "الجمعة",
    6: "السبت",
    7: "الأحد",
}
_SPANS_OF_TIME = {10: "عقد", 100: "قرن", 2000: "ألفية"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word form means: `joined` when it carries و, `certain` when it can be nothing but a number.
    Entries of part "count" and "weekday" carry `readings` instead of taking part in compounds; a scale with
    `readings` may also be a dual (ألفا is "a thousand" in the accusative or "two thousand" before a noun)."""

    part: Part
    value: float
    joined: bool
    certain: bool
    readings: frozenset[float] = frozenset()


def fold(word: str) -> str:
    """The form under which a word stands in the tables."""
    return for_matching(word).text


def _folded(words: str) -> list[str]:
    return [fold(word) for word in words.split()]


@cache
def words() -> dict[str, Entry]:
    """Every form of every number word, weekday and word that stands for a number, clitics included."""
    return _counts() | _numbers() | _weekdays()


def _numbers() -> dict[str, Entry]:
    plain: dict[str, tuple[Part, float, bool]] = {}

    def add(forms: str, part: Part, value: float, certain: bool = True) -> None:
        for form in _folded(forms):
            plain.setdefault(form, (part, value, certain))

    for value, forms in _UNITS.items():
        add(forms, "unit", value, value > 2)
    add(_TEN, "ten", 10)
    for value, forms in _TENS.items():
        add(forms, "tens", value)
    for value, forms in _HUNDREDS.items():
        add(forms, "hundreds", value)
    for value, stems in _HUNDRED_STEMS.items():
        add(" ".join(s + h for s in stems.split() for h in _HUNDRED.split()), "hundreds", value)
    for scale, (forms, duals) in _SCALES.items():
        add(forms, "scale", scale)
        add(duals, "dual", 2 * scale)
    for fraction, forms in _FRACTIONS.items():
        add(" ".join(f + suffix for f in forms.split() for suffix in _SUFFIXES), "fraction", fraction, False)
    return _with_clitics(plain)


def _with_clitics(plain: dict[str, tuple[Part, float, bool]]) -> dict[str, Entry]:
    barred, vague, unsure = set(_folded(_NOT_NUMBERS)), set(_folded(_VAGUE)), set(_folded(_UNSURE))
    lexicon: dict[str, Entry] = {}
    for prefix in _PREFIXES:
        joined = prefix.startswith("و")
        for word, (part, number, certain) in plain.items():
            form = prefix + word
            if form not in barred:
                sure = certain and word not in vague and form not in unsure
                dual = (
                    frozenset({2 * number}) if part == "scale" and word.endswith("ا") else frozenset[float]()
                )
                lexicon.setdefault(form, Entry(part, number, joined, sure, dual))
    return lexicon


@cache
def months() -> tuple[re.Pattern[str], dict[str, int], frozenset[str]]:
    """A pattern whose group 1 is a month's name, the months by name, and names that may be other words."""
    names = {fold(name): month for month, forms in _MONTHS.items() for name in forms.split("|")}
    choice = "|".join(sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<![^\W\d_])(?:[وفبلك]|ال|وال|لل|بال)?({choice})(?![^\W\d_])")
    return pattern, names, frozenset(_folded(_DOUBTFUL_MONTHS))


def _weekdays() -> dict[str, Entry]:
    """Certain with the article. Without it two of them are numbers (أحد, اثنين), which is what their `value`
    says; the others serve as counterparts."""
    forms: dict[str, Entry] = {}
    for day, name in _WEEKDAYS.items():
        form, readings = fold(name), frozenset({float(day)})
        number = {1: 2.0, 7: 1.0}.get(day, 0.0)
        for prefix in ("", "و", "ب", "ف"):
            forms[prefix + form] = Entry("weekday", number, False, True, readings)
        forms["لل" + form[2:]] = Entry("weekday", number, False, True, readings)
        if not number:
            forms[form[2:]] = Entry("weekday", number, False, False, readings)
    return forms


def _counts() -> dict[str, Entry]:
    """Words that stand for a number without being one: decades of a century, spans of time, "triple"."""
    forms: dict[str, Entry] = {}
    prefixes = ("", "ال", "و", "وال", "ب", "بال", "ل", "لل")

    def add(form: str, part: Part, value: float, readings: frozenset[float], certain: bool) -> None:
        for prefix in prefixes:
            forms[prefix + form] = Entry(part, value, False, certain, readings)

    for value, words_ in _TENS.items():
        stem = _folded(words_)[0][:-2]
        readings = frozenset(float(century + value) for century in (0, 1700, 1800, 1900, 2000))
        for ending in ("ينيات", "ينات", "يني", "ينيه"):
            add(stem + ending, "count", value, readings, ending.endswith("ات"))
    for value, word in _SPANS_OF_TIME.items():
        part: Part = "century" if value == 100 else "count"
        add(fold(word), part, value, frozenset({float(value)}), False)
    for value, word in _GROUPS.items():
        for suffix in ("", "ه", "ا", "ات"):
            add(fold(word) + suffix, "count", value, frozenset({float(value)}), False)
    return forms
