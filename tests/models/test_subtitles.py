import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.subtitles import LINE, cues, write

PLAIN = "1\n00:00:01,000 --> 00:00:02,500\nمرحبا بكم\nفي النشرة\n\n2\n00:00:03,000 --> 00:00:04,000\nانتهى.\n"


def texts(source: str) -> list[tuple[str, ...]]:
    return [cue.texts for cue in cues(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        ("نص بلا توقيت\n", []),
        (PLAIN, [("مرحبا بكم في النشرة",), ("انتهى.",)]),
        (PLAIN.replace("\n", "\r\n"), [("مرحبا بكم في النشرة",), ("انتهى.",)]),
        ("\ufeff" + PLAIN, [("مرحبا بكم في النشرة",), ("انتهى.",)]),
        ("00:00:01.000 --> 00:00:02.000\nبلا رقم", [("بلا رقم",)]),
        ("1\n00:00:01,0 --> 00:00:02,0\n\n\n2\n0:00:01,0 --> 0:00:02,0\nب", [("ب",)]),
        ("1\n00:00:01,0 --> 00:00:02,0\nا\n2\n00:00:03,0 --> 00:00:04,0\nب", [("ا",), ("ب",)]),
        ("1\n00:00:01,0 --> 00:00:02,0\n- نعم\n- لا\n", [("نعم", "لا")]),
        ("1\n00:00:01,0 --> 00:00:02,0\n- نعم\n", [("نعم",)]),
        ("1\n00:00:01,0 --> 00:00:02,0\n{\\an8}فوق\n", [("فوق",)]),
        ("1\n00:00:01,0 --> 00:00:02,0\n2024\n\n", [("2024",)]),
    ],
)
def test_the_texts_of_a_file(source: str, expected: list[tuple[str, ...]]) -> None:
    assert texts(source) == expected


def test_everything_else_stays() -> None:
    source = PLAIN.replace("مرحبا", "{\\an8}مرحبا").replace("\n", "\r\n")
    written = write(source, cues(source), ["Welcome to the news", "The end."])
    assert written == (
        "1\r\n00:00:01,000 --> 00:00:02,500\r\n{\\an8}Welcome to the news\r\n\r\n"
        "2\r\n00:00:03,000 --> 00:00:04,000\r\nThe end.\r\n"
    )


def test_long_lines_are_broken_evenly_and_speakers_stay_apart() -> None:
    source = "1\n00:00:01,0 --> 00:00:02,0\n- ا\n- ب\n"
    long = "the ministers of agriculture met in Amman on Sunday"
    assert write(source, cues(source), [long, "No."]).splitlines()[2:] == [
        "- the ministers of agriculture",
        "met in Amman on Sunday",
        "- No.",
    ]


@given(
    st.lists(st.lists(st.text("ابت ث،", min_size=1), min_size=1, max_size=3), max_size=5),
    st.sampled_from(["\n", "\r\n"]),
)
def test_times_and_numbers_never_change(lines: list[list[str]], newline: str) -> None:
    blocks = [
        newline.join([str(n + 1), f"00:00:{n:02},000 --> 00:00:{n:02},900", *cue])
        for n, cue in enumerate(lines)
    ]
    source = (newline * 2).join(blocks)
    found = cues(source)
    written = write(source, found, ["word " * 30 for cue in found for _ in cue.texts])
    times = [line for line in source.splitlines() if "-->" in line]
    assert [line for line in written.splitlines() if "-->" in line] == times
    assert all(len(line) <= LINE for line in written.splitlines() if "word" in line)
    assert [c.texts for c in cues(write(source, found, [t for c in found for t in c.texts]))] == [
        tuple(" ".join(t.split()) for t in c.texts) for c in found
    ]
