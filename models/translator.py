"""Texts in, exactly one `Rendering` each out, in order, whatever the texts hold.

A text goes: normalise for the model -> cut into chunks the model was trained for -> engine (through the
shared `Batcher`) -> take the best hypothesis that has no fault, decode again where none is without -> see to
the glossary's terms -> join.
Texts without Arabic come back untouched. Repeated texts are translated once and come from the cache
afterwards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from models import arabic, chunk
from models.alignment import align
from models.attempts import Job, Output, better, chosen, first, repair
from models.batching import Batcher, Hypotheses, Lane, Ticket
from models.cache import LruCache
from models.document import ChunkEvidence, Rendering, Span, Translation
from models.engines.base import DecodingOptions, Engine
from models.faults import faults
from models.glossary import (
    Attempt,
    Draft,
    Glossary,
    Match,
    Result,
    enforce,
    enforcement,
    inside,
    keep_whole,
    missed_flags,
    small,
    verbatim,
)
from models.joining import capitalised
from models.list_marks import ListMark, list_mark

#: Changes whenever the same input could come out differently through a change in this module, in
#: `attempts`, in `list_marks` or in `faults` and the checks that they ask, or in what `joining` makes of a
#: first letter.
TRANSLATOR_VERSION = 6
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class TranslateOptions:
    """`alternatives` further translations per text (0-4); `alignments` asks for word alignment; the terms of
    `glossary` come out as it says, or the text is flagged. With `unwrap` the pipeline looks for hard-wrapped
    paragraphs; without, every line break ends a sentence. `western`: the texts are parts of an Arabic one,
    so that also one of nothing but digits has Western digits in the English (`Pipeline` sees to it)."""

    lane: Lane = "interactive"
    alternatives: int = 0
    alignments: bool = False
    glossary: Glossary | None = None
    unwrap: bool = True
    western: bool = False


@dataclass(frozen=True, slots=True)
class _Text:
    """A text to translate: its form for the model, and the glossary's terms with their places in that. What
    the model gets begins at `begin`, behind the list mark that is kept."""

    text: str
    norm: arabic.Normalised | None
    matches: tuple[Match, ...] = ()
    mark: ListMark | None = None
    begin: int = 0


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
            weight = 2 * len(text) + len(rendering.text) + extra(rendering)
            self._cache.put(self._key(text, options), rendering, weight)
        return [known[text] for text in texts]

    def _key(self, text: str, options: TranslateOptions) -> tuple[str, str, int, bool]:
        return (self.signed(options.glossary), text, options.alternatives, options.alignments)

    def _render(
        self, texts: Sequence[str], options: TranslateOptions, progress: Progress | None
    ) -> list[Rendering]:
        decoding = self.decoding.with_(
            num_hypotheses=max(self.decoding.beam_size, options.alternatives + 1),
            beam_size=max(self.decoding.beam_size, options.alternatives + 1),
            attention=options.alignments,
        )
        read = [_read(text, options.glossary) for text in texts]
        jobs: list[Job] = []
        for owner, part in enumerate(read):
            if part.norm is not None:
                cut = [s.shifted(part.begin) for s in self._cut(part.norm.text[part.begin :])]
                spans = keep_whole(cut, part.matches, self._fits(part.norm.text))
                jobs.extend(Job(owner, s, s.of(part.norm.text), decoding) for s in spans)
        outputs: list[list[Output]] = [[] for _ in texts]
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

    def _solve(self, jobs: list[Job], lane: Lane, progress: Callable[[float], None] | None) -> list[Output]:
        """Translate the jobs, again where the result is unfinished or faulty. In text order."""
        done: list[Output] = []
        admitted = False
        while jobs:
            outputs = [better(output) for output in self._run(jobs, lane, progress, admitted=admitted)]
            progress, admitted = None, True  # repairs are few; the bar must not run backwards
            jobs = []
            for output in outputs:
                again = repair(output, self._cut)
                jobs.extend(again)
                if not again:
                    done.append(output)
        return sorted(done, key=lambda o: (o.job.owner, o.job.span.start))

    def _run(
        self,
        jobs: Sequence[Job],
        lane: Lane,
        progress: Callable[[float], None] | None = None,
        *,
        admitted: bool = False,
    ) -> list[Output]:
        """`admitted`: these follow from jobs that the queue has taken, and are not refused."""
        pieces = self.engine.encode([job.text for job in jobs])
        results: list[Hypotheses | None] = [None] * len(jobs)
        groups: dict[DecodingOptions, list[int]] = {}
        for i, job in enumerate(jobs):
            groups.setdefault(job.decoding, []).append(i)
        tickets: list[tuple[list[int], Ticket]] = []
        try:
            for decoding, members in groups.items():
                chunks = [pieces[i] for i in members]
                tickets.append((members, self.batcher.submit(chunks, decoding, lane, admitted=admitted)))
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
        self, jobs: Sequence[Job], pieces: Sequence[Sequence[str]], results: Sequence[Hypotheses]
    ) -> list[Output]:
        flat = iter(self.engine.decode([h.pieces for hypotheses in results for h in hypotheses]))
        outputs = []
        for job, source, hypotheses in zip(jobs, pieces, results, strict=True):
            texts = tuple(next(flat).strip() for _ in hypotheses)
            outputs.append(chosen(job, source, hypotheses, texts))
        return outputs

    def _with_terms(self, outputs: list[Output], read: Sequence[_Text], lane: Lane) -> list[Output]:
        """The outputs, those whose chunk has terms with the terms in them as far as they could be placed."""
        found = [(n, inside(o.job.span, read[o.job.owner].matches)) for n, o in enumerate(outputs)]
        held = [(n, matches) for n, matches in found if matches]
        if not held:
            return outputs

        def decode(attempts: Sequence[Attempt]) -> list[Output]:
            again = [_job(a, outputs[held[a.draft][0]].job) for a in attempts]
            return self._run(again, lane, admitted=True)

        drafts = [Draft(outputs[n].job.text, matches, outputs[n]) for n, matches in held]
        outputs, aligned = list(outputs), self.engine.info.has_alignment
        for (n, _), result in zip(held, enforce(drafts, decode, aligned), strict=True):
            if result is not None:
                outputs[n] = _worded(result, outputs[n].job)
        return outputs

    def _assemble(self, part: _Text, outputs: Sequence[Output], options: TranslateOptions) -> Rendering:
        text, norm, signature = part.text, part.norm, self.signed(options.glossary)
        if norm is None or not outputs:
            return Rendering(text, text, passed_through=True, signature=signature)
        spans = [o.job.span for o in outputs]
        english, places = _joined(part, spans, [o.texts[0] for o in outputs])
        evidence = tuple(
            _evidence(o, norm.to_original(o.job.span.start, o.job.span.end), place)
            for o, place in zip(outputs, places, strict=True)
        )
        missed = [(o.job.span, o.missed, place) for o, place in zip(outputs, places, strict=True)]
        alternatives = _alternatives(part, spans, outputs, english, options.alternatives)
        return Rendering(
            source=text,
            text=english,
            chunks=evidence,
            alternatives=alternatives,
            alignment=_alignment(part, norm, outputs, places, english) if options.alignments else None,
            signature=signature,
            flags=missed_flags(norm, part.matches, missed, english),
        )


def extra(made: Rendering | Translation) -> int:
    """What keeping it takes beside its texts, about, in characters: objects, alternatives, alignment."""
    parts = len(made.chunks) if isinstance(made, Rendering) else 1
    return 300 + 200 * parts + sum(len(a) + 50 for a in made.alternatives) + 130 * len(made.alignment or ())


def _read(text: str, glossary: Glossary | None) -> _Text:
    if not arabic.has_arabic(text):
        return _Text(text, None)
    mark = list_mark(text)
    if mark is not None and not arabic.has_arabic(text[mark.end :]):
        return _Text(text, None)
    norm = arabic.for_model(text)
    begin = norm.to_normalised(0, mark.end).end if mark is not None else 0
    found = _terms(text, glossary) if glossary is not None else ()
    terms = [match.mapped(norm.to_normalised) for match in found]
    matches = (m for m in (*terms, *verbatim(norm.text, terms)) if m.words.start >= begin)
    return _Text(text, norm, tuple(matches), mark, begin)


def _joined(part: _Text, spans: Sequence[Span], texts: Sequence[str]) -> tuple[str, list[Span]]:
    """The English of the chunks behind the text's list mark, and their places."""
    assert part.norm is not None
    english, places = chunk.join(part.norm.text, spans, texts)
    english = capitalised(english, small(part.matches))
    if part.mark is None:
        return english, places
    head = f"{part.mark.english} "
    return head + english, [place.shifted(len(head)) for place in places]


