import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.errors import DataError
from models.training.opening import open_capped
from models.training.pairs import PairLimits, judge, read_pairs, write_rejects

GOOD = ("أعلن الوزير افتتاح المدرسة الجديدة.", "The minister announced the opening of the new school.")


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (*GOOD, None),
        ("", "Nothing", "empty source"),
        ("شيء", "", "empty target"),
        ("42", "42", "both sides the same"),
        ("٤٢", "42", None),
        ("الأمم المتحدة", "UN", None),
        ("The minister spoke.", "تحدث الوزير.", "sides swapped"),
        ("Le ministre a parlé.", "The minister spoke.", "source is not Arabic"),
        ("وزیر خارجہ نے کہا کہ یہ گفتگو جاری رہے گی", "Talks would go on, he said.", "source is not Arabic"),
        ("تحدث الوزير.", "Министр говорил.", "target is not English"),
        ("تحدث الوزير عن الخطة.", "The الوزير talked about خطة المدينة", "target is not English"),
        (
            "أعلن الوزير في مؤتمر صحفي أن الحكومة ستفتتح عشر مدارس جديدة قبل نهاية العام.",
            "Le ministre annonce pendant une conférence que dix écoles ouvriront avant décembre.",
            "target is not English",
        ),
        ("تحدث خبراء Microsoft Windows 11 عن الأمن", "Microsoft Windows 11 experts on security", None),
        ("نعم", "Yes, and after that the whole story went on for a very long time indeed.", "length ratio"),
        ("كلمة " * 300, "word " * 300, "too long"),
    ],
)  # fmt: skip
def test_judge(source: str, target: str, reason: str | None) -> None:
    assert judge(source, target) == reason


@given(st.text(max_size=60), st.text(max_size=60))
def test_judge_takes_any_text(source: str, target: str) -> None:
    assert judge(source.strip(), target.strip()) is None or isinstance(
        judge(source.strip(), target.strip()), str
    )


def test_every_line_is_used_or_listed(tmp_path: Path) -> None:
    path = tmp_path / "memory.tsv"
    path.write_bytes(
        b"\xef\xbb\xbf" + "\t".join(GOOD).encode() + b"\r\n"
        + "\t".join(GOOD).encode() + b"\n"
        + "بلا ترجمة\t\n".encode()
        + b"one column\n"
        + "عمود\ttwo\tthree\n".encode()
        + b"\xff\xfe\tbroken\n"
        + b"\n"
        + "The minister\tالوزير\n".encode()
    )  # fmt: skip
    reading = read_pairs([path])
    assert [(p.source, p.target, p.line) for p in reading.pairs] == [(*GOOD, 1)]
    assert [(r.line, r.reason) for r in reading.rejects] == [
        (2, "duplicate"), (3, "empty target"), (4, "not two columns"), (5, "not two columns"),
        (6, "not UTF-8"), (8, "sides swapped"),
    ]  # fmt: skip
    assert reading.reasons()["not two columns"] == 2


def test_rejects_are_written_as_a_list(tmp_path: Path) -> None:
    path = tmp_path / "memory.tsv.gz"
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write("\t".join(GOOD) + "\nبلا ترجمة\t\n")
    reading = read_pairs([path])
    write_rejects(reading.rejects, tmp_path / "rejects.tsv")
    lines = (tmp_path / "rejects.tsv").read_text(encoding="utf-8").splitlines()
    assert lines == ["file\tline\treason\texcerpt", "memory.tsv.gz\t2\tempty target\tبلا ترجمة |"]


def test_limits_are_the_callers() -> None:
    assert judge(*GOOD, PairLimits(max_characters=10)) == "too long"


@pytest.mark.parametrize("name", ["data.docx", "data", "data.tsv.zip"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    with pytest.raises(DataError, match=r"\.tsv"):
        read_pairs([tmp_path / name])


def test_missing_file_names_itself(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.tsv"):
        read_pairs([tmp_path / "gone.tsv"])


def test_a_small_archive_cannot_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tsv.gz"
    with gzip.open(path, "wb") as out:
        out.write(b"a" * 1_000_000)
    with open_capped(path, limit=10_000) as stream, pytest.raises(DataError, match=r"bomb\.tsv\.gz"):
        stream.read()


def test_a_torn_archive_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "torn.tsv.gz"
    path.write_bytes(gzip.compress("\t".join(GOOD).encode() * 500)[:-20])
    with pytest.raises(DataError, match=r"torn\.tsv\.gz"):
        read_pairs([path])
