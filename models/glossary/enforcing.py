"""Sees to it that a glossary's terms stand in the English.

A chunk whose first English has its terms keeps it to the letter (but for their spelling). Else it is decoded
again in a few ways: as it is with a wider search, for another hypothesis that has the terms, and with each
missing term's place held by a word that the model knows (`stand_ins`). Of the attempts that have every term
as often as the Arabic, the one nearest to the first English that the model likes best is taken. What is
missing after the last round is reported. `docs/decisions/glossaries.md` has the figures behind this.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from models.arabic import Normalised
from models.document import Span
from models.engines.base import Hypothesis
from models.glossary.english import English, english, place
from models.glossary.matching import Match
from models.glossary.stand_ins import StandIn, kinds
from models.glossary.wording import Edit, Wording, edited

#: Changes whenever the same text and terms could come out differently through a change in this package.
ENFORCING_VERSION = 1
#: Stand-ins tried in each round; most chunks need only the first.
ROUNDS = (2, 3, 4)
#: Beam and hypotheses of the search for another wording of the chunk as it is.
WIDER = 8


class Decoded(Protocol):
    """What the translator has of a decoded text."""

    @property
    def texts(self) -> tuple[str, ...]: ...
    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]: ...
    @property
    def sound(self) -> bool: ...


D = TypeVar("D", bound=Decoded)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text to decode for draft number `draft`, and how wide to search (0: as usual)."""

    draft: int
    text: str
    wider: int = 0


@dataclass(frozen=True, slots=True)
class Draft(Generic[D]):
    """A chunk, the terms in it (places count in `source`), and its first translation."""

    source: str
    matches: tuple[Match, ...]
    first: D


