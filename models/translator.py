"""Texts in, exactly one `Rendering` each out, in order, whatever the texts hold.

A text goes: normalise for the model -> cut into chunks the model was trained for -> engine (through the
shared `Batcher`) -> repair what the engine did not finish or repeated -> see to the glossary's terms -> join.
Texts without Arabic come back untouched. Repeated texts are translated once and come from the cache
afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from models import arabic, chunk
from models.alignment import align
from models.batching import Batcher, Hypotheses, Lane
from models.cache import LruCache
from models.document import ChunkEvidence, Rendering, Span
from models.engines.base import DecodingOptions, Engine
from models.glossary import (
    Attempt,
    Draft,
    Glossary,
    Match,
    Result,
    Wording,
    enforce,
    enforcement,
    inside,
    keep_whole,
    missed_flags,
)
from models.quality import repetition

#: Changes whenever the same input could come out differently through a change in this module.
TRANSLATOR_VERSION = 2
#: A chunk is translated at most this many times: as it is, with firmer decoding, in halves.
MAX_ATTEMPTS = 3
#: Repetition penalty of the second attempt at a chunk that loops: of the settings tried on 400 development
#: sentences the one with the fewest loops left (29 of 91) and the best chrF (+0.1); barring repeated trigrams
#: left more of them.
FIRM_PENALTY = 1.4
#: Below this many tokens a chunk is not halved: there is no sense left in the halves.
MIN_SPLIT_TOKENS = 6

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TranslateOptions:
    """`alternatives` further translations per text (0-4); `alignments` asks for word alignment; the terms of
    `glossary` come out as it says, or the text is flagged."""

    lane: Lane = "interactive"
    alternatives: int = 0
    alignments: bool = False
    glossary: Glossary | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """One chunk on its way: `span` is its place in the normalised text number `owner`."""

    owner: int
    span: Span
    text: str
    decoding: DecodingOptions
    attempt: int = 0
    split: bool = False


@dataclass(frozen=True, slots=True)
class _Output:
    job: _Job
    pieces: Sequence[str]
    hypotheses: Hypotheses
    texts: tuple[str, ...]
    looping: bool
    wording: Wording | None = None
    missed: tuple[Match, ...] = ()

    @property
    def complete(self) -> bool:
        return self.hypotheses[0].finished

    @property
    def sound(self) -> bool:
        return self.complete and not self.looping


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to translate: its form for the model, and the glossary's terms with their places in that."""

    text: str
    norm: arabic.Normalised | None
    matches: tuple[Match, ...] = ()


