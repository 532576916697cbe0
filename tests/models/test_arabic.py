import sys
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import arabic
from models.arabic import Normalised, for_matching, for_model
from models.document import Span
from tests.growth import growth

Policy = Callable[[str], Normalised]

#: (rule, input, model input, matching)
POLICIES = [
    ("plain", "وصل الوفد", "وصل الوفد", "وصل الوفد"),
    ("empty", "", "", ""),
    ("fatha damma kasra", "كَتَبَ كُتِبَ", "كتب كتب", "كتب كتب"),
    ("tanwin", "مساءً وعدلٌ وبيتٍ", "مساء وعدل وبيت", "مساء وعدل وبيت"),
    ("shadda", "محمّد", "محمد", "محمد"),
    ("sukun", "بيْت", "بيت", "بيت"),
    ("superscript alef", "هٰذا", "هذا", "هذا"),
    ("koranic signs", "قُلۡ هُوَ ٱللَّهُۖ", "قل هو ٱلله", "قل هو الله"),
    ("tatweel", "العـــربية", "العربية", "العربيه"),
    ("tatweel between marks", "مـُـحمد", "محمد", "محمد"),
    ("era with tatweel", "1445هـ", "1445ه", "1445ه"),
    ("lam-alef form", "ﻻ ﻹ ﻵ", "لا لإ لآ", "لا لا لا"),
    ("isolated, initial, medial, final forms", "ﺍﻟﻌﺮﺑﻴﺔ", "العربية", "العربيه"),
    ("Allah ligature", "ﷲ", "الله", "الله"),
    ("long ligature", "ﷺ", "صلى الله عليه وسلم", "صلي الله عليه وسلم"),
    ("forms of marks", "مﹷحﹹمﹼد", "محمد", "محمد"),
    ("mark form on a space", "ﹰ", "", ""),
    ("ornate brackets stay", "﴾نص﴿", "﴾نص﴿", "﴾نص﴿"),
    ("composed madda", "ا\u0653ب", "آب", "اب"),
    ("composed hamza", "ا\u0654ب و\u0654 ي\u0654 ا\u0655", "أب ؤ ئ إ", "اب ء ء ا"),
    ("composed through tatweel", "اـ\u0653", "آ", "ا"),
    ("composed Latin", "cafe\u0301", "café", "café"),
    ("bidi controls", "\u200fنص\u200e \u202bنص\u202c \u2067نص\u2069", "نص نص نص", "نص نص نص"),
    ("zero width", "ن\u200bص\u200c ن\u200dص\ufeff", "نص نص", "نص نص"),
    ("soft hyphen and controls", "ن\xadص\x00\x07", "نص", "نص"),
    ("exotic spaces", "نص\u00a0نص\u2003نص\u202fنص\u3000نص", "نص نص نص نص نص", "نص نص نص نص نص"),
    ("line breaks and tabs stay", "نص\nنص\tنص\r\n", "نص\nنص\tنص\r\n", "نص\nنص\tنص\r\n"),
    ("Arabic-Indic digits", "٠١٢٣٤٥٦٧٨٩", "0123456789", "0123456789"),
    ("Persian digits", "۰۱۲۳۴۵۶۷۸۹", "0123456789", "0123456789"),
    ("numeral separators", "١٬٢٣٤٫٥٪", "1,234.5%", "1,234.5%"),
    ("percent sign before", "٪٣٫٥", "3.5%", "%3.5"),
    ("percent signs before and behind", "بين %۵ و٪٢٠ و٧٪", "بين 5% و20% و7%", "بين %5 و%20 و7%"),
    ("percent sign in brackets", "(٪٥٠)", "(50%)", "(%50)"),
    ("percent sign of neither", "% 5 5 %20 a%20 %٢٠٪", "% 5 5 %20 a%20 %20%", "% 5 5 %20 a%20 %20%"),
    ("address with a percent sign", "x.org/a%20/b", "x.org/a%20/b", "x.org/a%20/b"),
    ("points between thousands", "١.٢٠٠ منصب", "1,200 منصب", "1.200 منصب"),
    ("points between thousands and marks", "12.500 مُتَفَـرِّج", "12,500 متفرج", "12.500 متفرج"),
    ("points between millions", "۱.۲۵۰.۳۰۰ نسمة", "1,250,300 نسمة", "1.250.300 نسمه"),
    (
        "decimals with a measure",
        "1.500 كيلومتر 3.750 ريال",
        "1.500 كيلومتر 3.750 ريال",
        "1.500 كيلومتر 3.750 ريال",
    ),
    (
        "decimals, dates and addresses",
        "0.500 شخص 12.03.2024 192.168.100.200",
        "0.500 شخص 12.03.2024 192.168.100.200",
        "0.500 شخص 12.03.2024 192.168.100.200",
    ),
    ("guillemets", "«قسد»", '"قسد"', '"قسد"'),
    ("curly quotes", "“قسد” ‘نعم’", "\"قسد\" 'نعم'", "\"قسد\" 'نعم'"),
    ("Arabic punctuation stays", "نعم، لا؛ كيف؟", "نعم، لا؛ كيف؟", "نعم، لا؛ كيف؟"),
    ("Urdu full stop", "نعم۔", "نعم.", "نعم."),
    ("Persian keyboard", "کتابی", "كتابي", "كتابي"),
    ("Persian letters stay", "پچگ", "پچگ", "پچگ"),
    ("alef forms", "أحمد إلى آسيا ٱلله", "أحمد إلى آسيا ٱلله", "احمد الي اسيا الله"),
    ("alef maqsura", "مستشفى على", "مستشفى على", "مستشفي علي"),
    ("ta marbuta", "مدرسة", "مدرسة", "مدرسه"),
    ("hamza seats", "مسؤول مسئول", "مسؤول مسئول", "مسءول مسءول"),
    ("hamza alone stays", "سماء", "سماء", "سماء"),
    ("hashtag", "في #بيروت أمس", "في  بيروت أمس", "في #بيروت امس"),
    ("hashtag of words", "#حرب_النجوم", " حرب النجوم", "#حرب_النجوم"),
    ("hashtag with marks", "#حَرْب_ـالنجوم", " حرب النجوم", "#حرب_النجوم"),
    ("hashtag behind an invisible sign", "قال\u200f#السعودية", "قال السعودية", "قال#السعوديه"),
    ("hashtag behind a conjunction", "و#السعودية", "و السعودية", "و#السعوديه"),
    (
        "hashtag behind signs",
        "🔴#عاجل |#عاجل ،#مصر –#غزة :#غزة",
        "🔴 عاجل | عاجل ، مصر – غزة : غزة",
        "🔴#عاجل |#عاجل ،#مصر –#غزه :#غزه",
    ),
    ("no hashtag behind Latin letters and digits", "C#لغة 1##لغة", "C#لغة 1##لغة", "c#لغه 1##لغه"),
    ("hashtag in brackets", '(#نعم) "#لا"', '( نعم) " لا"', '(#نعم) "#لا"'),
    ("hashtag with a year", "#كأس_العالم_٢٠١٨", " كأس العالم 2018", "#كاس_العالم_2018"),
    ("hashtag in Latin letters", "وسم #MeToo ＃نعم", "وسم  MeToo  نعم", "وسم #metoo ＃نعم"),
    ("several signs", "##حرب__النجوم", "  حرب  النجوم", "##حرب__النجوم"),
    (
        "no hashtags",
        "# نعم C# رقم #5 a_b 1_2 _نعم_ &#x27;",
        "# نعم C# رقم #5 a_b 1_2 _نعم_ &#x27;",
        "# نعم c# رقم #5 a_b 1_2 _نعم_ &#x27;",
    ),
    (
        "address",
        "https://ar.example.org/حرب_النجوم#قسم",
        "https://ar.example.org/حرب_النجوم#قسم",
        "https://ar.example.org/حرب_النجوم#قسم",
    ),
    (
        "addresses without a scheme",
        "example.com/#نعم t.me/قناة_نعم info@شركة_نعم.com",
        "example.com/#نعم t.me/قناة_نعم info@شركة_نعم.com",
        "example.com/#نعم t.me/قناه_نعم info@شركه_نعم.com",
    ),
    ("case", "BBC عربي Ünal", "BBC عربي Ünal", "bbc عربي ünal"),
    ("case that grows", "STRASSE Straße İzmir", "STRASSE Straße İzmir", "strasse strasse i̇zmir"),
    ("emoji", "نعم 👍🏽", "نعم 👍🏽", "نعم 👍🏽"),
    ("half a surrogate pair", "نص\ud800", "نص\ufffd", "نص\ufffd"),
]


