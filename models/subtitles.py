"""SubRip subtitles (.srt): the text of the cues, and the file again with other words in it.

Numbers, times, blank lines and positions (`{\\an8}`) stay as they are, to the byte. A cue is translated as
one text, its lines joined; lines that begin with a dash are speakers and stay apart. The result is broken
into lines of at most `LINE` characters, as equal as words allow.

The format has no standard; what is read here is what players read (a time line makes a cue, the number above
it is optional, a blank line ends it).
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

#: Characters of a line, as broadcasters count them.
LINE = 42
_TIME = re.compile(r"\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_SPEAKER = re.compile(r"\s*[-–—]\s*")
_POSITION = re.compile(r"(?:\s*\{\\[^}]*\})*")


@dataclass(frozen=True, slots=True)
class Cue:
    """Text between `start` and `end` (code points of the file). `lead` comes before it untranslated, `end`
    excludes the last line break."""

    start: int
    end: int
    lead: str
    texts: tuple[str, ...]


def cues(source: str) -> list[Cue]:
    """The texts of a file, in order: one for each cue, or one for each speaker in it."""
    found: list[Cue] = []
    start: int | None = None
    position = end = 0
    for match in _LINES.finditer(source):
        line = match[0]
        if _TIME.match(line):
            if start is not None and end > start:
                found.append(_cue(source, start, _before_number(source, start, end)))
            start = end = match.end()
        elif start is not None:
            if line.strip():
                end = position + len(line.rstrip("\r\n"))
            else:
                if end > start:
                    found.append(_cue(source, start, end))
                start = None
        position = match.end()
    if start is not None and end > start:
        found.append(_cue(source, start, end))
    return [cue for cue in found if cue.texts]


def write(source: str, found: Sequence[Cue], texts: Sequence[str]) -> str:
    """The file with `texts`, one for each text of all `cues(source)`."""
    given = iter(texts)
    newline = "\r\n" if "\r\n" in source else "\n"
    parts: list[str] = []
    position = 0
    for cue in found:
        several = len(cue.texts) > 1
        lines = [line for _ in cue.texts for line in _broken(next(given), dash=several)]
        parts += (source[position : cue.start], cue.lead, newline.join(lines))
        position = cue.end
    return "".join([*parts, source[position:]])


def _before_number(source: str, start: int, end: int) -> int:
    """A cue that no blank line ends runs into the next one's number: where it ends really."""
    text = source[start:end]
    rest = re.search(r"(?:\A|[\r\n]+)\s*\d+\s*\Z", text)
    return end if rest is None else start + rest.start()


def _cue(source: str, start: int, end: int) -> Cue:
    text = source[start:end]
    position = _POSITION.match(text)
    lead = position[0] if position else ""
    texts: list[str] = []
    for line in re.split(r"[\r\n]+", text[len(lead) :]):
        speaker = _SPEAKER.match(line)
        if speaker is not None and line[speaker.end() :].strip():
            texts.append(line[speaker.end() :].strip())
        elif texts:
            texts[-1] += " " + line.strip()
        elif line.strip():
            texts.append(line.strip())
    if len(texts) == 1 and (alone := _SPEAKER.match(text[len(lead) :])):
        lead += alone[0]
    return Cue(start, end, lead, tuple(texts))


def _broken(text: str, *, dash: bool) -> list[str]:
    """The text in as few lines of about the same length as it takes."""
    words = ("- " if dash else "") + " ".join(text.split())
    fewest = textwrap.wrap(words, LINE, break_long_words=False, break_on_hyphens=False) or [""]
    for width in range(-(-len(words) // len(fewest)), LINE):
        lines = textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False)
        if len(lines) == len(fewest):
            return lines
    return fewest
