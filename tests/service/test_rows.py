from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.document import Flag, Span, Title
from service.rows import SEVERITIES, FlagView, Mark, chips, confidence, cut, direction, page_view, runs, worst
from tests.service.results import ARABIC, HEADLINE, PIECES, make


def flag(start, end, number=0, severity="major"):
    return Mark(Span(start, end), flag=number, severity=severity)


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("abc", [], [("abc", (), None)]),
        ("", [], []),
        ("", [flag(0, 3)], []),
        ("abcdef", [flag(2, 4)], [("ab", (), None), ("cd", (0,), "major"), ("ef", (), None)]),
        ("abc", [flag(0, 3)], [("abc", (0,), "major")]),
        ("abc", [flag(1, 1)], [("abc", (), None)]),
        ("abc", [flag(-4, 1)], [("a", (0,), "major"), ("bc", (), None)]),
        ("abc", [flag(2, 99)], [("ab", (), None), ("c", (0,), "major")]),
        ("abc", [flag(7, 9)], [("abc", (), None)]),
        # nested: the inner piece knows both and takes the graver severity
        (
            "abcdef",
            [flag(0, 6, 0, "minor"), flag(2, 4, 1, "critical")],
            [("ab", (0,), "minor"), ("cd", (0, 1), "critical"), ("ef", (0,), "minor")],
        ),
        # crossing
        (
            "abcdef",
            [flag(0, 4, 0, "minor"), flag(2, 6, 1, "major")],
            [("ab", (0,), "minor"), ("cd", (0, 1), "major"), ("ef", (1,), "major")],
        ),
        # the same span twice
        ("abc", [flag(0, 1, 0), flag(0, 1, 1)], [("a", (0, 1), "major"), ("bc", (), None)]),
        # abutting
        ("abcd", [flag(0, 2, 0), flag(2, 4, 1)], [("ab", (0,), "major"), ("cd", (1,), "major")]),
        # code points beyond the basic plane count one each
        ("😀٣٠😀", [flag(1, 3)], [("😀", (), None), ("٣٠", (0,), "major"), ("😀", (), None)]),
        # a mark never cuts a vowel sign from its letter, at either end
        ("كَتَبَ", [flag(0, 1)], [("كَ", (0,), "major"), ("تَبَ", (), None)]),
        ("كَتَبَ", [flag(3, 5)], [("كَ", (), None), ("تَبَ", (0,), "major")]),
    ],
)
def test_cut(text, marks, expected):
    assert [(p.text, p.flags, p.severity) for p in cut(text, marks)] == expected
    assert [(p.text, p.flags, p.severity) for p in cut(text, marks[::-1])] == expected


marks = st.builds(
    lambda start, length, number, severity: flag(start, start + length, number, severity),
    st.integers(-5, 40),
    st.integers(0, 30),
    st.integers(0, 5),
    st.sampled_from(SEVERITIES),
)


@given(st.text(max_size=40), st.lists(marks, max_size=6))
def test_pieces_rebuild_the_text(text, several):
    pieces = cut(text, several)
    assert "".join(p.text for p in pieces) == text
    assert all(p.text for p in pieces)
    assert all((p.severity is None) == (p.flags == ()) for p in pieces)


def test_a_source_gets_its_anchor_where_it_begins():
    pieces = cut("abcdef", [Mark(Span(2, 5), cite=0, anchor="source-1-1"), flag(3, 4)])
    assert [(p.text, p.cites, p.anchors) for p in pieces] == [
        ("ab", (), ()),
        ("c", (0,), ("source-1-1",)),
        ("d", (0,), ()),
        ("e", (0,), ()),
        ("f", (), ()),
    ]


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("أعلنت الوزارة", "ltr", "rtl"),
        ("The ministry", "rtl", "ltr"),
        ("BBC تعلن عن وظائف", "ltr", "rtl"),
        ("ذكرت Agence France-Presse", "rtl", "ltr"),
        ("١٢٣ 456 !", "rtl", "rtl"),
        ("١٢٣ 456 !", "ltr", "ltr"),
        ("", "rtl", "rtl"),
        ("שלום", "ltr", "rtl"),
    ],
)
def test_direction_goes_by_the_majority(text, default, expected):
    assert direction(text, default) == expected


@pytest.mark.parametrize(
    ("value", "level", "percent"),
    [(0.0, "low", 0), (0.394, "low", 39), (0.4, "fair", 40), (0.744, "fair", 74), (0.75, "high", 75),
     (1.0, "high", 100), (1.7, "high", 100), (-1, "low", 0)],
)  # fmt: skip
def test_confidence_in_words(value, level, percent):
    shown = confidence(value)
    assert (shown.level, shown.percent) == (level, percent)
    assert shown.word


@pytest.mark.parametrize(
    ("severities", "expected"),
    [([], None), ([None], None), (["minor", None], "minor"), (["minor", "critical", "major"], "critical")],
)
def test_worst(severities, expected):
    assert worst(severities) == expected


