"""Which terms stand in an English text, how often, and how they are spelled there."""

from collections.abc import Sequence

from models.document import Span
from models.glossary.english import english
from models.glossary.matching import Match
from models.glossary.wording import Edit
from models.quality import names


def missing(matches: Sequence[Match], text: str) -> list[Match]:
    """The terms that `text` has fewer times than the Arabic; of several alike, the last ones. A name in Latin
    letters need stand but once, in whatever way the check of names takes for it (F16 for F-16)."""
    left = {target: len(spans) for target, spans in standing(matches, text).items()}
    missed = []
    for match in matches:
        target = match.term.target
        if left[target] > 0:
            left[target] -= 1
        elif match.verbatim and not names.check(match.term.source, text):
            continue
        else:
            missed.append(match)
    return missed


def standing(matches: Sequence[Match], text: str) -> dict[str, list[Span]]:
    """Where each target stands; a longer one hides a shorter one in it."""
    found: dict[str, list[Span]] = {}
    for target in sorted({m.term.target for m in matches}, key=lambda t: -len(english(t).core)):
        same = next((t for t in found if english(t).core == english(target).core), None)
        found[target] = found[same] if same else english(target).find(text)
        for span in found[target]:
            text = f"{text[: span.start]}{'_' * (span.end - span.start)}{text[span.end :]}"
    return found


def spellings(matches: Sequence[Match], text: str) -> list[Edit]:
    """What brings the terms that stand in `text` into the glossary's spelling."""
    of_glossary = {match.term.target for match in matches if not match.verbatim}
    return [
        Edit(span, new)
        for target, spans in standing(matches, text).items()
        for span in spans
        if target in of_glossary and (new := english(target).spelled(span.of(text))) != span.of(text)
    ]
