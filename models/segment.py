"""Sentences of an Arabic article, with exact offsets.

Lines are paragraphs: a line break always ends a segment, and so does a tab between the cells of a table row.
Inside a line a segment ends after `. ! ? ؟ … ۔` and the closing quotes, brackets and note marks that follow,
unless the mark belongs to an abbreviation, a number, a URL, a short bracket or a quoted title. Never after
`،` or `؛`: long sentences are cut into chunks later (`models.chunk`), which people never see.

What stands between segments is white space only; a line of invisible characters (zero-width, bidi controls)
counts as such. Everything runs in linear time.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from models import abbreviations as abbr
from models.arabic import INVISIBLE, LETTERS, TASHKEEL
from models.document import Segment

#: Changes whenever the same text could be segmented differently.
SEGMENT_VERSION = 1

#: Brackets up to this length hold their sentence marks inside; a longer or unclosed one is split as usual.
BRACKET_CHARACTERS = 300
#: A quotation of at most so many characters and words with ؟ or ! inside a sentence is taken for a title.
TITLE_CHARACTERS, TITLE_WORDS = 80, 8
#: An ellipsis ends a sentence only after this many words; before, it is a pause.
ELLIPSIS_WORDS = 4
#: No abbreviation or ordinal is longer; bounds the look back from a full stop.
LOOK_BACK = 32

_STOP, _STRONG = ".۔。．", "!?؟！？‼⁇⁈⁉"
_T = f"{_STOP}{_STRONG}…"
_CLOSERS = r"”»’›)\]}）】"
_QUOTES = "\"'“”„«»‘’‹›"
_LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_CELL = re.compile(r"[^\t]+")
_VISIBLE = re.compile(rf"[^\s{INVISIBLE}]")
_ALNUM = re.compile(r"[^\W_]")
#: Possessive, and never starting inside a run: linear on a hundred thousand dots.
_MARK = re.compile(
    rf"(?<![{_T}])(?<![{_T}][ \xa0])"
    rf"(?P<mark>[{_T}](?:[ \xa0]?[{_T}](?!\w))*+)"
    rf"(?P<close>(?:[{INVISIBLE}]|[{_CLOSERS}]|[ \xa0][”»)\]](?=\s|\Z|[،؛,])|[\"'“„«](?=[\s\"'{_CLOSERS}،؛,]|\Z)"
    r"|\[\d{1,3}\]|[¹²³⁰⁴-⁹])*+)"
)
_SPACED_QUOTE = re.compile(r"[ \xa0]\"(?=\s|\Z)")
_BULLET = re.compile(r"(?<=\s)[•●▪■◦‣►▶◆](?=\s)")
_URL = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"“”«»،؛؟]+|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"[()\[\]{}]")
_PARTNER = {")": "(", "]": "[", "}": "{"}
_TOKEN = re.compile(rf"[^\s\"“”«»„‘’()\[\]{{}},،؛:!?؟/…]+\Z")
_NEXT = re.compile(rf"[\s{INVISIBLE}{re.escape(_QUOTES)}(\[]*+([^\s{re.escape(_QUOTES)}()\[\].,،؛:!?؟]*)")
_MARKS = re.compile(f"[{TASHKEEL}{INVISIBLE}]")
_ARABIC_WORD = re.compile(f"[{LETTERS}]{{2,}}+(?!\\.)")
_AFTER_DIGIT = re.compile(r"\d[ \xa0]?\Z")
_LIST_MARKER = re.compile(r"\W*(?:\d{1,3}|[^\W\d_])\Z")


def segment(text: str) -> list[Segment]:
    """The sentences of `text` in order, numbered from 0; a blank text gives an empty list.

    `paragraph` counts the lines that hold anything visible, from 0.
    """
    found: list[Segment] = []
    paragraph = -1
    for line in _LINE.finditer(text):
        if not _VISIBLE.search(line[0]):
            continue
        paragraph += 1
        for cell in _CELL.finditer(text, line.start(), line.end()):
            for start, end in _sentences(cell[0]):
                found.append(Segment(len(found), cell.start() + start, cell.start() + end, paragraph))
    return found


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """Trimmed sentence spans of one line. A piece without letter or digit joins its neighbour."""
    if not _VISIBLE.search(line):
        return
    pending: tuple[int, int] | None = None
    cuts = _Line(line).cuts()
    start = 0
    for cut in (*cuts, len(line)):
        bare = _ALNUM.search(line, start, cut) is None
        if pending is None:
            pending = (start, cut)
        elif bare or _ALNUM.search(line, *pending) is None:
            pending = (pending[0], cut)
        else:
            yield _trimmed(line, *pending)
            pending = (start, cut)
        start = cut
    if pending is not None:
        yield _trimmed(line, *pending)


def _trimmed(line: str, start: int, end: int) -> tuple[int, int]:
    piece = line[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


@dataclass(frozen=True, slots=True)
class _Mark:
    """A candidate: mark text[start:stop], closers up to `end`; `before` is the word it hangs on."""

    start: int
    stop: int
    end: int
    text: str
    sentence: int


class _Line:
    """One line with what the decisions need to know about it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.urls = [(m.start(), m.start() + len(m[0].rstrip(".,!?:;)]}…"))) for m in _URL.finditer(text)]
        self.brackets = _short_brackets(text)
        self.quotes = [m.start() for m in re.finditer('"', text)]

    def cuts(self) -> list[int]:
        """Positions where one sentence ends and the next begins, in order."""
        bullets = [m.start() for m in _BULLET.finditer(self.text)]
        cuts: list[int] = []
        sentence = 0
        for match in _MARK.finditer(self.text):
            while bullets and bullets[0] <= match.start():
                sentence = bullets.pop(0)
                cuts.append(sentence)
            mark = self._mark(match, sentence)
            if mark.end < len(self.text) and self._ends_sentence(mark):
                cuts.append(mark.end)
                sentence = mark.end
        return cuts + bullets

    def _mark(self, match: re.Match[str], sentence: int) -> _Mark:
        end = match.end()
        spaced = _SPACED_QUOTE.match(self.text, end)
        if spaced and bisect_left(self.quotes, end) % 2:
            end = spaced.end()
        return _Mark(match.start(), match.end("mark"), end, match["mark"], sentence)

    def _ends_sentence(self, mark: _Mark) -> bool:
        following = self.text[mark.end]
        glued = not following.isspace()
        if glued and not (_ARABIC_WORD.match(self.text, mark.end) or following in '«“"([•'):
            return False
        if _inside(self.urls, mark.start) or not _ALNUM.search(self.text, mark.sentence, mark.start):
            return False
        bracket = _enclosing(self.brackets, mark.start)
        if bracket is not None and (mark.end < bracket[1] or self.text[mark.sentence : bracket[0]].strip()):
            return False
        upcoming = _next_word(self.text, mark.end)
        if upcoming[:1].islower():  # cased scripts only: a Latin word that goes on
            return False
        if mark.end > mark.stop and not self._quotation_ends(mark, upcoming):
            return False
        if any(c in _STRONG for c in mark.text):
            return True
        if len(mark.text) > 1 or mark.text == "…":
            return not glued and self._words_before(mark) >= ELLIPSIS_WORDS
        return self._full_stop_ends(mark, upcoming, glued)

    def _words_before(self, mark: _Mark) -> int:
        return len(self.text[max(mark.sentence, mark.start - 200) : mark.start].split())

    def _quotation_ends(self, mark: _Mark, upcoming: str) -> bool:
        """After a closing quote: does the sentence end, or does it go on with `قال …` or after a title?"""
        closers = self.text[mark.stop : mark.end]
        quote = next((c for c in closers if c in _QUOTES), None)
        if quote is None:
            return True
        if _MARKS.sub("", upcoming) in abbr.REPORTING:
            return False
        if not any(c in _STRONG for c in mark.text):
            return True
        low = max(mark.sentence, mark.start - TITLE_CHARACTERS)
        opening = max(self.text.rfind(c, low, mark.start) for c in _QUOTES)
        if opening < 0 or len(self.text[opening : mark.start].split()) > TITLE_WORDS:
            return True
        lead = self.text[mark.sentence : opening].rstrip() if opening - mark.sentence < 500 else "…"
        return not lead or lead[-1] in ":،"

    def _full_stop_ends(self, mark: _Mark, upcoming: str, glued: bool) -> bool:
        low = max(mark.sentence, mark.start - LOOK_BACK)
        found = _TOKEN.search(self.text[low : mark.start])
        token = _MARKS.sub("", found[0]) if found else ""
        if glued and (len(token) < 3 and self.text[mark.start - 1].isalnum() and mark.end == mark.stop):
            return False
        if not token:
            return True
        before = self.text[low : low + found.start()] if found else ""
        if (
            _LIST_MARKER.match(self.text[mark.sentence : mark.start])
            if mark.start - mark.sentence < 8
            else False
        ):
            return False
        if token.isdecimal():
            return not (
                len(token) <= 2
                and re.match(r"\d{1,2}(?!\d)", upcoming) is not None
                and _dated(self.text, mark.end)
            )
        if token in abbr.AFTER_NUMBER and _AFTER_DIGIT.search(before):
            return True
        return not _abbreviated(token, upcoming)


