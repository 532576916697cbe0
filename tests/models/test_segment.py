import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arabic import INVISIBLE
from models.segment import segment

#: `|` marks where a sentence must end; nowhere else may one end.
CASES = {
    "plain ends": [
        "وصل الوفد إلى دمشق.| وغادر مساءً.",
        "وصل الوفد إلى دمشق.",
        "وصل الوفد إلى دمشق",
        "هل وصل الوفد؟| نعم وصل أمس.",
        "يا له من يوم!| عاد الجميع إلى بيوتهم.",
        "هل وصل الوفد؟!| لم يصدق أحد.",
        "ماذا؟؟؟| لا أعرف.",
        "كفى!!| عودوا الآن.",
        "وصل الوفد۔| وغادر مساءً۔",
        "Did it arrive?| نعم وصل.",
        "وصل الوفد .| وغادر مساءً .",
        "هل وصل الوفد ؟| نعم وصل.",
        "هل وصل ؟ !| نعم وصل.",
        "انتهى العام 2020.| بدأ عام جديد.",
        "بلغ العدد ٢٠.| وارتفع لاحقاً.",
        "ارتفع السعر 5%.| ثم هبط.",
        "انتهى.\u200f| وبدأ من جديد.",
        "انتهى.\u00a0| وبدأ من جديد.",
        "انتهى.   | وبدأ من جديد.",
    ],
    "never on commas and semicolons": [
        "وصل الوفد، ثم غادر، ثم عاد.",
        "وصل الوفد؛ ثم غادر؛ ثم عاد.",
        "قال الوزير، وهو غاضب، إنه لن يعود.",
        "المدن: دمشق، حلب، حمص، حماة.",
        "One, two; three: four.",
        "قال: سنعود غداً.",
        "أكد ما يلي: أولاً، السلام؛ ثانياً، العدل.",
    ],
    "missing space": [
        "انتهى الاجتماع.|وقال الوزير إنه راضٍ.",
        "انتهى الاجتماع .|وقال الوزير إنه راضٍ.",
        "هل انتهى الاجتماع؟|نعم انتهى.",
        "كفى!|عودوا الآن.",
        "انتهى العام 2020.|وبدأ عام جديد.",
        "قال: «انتهى الاجتماع.»|وغادر القاعة.",
        "انتهى الاجتماع (أمس).|وقال الوزير.",
        "زار a.b.c ثم غادر.",
        "اسم الملف تقرير.docx في المجلد.",
        "الإصدار 2.الجديد صدر.",
    ],
    "quotes": [
        "قال: «لن نعود.»| وغادر القاعة.",
        'قال: "لن نعود."| وغادر القاعة.',
        "قال: “لن نعود.”| وغادر القاعة.",
        "قال: ”لن نعود.“| وغادر القاعة.",
        "قال «لن نعود».| وغادر القاعة.",
        'قال "لن نعود".| وغادر القاعة.',
        'قال: " لن نعود. "| وغادر القاعة.',
        "قال: «لن نعود. »| وغادر القاعة.",
        "قال: 'لن نعود.'| وغادر القاعة.",
        "«هل تأتي معنا؟» سأل الرجل.",
        "«هل تأتي معنا؟» قالت الأم لابنها.",
        "«تعال!» صاح الحارس.",
        '"هل تأتي؟" تساءل الوزير أمام الصحفيين.',
        "«هل تأتي معنا؟»| وسكت الرجل.",
        "قال: «هل تأتي؟»| لم يجب أحد.",
        "عُرض فيلم «من سرق الجبن؟» في القاهرة.",
        'قرأ رواية "لماذا نكتب؟" مرتين.',
        "حملة «انتخبوا الآن!» مستمرة.",
        "قال: «سنعود غداً.| ننتظر منكم الرد.»| وغادر.",
        "«هل تأتي؟»، قال الرجل.",
        "«انتهى الأمر.»",
        'انتهى الأمر." ',
        "انتهى.| «بدأنا من جديد».",
        'انتهى.| "بدأنا من جديد".',
        "انتهى.|«بدأنا من جديد».",
        "قال: «نعم!».| ثم غادر.",
        "قال: «نعم...».| ثم غادر القاعة.",
    ],
    "brackets and notes": [
        "انتهى الاجتماع (أمس).| وغادر الوفد.",
        "انتهى (انظر ص. 4. ثم عد) الاجتماع.",
        "بيع (بكم؟) في السوق.",
        "(انتهى الاجتماع. وغادر الوفد.)| ثم عاد.",
        "انتهى.[1]| وكان ذلك أمس.",
        "انتهى.[12][13]| وكان ذلك أمس.",
        "انتهى.¹| وكان ذلك أمس.",
        "قال [الوزير. الحالي] إنه سيعود.",
        "قال (وهو غاضب!) إنه لن يعود.",
        "انتهى.)| وكان ذلك أمس.",
        "فتح قوساً (ولم يغلقه.| ثم مضى.",
        "وصل (الساعة 3.30 مساءً) إلى حلب.",
    ],
    "numbers": [
        "بلغت النسبة 3.5 بالمئة.",
        "بلغت النسبة ٣٫٥ بالمئة.",
        "بلغت النسبة ٣.٥ بالمئة.",
        "بلغ العدد 1,250,000 نسمة.",
        "بلغ العدد ١٬٢٥٠٬٠٠٠ نسمة.",
        "بلغ العدد 1.250.000 نسمة.",
        "عقد في 12.5.2024 بدمشق.",
        "عقد في 12. 5. 2024 بدمشق.",
        "الساعة 10.30 صباحاً.",
        "الإصدار 2.0.1 متاح.",
        "عنوان الخادم 192.168.1.1 تغير.",
        "ربح 5.| خسر 3.",
        "بلغ السعر 3.5.| ثم هبط.",
        "نشرت في المادة 5.| تنص على الحرية.",
    ],
    "Arabic abbreviations": [
        "التقى د. أحمد بالوزير.",
        "التقى أ.د. سعيد علي بالطلاب.",
        "التقى أ. د. سعيد علي بالطلاب.",
        "حضر م. خالد وأ. منى.",
        "وقال ود. سامر حاضر إنه موافق.",
        "صندوق ص.ب. 1234 دمشق.",
        "صندوق ص. ب. 1234 دمشق.",
        "انظر ص. 15 من الكتاب.",
        "اتصل على ت. 2233445 الآن.",
        "في القرن الخامس ق.م. كانت المدينة مزدهرة.",
        "بين 500 ق.م. و300 ق.م. ازدهرت.",
        "ولد سنة 622 م.| وعاش طويلاً.",
        "ولد سنة 1400هـ.| وعاش طويلاً.",
        "ولد سنة 1400 هـ.| وعاش طويلاً.",
        "المسافة 5 كم.| وصلنا متأخرين.",
        "ذكرت وكالة أ.ف.ب. أن الوفد وصل.",
        "ذكرت د.ب.أ. أن الوفد وصل.",
        "بلغ السعر 50 ر.س. للكيلو.",
        "بلغ السعر 50 ل.ل. فقط.",
        "شركة النور ش.م.م. تعلن عن وظائف.",
        "الخبز والماء إلخ.| وغير ذلك كثير.",
        "لا بد.| سنعود غداً.",
        "كتاب النحو مج. 3 ط. 2 بيروت.",
        "التقى دـ. أحمد بالوزير.",
        "التقى د.أحمد بالوزير.",
        "قال أ.د.سعيد إنه موافق.",
    ],
    "Latin abbreviations and initials": [
        "عاد وفد U.N. إلى حلب.",
        "التقى Mr. Smith بالوزير.",
        "التقى J. K. Rowling بالقراء.",
        "التقى J. Smith بالوزير.",
        "تعمل شركة Apple Inc. في دبي.",
        "تعمل في Apple Inc.| وقد توسعت.",
        "وصل عند 5 p.m. مساء أمس.",
        "انظر No. 5 من المجلة.",
        "He said no.| That was it.",
        "فاز فريق المجموعة B.| خسر الآخر.",
        "e.g. this one is fine.",
        "تناول فيتامين C.| كان مفيداً.",
        "عاد من U.S. Congress أمس.",
        "زار St. Louis أمس.",
        "Version 2. it was fine.",
        "استخدم Yahoo! mail للمراسلة.",
    ],
    "addresses": [
        "زر www.example.com اليوم.",
        "زر www.example.com.| ستجد المزيد.",
        "زر https://example.com/a.b?c=d!e اليوم.",
        "زر https://example.com/a?| ستجد المزيد.",
        "راسل info@example.co.uk اليوم.",
        "راسل first.last@example.com.| ننتظر ردك.",
        "الموقع example.com مفتوح.",
        "نشر على @user.name صورة.",
        "زر (http://example.com/x.html).| ستجد المزيد.",
    ],
    "ellipses": [
        "قال إن... الوضع صعب.",
        "قال إن… الوضع صعب.",
        "ذهبنا إلى السوق القديم صباحاً...| اشترينا الخبز وعدنا.",
        "ذهبنا إلى السوق القديم صباحاً..| اشترينا الخبز وعدنا.",
        "ذهبنا إلى السوق القديم صباحاً…| اشترينا الخبز وعدنا.",
        "لكن...",
        "قال...وسكت.",
        "ماذا...؟| لا أعرف.",
        "... ثم عاد.",
        "انتهى كل شيء في المدينة. . .| عاد الناس إلى بيوتهم.",
    ],
    "lines, headings, bullets, tables": [
        "عنوان الخبر|\nوصل الوفد إلى دمشق.",
        "عنوان الخبر|\r\nوصل الوفد.|\r\n\r\nوغادر.",
        "سطر|\u2028سطر آخر|\u2029ثالث",
        "1. المقدمة|\n2. الخاتمة",
        "١. المقدمة|\n٢. الخاتمة",
        "أ. المقدمة|\nب. الخاتمة",
        "- وصل الوفد|\n- غادر الوفد",
        "• وصل الوفد|\n• غادر الوفد",
        "الأهداف:| • السلام| • العدل",
        "(1) المقدمة|\n(2) الخاتمة",
        "1) المقدمة|\n2) الخاتمة",
        "الاسم|\tالسعر|\tالعدد",
        "***|\nوصل الوفد.",
        "\n\n  وصل الوفد.|  \n\n  وغادر.  \n",
        "دمشق - سانا|\nوصل الوفد.",
    ],
    "leftovers join their neighbour": [
        "شكراً لكم. 😀",
        "شكراً لكم! 😀😀|\nنعم",
        "انتهى. ***",
        "انتهى.| — بدأنا.",
        "؟ نعم",
        "!!!",
        "...",
        "انتهى. »",
    ],
}
FLAT = [
    pytest.param(case, id=f"{topic} {n}") for topic, cases in CASES.items() for n, case in enumerate(cases)
]


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in segment(text)]


