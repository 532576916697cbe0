"""Glossaries with the real bundled model: terms stand once or are flagged, and other sentences stay as they are.
`benchmarks.glossary` measures the same on hundreds of sentences."""

import re
from collections.abc import Iterator

import pytest

from models.batching import Batcher, BatchingOptions
from models.engines.registry import EngineOptions, create
from models.glossary import GLOSSARY_MISSED, Glossary, Term, news_glossary
from models.glossary.english import english
from models.manifest import STARTER, InstalledModel
from models.translator import TranslateOptions, Translator

#: A sentence, a term in it that the model spells in another way, and its translation.
SENTENCES = [
    ("أتلفت الأسايش في المدينة نصف طن من الحشيش.", "الأسايش", "the Asayish"),
    ("زار الوفد بلدة شلاتين أمس.", "شلاتين", "Shalateen"),
    ("أعلنت شركة مصدر عن مشروع جديد في بريطانيا.", "شركة مصدر", "Masdar"),
    ("وصلت المساعدات إلى مخيم النيرب.", "مخيم النيرب", "Neirab camp"),
    ("قال المتحدث إن الطائرات قصفت بلدة زوطر.", "زوطر", "Zawtar"),
    ("اجتمع المجلس التركماني في القامشلي.", "المجلس التركماني", "the Turkmen Council"),
    ("انطلقت بطولة أمم القارة في الرباط.", "بطولة أمم القارة", "the Continental Cup"),
    ("حذرت منظمة إنسان بلا مأوى من الشتاء.", "منظمة إنسان بلا مأوى", "Shelter First"),
    ("التقى الوزير ممثلين عن تجمع القلمون في دمشق.", "تجمع القلمون", "the Qalamoun Rally"),
    ("يعيش آلاف النازحين في سهلة البنات.", "سهلة البنات", "Sahlat al-Banat"),
    ("تعرضت قرية الكوزلية لقصف مدفعي.", "الكوزلية", "Kozaliyah"),
    ("أغلقت السلطات معبر سيمالكا.", "معبر سيمالكا", "the Semalka crossing"),
    ("عقدت هيئة التفاوض مؤتمراً في الرياض.", "هيئة التفاوض", "the Syrian Negotiation Commission"),
    ("استهدف القصف محيط سد تشرين.", "سد تشرين", "Tishreen Dam"),
    ("قتل جندي في هجوم لسرايا الجواد.", "سرايا الجواد", "Saraya al-Jawad"),
    ("دعا حزب يكيتي إلى الحوار.", "حزب يكيتي", "the Yekiti Party"),
]
NEEDED = 15

#: Names in Latin letters, which the bundled model by itself garbles nearly always.
LATIN = [
    ("نشرت منصة Megaphone تحقيقا جديدا عن الأزمة.", "Megaphone"),
    ("أطلقت جمعية Offre Joie حملة لترميم المنازل في بيروت.", "Offre Joie"),
    ("قالت شركة Netflix إن عدد المشتركين ارتفع.", "Netflix"),
    ("أفادت صحيفة The Guardian بأن المحادثات توقفت.", "The Guardian"),
    ("يعرض متحف MoMA لوحات الفنان حتى آذار المقبل.", "MoMA"),
    ("وقعت الوزارة اتفاقا مع شركة Siemens لبناء محطة كهرباء.", "Siemens"),
    ("حذر باحثون في مختبر Kaspersky من برنامج خبيث.", "Kaspersky"),
    ("يمكن تحميل التقرير من www.example.org مجانا.", "www.example.org"),
    ("اشترت شركة Globex حصة في مصرف محلي.", "Globex"),
    ("وقال المغني لمجلة Rolling Stone إنه سيعود إلى المسرح.", "Rolling Stone"),
]
LATIN_NEEDED = 9


@pytest.fixture(scope="module")
def translator() -> Iterator[Translator]:
    model = InstalledModel.at(STARTER)
    engine = create(model, EngineOptions(workers=1))
    batcher = Batcher(engine, BatchingOptions(workers=1))
    yield Translator(engine, batcher, model.manifest.decoding_options())
    batcher.close()
    engine.close()


def test_terms_that_the_model_misses_stand_once_or_are_flagged(translator: Translator) -> None:
    glossary = Glossary.from_terms(Term(source, target) for _, source, target in SENTENCES)
    texts = [text for text, _, _ in SENTENCES]
    plain = translator.translate(texts)
    renderings = translator.translate(texts, TranslateOptions(glossary=glossary))
    placed = 0
    for before, rendering, (_, _, target) in zip(plain, renderings, SENTENCES, strict=True):
        times = len(english(target).find(rendering.text))
        flagged = any(f.code == GLOSSARY_MISSED for f in rendering.flags)
        assert (times == 1) != flagged, rendering.text
        assert not flagged or rendering.text == before.text
        assert not re.search(r"\b(the|an?) (the|an?)\b|\b(\w+) \3\b", rendering.text, re.IGNORECASE)
        placed += times == 1
    assert placed >= NEEDED, [r.text for r in renderings]
    assert sum(not english(t).find(p.text) for p, (_, _, t) in zip(plain, SENTENCES, strict=True)) >= 12


def test_names_in_latin_letters_come_out_as_they_are(translator: Translator) -> None:
    renderings = translator.translate([text for text, _ in LATIN])
    kept = [name in rendering.text for (_, name), rendering in zip(LATIN, renderings, strict=True)]
    assert sum(kept) >= LATIN_NEEDED, [rendering.text for rendering in renderings]
    assert not any(rendering.flags for rendering in renderings)


def test_sentences_without_a_term_stay_to_the_letter(translator: Translator) -> None:
    plainly = [
        "ذهب الأولاد إلى المدرسة صباح اليوم.",
        "ارتفعت أسعار الخبز في الأسواق.",
        "قال الطبيب إن المريض بخير.",
    ]
    texts = [plainly[0], "هاجم داعش القرية.", plainly[1], "التقى الوفد قائد قسد في الحسكة.", plainly[2]]
    glossary = news_glossary()
    assert [bool(glossary.find(t)) for t in texts] == [False, True, False, True, False]
    plain = translator.translate(texts)
    with_ = translator.translate(texts, TranslateOptions(glossary=glossary))
    for n, text in enumerate(texts):
        if text in plainly:
            assert with_[n].text == plain[n].text
    assert "ISIS" in with_[1].text
    assert "SDF" in with_[3].text
