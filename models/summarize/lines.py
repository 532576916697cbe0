"""The lines of a summary: what was picked, with its English, the flags of that English, and an end.

A pick that is a whole segment has the segment's English and flags. A clause is translated on its own, so that
its English is a sentence and not a fragment of one; then its flags are those of that very pair, for the words
of the segment's English aren't in it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from models.chunk import CLAUSE_GAPS
from models.clause_marks import gap_costs
from models.document import Flag, Notice, Segment, Source, Span, SummarySentence, TextTranslation
from models.joining import ABBREVIATED
from models.summarize import Length, Pick

_SPACED = re.compile(r"\S+")
_MARKS = " .,;:!?…،؛-–—\n\t"
_CLOSING = "\"'”’»)]"
_POINT = re.compile(r"\.(?!\.)")
_STRONG = re.compile(r"[!?]+|…|\.\.+")


def is_segment(pick: Pick, text: str, segments: Sequence[Segment]) -> bool:
    """Whether it is a segment of `text`, from its beginning to its end."""
    if not _is_quoted(pick, text):
        return False
    source = pick.sources[0]
    return Span(source.start, source.end) == segments[source.segment].span


def of_segments(pick: Pick, body: TextTranslation, end: str | None = None) -> SummarySentence:
    """The line of a pick that has English of its own already or is made of whole segments of `body`. Their
    flags are its own, over the whole texts. With `end` the English ends with that."""
    english = pick.en or " ".join(body.translations[source.segment].text for source in pick.sources)
    inherited = [flag for source in pick.sources for flag in _flags_in(source, body)]
    return _line(pick, english, inherited, end)


def of_itself(pick: Pick, own: TextTranslation, text: str, segments: Sequence[Segment]) -> SummarySentence:
    """The line of a pick that was translated by itself, as `own`. Places in the Arabic are over the article's
    `text` where the pick stands there to the letter; the English stands nowhere else."""
    at = pick.sources[0].start if _is_quoted(pick, text) else None
    flags = [
        replace(flag.shifted(t.segment.start + (at or 0), 0), en=None)
        for t in own.translations
        for flag in t.flags
    ]
    if at is None:
        flags = [replace(flag, ar=None) for flag in flags]
    return _line(pick, own.english, flags, end_of(pick, text, segments))


def _line(pick: Pick, english: str, flags: Sequence[Flag], end: str | None) -> SummarySentence:
    shown = english if end is None else ended(english, end)
    return SummarySentence(
        pick.ar, shown, pick.score, pick.sources, tuple(dict.fromkeys([*flags, *pick.flags]))
    )


def _flags_in(source: Source, body: TextTranslation) -> list[Flag]:
    """The segment's flags that touch the span (or stand nowhere in particular), over the whole texts."""
    translation = body.translations[source.segment]
    over = (
        flag.shifted(translation.segment.start, body.english_spans[source.segment].start)
        for flag in translation.flags
    )
    return [f for f in over if f.ar is None or (f.ar.start < source.end and f.ar.end > source.start)]


def _is_quoted(pick: Pick, text: str) -> bool:
    return len(pick.sources) == 1 and text[pick.sources[0].start : pick.sources[0].end] == pick.ar


def end_of(pick: Pick, text: str, segments: Sequence[Segment]) -> str | None:
    """How the English of a clause is to end: with a full stop where the clause ends at a clause mark or
    before a word that opens the next one, with an ellipsis where it is cut short (elsewhere, in a quotation,
    after a colon). None for what is no clause."""
    if not _is_quoted(pick, text) or is_segment(pick, text, segments):
        return None
    segment = segments[pick.sources[0].segment]
    sentence, end = segment.span.of(text), pick.sources[0].end - segment.start
    words = [Span(m.start(), m.end()) for m in _SPACED.finditer(sentence)]
    following = bisect_right([word.end for word in words], end)
    if following == len(words):
        return "."
    cost = gap_costs(sentence, words, CLAUSE_GAPS)[following]
    return "." if cost <= CLAUSE_GAPS.connective and not pick.ar.endswith(":") else "…"


def ended(english: str, end: str) -> str:
    """The English of a clause without the comma, semicolon, colon or dash that it ends with, and with `end`
    (a full stop or an ellipsis) instead; a question, an exclamation and an ellipsis stay."""
    unmarked = english.rstrip(_MARKS)
    unclosed = unmarked.rstrip(_CLOSING)
    body = unclosed.rstrip(_MARKS)
    mark, close, late = unclosed[len(body) :], unmarked[len(unclosed) :], english[len(unmarked) :]
    if not body:
        return english
    if (strong := _STRONG.search(mark + late)) is not None:
        end = "…" if "." in strong[0] else strong[0]
    if end == "…" and _POINT.match(mark if close else late) and ABBREVIATED.search(f"{body}."):
        body += "."
    return f"{body}{end}{close}" if mark.strip() else f"{body}{close}{end}"


def longer(sentences: Sequence[SummarySentence], length: Length) -> tuple[Notice, ...]:
    """Says when a summary has more Arabic words than were asked for."""
    words = sum(len(sentence.ar.split()) for sentence in sentences)
    if length.words is None or words <= length.words:
        return ()
    what = f"The summary has {words} words, more than the {length.words} asked for"
    return (Notice("summary_longer", f"{what}: no sentence or clause that can stand in it is shorter."),)