@pytest.mark.parametrize(
    ("text", "model", "matching"), [c[1:] for c in POLICIES], ids=[c[0] for c in POLICIES]
)
def test_policies(text: str, model: str, matching: str) -> None:
    assert for_model(text).text == model
    assert for_matching(text).text == matching


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("المسؤولية", "المسئوليه"),
        ("الأُردُن", "الاردن"),
        ("إلى", "الي"),
        ("هيئة", "هيئه"),
        ("ﺳﻮﺭﻳﺎ", "سوريا"),
        ("٢٠٢٤", "2024"),
        ("NATO", "nato"),
    ],
)
def test_spellings_that_match(a: str, b: str) -> None:
    assert for_matching(a).text == for_matching(b).text


@pytest.mark.parametrize(("a", "b"), [("كتاب", "كاتب"), ("سماء", "سما"), ("15", "51"), ("علم", "علوم")])
def test_words_that_do_not_match(a: str, b: str) -> None:
    assert for_matching(a).text != for_matching(b).text


#: (text, word to find in the model's text, original stretch behind it)
BACK = [
    ("قال مُحَمَّدٌ ذلك", "محمد", "مُحَمَّدٌ"),
    ("في العـــربية", "العربية", "العـــربية"),
    ("بعد ﷺ هنا", "عليه", "ﷺ"),
    ("قبل ﻻ بعد", "لا", "ﻻ"),
    ("بﻻد", "ب", "ب"),
    ("بﻻد", "لا", "ﻻ"),
    ("\u202bنص\u202c آخر", "آخر", "آخر"),
    ("السعر ١٬٢٣٤٫٥ فقط", "1,234.5", "١٬٢٣٤٫٥"),
]


