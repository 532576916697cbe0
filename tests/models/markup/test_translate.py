"""The public door: one call, what is written how, notices."""

from collections.abc import Callable, Sequence

import pytest

from models.batching import Batcher, BatchingOptions
from models.document import Notice, Span, TextTranslation, Translation
from models.engines.base import DecodingOptions
from models.engines.stub import StubEngine
from models.markup import MarkupOptions, translate_markup
from models.pipeline import Pipeline
from models.segment import segment
from models.translator import TranslateOptions, Translator

Table = dict[str, tuple[str, str]]


def table(entries: Table) -> Callable[[Sequence[str], TranslateOptions], list[TextTranslation]]:
    """A pipeline that knows these texts of one sentence: their English, and for each of its words the number
    of the Arabic word that it comes from."""

    def translate(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
        assert options.alignments
        return [one(text) for text in texts]

    def one(text: str) -> TextTranslation:
        (part,) = segment(text)
        if text not in entries:
            same = (Translation(part, text, 0.5),)
            return TextTranslation(
                text, same, text, (Span(0, len(text)),), notices=(Notice("not_arabic", "It isn't."),)
            )
        english, numbers = entries[text]
        pairs = tuple(
            (words(text)[int(n)], word) for n, word in zip(numbers.split(), words(english), strict=True)
        )
        made = (Translation(part, english, 0.5, alignment=pairs),)
        return TextTranslation(text, made, english, (Span(0, len(english)),))

    return translate


def words(text: str) -> list[Span]:
    found, at = [], 0
    for word in text.split(" "):
        found.append(Span(at, at + len(word)))
        at += len(word) + 1
    return found


VISIT = table({
    "زار الوزير المدرسة الجديدة.": ("The minister visited the new school.", "1 1 0 2 3 2"),
    "زار «الوزير» المدرسة.": ('The "minister" visited the school.', "1 1 0 2 2"),
    "زار الوزير علي المدرسة.": ("The minister Ali visited the school.", "1 1 2 0 3 3"),
})  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("زار <b>الوزير</b> المدرسة الجديدة.", "<b>The minister</b> visited the new school."),
        ("زار الوزير <b>المدرسة</b> الجديدة.", "The minister visited the new <b>school</b>."),
        ("زار الوزير المدرسة <b>الجديدة</b>.", "The minister visited the <b>new</b> school."),
        ("زار الوزير المدرسة <b>الجديدة.</b>", "The minister visited the <b>new</b> school."),
        ("زار الوزير <b>المدرسة <i>الجديدة</i></b>.", "The minister visited <b>the <i>new</i> school</b>."),
        ("<b>زار</b> <i>الوزير</i> المدرسة الجديدة.", "<i>The minister</i> <b>visited</b> the new school."),
        ("<b>زار الوزير</b> المدرسة الجديدة.", "<b>The minister visited</b> the new school."),
        ("<b>زار الوزير المدرسة الجديدة.</b>", "<b>The minister visited the new school.</b>"),
        ("زار الو<b>زير</b> المدرسة الجديدة.", "<b>The minister</b> visited the new school."),
        ("زار «<b>الوزير</b>» المدرسة.", 'The "<b>minister</b>" visited the school.'),
        ("زار <b>«الوزير»</b> المدرسة.", '<b>The "minister"</b> visited the school.'),
        ("زار الوزير <img> المدرسة الجديدة.", "The minister visited <img> the new school."),
        ("زار الوزير <x/> المدرسة الجديدة.", "The minister visited <x/> the new school."),
        ("زار الوزير<img>المدرسة الجديدة.", "The minister<img> visited the new school."),
        ("زار الوزير<sup>1</sup> المدرسة الجديدة.", "The minister<sup>1</sup> visited the new school."),
        ("زار الوزير المدرسة الجديدة<sup>1</sup>.", "The minister visited the new school<sup>1</sup>."),
        ("زار الوزير <b>المدرسة الجديدة. <p>x</b>", "The minister visited <b>the new school. <p>x</b>"),
        (
            "زار الوزير <i translate=no>علي</i> المدرسة.",
            "The minister <i translate=no>علي</i> visited the school.",
        ),
    ],
)
def test_places(source: str, expected: str) -> None:
    if "<p>x" in source:
        source, expected = (
            "زار الوزير <b>المدرسة الجديدة. <p>x",
            "The minister visited <b>the new school. <p>x",
        )
    (result,) = translate_markup(VISIT, [source])
    assert result.text == expected


