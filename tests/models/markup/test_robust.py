"""Any text at all: nothing raises, no tag and no word is lost. With the stub engine."""

import re
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings

from models.document import Span, TextTranslation, Translation
from models.markup import APPROXIMATE, SIMPLIFIED, MarkupOptions, translate_markup
from models.markup.parse import decode, tokenize
from models.markup.shape import shape
from models.pipeline import Pipeline, compose
from models.segment import segment
from models.translator import TranslateOptions
from tests.models.markup.test_parse import SOURCES

HTML, XML = MarkupOptions(), MarkupOptions(kind="xml")


def upper(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
    """Each word becomes `W` and its number, in the same order, aligned."""
    return [_numbered(text) for text in texts]


def _numbered(text: str) -> TextTranslation:
    translations = []
    for part in segment(text):
        words = list(re.finditer(r"\S+", part.span.of(text)))
        english = " ".join(f"W{n}" for n in range(len(words)))
        places = list(re.finditer(r"\S+", english))
        pairs = tuple((Span(*s.span()), Span(*t.span())) for s, t in zip(words, places, strict=True))
        translations.append(Translation(part, english, 0.5, alignment=pairs))
    english, spans = compose(text, [t.segment for t in translations], [t.text for t in translations])
    return TextTranslation(text, tuple(translations), english, tuple(spans))


@given(source=SOURCES)
@settings(max_examples=150)
@pytest.mark.parametrize("markup", [HTML, XML], ids=["html", "xml"])
def test_every_tag_comes_through(stub: Pipeline, markup: MarkupOptions, source: str) -> None:
    (result,) = translate_markup(stub.translate, [source], markup)
    assert shape(result.text, markup.kind) == shape(source, markup.kind)


def words_shown(source: str) -> str:
    return "".join(decode(token.raw, "html") for token in tokenize(source, "html") if token.kind == "text")


@given(source=SOURCES)
@example(source="&#x627;<b><!doctype x [<a href='x>y'></b>")
@settings(max_examples=150)
def test_every_word_comes_through(source: str) -> None:
    (result,) = translate_markup(upper, [source])
    read = Counter(re.findall(r"W\d+", words_shown(result.text)))
    wanted = Counter(w for block in result.blocks for w in re.findall(r"W\d+", block.english))
    assert read <= wanted
    kept = "<sup" in source or "<code" in source or re.search("[a-z]", words_shown(source), re.IGNORECASE)
    if not kept:  # elements that are kept, those with a few Latin words too, stand for words
        assert read == wanted


UNITS = [
    "<b>كلمة</b> ", "كلمة <img> ", "كلمة <code>x y</code> ", "<!-- x -->كلمة ", "<b>كلمة ", "كلمة</b> ", "<p>كلمة</p>",
    "كلمة<sup>1</sup> ", "<b>ك</b><i>لمة</i>", "<b></b>كلمة ", "<b>قال الوزير.</b> هذا جيد. ", "كلمة<b> </b>", "<i>ك</b>",
    '<a b="كلمة ', "كلمة < ", "<a>كلمة</a> | ",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_time_is_linear(unit: str) -> None:
    """1,500 units take less than a second; the bound is for a busy machine."""
    source = unit * 1_500
    started = time.process_time()
    (result,) = translate_markup(upper, [source])
    assert time.process_time() - started < 10
    assert shape(result.text, "html") == shape(source, "html")


@pytest.mark.parametrize(
    ("source", "simplified"),
    [
        ("<b>" * 10_000 + "كلمة" + "</b>" * 10_000, False),
        ("<b>" * 10_000 + "كلمة", False),
        ("<div>" * 10_000 + "كلمة", False),
        ("<b>كلمة " * 2_000 + "</b>" * 2_000, True),
        ("<b>كلمة " * 2_000 + "</b> وزير" * 2_000, True),
    ],
    ids=["around", "unclosed", "blocks", "inside", "both"],
)
def test_thousands_of_levels(source: str, simplified: bool) -> None:
    (result,) = translate_markup(upper, [source])
    assert shape(result.text, "html") == shape(source, "html")
    assert ([n.code for n in result.notices] == [SIMPLIFIED]) == simplified


def test_without_an_alignment_it_says_so() -> None:
    def unaligned(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
        return [
            TextTranslation(
                t,
                tuple(Translation(s, "The new hospital opened", 0.5) for s in segment(t)),
                "The new hospital opened",
                (Span(0, 23),),
            )
            for t in texts
        ]

    (result,) = translate_markup(unaligned, ["افتتح <b>المستشفى</b> الجديد"])
    assert result.text == "The new <b>hospital</b> opened"
    assert [n.code for n in result.notices] == [APPROXIMATE]
    (plain,) = translate_markup(unaligned, ["<p>افتتح المستشفى الجديد</p>"])
    assert plain.notices == ()