@pytest.mark.parametrize("marked", FLAT)
def test_ends_where_marked(marked: str) -> None:
    assert sentences(marked.replace("|", "")) == [part.strip() for part in marked.split("|")]


def test_the_table_is_large_enough() -> None:
    assert len({p.values for p in FLAT}) >= 120


@pytest.mark.parametrize(
    "blank", ["", " ", "\n\n", " \t\u00a0\r\n", "\u200f\u200b", "\ufeff\n\u202b\u202c\n"]
)
def test_blank_text_has_no_segment(blank: str) -> None:
    assert segment(blank) == []


def test_index_and_paragraph_count_on() -> None:
    text = "عنوان\n\n \u200f\nأول. ثانٍ.\nثالث"
    found = segment(text)
    assert [s.index for s in found] == [0, 1, 2, 3]
    assert [s.paragraph for s in found] == [0, 1, 1, 2]


TABLES = [
    ("| النهر | الدول |\n|---|---|\n| نهر النيل | 7 |", ["النهر", "الدول", "نهر النيل", "7"], [0, 0, 1, 1]),
    ("| الفرات |  | 3 |", ["الفرات", "3"], [0, 0]),
    ("| وصل. ثم غادر الوفد. | 3 |", ["وصل.", "ثم غادر الوفد.", "3"], [0, 0, 0]),
    ("النهر | الدول\n:--|--:\nالنيل | 7", ["النهر", "الدول", "النيل", "7"], [0, 0, 1, 1]),
    ("أحمد | 7 | حلب\nمنى | 8 | حمص", ["أحمد", "7", "حلب", "منى", "8", "حمص"], [0, 0, 0, 1, 1, 1]),
    ("\u200f| النيل | 7 |", ["النيل", "7"], [0, 0]),
    ("عاجل | وصل الوفد", ["عاجل | وصل الوفد"], [0]),
    ("سياسة | عاجل | وصل الوفد\nوصل الوفد.", ["سياسة | عاجل | وصل الوفد", "وصل الوفد."], [0, 1]),
    ("عاجل | وصل\nعاجل | غادر", ["عاجل | وصل", "عاجل | غادر"], [0, 1]),
    ("نص\n-----\nنص", ["نص", "-----", "نص"], [0, 1, 2]),
    ("|---|---|", [], []),
    ("| | |", [], []),
]


