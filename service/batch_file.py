"""A file of JSON Lines translated into another, on this machine, without a server: `mujaz batch`.

The output is also the memory of what is done: a run that was ended in any way goes on where it stopped.
Lines of input and output correspond in number and in order.
"""

import hashlib
import json
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from models.errors import Busy, Closed, EngineUnavailable, ModelError
from service import context
from service.api import batch_items
from service.api.batch_items import Work
from service.api.batch_schemas import BatchKind
from service.body import json_object
from service.errors import Problem, as_problem, document, log_unforeseen
from service.jobs.executor import Stopped
from service.kinds import kinds
from service.principal import LOCAL
from service.store.jobs import Job

if TYPE_CHECKING:
    from service.runtime import Runtime

#: Items at work together: their sentences share the model's batches.
TOGETHER = 8
#: Items that may be done before their turn to be written comes.
AHEAD = 4 * TOGETHER

Answer = Mapping[str, Any]
#: Told of each line that is written: whether it succeeded.
Written = Callable[[bool], None]


class NotResumable(Exception):
    """The output holds something that no earlier run wrote."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the input, numbered from 1. Its `key` says which item it is: its digest."""

    number: int
    data: bytes

    @property
    def key(self) -> str:
        return hashlib.sha256(self.data.strip()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Before:
    """What the output held: how often each line of the input is done, and how many of them failed."""

    done: Counter[str]
    failed: int


def lines(source: Path) -> Iterator[Line]:
    """The lines with something on them."""
    with source.open("rb") as file:
        for number, data in enumerate(file, 1):
            data = data.removeprefix(b"\xef\xbb\xbf") if number == 1 else data
            if data.strip():
                yield Line(number, data)


def resume(target: Path) -> Before:
    """What is in the output already. A last line that was cut off is removed: it is done again. Raises
    `NotResumable`."""
    done, failed = Counter[str](), 0
    if not target.exists():
        return Before(done, 0)
    whole = 0
    with target.open("r+b") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break
            key, succeeded = _written(number, line)
            done[key] += 1
            failed += not succeeded
            whole += len(line)
        file.truncate(whole)
    return Before(done, failed)


def _written(number: int, line: bytes) -> tuple[str, bool]:
    try:
        found = json.loads(line)
        return str(found["digest"]), found["state"] == "succeeded"
    except (ValueError, KeyError, TypeError):
        raise NotResumable(f"Line {number} of it was not written by `mujaz batch`.") from None


def left(source: Path, before: Before) -> Iterator[Line]:
    """The lines that are still to do; of equal lines as many as there are more than were done."""
    done = before.done.copy()
    for line in lines(source):
        key = line.key
        if done[key]:
            done[key] -= 1
        else:
            yield line


class Worker:
    """Does items of one kind, several at a time. It is the `Watch` of all of them."""

    def __init__(self, runtime: "Runtime", kind: BatchKind) -> None:
        self._kind = kind
        self._do = kinds(runtime)[kind]
        self._app = context.bare(runtime)
        self._stopped = threading.Event()

    def run(self, todo: Iterator[Line], out: IO[bytes], written: Written) -> None:
        """Append a line to `out` for each of `todo`, in their order. Raises what ends the whole: `Closed`,
        `ModelError`, `EngineUnavailable`, `OSError`."""
        waiting: deque[tuple[Line, Future[Answer]]] = deque()
        with ThreadPoolExecutor(TOGETHER, thread_name_prefix="mujaz-batch") as pool:
            try:
                for line in todo:
                    waiting.append((line, pool.submit(self._answer, line)))
                    while waiting and (waiting[0][1].done() or len(waiting) >= AHEAD):
                        _write(out, *waiting.popleft(), written)
                while waiting:
                    _write(out, *waiting.popleft(), written)
            except BaseException:
                self._stopped.set()
                pool.shutdown(cancel_futures=True)
                raise

    def progress(self, done: int, total: int) -> None:
        """Called between the segments of an item."""
        if self._stopped.is_set():
            raise Stopped

    def segments(self, fresh: Sequence[Mapping[str, Any]]) -> None:
        """Nobody listens to parts of an item here."""

    def _answer(self, line: Line) -> Answer:
        """What the output says of a line, without its place."""
        custom_id = None
        try:
            with self._app.app_context():
                fields = json_object(line.data, what="it", line=line.number)
                work = batch_items.work(self._kind, fields)
            custom_id = work.custom_id
            return {"custom_id": custom_id, "state": "succeeded", "result": self._result(work)}
        except (Stopped, Closed, ModelError, EngineUnavailable):
            raise
        except Exception as error:  # one bad item must not end the others
            problem = as_problem(error)
            if problem.kind.code == "internal":
                log_unforeseen(error)
            return {"custom_id": custom_id, "state": "failed", "problem": document(problem)}

    def _result(self, work: Work) -> Any:
        if work.request["glossary_id"] is not None:
            raise Problem("not_available", "Glossaries with an id are the service's; send a batch to it.")
        job = _job(self._kind, work)
        while True:
            try:
                return json.loads(self._do(job, self).result or "null")
            except Busy as busy:
                if self._stopped.wait(busy.retry_after):
                    raise Stopped from busy


def _job(kind: BatchKind, work: Work) -> Job:
    """The item as a job that is at work, though none that the store knows of."""
    now = datetime.now(UTC)
    return Job(
        id="",
        owner=LOCAL.owner,
        key_id=LOCAL.key_id,
        kind=kind,
        lane="bulk",
        state="running",
        request=work.request,
        characters=work.characters,
        batch_id=None,
        position=None,
        custom_id=work.custom_id,
        attempts=1,
        leased_by=None,
        cancelling=False,
        done=0,
        total=0,
        article_id=None,
        problem=None,
        created=now,
        started=now,
        finished=None,
    )


def _write(out: IO[bytes], line: Line, answer: Future[Answer], written: Written) -> None:
    said = answer.result()
    whole = {"line": line.number, "digest": line.key, **said}
    out.write(json.dumps(whole, ensure_ascii=False).encode() + b"\n")
    out.flush()
    written(said["state"] == "succeeded")