def _terms(text: str, glossary: Glossary) -> list[Match]:
    """The terms in a text whose hashtags are read as words, and those that hold a hashtag's signs."""
    plain = arabic.untagged(text)
    found = glossary.find(plain)
    if plain == text:
        return found
    taken = bytearray(len(text))
    for match in found:
        at = match.words
        taken[at.start : at.end] = b"\1" * (at.end - at.start)
    signs = [m for m in glossary.find(text) if not any(taken[m.words.start : m.words.end])]
    return sorted([*found, *signs], key=lambda m: m.span.start)


def _job(attempt: Attempt, job: Job) -> Job:
    decoding = job.decoding
    if attempt.wider > decoding.beam_size:
        decoding = decoding.with_(beam_size=attempt.wider, num_hypotheses=attempt.wider)
    else:
        decoding = decoding.with_(
            num_hypotheses=max(decoding.beam_size, decoding.num_hypotheses),
            attention=decoding.attention or attempt.attention,
        )
    return replace(job, text=attempt.text, decoding=decoding)


def _worded(result: Result[Output], job: Job) -> Output:
    """The chosen attempt as the chunk's output; further wordings with the terms are its alternatives."""
    chosen, rank = result.decoded, result.rank
    ranked = first(rank, chosen.hypotheses)
    texts = (result.wording.target.text, *result.others)
    wrong = faults(job.text, texts[0])
    return Output(job, chosen.pieces, ranked, texts, wrong, result.wording, result.missed)


def _scaled(progress: Progress | None, total: int) -> Callable[[float], None] | None:
    return None if progress is None else lambda share: progress(int(share * total), total)


def _evidence(output: Output, source: Span, target: Span) -> ChunkEvidence:
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
    part: _Text, spans: Sequence[Span], outputs: Sequence[Output], best: str, wanted: int
) -> tuple[str, ...]:
    """The k-th alternative takes the k-th hypothesis of every chunk (the last one where there are fewer)."""
    found: dict[str, None] = {}
    for k in range(1, wanted + 1):
        text, _ = _joined(part, spans, [o.texts[min(k, len(o.texts) - 1)] for o in outputs])
        if text != best:
            found[text] = None
    return tuple(found)


def _alignment(
    part: _Text, norm: arabic.Normalised, outputs: Sequence[Output], places: Sequence[Span], english: str
) -> tuple[tuple[Span, Span], ...]:
    """Word pairs of all chunks, over the original text and the joined English; the list mark is one."""
    pairs: list[tuple[Span, Span]] = []
    if part.mark is not None:
        pairs.append((Span(0, part.mark.end), Span(0, len(part.mark.english))))
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