def test_all_texts_of_all_sources_are_one_call() -> None:
    calls: list[tuple[list[str], TranslateOptions]] = []

    def translate(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
        calls.append((list(texts), options))
        return VISIT(texts, options)

    sources = ["<p>زار الوزير المدرسة الجديدة.</p><p>x</p>", "", "<hr>", "زار الوزير علي المدرسة."]
    results = translate_markup(translate, sources, options=TranslateOptions(lane="bulk", alternatives=3))
    wanted = TranslateOptions(lane="bulk", alternatives=0, alignments=True, unwrap=False, western=True)
    assert calls == [(["زار الوزير المدرسة الجديدة.", "x", "زار الوزير علي المدرسة."], wanted)]
    assert [r.source for r in results] == sources
    assert [len(r.blocks) for r in results] == [2, 0, 0, 1]
    assert [r.text for r in results[1:3]] == ["", "<hr>"]


def test_nothing_to_translate_is_no_call() -> None:
    def never(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
        raise AssertionError

    assert [r.text for r in translate_markup(never, ["<br>", "<!-- نص -->"])] == ["<br>", "<!-- نص -->"]


TRICKY = table({"نص": ("a < b & \"c\" > 'd' ]]>", "0 0 0 0 0 0 0 0")})


@pytest.mark.parametrize(
    ("source", "markup", "expected"),
    [
        ("<p>نص</p>", MarkupOptions(), "<p>a &lt; b &amp; \"c\" &gt; 'd' ]]&gt;</p>"),
        ("<p>نص</p>", MarkupOptions("xml"), "<p>a &lt; b &amp; \"c\" &gt; 'd' ]]&gt;</p>"),
        (
            "<p><![CDATA[نص]]></p>",
            MarkupOptions("xml"),
            "<p><![CDATA[a < b & \"c\" > 'd' ]]]]><![CDATA[>]]></p>",
        ),
        (
            "<p><![CDATA[<b>نص</b>]]></p>",
            MarkupOptions("xml"),
            "<p><![CDATA[<b>a &lt; b &amp; \"c\" &gt; 'd' ]]&gt;</b>]]></p>",
        ),
    ],
)
def test_english_is_escaped(source: str, markup: MarkupOptions, expected: str) -> None:
    (result,) = translate_markup(TRICKY, [source], markup)
    assert result.text == expected


@pytest.mark.parametrize(
    "source", ["<p>a &amp b&nbsp;&#39;c&#39;  <B >d</B>\n</p>", "<p>x &lt; 1 <br/>", "\u200fx\u200f &rlm;"]
)
def test_what_comes_back_as_it_was_is_the_same_to_the_byte(source: str) -> None:
    (result,) = translate_markup(table({}), [source])
    assert result.text == source
    assert [n.code for n in result.notices] == ["not_arabic"]


def test_that_some_blocks_are_not_arabic_is_one_remark() -> None:
    (result,) = translate_markup(VISIT, ["<p>x<p>y<p>1<p>زار الوزير المدرسة الجديدة."])
    assert result.notices == (Notice("mixed_language", "2 blocks of 4 came back untouched: not Arabic."),)
    (numbers,) = translate_markup(VISIT, ["<p>1<p>زار الوزير المدرسة الجديدة."])
    assert numbers.notices == ()


def test_what_the_pipeline_raises_comes_out() -> None:
    def fails(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        translate_markup(fails, ["نص"])


def test_marks_of_direction_go_with_the_arabic() -> None:
    (result,) = translate_markup(
        table({"نص آخر": ("other text", "1 0")}), ["<p>\u200f\u202bنص <b>آخر\u200f</b>\u202c&rlm; <p>x\u200f"]
    )
    assert result.text == "<p><b>other</b> text <p>x\u200f"


def test_the_real_model_on_two_sentences_with_a_kept_one_between(starter: Pipeline) -> None:
    kept = "<ignore>يجب تجاهل هذا الجزء.</ignore>"
    source = f"<p>هذه <i>جملة</i> <b>قصيرة</b>. {kept} وصل <b>الوفد</b>.</p>"
    (result,) = translate_markup(starter.translate, [source], MarkupOptions("xml", ignore_tags=("ignore",)))
    assert kept in result.text
    assert result.text.count("<b>") == 2
    assert result.text.endswith("<b>The delegation</b> arrived.</p>")


@pytest.mark.parametrize("tag", ["pre", "p"])
def test_line_breaks_of_markup_stay_line_breaks(tag: str) -> None:
    """What looks hard-wrapped isn't: the page says where its lines end."""
    lines = [
        "أعلنت وزارة الصحة اللبنانية أن عدد",
        "المصابين بلغ 120 شخصا في بلدة",
        "عرسال الحدودية، وأن 15 منهم في",
        "حالة حرجة.",
    ]
    asked: list[TranslateOptions] = []

    def translate(texts: Sequence[str], options: TranslateOptions) -> list[TextTranslation]:
        asked.append(options)
        engine = StubEngine()
        batcher = Batcher(engine, BatchingOptions(workers=1))
        try:
            return Pipeline(Translator(engine, batcher, DecodingOptions(beam_size=1)), {}).translate(
                texts, options
            )
        finally:
            batcher.close()

    joint = "\n" if tag == "pre" else "<br>"
    (result,) = translate_markup(translate, [f"<{tag}>{joint.join(lines)}</{tag}>"])
    assert [options.unwrap for options in asked] == [False]
    assert result.text.count(joint) == 3


def test_cells_of_digits_are_western_in_an_arabic_table(stub: Pipeline) -> None:
    table = "<table><tr><td>{}</td><td>١٢</td><td class='٣'><b>٤٫٥</b> ١</td></tr></table>"
    [arabic] = translate_markup(stub.translate, [table.format("وصل الوفد")])
    assert arabic.text.endswith("<td>12</td><td class='٣'><b>4.5</b> 1</td></tr></table>")
    assert not arabic.notices
    [foreign] = translate_markup(stub.translate, [table.format("BBC")])
    assert foreign.text == foreign.source
