"""Where a sentence ends inside one line of Arabic text.

A sentence ends after `. ! ? ؟ … ۔` and the closing quotes, brackets and note marks that follow, unless the
mark belongs to an abbreviation, a number, a list marker, a URL, a short bracket or a quoted title, or the
quotation goes on with its reporting verb. A bullet inside a line starts a new sentence. In doubt the sentence
goes on: a segment too long is cut into chunks anyway, a sentence torn apart can't be mended.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from models.arabic import INVISIBLE, LETTERS, TASHKEEL, TATWEEL
from models.wordlists import (
    AFTER_NUMBER,
    ARABIC_ABBREVIATIONS,
    BEFORE_NUMBER,
    LATIN_ABBREVIATIONS,
    LATIN_CLOSING_ABBREVIATIONS,
    REPORTING_VERBS,
)

#: Brackets up to this length hold their sentence marks inside; a longer or unclosed one is split as usual.
BRACKET_CHARACTERS = 300
#: A quotation of at most so many characters and words with ؟ or ! inside a sentence is taken for a title.
TITLE_CHARACTERS, TITLE_WORDS = 80, 8
#: An ellipsis ends a sentence only after this many words; before, it is a pause.
ELLIPSIS_WORDS = 4
#: No abbreviation is longer; bounds the look back from a full stop.
LOOK_BACK = 32

_STRONG = "!?؟！？‼⁇⁈⁉"
_ENDS = f".۔。．…{_STRONG}"
_CLOSERS = r"”»’›)\]}）】"
_QUOTES = "\"'“”„«»‘’‹›"
_NOT_SPACE = re.compile(r"\S")
#: Possessive, and never starting inside a run: linear on a hundred thousand dots. A quote of any shape closes
#: when nothing but white space or punctuation follows.
_MARK = re.compile(
    rf"(?<![{_ENDS}])(?<![{_ENDS}][ \xa0])"
    rf"(?P<mark>[{_ENDS}](?:[ \xa0]?[{_ENDS}](?!\w))*+)"
    rf"(?P<close>(?:[{INVISIBLE}{_CLOSERS}]|[ \xa0][”»)\]](?=\s|\Z|[،؛,])"
    rf"|[\"'“„«](?=[\s\"'{_CLOSERS}،؛,]|\Z)|\[\d{{1,3}}\]|[¹²³⁰⁴-⁹])*+)"
)
_SPACED_QUOTE = re.compile(r"[ \xa0]\"(?=\s|\Z)")
_BULLET = re.compile(r"(?<=\s)[•●▪■◦‣►▶◆](?=\s)")
_URL = re.compile(r"(?:https?://|ftp://|www\.)[^\s<>\"“”«»،؛؟]+", re.IGNORECASE)
#: The local part is looked at once, from its first character.
_E_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++")
_BRACKET = re.compile(r"[()\[\]{}]")
_PARTNER = {")": "(", "]": "[", "}": "{"}
_TOKEN = re.compile(r"[^\s\"“”«»„‘’()\[\]{},،؛:!?؟/…]+\Z")
_NEXT = re.compile(rf"[\s{INVISIBLE}{_QUOTES}(\[]*+([^\s{_QUOTES}()\[\],،؛:!?؟]*)")
_MARKS = re.compile(f"[{TASHKEEL}{TATWEEL}{INVISIBLE}]")
#: Dotted letters: أ.د ق.م ص.ب أ.ف.ب U.N (the last full stop not included).
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}\Z")
_ARABIC_WORD = re.compile(f"[{LETTERS}]{{2,}}+(?!\\.)")
_NUMBER_BEFORE = re.compile(r"\d[ \xa0]?\Z")
_LIST_MARKER = re.compile(r"\W*(?:\d{1,3}|[^\W\d_])\Z")
_SPACED_DATE = re.compile(r"\b\d{1,2}\.\s\d{1,2}\.\s\d{2,4}")


def sentence_ends(line: str) -> list[int]:
    """Positions in `line` where one sentence ends and the next begins, in order; none at its very end."""
    return _Line(line).cuts()


@dataclass(frozen=True, slots=True)
class _Mark:
    """A candidate: the mark is line[start:stop], its closers go up to `end`, its sentence began at
    `sentence`."""

    start: int
    stop: int
    end: int
    text: str
    sentence: int


class _Line:
    """One line with what the decisions need to know about it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.addresses = _addresses(text)
        self.brackets = _short_brackets(text)
        self.quotes = [m.start() for m in re.finditer('"', text)]

    def cuts(self) -> list[int]:
        bullets = [m.start() for m in _BULLET.finditer(self.text)]
        cuts: list[int] = []
        sentence = self._visible_from(0)
        next_bullet = 0
        for match in _MARK.finditer(self.text):
            while next_bullet < len(bullets) and bullets[next_bullet] <= match.start():
                sentence = bullets[next_bullet]
                cuts.append(sentence)
                next_bullet += 1
            mark = self._mark(match, sentence)
            if mark.end < len(self.text) and self._ends_sentence(mark):
                cuts.append(mark.end)
                sentence = self._visible_from(mark.end)
        return cuts + bullets[next_bullet:]

    def _visible_from(self, at: int) -> int:
        found = _NOT_SPACE.search(self.text, at)
        return found.start() if found else len(self.text)

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
        if _enclosing(self.addresses, mark.start):
            return False
        bracket = _enclosing(self.brackets, mark.start)
        if bracket and (mark.end < bracket[1] or mark.sentence < bracket[0]):
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
        """After a closing quote: False where the sentence goes on with `قال …` or the quote was a title."""
        if not any(c in _QUOTES for c in self.text[mark.stop : mark.end]):
            return True
        if _MARKS.sub("", upcoming) in REPORTING_VERBS:
            return False
        if not any(c in _STRONG for c in mark.text):
            return True
        low = max(mark.sentence, mark.start - TITLE_CHARACTERS)
        opening = max(self.text.rfind(c, low, mark.start) for c in _QUOTES)
        if opening < 0 or len(self.text[opening : mark.start].split()) > TITLE_WORDS:
            return True
        lead = self.text[max(mark.sentence, opening - 3) : opening].rstrip()
        return not lead or lead[-1] in ":،"

    def _full_stop_ends(self, mark: _Mark, upcoming: str, glued: bool) -> bool:
        low = max(mark.sentence, mark.start - LOOK_BACK)
        found = _TOKEN.search(self.text[low : mark.start])
        if found is None:  # after white space, a bracket or a quote
            return True
        token = _MARKS.sub("", found[0])
        if glued and len(token) < 3 and mark.end == mark.stop:
            return False
        if mark.start - mark.sentence < 8 and _LIST_MARKER.match(self.text[mark.sentence : mark.start]):
            return False
        if token.isdecimal():
            return len(token) > 2 or not _SPACED_DATE.search(self.text[low : mark.end + 6])
        if token in AFTER_NUMBER and _NUMBER_BEFORE.search(self.text[low : low + found.start()]):
            return True
        return not _abbreviated(token, upcoming)


