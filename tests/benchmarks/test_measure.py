import pytest

from benchmarks.measure import Timing, Work, interleave, ratio, table, verdict


class Clock:
    """Moves only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_candidates_take_turns_and_the_first_run_does_not_count():
    clock, order = Clock(), []

    def candidate(name: str, seconds: float):
        def run() -> Work:
            order.append(name)
            clock.now += seconds * (10 if len(order) <= 2 else 1)
            return Work(4, 40)

        return run

    rests: list[float] = []
    timings = interleave(
        {"a": candidate("a", 2.0), "b": candidate("b", 0.5)}, 3, clock=clock, rest=rests.append
    )
    assert order == ["a", "b"] * 4
    assert len(rests) == 6
    assert timings["a"].seconds == (2.0, 2.0, 2.0)
    assert timings["b"].segments_per_second == 8
    assert timings["b"].tokens_per_second == 80
    assert ratio(timings["a"], timings["b"]) == 4


def test_the_ratio_is_taken_round_by_round():
    """A round in which the machine was slow for both says as much as any other."""
    slow = Timing((2.0, 20.0, 2.2), Work(10, 0))
    fast = Timing((1.0, 10.0, 1.0), Work(10, 0))
    assert ratio(slow, fast) == pytest.approx(2.0)


def test_the_ratio_is_per_segment():
    assert ratio(Timing((2.0,), Work(10, 0)), Timing((2.0,), Work(30, 0))) == pytest.approx(3)


def test_no_rounds_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        interleave({}, 0)


def test_table():
    assert table(("a", "b"), [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


@pytest.mark.parametrize(
    ("value", "goal", "at_most", "met"),
    [(6.0, 6, False, True), (5.9, 6, False, False), (1.1, 1.1, True, True), (1.2, 1.1, True, False)],
)
def test_verdict(value: float, goal: float, at_most: bool, met: bool):
    assert ("NOT met" in verdict("x", value, goal, at_most=at_most)) is not met
