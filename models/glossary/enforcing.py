"""Sees to it that a glossary's terms stand in the English.

A chunk whose first English has its terms keeps it to the letter (but for their spelling). Else, where the
model's attention can be trusted, the garbled name that it links to the term makes room for it. Else the chunk
is decoded again in a few ways: with a wider search, for another hypothesis that has the terms, and with each
missing term's place held by a word that the model knows (`stand_ins`). Of the attempts that have every term
as often as the Arabic, and no fault (`models.faults`) that the first English hasn't, the one nearest to it
that the model likes best is taken; after them any words linked to the term make room. What is missing then is
reported. `docs/decisions/glossaries.md` has the figures behind this.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Literal, Protocol, TypeVar

from models.alignment import align
from models.arabic import Normalised
from models.document import Span
from models.engines.base import Hypothesis
from models.faults import faults
from models.glossary.english import English, english, place
from models.glossary.matching import Match
from models.glossary.stand_ins import StandIn, kinds
from models.glossary.standing import missing, spellings, standing
from models.glossary.substituting import linked_words
from models.glossary.wording import Edit, Wording, edited

#: Changes whenever the same text and terms could come out differently through a change in this package.
ENFORCING_VERSION = 4
#: Beam and hypotheses of the search for another wording of the chunk as it is.
WIDER = 8


class Decoded(Protocol):
    """What the translator has of a decoded text."""

    @property
    def texts(self) -> tuple[str, ...]: ...
    @property
    def hypotheses(self) -> tuple[Hypothesis, ...]: ...
    @property
    def pieces(self) -> Sequence[str]: ...
    @property
    def sound(self) -> bool: ...
    @property
    def faults(self) -> int: ...


D = TypeVar("D", bound=Decoded)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A text to decode for draft number `draft`, how wide to search (0: as usual), and whether the attention
    is wanted."""

    draft: int
    text: str
    wider: int = 0
    attention: bool = False


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


#: Whose words make room for a term: a garbled name's only, or any that are linked to it.
Links = Literal["names", "any"]


@dataclass(frozen=True, slots=True)
class _Turn:
    """One round: how many stand-ins to try, whether the chunk as it is with a wider search too, or else
    which words are to make room."""

    stand_ins: int = 0
    wider: bool = False
    links: Links | None = None


#: Most chunks need only the first, and most of the others the second.
_TURNS = (_Turn(links="names"), _Turn(2, wider=True), _Turn(3), _Turn(4), _Turn(links="any"))


@dataclass(frozen=True, slots=True)
class _Found(Generic[D]):
    """An attempt that is better than the first English, and the stand-ins that did it."""

    value: float
    result: Result[D]
    held: tuple[tuple[Match, StandIn], ...]


@dataclass(slots=True)
class _Case(Generic[D]):
    """A chunk on its way: `offered` are the stand-ins not yet tried for each of its missing terms."""

    draft: Draft[D]
    missed: list[Match]
    offered: dict[Match, list[StandIn]]
    found: list[_Found[D]] = field(default_factory=list)

    @property
    def first(self) -> str:
        return self.draft.first.texts[0]

    @property
    def best(self) -> _Found[D] | None:
        return max(self.found, key=lambda f: f.value, default=None)

    @property
    def complete(self) -> bool:
        return any(not found.result.missed for found in self.found)


def enforce(
    drafts: Sequence[Draft[D]], decode: Callable[[Sequence[Attempt]], Sequence[D]], aligned: bool = False
) -> list[Result[D] | None]:
    """For each draft what to show, None to leave it as it is. `decode` keeps length and order; it is called
    at most once for each round, with all that is to be tried in it. `aligned`: attention can be trusted."""
    results: list[Result[D] | None] = []
    cases: dict[int, _Case[D]] = {}
    for number, draft in enumerate(drafts):
        text = draft.first.texts[0]
        missed = missing(draft.matches, text)
        results.append(_spelled(draft, text, missed))
        if missed:
            cases[number] = _case(draft, text, missed)
    for turn in _TURNS:
        if turn.links is not None and not aligned:
            continue
        tried = [(n, v) for n, case in cases.items() if not case.complete for v in _variants(case, turn)]
        attempts = [_attempt(number, variant, turn) for number, variant in tried]
        for (number, variant), decoded in zip(tried, decode(attempts) if attempts else (), strict=True):
            _take(cases[number], variant, decoded, turn.links)
    for number, case in cases.items():
        results[number] = _best(case) or results[number]
    return results


def _spelled(draft: Draft[D], text: str, missed: Sequence[Match]) -> Result[D] | None:
    edits = spellings(draft.matches, text)
    if not edits and not missed:
        return None
    wording = Wording(Normalised(draft.source), text, edited(text, edits))
    return Result(draft.first, 0, wording, tuple(missed), draft.first.texts[1:])


def _case(draft: Draft[D], text: str, missed: list[Match]) -> _Case[D]:
    """The stand-ins for each missing term: none that the chunk speaks of already."""
    words = [text, *(m.term.target for m in draft.matches)]
    offered = {m: [s for s in kinds(m) if not any(s.traces.search(w) for w in words)] for m in missed}
    return _Case(draft, missed, offered)


def _variants(case: _Case[D], turn: _Turn) -> Iterator[_Variant]:
    """The sources of one round. The stand-ins of the best attempt so far stay; the other terms get new ones,
    each another."""
    source = case.draft.source
    kept = dict(case.best.held) if case.best is not None else {}
    if turn.wider:
        yield _Variant(Normalised(source))
    if turn.links is not None:
        yield _variant(source, kept)
    for _ in range(turn.stand_ins):
        held = dict(kept)
        for match in case.missed:
            if match not in held and (free := _free(case.offered[match], held.values())) is not None:
                case.offered[match].remove(free)
                held[match] = free
        if len(held) > len(kept):
            yield _variant(source, held)


