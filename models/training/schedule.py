"""The learning rate: linear warm-up by steps, hold, linear decay by progress.

Decay follows *progress*, the share of the run that is done, because a run may be bounded by steps, by time or
by both; what is nearer its end decides.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """`hold`: the progress (0..1) at which decay begins. `floor`: share of the peak left at the end."""

    peak: float = 7e-4
    warmup: int = 1000
    hold: float = 0.5
    floor: float = 0.02

    def rate(self, step: int, progress: float) -> float:
        """Learning rate of the step with this number (from 0) at this progress."""
        warm = min(1.0, (step + 1) / max(1, self.warmup))
        if progress <= self.hold:
            return self.peak * warm
        left = max(0.0, (1.0 - progress) / (1.0 - self.hold))
        return self.peak * warm * (self.floor + (1.0 - self.floor) * left)


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a run ends: after `steps` steps, after `seconds` seconds of training, or after `patience`
    measurements of the development loss without a new best. At least one of the first two is set."""

    steps: int | None = None
    seconds: float | None = None
    patience: int | None = None

    def progress(self, step: int, elapsed: float) -> float:
        """Share of the run that is done, 0..1."""
        shares = [0.0]
        if self.steps is not None:
            shares.append(step / max(1, self.steps))
        if self.seconds is not None:
            shares.append(elapsed / max(1e-9, self.seconds))
        return min(1.0, max(shares))

    def remaining(self, step: int, elapsed: float) -> float | None:
        """Seconds to the expected end, or None before anything is known about the pace."""
        progress = self.progress(step, elapsed)
        return elapsed * (1.0 - progress) / progress if progress > 0 else None