class Translator:
    """Thread-safe. Owns neither the engine nor the batcher: who made them closes them."""

    def __init__(
        self,
        engine: Engine,
        batcher: Batcher,
        decoding: DecodingOptions,
        *,
        cache_characters: int = 5_000_000,
    ) -> None:
        self.engine = engine
        self.batcher = batcher
        self.decoding = decoding
        self._cache: LruCache[Rendering] = LruCache(cache_characters)

    @cached_property
    def signature(self) -> str:
        """Everything that shapes an output, as one string; part of every cache key."""
        info, d = self.engine.info, self.decoding
        return "|".join(
            (
                f"model:{info.model}@{info.revision}",
                f"engine:{info.engine}-{info.compute_type}{'-shortlist' if info.shortlist else ''}",
                f"beam:{d.beam_size}",
                f"lp:{d.length_penalty:g}",
                f"rp:{d.repetition_penalty:g}",
                f"ngram:{d.no_repeat_ngram_size}",
                f"chunk:{info.max_source_tokens}",
                f"norm:{arabic.MODEL_POLICY_VERSION}",
                f"cut:{chunk.CUT_VERSION}",
                f"mujaz:{TRANSLATOR_VERSION}",
            )
        )

    def signed(self, glossary: Glossary | None) -> str:
        """The signature of what comes out with this glossary."""
        return self.signature if glossary is None else f"{self.signature}|{enforcement(glossary)}"

    def translate(
        self,
        texts: Sequence[str],
        options: TranslateOptions = TranslateOptions(),
        progress: Progress | None = None,
    ) -> list[Rendering]:
        """One rendering per text, same order. Raises `Busy`, `Closed`, or the engine's own error; never
        drops or shortens a text without saying so in the rendering's chunks."""
        known: dict[str, Rendering] = {}
        for text in texts:
            if text not in known and (hit := self._cache.get(self._key(text, options))) is not None:
                known[text] = replace(hit, cached=True)
        fresh = [t for t in dict.fromkeys(texts) if t not in known]
        for text, rendering in zip(fresh, self._render(fresh, options, progress), strict=True):
            known[text] = rendering
            self._cache.put(self._key(text, options), rendering, 2 * len(text) + len(rendering.text) + 500)
        return [known[text] for text in texts]

    def _key(self, text: str, options: TranslateOptions) -> tuple[str, str, int, bool]:
        return (self.signed(options.glossary), text, options.alternatives, options.alignments)

    def _render(
        self, texts: Sequence[str], options: TranslateOptions, progress: Progress | None
    ) -> list[Rendering]:
        decoding = self.decoding.with_(
            num_hypotheses=max(2 if self.decoding.beam_size > 1 else 1, options.alternatives + 1),
            beam_size=max(self.decoding.beam_size, options.alternatives + 1),
            attention=options.alignments,
        )
        read = [_read(text, options.glossary) for text in texts]
        jobs: list[_Job] = []
        for owner, part in enumerate(read):
            if part.norm is not None:
                spans = keep_whole(self._cut(part.norm.text), part.matches, self._fits(part.norm.text))
                jobs.extend(_Job(owner, s, s.of(part.norm.text), decoding) for s in spans)
        outputs: list[list[_Output]] = [[] for _ in texts]
        solved = self._solve(jobs, options.lane, _scaled(progress, len(texts)))
        for output in self._with_terms(solved, read, options.lane):
            outputs[output.job.owner].append(output)
        if progress is not None:
            progress(len(texts), len(texts))
        return [self._assemble(part, outs, options) for part, outs in zip(read, outputs, strict=True)]

    def _fits(self, text: str) -> Callable[[Span], bool]:
        return lambda span: self._count([span.of(text)])[0] <= self.engine.info.max_source_tokens

    def _cut(self, text: str, limit: int | None = None) -> list[Span]:
        return chunk.cut(text, limit or self.engine.info.max_source_tokens, self._count)

    def _count(self, texts: Sequence[str]) -> list[int]:
        return [len(pieces) for pieces in self.engine.encode(texts)]

    def _solve(self, jobs: list[_Job], lane: Lane, progress: Callable[[float], None] | None) -> list[_Output]:
        """Translate the jobs, again where the result is unfinished or looping. In text order."""
        done: list[_Output] = []
        while jobs:
            outputs = self._run(jobs, lane, progress)
            progress = None  # repairs are few; the bar must not run backwards
            jobs = []
            for output in outputs:
                again = self._repair(output)
                jobs.extend(again)
                if not again:
                    done.append(output)
        return sorted(done, key=lambda o: (o.job.owner, o.job.span.start))

    def _run(
        self, jobs: Sequence[_Job], lane: Lane, progress: Callable[[float], None] | None
    ) -> list[_Output]:
        pieces = self.engine.encode([job.text for job in jobs])
        results: list[Hypotheses | None] = [None] * len(jobs)
        groups: dict[DecodingOptions, list[int]] = {}
        for i, job in enumerate(jobs):
            groups.setdefault(job.decoding, []).append(i)
        tickets = [
            (members, self.batcher.submit([pieces[i] for i in members], decoding, lane))
            for decoding, members in groups.items()
        ]
        try:
            for members, ticket in tickets:
                report = None if progress is None else lambda n: progress(n / len(jobs))
                for i, hypotheses in zip(members, ticket.wait(report), strict=True):
                    results[i] = hypotheses
        except BaseException:
            for _, ticket in tickets:
                ticket.cancel()  # nobody waits for the rest
            raise
        return self._decode(jobs, pieces, [r for r in results if r is not None])

    def _decode(
        self, jobs: Sequence[_Job], pieces: Sequence[Sequence[str]], results: Sequence[Hypotheses]
    ) -> list[_Output]:
        flat = iter(self.engine.decode([h.pieces for hypotheses in results for h in hypotheses]))
        outputs = []
        for job, source, hypotheses in zip(jobs, pieces, results, strict=True):
            texts = tuple(next(flat).strip() for _ in hypotheses)
            outputs.append(_Output(job, source, hypotheses, texts, _loops(job.text, texts[0])))
        return outputs

    def _repair(self, output: _Output) -> list[_Job]:
        """What to translate instead of a bad output; nothing when it is good or when we gave up."""
        job = output.job
        if (output.complete and not output.looping) or job.attempt + 1 >= MAX_ATTEMPTS:
            return []
        firm = job.decoding.with_(repetition_penalty=max(FIRM_PENALTY, job.decoding.repetition_penalty))
        if output.looping and job.attempt == 0:
            return [replace(job, decoding=firm, attempt=1)]
        if output.complete:
            return []  # halves would loop as well, and read worse
        if len(output.pieces) < MIN_SPLIT_TOKENS:
            return [] if job.decoding == firm else [replace(job, decoding=firm, attempt=job.attempt + 1)]
        halves = self._cut(job.text, -(-len(output.pieces) * 2 // 3))
        return [
            _Job(job.owner, s.shifted(job.span.start), s.of(job.text), firm, job.attempt + 1, split=True)
            for s in halves
        ]

    def _with_terms(self, outputs: list[_Output], read: Sequence[_Text], lane: Lane) -> list[_Output]:
        """The outputs, those whose chunk has terms with the terms in them as far as they could be placed."""
        found = [(n, inside(o.job.span, read[o.job.owner].matches)) for n, o in enumerate(outputs)]
        held = [(n, matches) for n, matches in found if matches]
        if not held:
            return outputs

        def decode(attempts: Sequence[Attempt]) -> list[_Output]:
            return self._run([_job(a, outputs[held[a.draft][0]].job) for a in attempts], lane, None)

        drafts = [Draft(outputs[n].job.text, matches, outputs[n]) for n, matches in held]
        outputs, aligned = list(outputs), self.engine.info.has_alignment
        for (n, _), result in zip(held, enforce(drafts, decode, aligned), strict=True):
            if result is not None:
                outputs[n] = _worded(result, outputs[n].job)
        return outputs

    def _assemble(self, part: _Text, outputs: Sequence[_Output], options: TranslateOptions) -> Rendering:
        text, norm, signature = part.text, part.norm, self.signed(options.glossary)
        if norm is None or not outputs:
            return Rendering(text, text, passed_through=True, signature=signature)
        spans = [o.job.span for o in outputs]
        english, places = chunk.join(norm.text, spans, [o.texts[0] for o in outputs])
        evidence = tuple(
            _evidence(o, norm.to_original(o.job.span.start, o.job.span.end), place)
            for o, place in zip(outputs, places, strict=True)
        )
        missed = [(o.job.span, o.missed, place) for o, place in zip(outputs, places, strict=True)]
        alternatives = _alternatives(norm.text, spans, outputs, english, options.alternatives)
        return Rendering(
            source=text,
            text=english,
            chunks=evidence,
            alternatives=alternatives,
            alignment=_alignment(norm, outputs, places, english) if options.alignments else None,
            signature=signature,
            flags=missed_flags(norm, part.matches, missed, english),
        )


def _loops(source: str, target: str) -> bool:
    """Worth another try: the checks would flag the repetition, and not as a trifle."""
    return any(f.severity != "minor" for f in repetition.check(source, target, arabic.for_matching(source)))


def _read(text: str, glossary: Glossary | None) -> _Text:
    if not arabic.has_arabic(text):
        return _Text(text, None)
    norm = arabic.for_model(text)
    if glossary is None:
        return _Text(text, norm)
    return _Text(text, norm, tuple(m.mapped(norm.to_normalised) for m in glossary.find(text)))


def _job(attempt: Attempt, job: _Job) -> _Job:
    decoding = job.decoding
    if attempt.wider > decoding.beam_size:
        decoding = decoding.with_(beam_size=attempt.wider, num_hypotheses=attempt.wider)
    else:
        decoding = decoding.with_(
            num_hypotheses=max(decoding.beam_size, decoding.num_hypotheses),
            attention=decoding.attention or attempt.attention,
        )
    return replace(job, text=attempt.text, decoding=decoding)


def _worded(result: Result[_Output], job: _Job) -> _Output:
    """The chosen attempt as the chunk's output; further wordings with the terms are its alternatives."""
    chosen, rank = result.decoded, result.rank
    ranked = (chosen.hypotheses[rank], *chosen.hypotheses[:rank], *chosen.hypotheses[rank + 1 :])
    texts = (result.wording.target.text, *result.others)
    return _Output(job, chosen.pieces, ranked, texts, chosen.looping, result.wording, result.missed)


def _scaled(progress: Progress | None, total: int) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress(int(share * total), total)


def _evidence(output: _Output, source: Span, target: Span) -> ChunkEvidence:
    best = output.hypotheses[0]
    return ChunkEvidence(
        source=source,
        target=target,
        score=best.score,
        runner_up=output.hypotheses[1].score if len(output.hypotheses) > 1 else None,
        tokens_in=len(output.pieces),
        tokens_out=len(best.pieces),
        retries=output.job.attempt,
        split=output.job.split,
        complete=best.finished,
        looping=output.looping,
    )


def _alternatives(
    source: str, spans: Sequence[Span], outputs: Sequence[_Output], best: str, wanted: int
) -> tuple[str, ...]:
    """The k-th alternative takes the k-th hypothesis of every chunk (the last one where there are fewer)."""
    found: dict[str, None] = {}
    for k in range(1, wanted + 1):
        text, _ = chunk.join(source, spans, [o.texts[min(k, len(o.texts) - 1)] for o in outputs])
        if text != best:
            found[text] = None
    return tuple(found)


def _alignment(
    norm: arabic.Normalised, outputs: Sequence[_Output], places: Sequence[Span], english: str
) -> tuple[tuple[Span, Span], ...]:
    """Word pairs of all chunks, over the original text and the joined English."""
    pairs: list[tuple[Span, Span]] = []
    for output, place in zip(outputs, places, strict=True):
        joined, best = place.of(english), output.hypotheses[0]
        words = (
            align(output.job.text, output.pieces, joined, best)
            if output.wording is None
            else output.wording.align(output.pieces, best, joined)
        )
        for source, target in words:
            at = source.shifted(output.job.span.start)
            pairs.append((norm.to_original(at.start, at.end), target.shifted(place.start)))
    return tuple(pairs)
