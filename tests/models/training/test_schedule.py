import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.training.schedule import Bounds, Schedule


@pytest.mark.parametrize(
    ("step", "progress", "share"),
    [(0, 0.0, 0.1), (4, 0.0, 0.5), (9, 0.1, 1.0), (50, 0.5, 1.0), (75, 0.75, 0.55), (100, 1.0, 0.1)],
)
def test_warm_up_hold_decay(step: int, progress: float, share: float) -> None:
    schedule = Schedule(peak=2.0, warmup=10, hold=0.5, floor=0.1)
    assert schedule.rate(step, progress) == pytest.approx(2.0 * share)


@given(st.integers(0, 10_000), st.floats(0, 1), st.floats(0, 1))
def test_the_rate_never_rises_after_warm_up(step: int, one: float, other: float) -> None:
    schedule = Schedule(warmup=1)
    early, late = sorted((one, other))
    assert 0 < schedule.rate(step, late) <= schedule.rate(step, early) <= schedule.peak


@pytest.mark.parametrize(
    ("bounds", "step", "elapsed", "progress", "remaining"),
    [
        (Bounds(steps=100), 25, 10.0, 0.25, 30.0),
        (Bounds(seconds=100.0), 25, 10.0, 0.1, 90.0),
        (Bounds(steps=100, seconds=100.0), 25, 10.0, 0.25, 30.0),
        (Bounds(seconds=100.0), 1, 500.0, 1.0, 0.0),
        (Bounds(seconds=100.0), 0, 0.0, 0.0, None),
    ],
)
def test_progress_follows_what_ends_first(
    bounds: Bounds, step: int, elapsed: float, progress: float, remaining: float | None
) -> None:
    assert bounds.progress(step, elapsed) == pytest.approx(progress)
    assert bounds.remaining(step, elapsed) == (None if remaining is None else pytest.approx(remaining))
