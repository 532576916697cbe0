"""The same request at the same time is worked on once, and refused only when nobody works on it yet.

DeepL's client gives a request 10 seconds and then sends it again, up to five times. A request that joins one
on its way is neither charged nor queued again; it counts as one that runs, since it holds a thread as well.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, current_app

from models.errors import Busy
from service.api import admission
from service.context import current, principal, services
from service.single_flight import SingleFlight

#: Seconds of waiting work beyond which new requests are sent away: the client would give up on them.
PATIENCE = 8.0
#: Seconds after which one that could not join is told to try again.
AGAIN = 2.0
_KEY = "mujaz_deepl_flights"
Result = TypeVar("Result")


def open_flights(app: Flask) -> None:
    app.extensions[_KEY] = SingleFlight[Hashable, Any]()


def once(key: Hashable, work: Callable[[], Result]) -> Result:
    """What `work` gives, or the same request of the same caller that is at work. Raises `Busy`, and
    `Problem`: `too_many_running`."""

    def unless_busy() -> Result:
        waiting = current().backlog_seconds()
        if waiting > PATIENCE:
            raise Busy("Too much work is waiting; try again.", waiting - PATIENCE / 2)
        return work()

    flights: SingleFlight[Hashable, Any] = current_app.extensions[_KEY]
    result: Result = flights.do((principal().key_id, key), unless_busy, _joining)
    return result


@contextmanager
def _joining() -> Iterator[None]:
    with admission.running(), services().joining.hold() as taken:
        if not taken:
            raise Busy("Too many requests wait for the same work; try again.", AGAIN)
        yield
