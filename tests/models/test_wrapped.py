"""Hard-wrapped paragraphs are read across their lines; whatever only looks like them stays as it is."""

import textwrap
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.segment import flowing, segment

#: Our own samples: news prose of one paragraph each.
PROSE = [
    "أعلنت وزارة الصحة اللبنانية أن عدد المصابين بلغ 120 شخصا في بلدة عرسال الحدودية، وأن 15 منهم في حالة حرجة. "
    "وقالت الوزارة إن فرق الإسعاف نقلت الجرحى إلى مستشفيات زحلة وبعلبك، وطلبت من الأهالي التبرع بالدم في أقرب "
    "مركز. ولم تحدد بعد أسباب الانفجار الذي وقع قرب محطة للوقود عند مدخل البلدة.",
    "وصل وفد من البنك الدولي إلى عمان أمس لبحث برنامج يمتد على خمس سنوات من أجل تحسين شبكات المياه في المحافظات "
    "الجنوبية. ومن المتوقع أن يلتقي الوفد وزير المياه والري صباح اليوم، ثم يزور محطة التنقية التي افتتحت في "
    "العقبة قبل عامين. وتعاني المملكة منذ سنوات من نقص حاد في المياه بسبب قلة الأمطار وازدياد عدد السكان.",
    "قالت الشرطة إن الحريق الذي اندلع في سوق الأقمشة القديم أتى على نحو أربعين متجرا قبل أن تتمكن فرق الإطفاء من "
    "السيطرة عليه مع ساعات الفجر الأولى، وإن أحدا لم يصب بأذى لأن السوق كان مغلقا في يوم العطلة. وأضافت أن "
    "التحقيق ما زال في بدايته، لكن التقديرات الأولى تشير إلى تماس كهربائي في أحد المخازن.",
    "تراجعت أسعار القمح في الأسواق العالمية للأسبوع الثالث على التوالي بعد أن أعلنت الدول المصدرة عن محصول أكبر "
    "من المتوقع. ويرى خبراء أن الانخفاض لن يصل إلى المستهلكين قبل الخريف، إذ إن عقود الشراء أبرمت في مطلع العام "
    "بأسعار مرتفعة. وكانت المطاحن قد حذرت من نفاد المخزون إذا لم تصل الشحنات التي تأخرت في الموانئ.",
]
#: Lines that stay segments of their own.
LINES = {
    "headlines": "وزير الخارجية يصل إلى القاهرة في زيارة رسمية\nمجلس النواب يناقش مشروع قانون الموازنة\n"
    "ارتفاع أسعار الوقود في الأسواق المحلية اليوم\nالمنتخب الوطني يتأهل إلى نهائي كأس آسيا",
    "sentences": "وصل الوفد إلى دمشق صباح اليوم الأربعاء.\nوالتقى الوفد بوزير الخارجية في مكتبه.\n"
    "ثم غادر الوفد المدينة مساء اليوم نفسه.\nولم يصدر عن الاجتماع أي بيان رسمي.",
    "numbered": "1. تحسين شبكات المياه في المحافظات التي\n2. بناء محطات التنقية في المناطق التي\n"
    "3. تدريب العاملين في قطاع المياه على\n4. دعم الجمعيات الأهلية في القرى التي",
    "bullets": "- تحسين شبكات المياه في المحافظات التي\n- بناء محطات التنقية في المناطق التي\n"
    "- تدريب العاملين في قطاع المياه على",
    "half lines": "قفا نبك من ذكرى حبيب ومنزل    بسقط اللوى بين الدخول فحومل\n"
    "فتوضح فالمقراة لم يعف رسمها    لما نسجتها من جنوب وشمأل\n"
    "ترى بعر الآرام في عرصاتها    وقيعانها كأنه حب فلفل",
    "vowels": "قِفا نَبكِ مِن ذِكرى حَبيبٍ وَمَنزِلِ مِنْ\nبِسِقطِ اللِوى بَينَ الدَخولِ فَحَومَلِ في\n"
    "فَتوضِحَ فَالمِقراةِ لَم يَعفُ رَسمُها على",
    "two lines": "أعلنت وزارة الصحة اللبنانية أن عدد المصابين في\nبلدة عرسال الحدودية بلغ 120 شخصا.",
    "quoted mail": "> أعلنت وزارة الصحة اللبنانية أن عدد\n> المصابين بلغ 120 شخصا في بلدة\n> عرسال الحدودية، وأن 15 منهم في",
    "narrow": "وصل الوفد إلى\nدمشق ثم غادر\nالمدينة إلى\nحلب مساء",
    "another language": "The delegation arrived in Damascus on\nMonday. It then left for the town of\nAleppo, "
    "where it met the minister of\nhealth.",
}


def sentences(text: str) -> list[str]:
    shown = flowing(text, segment(text))
    assert len(shown) == len(text)
    return [s.span.of(shown) for s in segment(text)]


def wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


@pytest.mark.parametrize("width", [40, 60, 72])
@pytest.mark.parametrize("text", PROSE)
def test_the_same_sentences_as_unwrapped(text: str, width: int) -> None:
    assert sentences(wrapped(text, width)) == sentences(text)


@given(st.lists(st.sampled_from(PROSE), min_size=1, max_size=3), st.integers(32, 96))
def test_paragraphs_at_any_width(paragraphs: list[str], width: int) -> None:
    text = "\n\n".join(paragraphs)
    broken = "\n\n".join(wrapped(p, width) for p in paragraphs)
    assert sentences(broken) == sentences(text)
    assert [s.paragraph for s in segment(broken)] == [s.paragraph for s in segment(text)]
    windows = broken.replace("\n", "\r\n")
    assert [" ".join(s.split()) for s in sentences(windows)] == sentences(text)


@pytest.mark.parametrize("width", [40, 60, 72])
def test_a_headline_above_and_a_list_below_stay_apart(width: int) -> None:
    text = f"حريق في السوق\n{wrapped(PROSE[2], width)}\n\n- المصدر: الشرطة\n- المكان: دمشق"
    found = sentences(text)
    assert found == ["حريق في السوق", *sentences(PROSE[2]), "- المصدر: الشرطة", "- المكان: دمشق"]


def test_a_dash_inside_a_paragraph_marks_no_item() -> None:
    text = "وصل الوزير إلى المدينة التي ولد فيها\n- وهي مدينة صغيرة على البحر - في\nزيارة هي الأولى له منذ سنوات."
    assert sentences(text) == [text.replace("\n", " ")]


@pytest.mark.parametrize("text", LINES.values(), ids=LINES.keys())
def test_lines_that_are_no_wrapped_paragraph_stay(text: str) -> None:
    assert sentences(text) == [s for line in text.split("\n") for s in sentences(line)]


def test_lines_stay_where_unwrapping_is_not_asked_for() -> None:
    text = wrapped(PROSE[0], 60)
    found = segment(text, unwrap=False)
    assert not any("\n" in s.span.of(text) for s in found)
    assert found[-1].paragraph == text.count("\n")


@given(st.integers(32, 96), st.sampled_from(PROSE))
def test_segments_index_the_text_as_it_is(width: int, prose: str) -> None:
    text = wrapped(prose, width)
    at = 0
    for number, part in zip(count(), segment(text), strict=False):
        assert part.index == number
        assert not text[at : part.start].strip()
        at = part.end
    assert at == len(text)