@pytest.mark.parametrize(("text", "expected", "paragraphs"), TABLES)
def test_rows_of_tables_are_cut_into_cells(text: str, expected: list[str], paragraphs: list[int]) -> None:
    assert sentences(text) == expected
    assert [s.paragraph for s in segment(text)] == paragraphs


#: White space, invisible characters, borders and rules of tables.
NOTHING_VISIBLE = re.compile(rf"[\s{INVISIBLE}|+:=\-‐-―_]*")
ARABIC_MIX = st.text(
    alphabet=list('|ابتدمهقوي ةهـ.؟!…،؛:«»"“”()[] 12٣٫\n\t\u200f•Aab@/😀\u064b'), max_size=200
)


@given(st.one_of(st.text(max_size=200), ARABIC_MIX), st.booleans())
def test_segments_and_gaps_rebuild_the_text(text: str, unwrap: bool) -> None:
    found = segment(text, unwrap=unwrap)
    at = 0
    for s in found:
        assert at <= s.start < s.end
        assert NOTHING_VISIBLE.fullmatch(text, at, s.start)
        body = text[s.start : s.end]
        assert body == body.strip()
        assert unwrap or len(body.splitlines()) == 1
        at = s.end
    assert NOTHING_VISIBLE.fullmatch(text, at)
    assert [s.index for s in found] == list(range(len(found)))
    assert [s.paragraph for s in found] == sorted(s.paragraph for s in found)