def _abbreviated(token: str, upcoming: str) -> bool:
    """Is `token` with its full stop an abbreviation that goes on with `upcoming`?"""
    arabic_next = not upcoming[:1].isascii()
    lower = token.lower()
    if lower in LATIN_CLOSING_ABBREVIATIONS:
        return arabic_next and not upcoming.startswith("و")
    if len(token) == 1:
        return not (token.isascii() and arabic_next)
    if _DOTTED.match(token) or token in ARABIC_ABBREVIATIONS:
        return True
    if lower in BEFORE_NUMBER:
        return upcoming[:1].isdecimal()
    return lower in LATIN_ABBREVIATIONS


def _next_word(text: str, at: int) -> str:
    match = _NEXT.match(text, at, at + 4 * LOOK_BACK)
    return match[1] if match else ""


def _addresses(text: str) -> list[tuple[int, int]]:
    """URLs and e-mail addresses without the punctuation behind them, in order. The patterns are slow next to
    the rest, and most lines hold neither `@` nor `//` nor `www.`."""
    spans: list[tuple[int, int]] = []
    if "//" in text or "www." in text or "WWW." in text:
        spans += [(m.start(), m.start() + len(m[0].rstrip(".,!?:;)]}…"))) for m in _URL.finditer(text)]
    if "@" in text:
        spans += [m.span() for m in _E_MAIL.finditer(text) if not _enclosing(spans, m.start())]
        spans.sort()
    return spans


def _short_brackets(text: str) -> list[tuple[int, int]]:
    """Outermost bracket pairs no longer than BRACKET_CHARACTERS as (start, end), in order."""
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
    """The span that holds position `at`; the spans are in order and apart."""
    k = bisect_right(spans, at, key=lambda span: span[0]) - 1
    return spans[k] if k >= 0 and at < spans[k][1] else None
