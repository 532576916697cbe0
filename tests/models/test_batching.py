"""Batcher: order, fairness, lanes, bounds, errors. The engine here is a recorder whose pace the test sets."""

import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from models.batching import Batcher, BatchingOptions, Ticket, choose
from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.errors import Busy, Closed

GREEDY = DecodingOptions(beam_size=1)


class Recorder:
    """Answers each chunk with its own pieces reversed; blocks while `gate` is down."""

    info = EngineInfo("recorder", "1", "test", "none", "cpu", 64)

    def __init__(self) -> None:
        self.batches: list[list[tuple[str, ...]]] = []
        self.options: list[DecodingOptions] = []
        self.gate = threading.Event()
        self.gate.set()
        self.busy = threading.Event()
        self.fail_on = ""

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        self.busy.set()
        assert self.gate.wait(10)
        self.batches.append([tuple(c) for c in chunks])
        self.options.append(options)
        if any(self.fail_on and self.fail_on in c for c in chunks):
            raise RuntimeError("out of memory")
        return [(Hypothesis(tuple(reversed(c)), -0.5, True),) for c in chunks]

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        raise AssertionError("the batcher never encodes")

    decode = encode

    def close(self) -> None: ...


@pytest.fixture
def engine() -> Recorder:
    return Recorder()


@pytest.fixture
def batcher(engine: Recorder) -> Iterator[Batcher]:
    made = Batcher(engine, BatchingOptions(max_tokens=64, bulk_max_tokens=64, queue_tokens=400))
    yield made
    engine.gate.set()
    made.close()


def chunks(name: str, *lengths: int) -> list[list[str]]:
    return [[f"{name}{i}"] * n for i, n in enumerate(lengths)]


def texts(ticket: Ticket) -> list[tuple[str, ...]]:
    return [tuple(reversed(h[0].pieces)) for h in ticket.wait()]


def held(engine: Recorder, batcher: Batcher) -> Ticket:
    """Occupy the worker, so that what is submitted next has to queue."""
    engine.gate.clear()
    engine.busy.clear()
    first = batcher.submit([["held"]], GREEDY)
    assert engine.busy.wait(10)
    return first


@pytest.mark.parametrize("lengths", [(), (1,), (3, 1, 2), (70, 1, 70), (5,) * 100, (1, 60, 2, 59, 3, 58)])
def test_every_chunk_comes_back_once_in_order(batcher: Batcher, lengths: tuple[int, ...]) -> None:
    sent = chunks("c", *lengths)
    assert texts(batcher.submit(sent, GREEDY)) == [tuple(c) for c in sent]


