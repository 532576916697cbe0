"""No development sentence, and no run of eight of its words, stands in the training text.

Most of the data are not part of the repository; the test runs where the shared material lies beside it.
"""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[4] / "shared" / "starter" / "data"
WRITTEN = Path(__file__).resolve().parents[3] / "models" / "starter" / "written"
RUN = 8
SENTENCE = 4  # words; shorter ones ("Seriously?") are phrases of the lexicon too, and can't be kept apart
#: Held out of the same writing as the training news: stock phrases come back in a few sentences, and the
#: model's card calls its score flattering.
FAMILIAR = {"news_written": 0.02}
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670]")
_WORD = re.compile(r"[^\W_]+")
_SAME = str.maketrans("أإآىة", "اااية")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the training data lie outside the repository")


def words(text: str) -> list[str]:
    """Words without case, vowel marks, and the spellings of alef, ya and ta marbuta that vary."""
    return _WORD.findall(_MARKS.sub("", text).translate(_SAME).lower())


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


def training_pairs() -> Iterator[tuple[str, str]]:
    for folder in (DATA / "train", DATA / "written", WRITTEN):
        for path in sorted(folder.glob("*.tsv.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    source, _, target = line.rstrip("\n").partition("\t")
                    yield source, target


@pytest.fixture(scope="module")
def training() -> tuple[set[str], set[tuple[str, ...]]]:
    """Whole sides of the training text, and those of its eight-word runs that stand in a development set."""
    wanted = set().union(*(runs(side) for name in SETS for pair in development(name) for side in pair))
    whole: set[str] = set()
    shared: set[tuple[str, ...]] = set()
    for pair in training_pairs():
        for side in pair:
            found = words(side)
            whole.add(" ".join(found))
            shared.update(wanted.intersection(zip(*(found[i:] for i in range(RUN)), strict=False)))
    return whole, shared


SETS = [path.stem for path in sorted((DATA / "dev").glob("*.tsv"))]


def development(name: str) -> list[list[str]]:
    lines = (DATA / "dev" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize("name", SETS)
def test_no_sentence_in_common(name: str, training: tuple[set[str], set[tuple[str, ...]]]) -> None:
    sides = [side for pair in development(name) for side in pair if len(words(side)) >= SENTENCE]
    assert sides
    assert [side for side in sides if " ".join(words(side)) in training[0]] == []


@pytest.mark.parametrize("name", SETS)
def test_no_run_of_words_in_common(name: str, training: tuple[set[str], set[tuple[str, ...]]]) -> None:
    pairs = development(name)
    touched = [pair for pair in pairs if any(not training[1].isdisjoint(runs(side)) for side in pair)]
    assert len(touched) <= FAMILIAR.get(name, 0.0) * len(pairs), touched


def test_the_check_finds_what_it_looks_for() -> None:
    assert words("أَعْلَنَ الرئيسُ") == words("اعلن الرئيس")
    assert runs("one two three four five six seven EIGHT, nine") == {
        ("one", "two", "three", "four", "five", "six", "seven", "eight"),
        ("two", "three", "four", "five", "six", "seven", "eight", "nine"),
    }
