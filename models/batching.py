"""Dynamic batching: chunks of concurrent requests share length-sorted, token-budgeted engine batches.

Each request is a `Ticket`. Worker threads take chunks from the tickets of a lane in turn (so that one long
request cannot starve a short one), sort what they took by length and run the neighbourhood of the oldest
chunk as one batch. The *interactive* lane goes first; a *bulk* batch is sized from the measured speed to last
about `bulk_seconds`, which bounds how long an editor waits behind it. While somebody is at work with us, bulk
makes way: one short batch at a time with pauses between, which also leaves the cores to the interactive ones.
Nothing waits for a batch to fill: while the workers are busy the next batch fills by itself.

The queue is bounded per lane. A request that does not fit is refused with `Busy` at once and as a whole.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.engines.base import DecodingOptions, Engine, Hypothesis
from models.errors import Busy, Closed

log = logging.getLogger(__name__)

Lane = Literal["interactive", "bulk"]
Hypotheses = tuple[Hypothesis, ...]

#: Seconds after interactive work in which more is expected: an article takes several rounds, a page several
#: articles.
LINGER = 1.0
#: Pause after a bulk batch in that time, in its durations: bulk moves on in a quarter of one worker's time.
BULK_PAUSE = 3.0
#: Seconds that a bulk batch lets interactive ones go before it once its pause is over.
BULK_PATIENCE = 0.5
#: Chunks looked at when a batch is put together: enough to find neighbours in length.
WINDOW_CHUNKS = 512


@dataclass(frozen=True, slots=True)
class BatchingOptions:
    """`max_tokens` and `bulk_max_tokens` bound one batch in padded source tokens (longest chunk x chunks);
    work is not spread over idle workers in shares below `min_tokens`, which would waste the engine's
    batching; `queue_tokens` bounds what waits in one lane; `bulk_seconds` is the wanted duration of a bulk
    batch."""

    workers: int = 1
    min_tokens: int = 128
    max_tokens: int = 2048
    bulk_max_tokens: int = 1024
    bulk_seconds: float = 0.15
    queue_tokens: int = 200_000


@dataclass(slots=True)
class _Chunk:
    ticket: "Ticket"
    index: int
    pieces: Sequence[str]


@dataclass(eq=False)
class Ticket:
    """One request's chunks on their way through the queue. Made by `Batcher.submit` only."""

    options: DecodingOptions
    lane: Lane
    total: int
    _batcher: "Batcher"
    _waiting: deque[_Chunk] = field(default_factory=deque)
    _results: dict[int, Hypotheses] = field(default_factory=dict)
    _error: BaseException | None = None
    _cancelled: bool = False

    def cancel(self) -> None:
        """Drop the chunks that are still waiting. A later `wait` raises `Closed`."""
        self._batcher._cancel(self)

    def wait(self, progress: Callable[[int], None] | None = None) -> list[Hypotheses]:
        """Block until every chunk is done; results in the order submitted.

        `progress` is called with the number of chunks done, from the calling thread. Raises the engine's
        error if a batch failed, `Closed` if the ticket was cancelled or the batcher closed."""
        for done in self._batcher._watch(self):
            if progress is not None:
                progress(done)
        if self._error is not None:
            raise self._error
        return [self._results[i] for i in range(self.total)]


class _LaneQueue:
    """Tickets with waiting chunks, served in turn."""

    def __init__(self) -> None:
        self.tickets: deque[Ticket] = deque()
        self.tokens = 0

    def window(self) -> list[_Chunk]:
        """Up to WINDOW_CHUNKS chunks with the options of the first ticket, taken from the tickets in turn.
        Looks only; nothing is removed."""
        if not self.tickets:
            return []
        options = self.tickets[0].options
        sources = [iter(t._waiting) for t in self.tickets if t.options == options]
        taken: list[_Chunk] = []
        while sources and len(taken) < WINDOW_CHUNKS:
            still: list[Iterator[_Chunk]] = []
            for source in sources:
                chunk = next(source, None)
                if chunk is not None:
                    taken.append(chunk)
                    still.append(source)
            sources = still
        return taken

    def remove(self, batch: Sequence[_Chunk]) -> None:
        """Take the chosen chunks out. They stand among the first WINDOW_CHUNKS of their tickets, so only
        those are moved: the cost of a batch does not grow with the length of the request."""
        chosen = {(id(c.ticket), c.index) for c in batch}
        served = {id(c.ticket): c.ticket for c in batch}
        for ticket in served.values():
            head = [ticket._waiting.popleft() for _ in range(min(WINDOW_CHUNKS, len(ticket._waiting)))]
            ticket._waiting.extendleft(c for c in reversed(head) if (id(ticket), c.index) not in chosen)
        self.tokens -= sum(_size(c.pieces) for c in batch)
        # Served tickets go to the back of the turn; those with nothing left leave.
        rest = [t for t in self.tickets if id(t) not in served]
        self.tickets = deque(rest + [t for t in self.tickets if id(t) in served and t._waiting])


