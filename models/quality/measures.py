"""The units that `units` looks for, by what they measure: currencies, measures, times, eras.

Of each its names, its Arabic forms in the singular and plural, and patterns of its English ones. Only the
forms that stand beside a number are needed.
"""

from collections.abc import Mapping

#: A unit of two names stands for both: of the Syrian lira English also says pound.
UNITS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "currency": (
        ("dollar", "دولار دولارا دولارات $", "dollars? usd \\$"),
        ("euro", "يورو €", "euros? eur €"),
        ("pound", "جنيه جنيها جنيهات £", "pounds? quid gbp egp £ sterling"),
        ("lira pound", "ليرة ليرات", "liras? lire pounds? £"),
        ("riyal", "ريال ريالا ريالات", "riyals? rials? reals? reais sar qar"),
        ("dirham", "درهم درهما دراهم", "dirhams? aed mad"),
        ("dinar", "دينار دينارا دنانير", "dinars? kwd iqd"),
        ("yen", "ين ينا", "yens? ¥ jpy"),
        ("yuan", "يوان يوانا", "yuans? renminbi rmb"),
        ("rouble", "روبل روبلا روبلات", "rubles? roubles?"),
        ("rupee", "روبية روبيات", "rupees?"),
        ("shekel", "شيكل شيقل شيكلا شواكل", "shekels? nis"),
        ("franc", "فرنك فرنكا فرنكات", "francs? chf"),
        ("peso", "بيزو", "pesos?"),
    ),
    "length": (
        ("kilometre", "كيلومتر كيلومترا كيلومترات كلم كم كيلو", "kilomet(?:re|er)s? kms? kilos?"),
        ("mile", "ميل ميلا أميال", "miles? mi"),
        ("metre", "متر مترا أمتار م", "met(?:re|er)s? m"),
        ("foot", "قدم قدما أقدام", "foot feet ft"),
        ("yard", "ياردة ياردات", "yards? yds?"),
        ("inch", "بوصة بوصات إنش", "inch inches"),
        ("centimetre", "سنتيمتر سنتيمترا سنتيمترات سم سنتمتر", "centimet(?:re|er)s? cms?"),
        ("millimetre", "مليمتر مليمترا مليمترات ملم ميليمتر", "millimet(?:re|er)s? mm"),
    ),
    "weight": (
        (
            "kilogram",
            "كيلوغرام كيلوغراما كيلوغرامات كيلوجرام كيلوجراما كيلوجرامات كغم كغ كجم كيلو",
            "kilogram(?:me)?s? kgs? kilos?",
        ),
        ("gram", "غرام غراما غرامات جرام جراما جرامات", "gram(?:me)?s? g"),
        ("ton", "طن طنا أطنان", "tons? tonnes?"),
        ("pound", "رطل رطلا أرطال", "pounds? lbs? ratls?"),
        ("ounce", "أونصة أونصات أوقية", "ounces? oz"),
    ),
    "time": (
        ("minute", "دقيقة دقائق", "minutes? min mins"),
        ("hour", "ساعة ساعات", "hours? hrs?"),
        ("day", "يوم يوما أيام", "days?"),
        ("week", "أسبوع أسبوعا أسابيع", "weeks?"),
        ("month", "شهر شهرا أشهر شهور", "months?"),
        ("year", "سنة سنوات عام عاما أعوام", "years?"),
    ),
    "temperature": (
        ("Celsius", "مئوية", "celsius centigrade °c"),
        ("Fahrenheit", "فهرنهايت", "fahrenheit °f"),
    ),
}  # fmt: skip
#: What the Arabic can say and the English must not leave out: its name, and patterns of both, of the Arabic
#: in matching form, of the English in any case.
LOST: tuple[tuple[str, str, str], ...] = (
    (
        "era",
        r"\b\d{3,4} ?(?:ه|هجري|هجريه|للهجره)(?![^\W\d_])",
        r"\ba\.? ?h\b|hijr|hegir|\d ?h\b|islamic|lunar|muslim (?:year|calendar)",
    ),
    (
        "era",
        r"(?<!\d)\d+ ?ق\.? ?م(?![^\W\d_])|قبل الميلاد",
        r"\bb\.? ?c\.?(?:\b|(?=e))|before (?:the )?(?:christ|common)|before (?:our|the) era",
    ),
    (
        "percent sign",
        r"(?<![\d.,])\d[\d.,]* ?%|% ?\d[\d.,]*|(?<![\d.,])\d[\d.,]* (?:في |ب)الما?ءه(?![^\W\d_])",
        r"%|per ?cent|\bp\.?c\.?\b|\b(?:hal(?:ve|f)\w*|quarters?|thirds?|fifths?|tenths?)\b"
        r"|\b(?:points?|doubl\w+|tripl\w+|twice|fully|completely|entirely|totally)\b"
        r"|\b(?:of|in) (?:\w+ )?hundred|fold\b",
    ),
)
