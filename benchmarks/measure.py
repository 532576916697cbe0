"""Timing that survives a shared machine: the candidates take turns, medians and ratios are what counts."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: CTranslate2's OpenMP threads spin this long after a call; the next candidate must not pay for that.
SETTLE_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Work:
    """What one run produced."""

    segments: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Timing:
    """All runs of one candidate, in seconds, and what each run produced (the last one's, they are alike)."""

    seconds: tuple[float, ...]
    work: Work
    cpu: tuple[float, ...] = ()

    @property
    def cpu_median(self) -> float:
        """Processor seconds of a run: nearly the same on a busy machine as on a quiet one."""
        return statistics.median(self.cpu)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def segments_per_second(self) -> float:
        return self.work.segments / self.median

    @property
    def tokens_per_second(self) -> float:
        return self.work.tokens / self.median


def interleave(
    candidates: Mapping[str, Callable[[], Work]],
    rounds: int,
    *,
    cpu: Mapping[str, Callable[[], float]] | None = None,
    clock: Callable[[], float] = time.perf_counter,
    rest: Callable[[float], None] = time.sleep,
) -> dict[str, Timing]:
    """Run every candidate once without counting, then `rounds` times in turn (A B C A B C …), so that
    whatever else the machine does hits all alike. `cpu` tells the processor seconds used so far by whoever
    does a candidate's work (without: this process)."""
    if rounds < 1:
        raise ValueError("at least one round")
    meters = dict.fromkeys(candidates, time.process_time) | dict(cpu or {})
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    used: dict[str, list[float]] = {name: [] for name in candidates}
    work = {name: run() for name, run in candidates.items()}
    for _ in range(rounds):
        for name, run in candidates.items():
            rest(SETTLE_SECONDS)
            before, started = meters[name](), clock()
            work[name] = run()
            seconds[name].append(clock() - started)
            used[name].append(meters[name]() - before)
    return {name: Timing(tuple(seconds[name]), work[name], tuple(used[name])) for name in candidates}


def ratio(slow: Timing, fast: Timing) -> float:
    """How many times faster: the median over the rounds of slow/fast in the same round, per segment."""
    pairs = zip(slow.seconds, fast.seconds, strict=True)
    scale = fast.work.segments / slow.work.segments
    return statistics.median(a / b for a, b in pairs) * scale


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, ready for docs/benchmarks.md."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def timing_row(name: str, timing: Timing) -> list[str]:
    """Columns of `TIMING_HEADER`."""
    return [
        name,
        f"{timing.median:.2f}",
        f"{min(timing.seconds):.2f}-{max(timing.seconds):.2f}",
        f"{timing.segments_per_second:.1f}",
        f"{timing.tokens_per_second:.0f}",
        f"{timing.cpu_median:.2f}",
    ]


TIMING_HEADER = ("what", "median s", "range s", "segments/s", "target tokens/s", "CPU s")


def verdict(what: str, value: float, goal: float, *, at_most: bool = False, unit: str = "") -> str:
    """One line that says whether a goal was reached."""
    met = value <= goal if at_most else value >= goal
    sign = "<=" if at_most else ">="
    return f"{what}: {value:.3g}{unit} (goal {sign} {goal:g}{unit}: {'met' if met else 'NOT met'})"
