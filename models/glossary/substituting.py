"""Where the English of a term stands when it isn't the term: the words that the alignment links to it."""

import re
from collections.abc import Sequence

from models.document import Span
from models.glossary.english import English
from models.wordlists import SENTENCE_STARTERS

#: What clings to a word but isn't it: quotes and brackets before, marks and a possessive behind.
_WORD = re.compile(r"^[\"'“‘(\[]*(?P<word>.*?)(?:['’]s?)?[\"'”’)\].,;:!?]*$")
_GLUE = re.compile(r"[\"“”()\[\]]")
_CAPITAL = re.compile(r"(?:al-|el-)?[A-Z]")


def linked_words(
    text: str, links: Sequence[tuple[Span, Span]], source: Span, target: English, names: bool
) -> Span | None:
    """The longest run of words of `text` that the links (source word, target word) tie to `source`; None
    when there is none, or none that can be the term: a name is written with capitals, garbled or not.

    `names`: only a garbled name, that is, the only run for a name; and not at the start of the text unless
    the term is at the start of the Arabic, since there all words have capitals."""
    if names and not target.is_name:
        return None
    runs: list[list[Span]] = []
    last = -2
    for number, (over, word) in enumerate(links):
        bare = _bare(text, word)
        if bare is None or not (over.start < source.end and over.end > source.start):
            continue
        written = bare.of(text)
        if written.lower() in SENTENCE_STARTERS or (target.is_name and not _CAPITAL.match(written)):
            continue
        if number == last + 1:
            runs[-1].append(bare)
        else:
            runs.append([bare])
        last = number
    if not runs or (names and (len(runs) > 1 or (runs[0][0].start == 0 and source.start > 0))):
        return None
    longest = max(runs, key=len)
    return Span(longest[0].start, longest[-1].end)


def _bare(text: str, word: Span) -> Span | None:
    """The word without what clings to it; of two that are glued together, (CNNN)-declared, the first."""
    found = _WORD.match(word.of(text))
    first = _GLUE.split(found["word"], maxsplit=1)[0] if found else ""
    if found is None or not first:
        return None
    start = word.start + found.start("word")
    return Span(start, start + len(first))
