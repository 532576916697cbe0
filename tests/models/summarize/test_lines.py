"""Lines of a summary: the end of a clause's English, and whose flags a line has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.document import Flag, Segment, Source, Span, SummarySentence, TextTranslation, Translation
from models.segment import segment
from models.summarize import Length, Pick
from models.summarize.lines import end_of, ended, is_segment, longer, of_itself, of_segments


@pytest.mark.parametrize(
    ("english", "end", "expected"),
    [
        ("The council approved the plan,", ".", "The council approved the plan."),
        ("The council approved the plan;", ".", "The council approved the plan."),
        ("The council approved the plan -", ".", "The council approved the plan."),
        ("The council approved the plan –", ".", "The council approved the plan."),
        ("The council approved the plan", ".", "The council approved the plan."),
        ("The council approved the plan.", ".", "The council approved the plan."),
        ("The council approved the plan.", "…", "The council approved the plan…"),
        ("The minister said:", "…", "The minister said…"),
        ("The minister said that", "…", "The minister said that…"),
        ("He said “we go,”", ".", "He said “we go.”"),
        ("He said “we go”,", ".", "He said “we go”."),
        ("He said “we go.”", ".", "He said “we go.”"),
        ("He came (late),", ".", "He came (late)."),
        ("Will he come?", ".", "Will he come?"),
        ("“Will he come?”,", ".", "“Will he come?”"),
        ("He will come!", "…", "He will come!"),
        ("He will come...", ".", "He will come…"),
        ("He will come…", ".", "He will come…"),
        ("It is in the U.S.", ".", "It is in the U.S."),
        ("It is in the U.S.", "…", "It is in the U.S.…"),
        ("", ".", ""),
        (",", ".", ","),
    ],
)
def test_how_a_clause_ends(english: str, end: str, expected: str) -> None:
    assert ended(english, end) == expected


@given(st.text(alphabet='ab .,;:!?…-”")'), st.sampled_from(".…"))
def test_an_ended_clause_keeps_its_words_and_its_end(english: str, end: str) -> None:
    found = ended(english, end)
    assert [c for c in found if c.isalpha()] == [c for c in english if c.isalpha()]
    if any(c.isalpha() for c in english):
        assert found.rstrip('”")')[-1] in ".!?…"
        assert len(found) <= len(english) + 2


TEXT = (
    "خبر. وافق المجلس على الخطة، حيث تبدأ الأعمال قريبا فيما قال الوزير: «سنعمل، كل يوم، بلا توقف» في المدينة"
)
SEGMENTS = segment(TEXT)


def pick(words: str, **fields: object) -> Pick:
    start = TEXT.index(words)
    index = next(s.index for s in SEGMENTS if s.start <= start < s.end)
    return Pick(words, 0.5, (Source(index, start, start + len(words)),), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("خبر.", None),
        (TEXT[SEGMENTS[1].start :], None),
        ("وافق المجلس على الخطة،", "."),  # a mark and a word that opens a clause
        ("وافق المجلس على الخطة، حيث تبدأ الأعمال قريبا", "."),  # such a word alone
        ("وافق المجلس على", "…"),  # the middle of a phrase
        ("فيما قال الوزير:", "…"),  # something is announced
        ("فيما قال الوزير: «سنعمل،", "…"),  # the middle of a quotation
        ("كل يوم، بلا توقف» في المدينة", "."),  # the end of its sentence
    ],
)
def test_where_a_clause_is_cut_says_how_it_ends(words: str, end: str | None) -> None:
    assert end_of(pick(words), TEXT, SEGMENTS) == end
    assert is_segment(pick(words), TEXT, SEGMENTS) == (end is None)


def test_a_sentence_that_is_not_the_articles_is_no_clause_and_no_segment() -> None:
    made = Pick("جملة أخرى", 0.5, (Source(0, SEGMENTS[0].start, SEGMENTS[0].end),))
    assert not is_segment(made, TEXT, SEGMENTS)
    assert end_of(made, TEXT, SEGMENTS) is None


def flag(code: str, ar: Span | None, en: Span | None) -> Flag:
    return Flag(code, "major", code, ar, en)


def whole_text(*flags: Flag) -> TextTranslation:
    """The article, its second segment with flags."""
    translations = (
        Translation(SEGMENTS[0], "News.", 1.0),
        Translation(SEGMENTS[1], "It goes on.", 0.5, flags),
    )
    return TextTranslation(TEXT, translations, "News. It goes on.", (Span(0, 5), Span(6, 17)))


def test_a_segment_has_its_flags_over_the_whole_texts() -> None:
    body = whole_text(flag("a", Span(0, 4), Span(0, 2)), flag("b", None, None), flag("c", None, Span(3, 7)))
    line = of_segments(pick(TEXT[SEGMENTS[1].start :]), body)
    assert line.en == "It goes on."
    at = SEGMENTS[1].start
    assert [(f.code, f.ar, f.en) for f in line.flags] == [
        ("a", Span(at, at + 4), Span(6, 8)),
        ("b", None, None),
        ("c", None, Span(9, 13)),
    ]


def test_a_clause_has_the_flags_of_its_own_english() -> None:
    chosen = pick("وافق المجلس على الخطة،", flags=(flag("unsupported", None, None),))
    flags = (flag("a", Span(5, 11), Span(0, 3)), flag("b", None, Span(0, 3)), flag("c", None, None))
    own = TextTranslation(
        chosen.ar, (Translation(Segment(0, 0, len(chosen.ar), 0), "They agreed,", 0.2, flags),),
        "They agreed,", (Span(0, 12),),
    )  # fmt: skip
    line = of_itself(chosen, own, TEXT, SEGMENTS)
    assert (line.ar, line.en) == (chosen.ar, "They agreed.")
    at = chosen.sources[0].start
    assert [(f.code, f.ar, f.en) for f in line.flags] == [
        ("a", Span(at + 5, at + 11), None),
        ("b", None, None),
        ("c", None, None),
        ("unsupported", None, None),
    ]
    assert line.flags[0].ar is not None
    assert line.flags[0].ar.of(TEXT) == "المجلس"


def test_a_written_sentence_has_no_places_in_the_article() -> None:
    made = Pick("جملة أخرى", 0.5, (Source(0, SEGMENTS[0].start, SEGMENTS[0].end),))
    wrong = flag("a", Span(0, 4), Span(0, 3))
    own = TextTranslation(
        made.ar,
        (Translation(Segment(0, 0, 9, 0), "Another one", 0.2, (wrong,)),),
        "Another one",
        (Span(0, 11),),
    )
    line = of_itself(made, own, TEXT, SEGMENTS)
    assert line.en == "Another one"
    assert [(f.code, f.ar, f.en) for f in line.flags] == [("a", None, None)]


@pytest.mark.parametrize(
    ("length", "codes"),
    [(Length(words=3), []), (Length(words=2), ["summary_longer"]), (Length(sentences=1), [])],
)
def test_a_summary_longer_than_asked_for_says_so(length: Length, codes: list[str]) -> None:
    sentence = SummarySentence("ثلاث كلمات هنا", "three words here", 0.5, ())
    notices = longer([sentence], length)
    assert [notice.code for notice in notices] == codes
    assert all("3 words, more than the 2" in notice.message for notice in notices)
