"""What running jobs have to tell before they are done: segments and progress, in memory.

Nothing of this is stored: when the process dies the job starts anew and tells the same again, and what a
job has told is part of its result. A listener says how many segments it has, so it can go on with any
process at any time.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Segment = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class News:
    """What a listener that had `seen` segments doesn't have yet. `over`: the job is at rest; look it up."""

    segments: Sequence[Segment]
    done: int
    total: int
    over: bool


@dataclass(slots=True)
class _Told:
    segments: list[Segment] = field(default_factory=list)
    done: int = 0
    total: int = 0


class Live:
    """Thread-safe."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jobs: dict[str, _Told] = {}

    def begin(self, job_id: str) -> None:
        with self._changed:
            self._jobs[job_id] = _Told()
            self._changed.notify_all()

    def end(self, job_id: str) -> None:
        """The job is at rest: done, failed, cancelled or put back."""
        with self._changed:
            self._jobs.pop(job_id, None)
            self._changed.notify_all()

    def progress(self, job_id: str, done: int, total: int) -> None:
        with self._changed:
            if (told := self._jobs.get(job_id)) is not None:
                told.done, told.total = done, total
                self._changed.notify_all()

    def segments(self, job_id: str, fresh: Sequence[Segment]) -> None:
        with self._changed:
            if (told := self._jobs.get(job_id)) is not None:
                told.segments.extend(fresh)
                self._changed.notify_all()

    def marks(self) -> dict[str, tuple[int, int]]:
        """Segments done, of how many, of all running jobs that have told any."""
        with self._changed:
            return {job_id: (t.done, t.total) for job_id, t in self._jobs.items() if t.total}

    def wait(self, job_id: str, seen: int, known: tuple[int, int], seconds: float) -> News:
        """What is new for a listener that has `seen` segments and knows how many are done, of how many
        (`known`; a total of 0 is not known); after `seconds` at the latest, then perhaps nothing. For a job
        that isn't at work here, that it begins is news."""

        def news() -> bool:
            told = self._jobs.get(job_id)
            if told is None:
                return running
            counted = bool(told.total) and (told.done, told.total) != known
            return not running or len(told.segments) > seen or counted

        with self._changed:
            running = job_id in self._jobs
            self._changed.wait_for(news, seconds)
            told = self._jobs.get(job_id)
            if told is None:
                return News((), 0, 0, True)
            return News(tuple(told.segments[seen:]), told.done, told.total, False)
