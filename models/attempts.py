"""Attempts at translating a chunk: which hypothesis of a beam to take, and what to try when none is good.

The first hypothesis without a fault is taken; where all have one, the chunk is decoded again with a wider
beam, and the result taken if it is better. What an engine did not finish is cut up and translated in parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from models.batching import Hypotheses
from models.document import Span
from models.engines.base import DecodingOptions, Hypothesis
from models.faults import faults, loops
from models.glossary import Match, Wording

T = TypeVar("T")

#: A chunk is translated at most this many times: as it is, with a wider beam, in halves.
MAX_ATTEMPTS = 3
#: Repetition penalty of the second attempt at a chunk that loops: of the settings tried on 400 development
#: sentences the one with the fewest loops left (29 of 91) and the best chrF (+0.1); barring repeated trigrams
#: left more of them.
FIRM_PENALTY = 1.4
#: Beam size of the second attempt, whose hypotheses are more to choose from.
WIDE_BEAM = 8
#: Below this many tokens a chunk is not halved: there is no sense left in the halves.
MIN_SPLIT_TOKENS = 6


@dataclass(frozen=True, slots=True)
class Job:
    """One chunk on its way: `span` is its place in the normalised text number `owner`; `former` is what came
    of the attempt before, when that had a fault."""

    owner: int
    span: Span
    text: str
    decoding: DecodingOptions
    attempt: int = 0
    split: bool = False
    former: "Output | None" = None


@dataclass(frozen=True, slots=True)
class Output:
    """What came of a job, the hypothesis that was taken first. `wording` and `missed` say what became of the
    glossary's terms."""

    job: Job
    pieces: Sequence[str]
    hypotheses: Hypotheses
    texts: tuple[str, ...]
    faults: int
    wording: Wording | None = None
    missed: tuple[Match, ...] = ()

    @property
    def complete(self) -> bool:
        return self.hypotheses[0].finished

    @property
    def looping(self) -> bool:
        return bool(self.faults) and loops(self.job.text, self.texts[0])

    @property
    def sound(self) -> bool:
        return self.complete and not self.looping


def chosen(job: Job, pieces: Sequence[str], hypotheses: Hypotheses, texts: tuple[str, ...]) -> Output:
    """The output with the best hypothesis in front: one that ended by itself rather than one that did not,
    then the one with the fewest faults, then the likeliest."""
    best, least = 0, _rank(job, hypotheses[0], texts[0])
    for rank in range(1, len(texts)):
        if least == (False, 0):
            break
        if (found := _rank(job, hypotheses[rank], texts[rank])) < least:
            best, least = rank, found
    return Output(job, pieces, first(best, hypotheses), first(best, texts), least[1])


def _rank(job: Job, hypothesis: Hypothesis, text: str) -> tuple[bool, int]:
    return not hypothesis.finished, faults(job.text, text)


def first(rank: int, ranked: tuple[T, ...]) -> tuple[T, ...]:
    """The ranked with that one in front."""
    return (ranked[rank], *ranked[:rank], *ranked[rank + 1 :])


def better(output: Output) -> Output:
    """The output, or that of the attempt before it where that is as good: it is the likelier one."""
    former = output.job.former
    if former is None or not former.complete or (output.complete and output.faults < former.faults):
        return output
    return replace(former, job=replace(former.job, attempt=output.job.attempt))


def _firm(decoding: DecodingOptions) -> DecodingOptions:
    return decoding.with_(repetition_penalty=max(FIRM_PENALTY, decoding.repetition_penalty))


def _wider(decoding: DecodingOptions, output: Output) -> DecodingOptions:
    """For the second attempt; a greedy search stays one."""
    if decoding.beam_size > 1:
        beam = max(WIDE_BEAM, decoding.beam_size)
        decoding = decoding.with_(beam_size=beam, num_hypotheses=beam)
    return _firm(decoding) if output.looping else decoding


def repair(output: Output, cut: Callable[[str, int], list[Span]]) -> list[Job]:
    """What to translate instead of a bad output; nothing when it is good or when we gave up."""
    job = output.job
    if not output.pieces or (output.complete and not output.faults) or job.attempt + 1 >= MAX_ATTEMPTS:
        return []
    wider = _wider(job.decoding, output)
    worth = output.faults and (output.complete or output.looping)  # what was only cut off is cut up at once
    if worth and job.attempt == 0 and wider != job.decoding:
        return [replace(job, decoding=wider, attempt=1, former=output)]
    if output.complete:
        return []  # halves would be no better, and read worse
    firm = _firm(job.decoding)
    if len(output.pieces) < MIN_SPLIT_TOKENS:
        return [] if job.decoding == firm else [replace(job, decoding=firm, attempt=job.attempt + 1)]
    halves = cut(job.text, -(-len(output.pieces) * 2 // 3))
    return [
        Job(job.owner, s.shifted(job.span.start), s.of(job.text), firm, job.attempt + 1, split=True)
        for s in halves
    ]