@pytest.mark.parametrize(("text", "word", "original"), BACK)
def test_map_leads_back_to_the_original(text: str, word: str, original: str) -> None:
    normalised = for_model(text)
    at = normalised.text.index(word)
    span = normalised.to_original(at, at + len(word))
    assert span.of(text) == original
    forth = normalised.to_normalised(span.start, span.end)
    assert word in forth.of(normalised.text)


def test_deleted_stretch_belongs_to_the_letter_before() -> None:
    normalised = for_model("نص\u200f\u200f نص")
    assert normalised.to_normalised(2, 4) == Span(1, 2)
    assert normalised.to_original(1, 2) == Span(1, 4)


def test_deleted_stretch_without_a_letter_maps_to_nothing() -> None:
    assert for_model("نص \u200f\u200f نص").to_normalised(3, 5) == Span(3, 3)


def test_part_of_a_ligature_covers_all_of_it() -> None:
    normalised = for_model("ﷺ")
    assert normalised.to_original(2, 3) == Span(0, 1)
    assert normalised.to_normalised(0, 1) == Span(0, 18)


MIXED = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "ابتلهوي ءأإآىةکی ًٌٍَُِّْٰٕٓٔـﻻﷲﷺﹰﹷﹼﱞ٠١٫٬«»“ aße\u0301İ\u200f\u200d\ufeff\u00a0\n\t\x00\xad#＃_:/w."
        ),
    ),
    max_size=60,
)


@pytest.mark.parametrize("policy", [for_model, for_matching])
@given(text=MIXED)
def test_policies_are_idempotent(policy: Policy, text: str) -> None:
    once = policy(text).text
    assert policy(once).text == once


@pytest.mark.parametrize("policy", [for_model, for_matching])
@given(text=MIXED)
def test_map_is_in_order_and_reversible(policy: Policy, text: str) -> None:
    normalised = policy(text)
    at = 0
    for i in range(len(normalised.text)):
        span = normalised.to_original(i, i + 1)
        assert at <= span.start < span.end <= len(text)
        forth = normalised.to_normalised(span.start, span.end)
        assert forth.start <= i < forth.end
        at = span.start


@given(text=MIXED, data=st.data())
def test_a_span_maps_to_all_that_its_characters_map_to(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    normalised = for_model(text)
    whole = normalised.to_normalised(start, end)
    assert 0 <= whole.start <= whole.end <= len(normalised.text)
    for i in range(start, end):
        part = normalised.to_normalised(i, i + 1)
        assert part.start == part.end or (whole.start <= part.start and part.end <= whole.end)


def test_unchanged_text_has_the_identity_map() -> None:
    normalised = Normalised("يبقى كما هو")
    assert normalised.to_original(2, 5) == normalised.to_normalised(2, 5) == Span(2, 5)


def test_every_growing_case_fold_is_recorded() -> None:
    """The class of characters that case folding makes longer is complete for this Python's Unicode."""
    growing = [c for c in map(chr, range(sys.maxunicode + 1)) if len(c.casefold()) > 1]
    assert growing
    for c in growing:
        normalised = for_matching(f"{c}ب")
        assert normalised.to_original(len(normalised.text) - 1, len(normalised.text)) == Span(1, 2)


def test_all_arabic_presentation_letters_are_decomposed() -> None:
    for code in [*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFD3E), *range(0xFE70, 0xFEFD)]:
        char = chr(code)
        if unicodedata.decomposition(char):
            text = for_model(f"{char}ب").text
            assert text.endswith("ب")
            assert not any(0xFB50 <= ord(c) <= 0xFDFF or 0xFE70 <= ord(c) <= 0xFEFC for c in text), hex(code)


