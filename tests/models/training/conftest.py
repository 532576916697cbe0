"""A tiny parallel text and a vocabulary for it: enough to train networks of a few thousand parameters."""

import random
from pathlib import Path

import pytest

from models.training.batches import Example, encode
from models.training.pairs import Pair
from models.training.vocabulary import Vocabulary, VocabularyOptions, train_vocabulary

SUBJECTS = [
    ("الوزير", "the minister"), ("الرئيس", "the president"), ("المدير", "the manager"),
    ("الطبيب", "the doctor"), ("الكاتب", "the writer"), ("القاضي", "the judge"), ("الطالب", "the student"),
]  # fmt: skip
VERBS = [
    ("زار", "visited"), ("افتتح", "opened"), ("غادر", "left"), ("وصف", "described"), ("رأى", "saw"),
    ("اشترى", "bought"), ("دخل", "entered"),
]  # fmt: skip
OBJECTS = [
    ("المدرسة", "the school"), ("المدينة", "the city"), ("المستشفى", "the hospital"), ("البيت", "the house"),
    ("المصنع", "the factory"), ("المكتبة", "the library"), ("المطار", "the airport"),
]  # fmt: skip


def sentences() -> list[Pair]:
    """343 different sentences of verb, subject and object, in a fixed order."""
    pairs = [
        Pair(f"{v[0]} {s[0]} {o[0]}.", f"{s[1].capitalize()} {v[1]} {o[1]}.", "made.tsv", 0)
        for v in VERBS
        for s in SUBJECTS
        for o in OBJECTS
    ]
    random.Random(7).shuffle(pairs)
    return pairs


@pytest.fixture(scope="session")
def pairs() -> list[Pair]:
    return sentences()


@pytest.fixture(scope="session")
def vocabulary(pairs: list[Pair], tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return train_vocabulary(
        [pair.source for pair in pairs],
        [pair.target for pair in pairs],
        tmp_path_factory.mktemp("vocabulary"),
        VocabularyOptions(size=330, threads=1),
    )


@pytest.fixture(scope="session")
def examples(pairs: list[Pair], vocabulary: Vocabulary) -> list[Example]:
    return encode(pairs, vocabulary, 60)[0]


@pytest.fixture(autouse=True)
def one_thread(request: pytest.FixtureRequest) -> None:
    """Matrices of this size gain nothing from threads, and threads that wait for a busy core cost minutes."""
    if request.node.get_closest_marker("torch"):
        import torch

        torch.set_num_threads(1)


@pytest.fixture
def written(pairs: list[Pair], tmp_path: Path) -> Path:
    path = tmp_path / "made.tsv"
    path.write_text("".join(f"{p.source}\t{p.target}\n" for p in pairs), encoding="utf-8")
    return path