def _variant(source: str, held: Mapping[Match, StandIn]) -> _Variant:
    return _Variant(edited(source, (_held(source, *pair) for pair in held.items())), tuple(held.items()))


def _attempt(number: int, variant: _Variant, turn: _Turn) -> Attempt:
    wider = WIDER if turn.wider and not variant.held else 0
    return Attempt(number, variant.source.text, wider, attention=turn.links is not None)


def _free(offered: Sequence[StandIn], held: Iterable[StandIn]) -> StandIn | None:
    taken = list(held)
    return next((s for s in offered if not any(s.traces.search(t.english) for t in taken)), None)


def _held(source: str, match: Match, stand_in: StandIn) -> Edit:
    clitics = source[match.words.start : match.span.start]
    ending = source[match.span.end : match.words.end] if match.owned else ""
    return Edit(match.words, stand_in.written(clitics, match.definite, ending))


def _take(case: _Case[D], variant: _Variant, decoded: D, links: Links | None) -> None:
    """Keep of an attempt the hypotheses that have more of the terms than the first English. `links`: put
    those that are missing in place of the words linked to them, in the best hypothesis."""
    if not decoded.sound and case.draft.first.sound:
        return
    matches = case.draft.matches
    for rank, text in enumerate(decoded.texts[:1] if links else decoded.texts):
        placed = _placed(variant, text)
        if placed is None:
            continue
        edits = _apart([edit for edit, _ in placed] + spellings(matches, text))
        if links:
            left = missing(matches, edited(text, edits).text)
            edits = _apart(edits + _substituted(variant, decoded, left, links))
        shown = edited(text, edits)
        missed = missing(matches, shown.text)
        if faults(case.draft.source, shown.text) > case.draft.first.faults:
            continue  # a number that is wrong is worse than a name
        if _weight(missed) < _weight(case.missed) and not _too_often(case, shown.text):
            result = Result(decoded, rank, Wording(variant.source, text, shown), tuple(missed))
            case.found.append(_Found(_value(case, result), result, tuple(pair for _, pair in placed)))


def _apart(edits: Sequence[Edit]) -> list[Edit]:
    """Without those that touch an earlier one."""
    kept: list[Edit] = []
    for edit in edits:
        if not any(_touch(edit, other) for other in kept):
            kept.append(edit)
    return kept


def _substituted(variant: _Variant, decoded: Decoded, missed: Sequence[Match], allowed: Links) -> list[Edit]:
    """Edits that put terms in place of the words that the attention links to them."""
    text = decoded.texts[0]
    links = align(variant.source.text, decoded.pieces, text, decoded.hypotheses[0])
    found: list[Edit] = []
    for match in missed:
        target = english(match.term.target)
        over = variant.source.to_normalised(match.words.start, match.words.end)
        at = linked_words(text, links, over, target, names=allowed == "names")
        if at is not None:
            found.append(place(text, at, target))
    return found


def _placed(variant: _Variant, text: str) -> list[tuple[Edit, tuple[Match, StandIn]]] | None:
    """The edits that put the terms where their stand-ins are, for those that came out; None when one stands
    in the text in another way than just once."""
    found: list[tuple[Edit, tuple[Match, StandIn]]] = []
    for match, stand_in in variant.held:
        places = list(stand_in.traces.finditer(text))
        if not places:
            continue
        if len(places) > 1 or places[0][0].lower() != stand_in.english.lower():
            return None
        edit = place(text, Span(*places[0].span()), _with_article(match, stand_in))
        if any(_touch(edit, other) for other, _ in found):
            return None
        found.append((edit, (match, stand_in)))
    return found


def _with_article(match: Match, stand_in: StandIn) -> English:
    """In place of a name a definite common noun needs the article, and a name none (the model may have
    begun a longer phrase)."""
    target = english(match.term.target)
    if match.verbatim:
        return replace(target, bare=True)
    if stand_in.noun or target.article or target.is_plural:
        return target
    if target.is_name:
        return replace(target, bare=True)
    return replace(target, article="the") if match.definite else target


def _touch(one: Edit, other: Edit) -> bool:
    return one.at.start < other.at.end and other.at.start < one.at.end


def _too_often(case: _Case[D], text: str) -> bool:
    """Does a term that was missing now stand more often than the Arabic has it?"""
    wanted = Counter(m.term.target for m in case.draft.matches)
    there = standing(case.draft.matches, text)
    return any(len(there[m.term.target]) > wanted[m.term.target] for m in case.missed)


def _value(case: _Case[D], result: Result[D]) -> float:
    """Terms first, then an attempt's best hypothesis before its others, then the model's opinion and the
    likeness to the first English, which weigh alike."""
    near = difflib.SequenceMatcher(
        None, case.first.split(), result.wording.target.text.split(), False
    ).ratio()
    likely = result.decoded.hypotheses[result.rank].score
    return -float(_weight(result.missed)) - (result.rank > 0) + likely + near


def _weight(missed: Sequence[Match]) -> int:
    """A glossary's term, which somebody asked for, is worth more than all the Latin names of a chunk."""
    return sum(10 if match.verbatim else 1000 for match in missed)


def _best(case: _Case[D]) -> Result[D] | None:
    best = case.best
    if best is None:
        return None
    ranked = sorted(case.found, key=lambda found: -found.value)
    others = dict.fromkeys(f.result.wording.target.text for f in ranked if not f.result.missed)
    shown = best.result.wording.target.text
    return replace(best.result, others=tuple(text for text in others if text != shown))
