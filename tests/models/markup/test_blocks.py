"""What is a block, what is copied, and what text the model gets."""

import pytest
from hypothesis import given

from models.markup.blocks import pieces
from models.markup.nodes import Block
from models.markup.options import MarkupOptions
from tests.models.markup.test_parse import SOURCES


def texts(source: str, **options: object) -> list[str]:
    found = pieces(source, MarkupOptions(**options))  # type: ignore[arg-type]
    assert "".join(p.raw if isinstance(p, Block) else p for p in found) == source
    return [p.text for p in found if isinstance(p, Block)]


@given(SOURCES)
def test_pieces_are_the_source(source: str) -> None:
    texts(source)
    texts(source, kind="xml")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>نص <b>أول</b></p><p>نص ثان", ["نص أول", "نص ثان"]),
        ("نص<br>آخر<hr>ثالث", ["نص", "آخر", "ثالث"]),
        ("<p>\n نص\n   طويل &amp; آخر&nbsp; </p>", ["نص طويل & آخر"]),
        ("<pre>نص\n  آخر</pre>", ["نص\n  آخر"]),
        ("<a>أول</a><a>ثان</a> | <a>ثالث</a> و<a>رابع</a>", ["أول", "ثان", "ثالث ورابع"]),
        ("<p> &nbsp;<b></b> ٪ </p>", []),
        (
            "<script>نص</script><style>نص</style><!-- نص --><textarea>نص</textarea><svg><text>نص</text></svg>",
            [],
        ),
        ("<title>نص <b></title>", ["نص <b>"]),
        ("نص<sup>[1]</sup> آخر<sup>ثالث</sup>", ["نص آخرثالث"]),
        ("ال<code>API</code>جديدة", ["ال API جديدة"]),
        ("<kbd>Ctrl</kbd>+<kbd>S</kbd> للحفظ", ["Ctrl+S للحفظ"]),
        ("\u200fنص\u200f \u202bآخر\u202c", ["نص آخر"]),
        ("<p title='نص'>x</p><img alt='نص'>", ["x"]),
    ],
)
def test_html(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        '<p translate="no">نص</p>',
        "<p TRANSLATE=NO>نص <b>آخر</b></p>",
        '<span class="a notranslate b">نص طويل من خمس كلمات فقط</span>',
        "<code>نص. آخر</code>",
        "<div translate=no><p>نص</p><div>آخر</div></div>",
        "<li translate=no>نص",
    ],
)
def test_kept_elements_are_no_blocks(source: str) -> None:
    assert texts(source) == []
    assert texts(source + "<p>نص</p>") == ["نص"]


@pytest.mark.parametrize(
    "source", ['<p translate="yes">نص</p>', '<p class="nottranslate">نص</p>', "<p data-translate=no>نص"]
)
def test_what_only_looks_like_it_is_translated(source: str) -> None:
    assert texts(source) == ["نص"]


def test_a_short_kept_element_is_a_word_of_the_sentence_and_a_long_one_ends_it() -> None:
    assert texts("قال <x>محمد علي</x> ذلك", ignore_tags=("x",)) == ["قال محمد علي ذلك"]
    assert texts("قال. <x>هذه جملة تامة.</x> ذلك", ignore_tags=("X",)) == ["قال.", "ذلك"]


def test_xml_elements_split_unless_they_stand_next_to_text() -> None:
    source = "<d><t>عنوان</t><p>نص <x>أول</x> آخر<y/></p><p><x>ثان</x></p></d>"
    assert texts(source, kind="xml") == ["عنوان", "نص أول آخر", "ثان"]
    assert texts(source, kind="xml", splitting_tags=("x",)) == ["عنوان", "نص", "أول", "آخر", "ثان"]
    assert texts(source, kind="xml", non_splitting_tags=("t", "p")) == ["عنواننص أول آخر ثان"]
    assert texts(source, kind="xml", outline_detection=False, splitting_tags=("p",)) == [
        "عنوان",
        "نص أول آخر",
        "ثان",
    ]


def test_html_tags_can_be_made_to_split_or_not() -> None:
    assert texts("نص <b>أول</b>", splitting_tags=("b",)) == ["نص", "أول"]
    assert texts("نص<br>أول", non_splitting_tags=("<br>",)) == ["نصأول"]


def test_line_ends_are_spaces_in_html_and_ends_in_xml() -> None:
    assert texts("<p>نص\nآخر</p>") == ["نص آخر"]
    assert texts("<p>نص\nآخر</p>", kind="xml") == ["نص\nآخر"]


def test_cdata_is_text_or_html() -> None:
    assert texts("<d><![CDATA[ نص & آخر ]]></d>", kind="xml") == [" نص & آخر".strip()]
    assert texts("<d><![CDATA[<p>نص</p><p>آخر &amp; ثالث</p>]]></d>", kind="xml") == ["نص", "آخر & ثالث"]
    assert texts("<d>x &foo; y</d>", kind="xml") == ["x  y"]
