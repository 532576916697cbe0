"""Terms and the chunks of a text: which has which, borders that leave terms whole, flags over the text."""

from collections.abc import Callable, Iterable, Sequence

from models.arabic import Normalised
from models.document import Flag, Span
from models.glossary.english import english
from models.glossary.matching import Match
from models.glossary.standing import missing

GLOSSARY_MISSED = "glossary_missed"


def inside(span: Span, matches: Iterable[Match]) -> tuple[Match, ...]:
    """The terms in a chunk, with their places in it."""
    return tuple(
        _shifted(match, -span.start)
        for match in matches
        if span.start <= match.words.start and match.words.end <= span.end
    )


def small(matches: Iterable[Match]) -> list[str]:
    """The English that begins small at the start of a sentence too: names in Latin letters, and what a
    glossary writes with capitals elsewhere (al-Qaeda) or in one word (adidas); not "prime minister"."""
    found = []
    for match in matches:
        core = match.term.target if match.verbatim else english(match.term.target).core
        if match.verbatim or core != core.lower() or " " not in core:
            found.append(core)
    return [core for core in found if core[:1].islower()]


def keep_whole(spans: Sequence[Span], matches: Sequence[Match], fits: Callable[[Span], bool]) -> list[Span]:
    """Chunk spans, borders inside a term moved to its start or its end where the chunks still fit."""
    found = list(spans)
    for n in range(len(found) - 1):
        left, right = found[n], found[n + 1]
        for match in matches:
            if not (match.words.start < left.end and match.words.end > right.start):
                continue
            later = Span(left.start, match.words.start), Span(match.words.start, right.end)
            earlier = Span(left.start, match.words.end), Span(match.words.end, right.end)
            for one, other in (later, earlier):
                if one.start < one.end and other.start < other.end and fits(one) and fits(other):
                    found[n : n + 2] = [one, other]
                    break
            break
    return found


def missed_flags(
    norm: Normalised,
    matches: Sequence[Match],
    chunks: Sequence[tuple[Span, Sequence[Match], Span]],
    english: str,
) -> tuple[Flag, ...]:
    """One flag for each term that is not in the English, over the original text. `matches`: all terms of the
    normalised text; `chunks`: the place of each chunk in it, the terms missing from it (as `inside` gives
    them) and its place in the English. A term that lies across two chunks may be anywhere. Names in Latin
    letters are no business of the glossary's: `models.quality.names` flags them."""
    found: list[tuple[Match, Span | None]] = []
    for span, missed, place in chunks:
        found += [(_shifted(match, span.start), place) for match in missed if not match.verbatim]
    of_glossary = [m for m in matches if not m.verbatim]
    across = [m for m in of_glossary if not any(inside(span, [m]) for span, _, _ in chunks)]
    found += [(match, None) for match in missing(across, english)]
    return tuple(
        Flag(
            GLOSSARY_MISSED,
            "major",
            f"The glossary's “{match.term.target}” could not be placed.",
            norm.to_original(match.span.start, match.span.end),
            place,
        )
        for match, place in found
    )


def _shifted(match: Match, by: int) -> Match:
    return match.mapped(lambda start, end: Span(start + by, end + by))
