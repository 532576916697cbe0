"""The rules of the floor, and the floor itself: the bundled model is measured here on every run."""

from pathlib import Path

import pytest

from benchmarks.environment import weights_sha
from benchmarks.gate import Floor, failure, floor_of, measured, read_floors, updated, write_floors
from benchmarks.quality import read_pairs
from benchmarks.systems import model_at

OLD, NEW = "a" * 64, "b" * 64
FLOOR = Floor("gate.tsv", 50.0, 0.5)


@pytest.mark.parametrize(("chrf", "good"), [(50.0, True), (49.5, True), (49.49, False), (60.0, True)])
def test_a_score_may_fall_by_the_noise_and_no_more(chrf: float, good: bool):
    assert (failure({OLD: FLOOR}, OLD, chrf) is None) is good


def test_new_weights_do_not_pass_on_old_floors():
    assert "no floor" in str(failure({OLD: FLOOR}, NEW, 99.0))


def test_better_weights_are_pinned_beside_the_old():
    better = Floor("gate.tsv", 55.0, 0.5)
    assert updated({OLD: FLOOR}, NEW, better, allow_regression=False) == {OLD: FLOOR, NEW: better}


@pytest.mark.parametrize("sha", [OLD, NEW])
def test_a_lower_floor_needs_to_be_allowed(sha: str):
    worse = Floor("gate.tsv", 49.0, 0.5)
    with pytest.raises(ValueError, match="--allow-regression"):
        updated({OLD: FLOOR}, sha, worse, allow_regression=False)
    assert updated({OLD: FLOOR}, sha, worse, allow_regression=True)[sha] == worse


def test_noise_is_three_times_the_spread_and_never_nothing():
    assert floor_of([54.0, 54.4, 54.1]) == Floor("gate.tsv", 54.0, 1.2)
    assert floor_of([54.0, 54.0]) == Floor("gate.tsv", 54.0, 0.5)


def test_floors_come_back_as_written(tmp_path: Path):
    write_floors({OLD: FLOOR}, tmp_path / "floors.json")
    assert read_floors(tmp_path / "floors.json") == {OLD: FLOOR}
    assert read_floors(tmp_path / "none.json") == {}


def test_a_line_that_is_no_pair_is_named(tmp_path: Path):
    broken = tmp_path / "pairs.tsv"
    broken.write_text("نص\ttext\nنص\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"pairs\.tsv:2"):
        read_pairs(broken)


def test_the_bundled_model_holds_its_floor():
    why = failure(read_floors(), weights_sha(model_at("starter")), measured())
    assert why is None, why
