"""Id-for-id what `transformers.MarianTokenizer` gives, on text that Arabic newsrooms and their tools produce."""

import warnings
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.engines.sentencepieces import END, PAD, UNKNOWN, SentencePieces
from models.manifest import STARTER

pytestmark = pytest.mark.torch

TEXTS = [
    "",
    " ",
    "\t\n",
    "وصل الوفد إلى القاهرة صباح اليوم.",
    "  وصل   الوفد  ",
    "وصل\u00a0الوفد\u2009إلى\u202fالقاهرة",
    "وصل\u200bالوفد\ufeff",
    "سطر\nآخر\r\nوثالث",
    "ذَهَبَ الطَّالِبُ إِلَى المَدْرَسَةِ",
    "مُحَمَّدٌ رَسُولُ اللَّهِ",
    "الســــلام عليــكم",
    "ـ",
    "ﷺ",
    "ﷲ ﷴ ﻻ ﻷ ﻹ ﻵ",
    "ﺍﻟﻌﺮﺑﻴﺔ ﻟﻐﺔ",
    "﴿بسم الله﴾",
    "أإآٱا ىي ةه ؤئء",
    "گ چ پ ژ ڤ ی ک",
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "١٬٢٣٤٫٥٦ و 1,234.56",
    "٪٣٠ و30%",
    "هل تعلم؟ نعم، أعلم؛ ربما…",
    "قال: «لن نعود» ثم “صمت” و\"ذهب\" و'عاد'",
    "(بين) [قوسين] {وآخرين}",
    "‏كلمة‎ word ‫مضمّنة‬ \u2066معزولة\u2069",
    "\u0640\u064b\u0670",
    "🙂",
    "مبروك 🎉🎉 لكم 👨‍👩‍👧‍👦 🇱🇧",
    "👍🏽",
    "The quick brown fox.",
    "NATO حلف شمال الأطلسي (الناتو)",
    "iPhone15 وCOVID-19",
    "https://example.com/a?b=c&d=%D8%A7",
    "editor@example.org",
    "#وسم_عربي @حساب",
    "１２３ＡＢＣ",
    "ﬁ ﬂ Ⅳ ½ ²",
    "café naïve Straße",
    "cafe\u0301",
    "漢字かなカナ",
    "ქართული հայերեն עברית",
    "हिन्दी ไทย 한국어",
    "a\u0000b",
    "\u0000",
    "\ufffd",
    "\U0001f9ff\U000e0041",
    "▁كلمة▁",
    "▁",
    "▁▁ ▁",
    "<s>",
    "< unk >",
    "</ s>",
    "&amp; &lt;b&gt;",
    "<b>نص</b>",
    "كلمة" * 40,
    "ا" * 200,
    "!!!!!؟؟؟؟؟",
    "- نقطة أولى\n- نقطة ثانية",
    "١. أولا ٢. ثانيا",
    "ق.م. أ.د. ص.ب. هـ",
    "« >> ليس رمزا <<",
    "\u0627\u0653 \u0648\u0654",
]


@pytest.fixture(scope="module")
def ours() -> SentencePieces:
    return SentencePieces(STARTER / "hf")


@pytest.fixture(scope="module")
def theirs() -> Callable[[str], list[int]]:
    from transformers import MarianTokenizer

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*sacremoses")  # not used in tokenisation
        tokenizer = MarianTokenizer.from_pretrained(STARTER / "hf", local_files_only=True)
    return lambda text: list(tokenizer(text).input_ids)


@pytest.fixture(scope="module")
def check(ours: SentencePieces, theirs: Callable[[str], list[int]]) -> Callable[[str], None]:
    def same(text: str) -> None:
        assert [*ours.ids(ours.encode([text])[0]), ours.vocabulary[END]] == theirs(text)

    return same


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_the_same_numbers(text: str, check: Callable[[str], None]) -> None:
    check(text)


ARABIC = st.text(
    st.sampled_from(
        "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئةى ـ\u064b\u064e\u0651\u0652،؛؟.!٠٣٩059\u200f\u200d«»\n"
    )
)
MIXED = st.lists(st.one_of(ARABIC, st.text(), st.sampled_from(TEXTS)), max_size=4).map("".join)


@given(st.one_of(ARABIC, st.text(), MIXED))
def test_the_same_numbers_for_any_text(check: Callable[[str], None], text: str) -> None:
    # MarianTokenizer reads these as commands to itself; to us they are text like any other.
    assume(not text.startswith(">>") and not any(mark in text for mark in (END, UNKNOWN, PAD)))
    check(text)


@given(st.lists(ARABIC, max_size=5))
def test_one_list_of_pieces_for_each_text(ours: SentencePieces, texts: list[str]) -> None:
    assert ours.encode(texts) == [ours.encode([text])[0] for text in texts]


def test_a_language_code_of_a_reader_is_text(ours: SentencePieces) -> None:
    """MarianTokenizer would swallow everything up to the second mark."""
    assert len(ours.encode([">> ليس رمزا <<"])[0]) > 3


@pytest.mark.parametrize(
    "text", ["The minister arrived in Beirut on Monday.", "NATO, the EU and 3,500 people", "a"]
)
def test_target_pieces_become_the_text_again(text: str, ours: SentencePieces) -> None:
    import sentencepiece

    target = sentencepiece.SentencePieceProcessor(model_file=str(STARTER / "hf" / "target.spm"))
    pieces = target.encode(text, out_type=str)
    assert ours.decode([[*pieces, END], [], [PAD, UNKNOWN]]) == [text, "", ""]
