"""The mark that a list item begins with: a number, a letter or a bullet. It is kept, only what follows is
translated, since small models take "1." for a sentence and a bullet for nothing at all.

What only looks like one is left alone: dates (`5. مايو`), decimals (`1.5`), years (`2024 -`), titles before a
name (`د. أحمد`), the dash before a reporting verb, the agency in brackets. In doubt it is no mark.
"""

import re
from dataclasses import dataclass

from models.arabic import INVISIBLE, LETTERS, TASHKEEL, for_matching, to_western_digits
from models.wordlists import MONTHS, REPORTING_VERBS

_DIGITS = "[0-9\u0660-\u0669\u06f0-\u06f9]"
_LETTER = "[أابتثجحخدذرزسشصضطظعغفقكلمنهوي]\u0640?"
_LATIN = "[A-Za-z]|[ivxIVX]{2,4}"
_BLANK = rf"[\s{INVISIBLE}]*"
_DASHES = "\\-\u2010-\u2015\u2043"
_BULLETS = "*•‣◦●○▪▫■□◆◇❖►▶▸▹➢➤✓✔✗☐☑☒★☆·∙"
#: A dash may stand behind a blank (`1 - `), behind at most two digits: `2024 - ` tells a year.
_MARK = re.compile(
    rf"{_BLANK}(?:"
    rf"(?P<nested>{_DIGITS}{{1,2}}(?:\.{_DIGITS}{{1,2}}){{1,3}}[.)])"
    rf"|(?P<closed>\((?:{_DIGITS}{{1,3}}|{_LETTER}|{_LATIN})\)|(?:{_DIGITS}{{1,3}}|{_LETTER}|{_LATIN})\))"
    rf"|(?P<number>{_DIGITS}{{1,3}}(?:\.?[{_DASHES}\u0640]|[./])|{_DIGITS}{{1,2}} [{_DASHES}](?=\s))"
    rf"|(?P<letter>{_LETTER}(?:[./{_DASHES}\u0640]| [{_DASHES}])(?=\s|\Z))"
    rf"|(?P<latin>(?:{_LATIN})\.(?=\s|\Z))"
    rf"|(?P<dash>[{_DASHES}](?![{_DASHES}]))"
    rf"|(?P<bullet>[{_BULLETS}](?![{_BULLETS}])))"
    rf"[{INVISIBLE}]*"
)
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_CONTENT = re.compile(rf"[\s{INVISIBLE}{TASHKEEL}\"“«‘'(\[]*")
_ARABIC = re.compile(f"[{LETTERS}]")
_WORD = re.compile(r"[^\W\d_]+")
#: Letters that number items before `- `, and those of them that are no title before a name either.
_ORDER, _NO_TITLE = "أابجدهوزحطي", "بجهوزح"
_MONTHS = frozenset(for_matching(word).text for word in MONTHS)


@dataclass(frozen=True, slots=True)
class ListMark:
    """The first `end` characters of a text as they stand in the English: digits are Western."""

    end: int
    english: str


def list_mark(text: str) -> ListMark | None:
    """The mark at the start of `text`, a bullet and a number together too; None where there is none."""
    first = _MARK.match(text)
    if first is None or not _is_mark(first, text):
        return None
    last = first
    if first["bullet"] or first["dash"]:
        second = _MARK.match(text, first.end())
        if second is not None and not (second["bullet"] or second["dash"]) and _is_mark(second, text):
            last = second
    written = to_western_digits(_UNSEEN.sub("", text[: last.end()]))
    written = re.sub(r"(?<=\w)\u0640\Z", "-", " ".join(written.split()))
    return ListMark(last.end(), written)


def _is_mark(mark: re.Match[str], text: str) -> bool:
    """Does what follows allow that this is a mark? Nothing may follow: the mark alone on its line."""
    at = mark.end()
    start = _CONTENT.match(text, at)
    begin = start.end() if start else at
    if begin == len(text):
        return mark["dash"] is None and mark["bullet"] is None
    spaced, head = text[at].isspace(), text[begin]
    found = _WORD.match(for_matching(text[begin : begin + 40]).text)
    word = found[0] if found else ""
    if mark["dash"]:
        return word not in REPORTING_VERBS and (spaced or _ARABIC.match(head) is not None)
    if mark["bullet"]:
        return spaced or "*" not in mark["bullet"] or "*" not in text[at:]
    if mark["letter"]:
        return _letter_counts(mark["letter"], word)
    if mark["latin"]:
        return _ARABIC.match(head) is not None
    return word not in _MONTHS and (mark["closed"] is not None or not head.isdecimal())


def _letter_counts(mark: str, word: str) -> bool:
    """Is a letter with a dot, a stroke or a dash a mark before this word? أ. and د. are titles before names,
    single letters go on like this one (an abbreviation)."""
    if len(word) < 2 or mark[0] not in _ORDER:
        return False
    if mark[-1] not in "./":
        return True
    return mark[0] in _NO_TITLE or (mark[0] in "أا" and word.startswith("ال"))