@given(ARABIC_MIX)
def test_gaps_inside_a_cell_are_white_space(text: str) -> None:
    for line in text.splitlines():
        for cell in re.split(r"[\t|]", line):
            found = segment(cell)
            assert all(not cell[a.end : b.start].strip() for a, b in pairwise(found))


@given(ARABIC_MIX)
def test_a_segment_is_one_paragraph_of_letters(text: str) -> None:
    """Of several segments of one cell each holds a letter or a digit."""
    for line in text.splitlines():
        for cell in re.split(r"[\t|]", line):
            parts = sentences(cell)
            assert len(parts) < 2 or all(re.search(r"[^\W_]", part) for part in parts)


PATHOLOGICAL = {
    "dots": "." * 100_000,
    "dots and a letter": "." * 100_000 + "ا",
    "spaced dots": ". " * 50_000,
    "dotted letters": "ا." * 50_000,
    "no spaces": "ا" * 1_000_000,
    "quotes": '"' * 100_000,
    "question and quote": '؟ "' * 30_000,
    "open brackets": "(" * 100_000,
    "brackets": "(ا؟) " * 20_000,
    "open bracket and stop": "(ا. " * 25_000,
    "bullets": " • ؟ " * 20_000,
    "addresses": "a@" * 50_000,
    "local part": "a." * 50_000 + "@",
    "domains": "www." * 25_000,
    "note marks": ".[1" * 30_000,
    "closers": ".»" * 50_000,
    "white space": "؟" + " " * 300_000 + "(ا؟)" + " " * 300_000,
    "line breaks": "\n" * 300_000,
    "pipes": "|" * 300_000,
    "pipes and letters": "|ا" * 50_000,
    "rows": "ا|ا|ا\n" * 20_000,
    "lines of all lengths": "\n".join("ا" * (n % 70 + 30) + " في" for n in range(30_000)),
    "full lines": "وصل الوفد إلى المدينة التي ولد في\n" * 20_000,
    "dashes and a pipe": "-" * 300_000 + "|" + "-" * 300_000 + "ا",
}


@pytest.mark.parametrize("text", PATHOLOGICAL.values(), ids=PATHOLOGICAL.keys())
def test_linear_on_pathological_text(text: str) -> None:
    """Any quadratic step takes minutes on these; a slow machine takes well under five seconds."""
    started = time.process_time()
    segment(text)
    assert time.process_time() - started < 5