def test_batches_hold_similar_lengths_within_the_budget(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    ticket = batcher.submit(chunks("c", 4, 30, 5, 31, 4, 29, 5), GREEDY)
    engine.gate.set()
    first.wait()
    ticket.wait()
    for batch in engine.batches[1:]:
        assert (max(map(len, batch)) + 1) * len(batch) <= 64
        assert max(map(len, batch)) - min(map(len, batch)) <= 2


def test_concurrent_requests_share_a_batch(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    tickets = [batcher.submit(chunks(name, 5), GREEDY) for name in "abcd"]
    engine.gate.set()
    for t in [first, *tickets]:
        t.wait()
    assert {c[0] for c in engine.batches[1]} == {"a0", "b0", "c0", "d0"}


def test_a_long_request_does_not_hold_up_a_short_one(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    long = batcher.submit(chunks("long", *[15] * 20), GREEDY)
    short = batcher.submit(chunks("short", 15), GREEDY)
    engine.gate.set()
    for t in (first, long, short):
        t.wait()
    place = next(i for i, batch in enumerate(engine.batches) if ("short0",) * 15 in batch)
    assert place <= 2


def test_interactive_goes_before_bulk_but_bulk_moves_on(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    bulk = batcher.submit(chunks("bulk", *[60] * 2), GREEDY, "bulk")
    editor = batcher.submit(chunks("ed", *[5] * 4), GREEDY, "interactive")
    backlog = [batcher.submit(chunks(f"r{i}_", 60), GREEDY, "interactive") for i in range(5)]
    engine.gate.set()
    for t in (first, bulk, editor, *backlog):
        t.wait()
    order = [batch[0][0] for batch in engine.batches]
    assert order.index("ed0") < order.index("bulk0")


class Paced(Recorder):
    """Each batch takes a tenth of a second of its own clock."""

    now = 0.0

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        self.now += 0.1
        return super().translate(chunks, options)


def paced(workers: int = 1) -> tuple[Paced, Batcher]:
    engine = Paced()
    options = BatchingOptions(workers, max_tokens=64, bulk_max_tokens=64, queue_tokens=10_000)
    return engine, Batcher(engine, options, lambda: engine.now)


def test_bulk_is_not_starved_by_a_stream_of_interactive_work() -> None:
    engine, batcher = paced()
    first = held(engine, batcher)
    bulk = batcher.submit(chunks("bulk", *[60] * 2), GREEDY, "bulk")
    stream = batcher.submit(chunks("ed", *[60] * 30), GREEDY)
    engine.gate.set()
    for t in (first, bulk, stream):
        t.wait()
    order = [batch[0][0] for batch in engine.batches]
    one, two = order.index("bulk0"), order.index("bulk1")
    assert 4 < one < 8, "it lets others go first, for half a second"
    assert one + 6 < two < one + 11, "then it pauses three times as long as it took, and is patient again"
    batcher.close()


def test_bulk_leaves_the_other_worker_to_who_is_at_work() -> None:
    engine, batcher = paced(workers=2)
    batcher.submit(chunks("ed", 5), GREEDY).wait()
    engine.gate.clear()
    engine.busy.clear()
    bulk = batcher.submit(chunks("bulk", *[60] * 4), GREEDY, "bulk")
    assert engine.busy.wait(10)
    time.sleep(0.1)  # the second worker would have taken the next by now
    waiting = batcher.queued_tokens()["bulk"]
    engine.now += 10  # nobody is at work any more
    engine.gate.set()
    bulk.wait()
    batcher.close()
    assert waiting == 3 * 61


def test_bulk_takes_all_workers_while_nobody_is_at_work() -> None:
    engine, batcher = paced(workers=2)
    engine.gate.clear()
    bulk = batcher.submit(chunks("bulk", *[60] * 4), GREEDY, "bulk")
    for _ in range(100):
        if batcher.queued_tokens()["bulk"] == 2 * 61:
            break
        time.sleep(0.05)
    waiting = batcher.queued_tokens()["bulk"]
    engine.gate.set()
    bulk.wait()
    batcher.close()
    assert waiting == 2 * 61


def test_different_decoding_options_never_share_a_batch(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    a = batcher.submit(chunks("a", 5), GREEDY)
    b = batcher.submit(chunks("b", 5), GREEDY.with_(repetition_penalty=1.2))
    engine.gate.set()
    for t in (first, a, b):
        t.wait()
    assert [o.repetition_penalty for o in engine.options[1:]] == [1.0, 1.2]


def test_a_full_lane_refuses_the_whole_request_and_says_when(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    waiting = batcher.submit(chunks("c", *[60] * 6), GREEDY)
    with pytest.raises(Busy) as refusal:
        batcher.submit(chunks("d", *[60] * 2), GREEDY)
    assert refusal.value.retry_after >= 1
    other_lane = batcher.submit(chunks("e", 10), GREEDY, "bulk")
    engine.gate.set()
    for t in (first, waiting, other_lane):
        t.wait()
    assert batcher.queued_tokens() == {"interactive": 0, "bulk": 0}
    assert texts(batcher.submit(chunks("d", *[60] * 2), GREEDY))


def test_a_request_bigger_than_the_queue_is_taken_when_nothing_waits(batcher: Batcher) -> None:
    assert len(texts(batcher.submit(chunks("c", *[60] * 50), GREEDY))) == 50


def test_an_engine_error_reaches_its_request_and_the_worker_lives_on(
    engine: Recorder, batcher: Batcher
) -> None:
    engine.fail_on = "bad0"
    with pytest.raises(RuntimeError, match="out of memory"):
        batcher.submit(chunks("bad", 5, 60, 60, 60), GREEDY).wait()
    assert texts(batcher.submit(chunks("good", 5), GREEDY)) == [("good0",) * 5]
    assert batcher.queued_tokens()["interactive"] == 0


def test_cancel_drops_what_waits(engine: Recorder, batcher: Batcher) -> None:
    first = held(engine, batcher)
    gone = batcher.submit(chunks("gone", 5, 5), GREEDY)
    gone.cancel()
    engine.gate.set()
    first.wait()
    with pytest.raises(Closed):
        gone.wait()
    assert texts(batcher.submit(chunks("next", 2), GREEDY))
    assert not any(c[0].startswith("gone") for batch in engine.batches for c in batch)


def test_close_fails_what_waits_and_finishes_what_runs(engine: Recorder) -> None:
    batcher = Batcher(engine)
    first = held(engine, batcher)
    waiting = batcher.submit(chunks("w", 5), GREEDY)
    closer = threading.Thread(target=batcher.close)
    closer.start()
    with pytest.raises(Closed):
        waiting.wait()
    engine.gate.set()
    closer.join(10)
    assert len(first.wait()) == 1
    with pytest.raises(Closed):
        batcher.submit([["x"]], GREEDY)


def test_progress_only_grows_and_ends_at_the_total(batcher: Batcher) -> None:
    seen: list[int] = []
    batcher.submit(chunks("c", *[20] * 30), GREEDY).wait(seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 30


def test_many_threads_get_their_own_results(engine: Recorder) -> None:
    batcher = Batcher(engine, BatchingOptions(workers=2, max_tokens=128))
    answers: dict[int, bool] = {}

    def call(n: int) -> None:
        sent = chunks(f"t{n}_", *[(n * 7 + i) % 40 + 1 for i in range(25)])
        answers[n] = texts(batcher.submit(sent, GREEDY)) == [tuple(c) for c in sent]

    threads = [threading.Thread(target=call, args=(n,)) for n in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(20)
    batcher.close()
    assert answers == dict.fromkeys(range(16), True)


def test_idle_workers_share_one_request(engine: Recorder) -> None:
    batcher = Batcher(engine, BatchingOptions(workers=2, max_tokens=4096))
    both_in = threading.Barrier(2, timeout=10)
    answer = engine.translate

    def together(c: Sequence[Sequence[str]], options: DecodingOptions) -> list[tuple[Hypothesis, ...]]:
        both_in.wait()  # passes only when the second worker has a batch of its own
        return answer(c, options)

    engine.translate = together  # type: ignore[method-assign]
    batcher.submit(chunks("c", *[10] * 40), GREEDY).wait()
    batcher.close()
    assert sorted(len(b) for b in engine.batches) == [20, 20]


def test_choose_always_takes_the_oldest() -> None:
    ticket = Ticket(GREEDY, "interactive", 0, None)  # type: ignore[arg-type]
    from models.batching import _Chunk

    window = [_Chunk(ticket, i, ["x"] * n) for i, n in enumerate([100, 1, 2, 3])]
    assert choose(window, 10) == [window[0]]
    assert window[1] in choose([window[1], *window[2:]], 10)