def _size(pieces: Sequence[str]) -> int:
    return len(pieces) + 1  # end-of-sentence is a token too


def choose(window: Sequence[_Chunk], budget: int) -> list[_Chunk]:
    """The chunks nearest in length to the first (oldest) one whose padded size stays within `budget`
    tokens; always at least that one. Longest first, as engines like it."""
    ordered = sorted(window, key=lambda c: (-len(c.pieces), c is not window[0]))
    low = high = next(i for i, c in enumerate(ordered) if c is window[0])
    longest = _size(window[0].pieces)
    while True:
        count = high - low + 1
        if high + 1 < len(ordered) and longest * (count + 1) <= budget:
            high += 1
        elif low > 0 and _size(ordered[low - 1].pieces) * (count + 1) <= budget:
            low -= 1
            longest = _size(ordered[low].pieces)
        else:
            return ordered[low : high + 1]


class Batcher:
    """Owns the worker threads that call the engine. Thread-safe. Close it before its engine."""

    def __init__(
        self,
        engine: Engine,
        options: BatchingOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = engine
        self.options = options or BatchingOptions()
        self._clock = clock
        self._changed = threading.Condition()
        self._lanes: dict[Lane, _LaneQueue] = {"interactive": _LaneQueue(), "bulk": _LaneQueue()}
        self._closed = False
        self._idle = self.options.workers
        self._bulk_running = 0
        self._bulk_due = 0.0
        self._expected_until = 0.0
        self._seconds_per_token = 1e-3  # a cautious first guess; follows what is measured
        self._threads = [
            threading.Thread(target=self._work, name=f"mujaz-engine-{n}", daemon=True)
            for n in range(self.options.workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        chunks: Sequence[Sequence[str]],
        options: DecodingOptions,
        lane: Lane = "interactive",
        *,
        admitted: bool = False,
    ) -> Ticket:
        """Queue `chunks` (lists of source pieces). Raises `Busy` when the lane has no room for all of them
        (a request bigger than the whole queue is taken when nothing else waits), `Closed` after `close`.
        What belongs to a request that is `admitted` already is never refused: its work would be lost."""
        ticket = Ticket(options, lane, len(chunks), self)
        ticket._waiting.extend(_Chunk(ticket, i, pieces) for i, pieces in enumerate(chunks))
        tokens = sum(_size(pieces) for pieces in chunks)
        with self._changed:
            if self._closed:
                raise Closed("The translator is shutting down.")
            queue = self._lanes[lane]
            if not admitted and queue.tokens and queue.tokens + tokens > self.options.queue_tokens:
                wait = self.backlog_seconds(lane)
                raise Busy(f"The {lane} queue is full; try again in {wait:.0f} s.", wait)
            now = self._clock()
            if lane == "interactive":
                self._expected_until = now + LINGER
            elif not queue.tickets:
                self._bulk_due = max(self._bulk_due, now)
            if chunks:
                queue.tickets.append(ticket)
                queue.tokens += tokens
                self._changed.notify_all()
        return ticket

    def backlog_seconds(self, lane: Lane) -> float:
        """Estimate of the time until what waits in `lane` is done, at the measured speed; at least 1."""
        tokens = self._lanes[lane].tokens
        return max(1.0, tokens * self._seconds_per_token / self.options.workers)

    def queued_tokens(self) -> dict[str, int]:
        """Source tokens waiting, by lane (for metrics)."""
        return {lane: queue.tokens for lane, queue in self._lanes.items()}

    def close(self) -> None:
        """Refuse new work, fail what waits with `Closed`, and wait for the batches in flight."""
        with self._changed:
            self._closed = True
            for queue in self._lanes.values():
                for ticket in queue.tickets:
                    ticket._error = Closed("The translator is shutting down.")
                queue.tickets.clear()
                queue.tokens = 0
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _cancel(self, ticket: Ticket) -> None:
        with self._changed:
            queue = self._lanes[ticket.lane]
            if ticket in queue.tickets:
                queue.tickets.remove(ticket)
                queue.tokens -= sum(_size(c.pieces) for c in ticket._waiting)
            ticket._waiting.clear()
            if len(ticket._results) < ticket.total and ticket._error is None:
                ticket._error = Closed("The request was cancelled.")
            self._changed.notify_all()

    def _watch(self, ticket: Ticket) -> Iterator[int]:
        """Yields the number of finished chunks each time it has grown, until done or failed."""
        seen = 0

        def news() -> bool:
            done = len(ticket._results)
            return done > seen or done == ticket.total or ticket._error is not None

        while True:
            with self._changed:
                self._changed.wait_for(news)
                seen = len(ticket._results)
                over = ticket._error is not None or seen == ticket.total
            if seen:
                yield seen
            if over:
                return

    def _pick_lane(self) -> Lane | None:
        interactive, bulk = self._lanes["interactive"].tickets, self._lanes["bulk"].tickets
        now = self._clock()
        if not self._makes_way():
            return "bulk" if bulk else None
        may = bool(bulk) and not self._bulk_running and now >= self._bulk_due
        if interactive and not (may and now >= self._bulk_due + BULK_PATIENCE):
            return "interactive"
        return "bulk" if may else None

    def _makes_way(self) -> bool:
        """Whether somebody is at work with us, or was a moment ago."""
        return bool(self._lanes["interactive"].tickets) or self._clock() < self._expected_until

    def _pause(self) -> float | None:
        """Seconds until a bulk batch that makes way may start; None when none waits for that."""
        if not self._lanes["bulk"].tickets or self._bulk_running:
            return None
        return max(0.001, min(self._bulk_due, self._expected_until) - self._clock())

    def _budget(self, lane: Lane, window: Sequence[_Chunk]) -> int:
        """Padded tokens for the next batch: an equal share of the window for each idle worker, within the
        lane's cap. Padding counts, or every request would leave a few chunks for a batch of their own."""
        padded = len(window) * max(_size(c.pieces) for c in window)
        share = -(-padded // max(1, self._idle))
        share = max(self.options.min_tokens, share)
        if lane == "interactive":
            return min(self.options.max_tokens, share)
        seconds = self.options.bulk_seconds / (2 if self._makes_way() else 1)
        by_time = int(seconds / self._seconds_per_token)
        return min(self.options.bulk_max_tokens, max(64, by_time), share)

    def _next_batch(self) -> list[_Chunk] | None:
        """Block until there is work; None when closed."""
        with self._changed:
            while True:
                if self._closed:
                    return None
                lane = self._pick_lane()
                if lane is not None:
                    break
                self._changed.wait(self._pause())
            queue = self._lanes[lane]
            window = queue.window()
            batch = choose(window, self._budget(lane, window))
            queue.remove(batch)
            self._idle -= 1
            self._bulk_running += lane == "bulk"
            return batch

    def _work(self) -> None:
        while (batch := self._next_batch()) is not None:
            started = self._clock()
            results: Sequence[Hypotheses] = ()
            error: BaseException | None = None
            try:
                results = self.engine.translate([c.pieces for c in batch], batch[0].ticket.options)
            except Exception as problem:  # handed to every waiting request; the worker must live on
                log.exception("the engine failed on a batch of %d chunks", len(batch))
                error = problem
            self._finish(batch, results, error, self._clock() - started)

    def _finish(
        self,
        batch: Sequence[_Chunk],
        results: Sequence[Hypotheses],
        error: BaseException | None,
        seconds: float,
    ) -> None:
        with self._changed:
            self._idle += 1
            self._rest(batch[0].ticket.lane, seconds)
            if error is None:
                per_token = seconds / max(1, sum(_size(c.pieces) for c in batch))
                self._seconds_per_token += 0.2 * (per_token - self._seconds_per_token)
                for chunk, hypotheses in zip(batch, results, strict=True):
                    chunk.ticket._results[chunk.index] = hypotheses
            for ticket in {id(c.ticket): c.ticket for c in batch}.values():
                if error is not None and ticket._error is None:
                    ticket._error = error
                    self._drop(ticket)
            self._changed.notify_all()

    def _rest(self, lane: Lane, seconds: float) -> None:
        """A batch of `lane` has just ended after so long."""
        now = self._clock()
        if lane == "bulk":
            self._bulk_running -= 1
            self._bulk_due = now + BULK_PAUSE * seconds
        else:
            self._expected_until = now + LINGER

    def _drop(self, ticket: Ticket) -> None:
        queue = self._lanes[ticket.lane]
        if ticket in queue.tickets:
            queue.tickets.remove(ticket)
            queue.tokens -= sum(_size(c.pieces) for c in ticket._waiting)
        ticket._waiting.clear()