def test_a_run_joins_what_only_citations_tell_apart():
    pieces = cut("abcdef", [flag(1, 5), Mark(Span(0, 3), cite=0, anchor="source-1-1")])
    assert [("".join(p.text for p in run.pieces), run.flags, len(run.pieces)) for run in runs(pieces)] == [
        ("a", (), 1),
        ("bcde", (0,), 2),
        ("f", (), 1),
    ]


def flagged(side):
    return ["".join(p.text for p in run.pieces) for run in side.runs if run.flags]


def test_flags_of_one_kind_share_a_chip():
    def view(label, severity, message):
        return FlagView(label.lower(), label, severity, message)

    first, second = view("Numbers", "major", "3 is gone"), view("Numbers", "critical", "5 became 6")
    other = view("Names", "minor", "BBC is gone")
    assert [(c.label, c.severity, c.flags) for c in chips([first, other, second])] == [
        ("Numbers", "critical", (first, second)),
        ("Names", "minor", (other,)),
    ]
    assert chips([]) == ()


@pytest.mark.parametrize(
    ("text", "marked", "shown"),
    [
        ("في 12/11/2024، بين", "11", "12/11/2024"), ("بلغ ٣٫٥٪ فقط", "٣٫٥", "٣٫٥٪"), ("at 10:30 am", "30", "10:30"),
        ("cost $5,000 in", "000", "$5,000"), ("2010-2015", "2010", "2010-2015"), ("see 5. Then 6", "5", "5"),
        ("no number", "number", "number"),
    ],
)  # fmt: skip
def test_no_mark_cuts_a_number(text, marked, shown):
    start = text.index(marked)
    pieces = cut(text, [flag(start, start + len(marked))])
    assert [p.text for p in pieces if p.flags] == [shown]
    assert "".join(p.text for p in pieces) == text


def test_page_view_keeps_every_segment_and_paragraph():
    view = page_view(make())
    assert [[row.number for row in rows] for rows in view.paragraphs] == [[1], [2, 3]]
    assert view.segments == 3
    assert [row.ar.text for rows in view.paragraphs for row in rows] == [piece[0] for piece in PIECES]
    assert view.paragraphs[1][1].ar.direction == "rtl", "a Latin first word must not turn the line round"


def test_flags_are_placed_on_both_sides_and_listed_gravest_first():
    view = page_view(make())
    row = view.paragraphs[0][0]
    assert flagged(row.ar) == ["٣٥٠"]
    assert flagged(row.en) == ["530,000"], "a number is not marked by halves"
    assert row.severity == "critical"
    assert [(i.place, i.anchor, i.flag.code, i.flag.placed) for i in view.issues] == [
        ("segment 1", "segment-1", "number_mismatch", True),
        ("segment 1", "segment-1", "low_confidence", False),
    ]
    assert view.counts == (("critical", 1), ("minor", 1))


def test_the_headline_is_marked_and_listed_like_a_segment():
    view = page_view(replace(make(), title=HEADLINE))
    assert view.title is not None
    assert (flagged(view.title.ar), flagged(view.title.en)) == (["350"], ["530,000"])
    assert view.title.confidence == confidence(0.3)
    assert [(i.place, i.anchor) for i in view.issues] == [
        ("headline", "headline"), ("segment 1", "segment-1"), ("segment 1", "segment-1"),
    ]  # fmt: skip
    assert view.counts == (("critical", 2), ("minor", 1))
    old = page_view(replace(make(), title=Title("عنوان", "Title")))
    assert old.title is not None
    assert old.title.confidence is None


def test_a_summary_line_lists_the_flags_that_no_segment_has():
    result = make()
    own = Flag("repetition", "critical", "It says it twice.", Span(50, 55), None)
    lines = (result.sentences[0], replace(result.sentences[1], flags=(own,)))
    view = page_view(replace(result, sentences=lines))
    assert [(i.place, i.anchor, i.flag.code) for i in view.issues] == [
        ("summary line 2", "line-2", "repetition"),
        ("segment 1", "segment-1", "number_mismatch"),
        ("segment 1", "segment-1", "low_confidence"),
    ]


def test_each_source_link_has_exactly_one_anchor_at_the_right_words():
    view = page_view(make())
    rows = [row for paragraph in view.paragraphs for row in paragraph]
    pieces = [(a, p) for row in rows for run in row.ar.runs for p in run.pieces for a in p.anchors]
    assert [name for name, _ in pieces] == [link.anchor for s in view.sentences for link in s.sources]
    assert pieces[1][1].text == "سنصل إلى كل قرية" == view.sentences[1].sources[0].text
    assert view.sentences[1].sources[0].text in ARABIC


def test_a_result_without_sentences_or_flags():
    view = page_view(make(flagged=False, sentences=False))
    assert (view.sentences, view.issues, view.counts) == ((), (), ())