@pytest.mark.parametrize(
    ("text", "western"),
    [("عام ٢٠٢٤", "عام 2024"), ("۱۲", "12"), ("١٬٥٠٠٫٢٥٪", "1,500.25%"), ("12 نعم", "12 نعم"), ("", "")],
)
def test_western_digits_keep_offsets(text: str, western: str) -> None:
    assert arabic.to_western_digits(text) == western
    assert len(text) == len(western)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("وصل الوفد", 1.0),
        ("BBC", 0.0),
        ("", 0.0),
        ("12 ٣٤ ، ؟ «»", 0.0),
        ("ﻻ", 1.0),
        ("ab اب", 0.5),
        ("خانه پدری", 1.0),
        ("👍", 0.0),
        ("مُحَمَّد", 1.0),
    ],
)
def test_arabic_share(text: str, share: float) -> None:
    assert arabic.arabic_share(text) == share
    assert arabic.has_arabic(text) is (share > 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("وصل الوفد.", ["وصل", "الوفد"]),
        ("قال مُحَمَّدٌ: «نعم»", ["قال", "مُحَمَّدٌ", "نعم"]),
        ("العـــربية", ["العـــربية"]),
        ("بلغ 12,500 و٣٫٥", ["بلغ", "12,500", "و٣٫٥"]),
        ("الساعة 10:30", ["الساعة", "10:30"]),
        ("don't re-enter", ["don't", "re-enter"]),
        ("— ... !", []),
        ("أ.د. سعيد", ["أ", "د", "سعيد"]),
        ("snake_case", ["snake_case"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert [w.of(text) for w in arabic.words(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "مُحَمَّدٌ " * 40_000,
        "ـ" * 300_000,
        "ﷺ" * 100_000,
        "\u064b" * 300_000,
        "ا" * 300_000,
        "ﹰ" * 100_000,
        "#" * 300_000,
        "#ـ" * 100_000,
        "ا_" * 100_000,
        "#ا " * 100_000,
    ],
    ids=[
        "diacritics",
        "tatweel",
        "ligatures",
        "marks",
        "letters",
        "mark forms",
        "signs",
        "signs and tatweel",
        "underscores",
        "hashtags",
    ],
)
def test_linear_time(text: str) -> None:
    started = time.process_time()
    normalised = for_model(text)
    for_matching(text)
    for at in range(0, len(normalised.text), 100):
        normalised.to_original(at, at + 1)
    assert time.process_time() - started < 5


#: Marks whose classes alternate, which is the most work there is for putting them in order.
RUNS = ["ا" + "\u0651\u064b", "e\u0301\u0327", "ا\u0654\u0655", "\u0344\u0316", "ﱞ\u0301\u0316"]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("policy", [for_model, for_matching])
def test_a_run_of_marks_costs_its_length(policy: Policy, run: str) -> None:
    assert growth(policy, lambda n: run[0] + run[1:] * n, 4_000) < 10


def test_a_run_of_marks_is_shortened_where_it_is_longer_than_any_language_writes() -> None:
    assert arabic.few_marks("e" + "\u0301" * 30 + "a") == "e" + "\u0301" * 30 + "a"
    assert arabic.few_marks("e" + "\u0301\u0327" * 40 + "a") == "e" + "\u0301\u0327" * 15 + "a"
    assert arabic.few_marks("." * 100 + "\uff9e" * 50) == "." * 100 + "\uff9e" * 30
    text = "قال ا" + "\u0651\u0653\u0327" * 100 + "ب نعم"
    normalised = for_model(text)
    assert normalised.text.startswith("قال آ")
    at = normalised.text.index("نعم")
    assert normalised.to_original(at, at + 3).of(text) == "نعم"
    assert normalised.to_original(4, 5).start == 4


def test_marks_that_are_dropped_do_not_stand_between_a_letter_and_its_hamza() -> None:
    assert for_model("و\u06d6\u0654").text == "ؤ"