@dataclass(frozen=True, slots=True)
class Result(Generic[D]):
    """`decoded.texts[rank]` is what the engine wrote, `wording.target.text` what to show. `missed`: the terms
    that are not in it. `others`: further wordings that have the terms, best first."""

    decoded: D
    rank: int
    wording: Wording
    missed: tuple[Match, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Variant:
    """A source to try: with these stand-ins for these terms."""

    source: Normalised
    held: tuple[tuple[Match, StandIn], ...] = ()


@dataclass(slots=True)
class _Case(Generic[D]):
    draft: Draft[D]
    first: str
    missed: list[Match]
    offered: list[list[StandIn]] = field(default_factory=list)
    found: list[tuple[float, Result[D]]] = field(default_factory=list)


def enforce(
    drafts: Sequence[Draft[D]], decode: Callable[[Sequence[Attempt]], Sequence[D]]
) -> list[Result[D] | None]:
    """For each draft what to show, None to leave it as it is. `decode` keeps length and order; it is called
    at most once for each round, with all that is to be tried in it."""
    results: list[Result[D] | None] = []
    cases: dict[int, _Case[D]] = {}
    for number, draft in enumerate(drafts):
        text = draft.first.texts[0]
        missed = missing(draft.matches, text)
        results.append(_spelled(draft, text, missed))
        if missed:
            cases[number] = _case(draft, text, missed)
    for turn in range(len(ROUNDS)):
        open_ = [n for n, case in cases.items() if not _complete(case)]
        tried = [(n, v) for n in open_ for v in _variants(cases[n], turn)]
        attempts = [Attempt(n, v.source.text, 0 if v.held else WIDER) for n, v in tried]
        for (number, variant), decoded in zip(tried, decode(attempts) if attempts else (), strict=True):
            _take(cases[number], variant, decoded)
    for number, case in cases.items():
        results[number] = _best(case) or results[number]
    return results


def missing(matches: Sequence[Match], text: str) -> list[Match]:
    """The terms that `text` has fewer times than the Arabic; of several alike, the last ones."""
    standing = {target: len(spans) for target, spans in _standing(matches, text).items()}
    missed = []
    for match in matches:
        target = match.term.target
        if standing[target] > 0:
            standing[target] -= 1
        else:
            missed.append(match)
    return missed


def _standing(matches: Sequence[Match], text: str) -> dict[str, list[Span]]:
    """Where each target stands; a longer one hides a shorter one in it."""
    found: dict[str, list[Span]] = {}
    for target in sorted({m.term.target for m in matches}, key=lambda t: -len(english(t).core)):
        same = next((t for t in found if english(t).core == english(target).core), None)
        found[target] = found[same] if same else english(target).find(text)
        for span in found[target]:
            text = f"{text[: span.start]}{'_' * (span.end - span.start)}{text[span.end :]}"
    return found


def _spellings(matches: Sequence[Match], text: str) -> list[Edit]:
    """What brings the terms that stand in `text` into the glossary's spelling."""
    return [
        Edit(span, new)
        for target, spans in _standing(matches, text).items()
        for span in spans
        if (new := english(target).spelled(span.of(text))) != span.of(text)
    ]


def _spelled(draft: Draft[D], text: str, missed: Sequence[Match]) -> Result[D] | None:
    edits = _spellings(draft.matches, text)
    if not edits and not missed:
        return None
    wording = Wording(Normalised(draft.source), text, edited(text, edits))
    return Result(draft.first, 0, wording, tuple(missed))


def _case(draft: Draft[D], text: str, missed: list[Match]) -> _Case[D]:
    """The stand-ins for each missing term: none that the chunk speaks of already."""
    words = [text, *(m.term.target for m in draft.matches)]
    offered = [
        [s for s in kinds(english(m.term.target)) if not any(s.traces.search(w) for w in words)]
        for m in missed
    ]
    return _Case(draft, text, missed, offered)


def _complete(case: _Case[D]) -> bool:
    return any(not result.missed for _, result in case.found)


def _variants(case: _Case[D], turn: int) -> Iterator[_Variant]:
    """The sources of one round: the chunk as it is in the first, then with stand-ins, each term another."""
    source = case.draft.source
    if turn == 0:
        yield _Variant(Normalised(source))
    first = sum(ROUNDS[:turn])
    for step in range(first, first + ROUNDS[turn]):
        held: list[tuple[Match, StandIn]] = []
        for match, offered in zip(case.missed, case.offered, strict=True):
            free = [s for s in offered if not any(s.traces.search(h.english) for _, h in held)]
            if step < len(offered) and free:
                held.append((match, free[step % len(free)]))
        if held:
            yield _Variant(edited(source, (_held(source, m, s) for m, s in held)), tuple(held))


def _held(source: str, match: Match, stand_in: StandIn) -> Edit:
    clitics = source[match.words.start : match.span.start]
    ending = source[match.span.end : match.words.end] if match.owned else ""
    return Edit(match.words, stand_in.written(clitics, match.definite, ending))


def _take(case: _Case[D], variant: _Variant, decoded: D) -> None:
    """Keep of an attempt the first hypothesis that has more of the terms than the first English."""
    if not decoded.sound and case.draft.first.sound:
        return
    for rank, text in enumerate(decoded.texts):
        edits = _placed(variant, text)
        if edits is None:
            continue
        edits += [e for e in _spellings(case.draft.matches, text) if not any(_touch(e, o) for o in edits)]
        shown = edited(text, edits)
        missed = missing(case.draft.matches, shown.text)
        if len(missed) < len(case.missed) and not _too_often(case, shown.text):
            result = Result(decoded, rank, Wording(variant.source, text, shown), tuple(missed))
            case.found.append((_value(case, result), result))
            return


def _placed(variant: _Variant, text: str) -> list[Edit] | None:
    """The edits that put the terms where their stand-ins are; None unless each stands there just once."""
    edits: list[Edit] = []
    for match, stand_in in variant.held:
        places = list(stand_in.traces.finditer(text))
        if len(places) != 1 or places[0][0].lower() != stand_in.english.lower():
            return None
        edits.append(place(text, Span(*places[0].span()), _with_article(match, stand_in)))
    return edits if not any(_touch(a, b) for a in edits for b in edits if a is not b) else None


def _with_article(match: Match, stand_in: StandIn) -> English:
    """A definite common noun needs the article that a name in its place doesn't have."""
    target = english(match.term.target)
    bare = not (target.is_name or target.article or target.is_plural or stand_in.noun)
    return replace(target, article="the") if bare and match.definite else target


def _touch(one: Edit, other: Edit) -> bool:
    return one.at.start < other.at.end and other.at.start < one.at.end


def _too_often(case: _Case[D], text: str) -> bool:
    """Does a term that was missing now stand more often than the Arabic has it?"""
    wanted = Counter(m.term.target for m in case.draft.matches)
    standing = _standing(case.draft.matches, text)
    return any(len(standing[m.term.target]) > wanted[m.term.target] for m in case.missed)


def _value(case: _Case[D], result: Result[D]) -> float:
    """Terms first, then the model's opinion and the likeness to the first English, which weigh alike."""
    near = difflib.SequenceMatcher(
        None, case.first.split(), result.wording.target.text.split(), False
    ).ratio()
    likely = result.decoded.hypotheses[result.rank].score
    return -100.0 * len(result.missed) - 0.5 * (result.rank > 0) + likely + near


def _best(case: _Case[D]) -> Result[D] | None:
    if not case.found:
        return None
    ranked = [result for _, result in sorted(case.found, key=lambda f: -f[0])]
    others = dict.fromkeys(r.wording.target.text for r in ranked if not r.missed)
    best = ranked[0]
    return replace(best, others=tuple(t for t in others if t != best.wording.target.text))
