import json
from pathlib import Path

import pytest

from benchmarks import model_scores
from benchmarks.model_scores import (
    Pair,
    Scores,
    as_the_service,
    below_floors,
    names_right,
    numbers_right,
    read,
)
from models.manifest import STARTER


@pytest.mark.parametrize(
    ("source", "output", "share"),
    [
        ("٣٥ قتيلا", "35 dead", 1.0),
        ("35 قتيلا", "53 dead", 0.0),
        ("في 5 دول و12 مدينة", "in five countries and 12 cities", 1.0),
        ("١٬٢٠٠ دولار", "1,200 dollars", 1.0),
        ("1200 دولار", "1,200 dollars", 1.0),
        ("3,5 في المئة", "3.5 per cent", 1.0),
        ("٣٫٥ في المئة", "35 per cent", 0.0),
        ("عام 2024 و2025", "in 2024", 0.5),
        ("بلا أرقام", "in 2024", None),
    ],
)
def test_numbers(source: str, output: str, share: float | None) -> None:
    assert numbers_right([Pair(source, "")], [output]) == share


@pytest.mark.parametrize(
    ("reference", "output", "share"),
    [
        ("The president met Emmanuel Macron in Paris.", "The president met Macron in Paris.", 2 / 3),
        ("The president met Macron in Paris.", "The president met Makron in Paris.", 0.5),
        ("On Monday the minister spoke.", "The minister spoke.", None),
        ("Paris is large.", "London is large.", None),
        ("He visited Abu-Dhabi, Oman and Yemen.", "He visited Oman.", 1 / 3),
    ],
)
def test_names(reference: str, output: str, share: float | None) -> None:
    if share is None:
        assert names_right([Pair("", reference)], [output]) is None
    else:
        assert names_right([Pair("", reference)], [output]) == pytest.approx(share)


def test_a_limit_is_spread_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "dev.tsv"
    path.write_text("".join(f"س{i}\ts{i}\n" for i in range(10)) + "no pair\n", encoding="utf-8")
    assert [pair.reference for pair in read(path, 5)] == ["s0", "s2", "s4", "s6", "s8"]
    assert len(read(path, 0)) == 10


def test_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"one": 30.0, "two": 40.0, "not measured": 50.0}))
    monkeypatch.setattr(model_scores, "FLOORS", floors)
    results = {name: Scores(1, 35.0, 5.0, None, None, 0.0, 0.0, 0.0) for name in ("one", "two")}
    assert below_floors(results) == ["two: chrF 35.00, floor 40.0"]


def test_scores_of_right_and_wrong_outputs() -> None:
    pairs = [Pair("زار 3 وزراء باريس", "Three ministers visited Paris."), Pair("نعم", "Yes")]
    perfect = model_scores.score(pairs, ["3 ministers visited Paris.", "Yes"])
    assert (perfect.numbers, perfect.names, perfect.empty, perfect.looping) == (1.0, 1.0, 0.0, 0.0)
    assert perfect.chrf > 80
    broken = model_scores.score(pairs, ["go go go go go go go", "نعم"])
    assert (broken.numbers, broken.names, broken.looping, broken.arabic_left) == (0.0, 0.0, 0.5, 0.5)
    assert model_scores.score(pairs, ["", "Yes"]).empty == 0.5


def test_signatures_name_their_metrics() -> None:
    assert [signature.split("|")[0] for signature in model_scores.signatures()] == ["chrF2", "BLEU"]


def test_as_the_service_translates() -> None:
    with as_the_service(STARTER) as translate:
        killed, untouched = translate(["قتل 14 شخصا في مدينة حلب.", "BBC"])
    assert "14" in killed
    assert untouched == "BBC"