def _abbreviated(token: str, upcoming: str) -> bool:
    """Is `token` followed by a full stop an abbreviation that goes on with `upcoming`?"""
    arabic_next = not upcoming[:1].isascii()
    lower = token.lower()
    if lower in abbr.LATIN_CLOSING:
        return arabic_next and not upcoming.startswith("و")
    if len(token) == 1 or token == "هـ":
        return not (token.isascii() and arabic_next)
    if abbr.DOTTED.match(token) or token in abbr.ARABIC:
        return True
    if lower in abbr.LATIN_NUMBERED:
        return upcoming[:1].isdecimal()
    return lower in abbr.LATIN_OPENING


def _dated(text: str, at: int) -> bool:
    """Does `12.` go on as a date written with spaces (12. 5. 2024)?"""
    return re.match(r"\s?\d{1,2}\.\s?\d", text[at : at + 8]) is not None


def _next_word(text: str, at: int) -> str:
    match = _NEXT.match(text, at, at + 4 * LOOK_BACK)
    return match[1] if match else ""


def _short_brackets(text: str) -> list[tuple[int, int]]:
    """Outermost bracket pairs no longer than BRACKET_CHARACTERS, as (position, end), in order."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _BRACKET.finditer(text):
        at, char = match.start(), match[0]
        if char not in _PARTNER:
            opened.append(at)
        elif opened and text[opened[-1]] == _PARTNER[char]:
            low = opened.pop()
            if at - low <= BRACKET_CHARACTERS:
                while pairs and pairs[-1][0] > low:
                    pairs.pop()
                pairs.append((low, at + 1))
        else:
            opened.clear()
    return pairs


def _enclosing(spans: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    k = bisect_right(spans, (at, len(spans) and spans[-1][1] + 1)) - 1
    return spans[k] if k >= 0 and at < spans[k][1] else None


def _inside(spans: list[tuple[int, int]], at: int) -> bool:
    return _enclosing(spans, at) is not None
