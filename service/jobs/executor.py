"""The seam between accepting work and doing it. `local.py` does it in threads of the serving process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy.orm import Session

from service.store.jobs import Job


class Stopped(Exception):
    """Raised inside a job's work when nobody wants it to go on: it was cancelled, the service shuts down, or
    another worker has taken it over."""


class Watch(Protocol):
    """How a job's work reports. Each call raises `Stopped` when the work is to end."""

    def progress(self, done: int, total: int) -> None:
        """Segments done, of how many."""

    def segments(self, fresh: Sequence[Mapping[str, Any]]) -> None:
        """Finished segments, in order, as the API sends them."""


@dataclass(frozen=True, slots=True)
class Output:
    """What came out: a result as JSON, or an article that `store` keeps in the transaction that ends the
    job, answering the article's id (None when it kept something else). `characters` is how much there was to
    translate, where the job was charged for more: a page has more in it than its article."""

    result: str | None = None
    store: Callable[[Session], str | None] | None = None
    characters: int | None = None


#: Does a kind of job. May run more than once for the same job; only one run's output is kept.
Kind = Callable[[Job, Watch], Output]
#: Called in the transaction that ends a job, with the job as it then is: for those who want to be told.
Ended = Callable[[Session, Job], None]


class Executor(Protocol):
    """Does what the jobs table says."""

    def start(self) -> None:
        """Begin to work."""

    def notify(self) -> None:
        """There is new work; it would be found without this too, only later."""

    def stop(self, job_id: str) -> None:
        """The job was cancelled; a worker here may stop at once."""

    def seconds_for(self, characters: int, number: int) -> float:
        """Estimate of the time until `number` of the jobs that wait, `characters` long together, are done."""

    def close(self) -> None:
        """Stop working; jobs at work are put back for others."""
