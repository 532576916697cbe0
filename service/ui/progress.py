"""Progress of one computation as lines of JSON, for the page's script."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _End:
    """`work` is over: what it returned, or what it raised."""

    page: str = ""
    error: Exception | None = None


def lines(work: Callable[[Report], str]) -> Iterator[str]:
    """Runs `work` in a thread of its own and yields `{"done", "total"}` lines as it reports, then one
    `{"page"}` line with what it returned. What it raises is raised here, which breaks the answer off.

    When the reader goes away the work still ends: its results are in the cache for the next try.
    """
    reports: queue.SimpleQueue[tuple[int, int] | _End] = queue.SimpleQueue()

    def run() -> None:
        try:
            reports.put(_End(work(lambda done, total: reports.put((done, total)))))
        except Exception as error:
            reports.put(_End(error=error))

    threading.Thread(target=run, name="page", daemon=True).start()
    while not isinstance(report := reports.get(), _End):
        done, total = report
        yield json.dumps({"done": done, "total": total}) + "\n"
    if report.error is not None:
        raise report.error
    yield json.dumps({"page": report.page}) + "\n"
