"""A job as a stream of server-sent events (html.spec.whatwg.org, section 9.2).

The id of an event is the number of segments told so far. Segments come in order, live while the job is at
work here, from its result once it is done; so a listener goes on after a break with any process, and nothing
about events is stored.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, request, stream_with_context

from service.api import acceptance
from service.context import current, services
from service.errors import Problem
from service.store.jobs import Job
from service.streams import Streams

EVENTS = "text/event-stream"
#: Seconds of silence after which a comment is sent, so that proxies keep the connection open.
BEAT = 15.0
#: Seconds between looks at a job that isn't at work in this process.
LOOK_EVERY = 1.0
#: How a job's state is told when it has ended.
_ENDS = {"succeeded": "done", "failed": "failed", "cancelled": "cancelled"}


def stream(job: Job, look_up: Callable[[str], Job], result_of: Callable[[Job], str]) -> Response:
    """The events of `job`; `look_up` reads it anew, `result_of` what came out. Raises `Problem` when too many
    streams are open."""
    last = request.headers.get("Last-Event-ID", "").strip()
    seen = int(last) if last.isdecimal() and len(last) < 10 else 0
    if not services().streams.enter():
        most = current().config.limits.event_streams
        raise Problem("too_many_streams", f"{most} event streams are open already.", retry_after=5)
    services().metrics.event_streams.inc()
    response = Response(stream_with_context(_events(job, seen, look_up, result_of)), mimetype=EVENTS)
    response.call_on_close(_closed(services().streams, services().metrics.event_streams.dec))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # nginx would collect them
    return response


def _closed(streams: Streams, dec: Callable[[], None]) -> Callable[[], None]:
    def close() -> None:
        streams.leave()
        dec()

    return close


def _events(
    job: Job, seen: int, look_up: Callable[[str], Job], result_of: Callable[[Job], str]
) -> Iterator[str]:
    known, spoke = (0, 0), time.monotonic()
    yield "retry: 1000\n\n"
    while not job.ended and not current().draining:
        news = services().live.wait(job.id, seen, known, LOOK_EVERY)
        told = []
        for segment in news.segments:
            seen += 1
            told.append(_event("segment", seen, segment))
        now = (news.done, news.total) if news.total else (job.done, job.total)
        if now[1] and now != known:
            known = now
            told.append(_event("progress", seen, {"done": now[0], "total": now[1]}))
        if not told and time.monotonic() - spoke >= BEAT:
            told.append(": still at work\n\n")
        yield from told
        if told:
            spoke = time.monotonic()
        if news.over:
            job = look_up(job.id)
    if job.ended:
        yield from _last(job, seen, result_of)


def _last(job: Job, seen: int, result_of: Callable[[Job], str]) -> Iterator[str]:
    """What the listener lacks of a job that has ended, and how it ended."""
    if job.state == "succeeded":
        for segment in _segments(json.loads(result_of(job)))[seen:]:
            seen += 1
            yield _event("segment", seen, segment)
    yield _event(_ENDS[job.state], seen, acceptance.job_json(job).model_dump(mode="json"))


def _segments(result: Any) -> list[Any]:
    """The segments of an article; lists of texts have none to tell one by one."""
    found: list[Any] = result.get("translation", {}).get("segments", [])
    return found


def _event(name: str, number: int, data: Any) -> str:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
