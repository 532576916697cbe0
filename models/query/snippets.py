"""The piece of a text that shows best why it was found."""

from dataclasses import dataclass

from models.document import Span
from models.query.hits import highlights
from models.query.nodes import Query

#: Characters that are shown, and how many of them before the first hit at least.
LENGTH, BEFORE = 240, 60
#: Characters of a text that are looked through; a longer one shows its beginning when nothing is hit in them.
SEARCHED = 50_000


@dataclass(frozen=True, slots=True)
class Snippet:
    """`text` is original[start:start + len(text)]; `highlights` count in `text`. `cut_before`, `cut_after`:
    the original goes on there."""

    text: str
    start: int
    highlights: tuple[Span, ...]
    cut_before: bool
    cut_after: bool


def snippet(query: Query, text: str) -> Snippet:
    """The stretch with the most hits, between words; the beginning where there is none."""
    spans = highlights(query, text[:SEARCHED])
    first = max(spans, key=lambda span: (_within(spans, span.start), -span.start), default=None)
    start = _word_start(text, max(0, first.start - BEFORE)) if first else 0
    end = _word_end(text, start, min(len(text), max(start + LENGTH, first.end if first else 0)))
    stretch = text[start:end]
    shown = stretch.strip()
    start += len(stretch) - len(stretch.lstrip())
    end = start + len(shown)
    inside = tuple(span.shifted(-start) for span in spans if start <= span.start and span.end <= end)
    return Snippet(shown, start, inside, bool(text[:start].strip()), bool(text[end:].strip()))


def _within(spans: list[Span], start: int) -> int:
    return sum(start <= span.start and span.end <= start + LENGTH - BEFORE for span in spans)


def _word_start(text: str, at: int) -> int:
    """The next word's beginning; `at` itself where the text begins."""
    if at == 0:
        return 0
    return next((n for n in range(at, min(at + BEFORE // 2, len(text))) if text[n].isspace()), at)


def _word_end(text: str, start: int, at: int) -> int:
    """The end of the word before, unless there is none within reach."""
    if at == len(text):
        return at
    return next((n for n in range(at, max(start, at - BEFORE // 2), -1) if text[n].isspace()), at)
