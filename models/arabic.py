"""Arabic normalisation under two explicit policies, each with a map back to the original characters.

*Model input* (`for_model`) undoes what typing, copying and PDF extraction do to Arabic, so that the model
meets the characters it was trained on. *Matching* (`for_matching`) folds every spelling that readers take for
the same word; its text is for comparing, never for showing. Each rule stands below with its reason.

Rules that replace one code point by one are a table. Rules that change the length are found by one regular
expression and recorded as edits, so that the offset map costs nothing where nothing changed.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from models import separators
from models.document import Span

#: Change with any rule below: they are part of signatures and of stored indexes.
MODEL_POLICY_VERSION = 3
MATCHING_POLICY_VERSION = 2

TASHKEEL = "\u064b-\u0652\u0656-\u065f\u0670"  # short vowels, tanwin, shadda, sukun, superscript alef
COMPOSING = "\u0300-\u036f\u0653-\u0655"  # Latin accents; madda and hamza above/below, which NFC folds in
KORANIC = "\u0610-\u061a\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff"
#: Presentation forms that decompose into diacritics (on a space or a tatweel).
MARK_FORMS = "\ufe70-\ufe72\ufe74\ufe76-\ufe7f\ufc5e-\ufc63\ufcf2-\ufcf4"
FORMS = "\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdfc\ufe70-\ufefc"
TATWEEL = "\u0640"
#: Not visible and not white space: zero width, bidi controls, soft hyphen, BOM, C0/C1 controls, tags.
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f"
)
#: Arabic-script letters. Digits and punctuation of the Arabic blocks are not among them.
LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f"
    "\u0870-\u0887\u0889-\u088e\u08a0-\u08c9\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufdf0-\ufdfc"
    "\ufe70-\ufefc"
)

_MARKS = TASHKEEL + COMPOSING + KORANIC + MARK_FORMS
_LETTER = re.compile(f"[{LETTERS}]")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
#: Marks and invisibles (group 1; `_rewrite` adds the letter they hang on), or a form with its own.
_CLUSTER = re.compile(f"([{_MARKS}{TATWEEL}{INVISIBLE}]+)|[{FORMS}][{_MARKS}{TATWEEL}{INVISIBLE}]*")
#: The matching policy also takes the characters that case folding makes longer (a test keeps the list).
_GROW = "\u00df\u0130\u0149\u01f0\u0390\u03b0\u0587\u1e96-\u1e9e\u1f50-\u1ffc\ufb00-\ufb17"
_MATCHING_CLUSTER = re.compile(f"{_CLUSTER.pattern}|[{_GROW}]")
_FORM = re.compile(f"[{FORMS}]")
_DROPPED = re.compile(f"[{TATWEEL}{INVISIBLE}]+")
_TASHKEEL = re.compile(f"[{TASHKEEL}{KORANIC}]+")
_HAMZA_MARKS = re.compile("[\u0653-\u0655]+")
_INNER = rf"[\w{_MARKS}{TATWEEL}{INVISIBLE}]"
#: Letters and digits with their marks, joined by an inner apostrophe or hyphen, or by a numeral's separator.
_WORD = re.compile(rf"[^\W_]{_INNER}*(?:['’\-][^\W_]{_INNER}*|(?<=\d)[.,٫٬:/]\d+)*")

#: A hashtag's sign at the start of a word or behind an Arabic letter or any sign, and what joins its words.
_HASH = re.compile(rf"(?<![^\W{LETTERS}])(?<![#＃&])[#＃]+(?=[^\W\d_])")
_JOINT = re.compile(
    rf"(?<=[{LETTERS}{_MARKS}{TATWEEL}])_+(?=[{LETTERS}{TATWEEL}\d])|(?<=\d)_+(?=[{LETTERS}])"
)
_SPACED = re.compile(r"\S+")
_ADDRESS = re.compile(r"://|@|[a-z\d]\.[a-z]", re.IGNORECASE)

_ARABIC_DIGITS = {chr(zero + d): str(d) for zero in (0x660, 0x6F0) for d in range(10)}
#: Separators of Arabic numerals; they are used nowhere else.
_NUMERIC_MARKS = {"٫": ".", "٬": ",", "٪": "%"}
#: Every white space but tab and line breaks is the plain space to a model.
_SPACES = dict.fromkeys(
    "\x0b\x0c\x1c\x1d\x1e\x1f\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000",
    " ",
)
#: Letters of Persian and Urdu keyboards that look the same in Arabic words and are unknown to the models.
_KEYBOARD = {"ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "۔": "."}
_QUOTES = {**dict.fromkeys("“”„‟«»〝〞＂", '"'), **dict.fromkeys("‘’‚‛‹›", "'")}
#: No letter carries more marks (Unicode's stream-safe text format); putting them in order costs their square.
MOST_MARKS = 30
#: Where more may stand: signs, and the two letters that decompose into marks.
_DENSE = re.compile(rf"(?:[^\w\s]|[\uff9e\uff9f]){{{MOST_MARKS + 1},}}")
#: JSON may bring half a surrogate pair, which no tokenizer can encode.
_SURROGATE = re.compile("[\ud800-\udfff]")

_TO_MODEL = {**_ARABIC_DIGITS, **_NUMERIC_MARKS, **_SPACES, **_KEYBOARD, **_QUOTES}
_TO_MATCHING = {
    **_TO_MODEL,
    **dict.fromkeys("أإآٱٲٳٵ", "ا"),  # the hamza of an initial alef is left out as often as not
    "ى": "ي",  # Egyptian final ya is written without dots
    "ة": "ه",  # ta marbuta without dots
    **dict.fromkeys("ؤئ", "ء"),  # مسؤول / مسئول: the seat is a matter of school
}


@dataclass(frozen=True, slots=True)
class _Edit:
    """original[start:end] became `size` code points at `at` in the normalised text."""

    start: int
    end: int
    at: int
    size: int


class Normalised:
    """A normalised text and its way back. Both maps cover: a span that touches part of a replaced stretch
    gives the whole stretch, and what was deleted belongs to the character before it."""

    __slots__ = ("_edits", "_ends", "_starts", "text")

    def __init__(self, text: str, edits: Iterable[tuple[int, int, int]] = ()) -> None:
        """`edits`: (original start, original end, new length) in order, only where lengths differ."""
        self.text = text
        self._edits: list[_Edit] = []
        shift = 0
        for start, end, size in edits:
            self._edits.append(_Edit(start, end, start + shift, size))
            shift += size - (end - start)
        self._starts = [e.start for e in self._edits]
        self._ends = [e.at for e in self._edits]

    def to_original(self, start: int, end: int) -> Span:
        """The original span behind text[start:end]."""
        low, high = self._back(start, False), self._back(end, True)
        return Span(low, max(low, high))

    def to_normalised(self, start: int, end: int) -> Span:
        """The place in `text` of original[start:end]; empty where nothing of it is left."""
        low, high = self._forth(start, False), self._forth(end, True)
        return Span(low, max(low, high))

    def _back(self, position: int, closing: bool) -> int:
        k = bisect_right(self._ends, position) - 1
        if k < 0:
            return position
        edit = self._edits[k]
        if position >= edit.at + edit.size:
            return edit.end + position - edit.at - edit.size
        return edit.end if closing and position > edit.at else edit.start

    def _forth(self, position: int, closing: bool) -> int:
        k = bisect_right(self._starts, position) - 1
        if k < 0:
            return position
        edit = self._edits[k]
        if position >= edit.end:
            return edit.at + edit.size + position - edit.end
        return edit.at + edit.size if closing and position > edit.start else edit.at


def for_model(text: str, *, hashtags: bool = True) -> Normalised:
    """What the engine reads: presentation forms as letters, composed hamza and accents, no tatweel, marks or
    invisible characters, plain spaces and quotes, Western digits with the percent sign behind them and commas
    between their thousands. Line breaks and tabs stay. With `hashtags` their signs are spaces too, since a
    model takes them for words of their own."""
    rewritten, edits = _rewrite(text, _CLUSTER, _letters)
    plain = _SURROGATE.sub("\ufffd", _replaced(rewritten, _TO_MODEL))
    plain = separators.as_in_english(plain)
    return Normalised(untagged(plain) if hashtags else plain, edits)


def for_matching(text: str) -> Normalised:
    """For comparing: `for_model`, and alef forms, ya, ta marbuta, hamza seats and case folded."""
    rewritten, edits = _rewrite(text, _MATCHING_CLUSTER, _matching_cluster)
    folded = _SURROGATE.sub("\ufffd", _replaced(rewritten, _TO_MATCHING)).casefold()
    return Normalised(folded, edits)


def to_western_digits(text: str) -> str:
    """Arabic-Indic and Persian digits and their separators `٫ ٬ ٪` as `0-9 . , %`; offsets do not move."""
    return _replaced(text, {**_ARABIC_DIGITS, **_NUMERIC_MARKS})


def untagged(text: str) -> str:
    """`text` with spaces for the signs of hashtags; offsets do not move."""
    return _SPACED.sub(_untagged, text) if any(sign in text for sign in "#＃_") else text


def few_marks(text: str) -> str:
    """`text` without the marks of a letter that has more than any language writes, so that normalising what
    comes out takes linear time."""
    return _DENSE.sub(_thinned, text)


def has_arabic(text: str) -> bool:
    """Is there at least one letter of the Arabic script? Digits and punctuation do not count."""
    return _LETTER.search(text) is not None


def arabic_share(text: str) -> float:
    """Share of Arabic-script letters among all letters, 0.0 without letters."""
    letters = _NOT_LETTERS.sub("", text)
    return len(_LETTER.findall(letters)) / len(letters) if letters else 0.0


def words(text: str) -> list[Span]:
    """Words and numbers in order; diacritics and tatweel belong to their word, `12,500` is one word."""
    return [Span(m.start(), m.end()) for m in _WORD.finditer(text)]


def _rewrite(
    text: str, pattern: re.Pattern[str], fold: Callable[[str], str]
) -> tuple[str, list[tuple[int, int, int]]]:
    """`text` with every match of `pattern` folded, and the edits where that changed the length."""
    parts: list[str] = []
    edits: list[tuple[int, int, int]] = []
    known: dict[str, str] = {}
    at = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        if match[1] and start > at and text[start - 1].isalpha():
            start -= 1  # composing needs the base
        found = text[start:end]
        folded = known.get(found)
        if folded is None:
            folded = known[found] = fold(found)
        parts += (text[at:start], folded)
        if len(folded) != end - start:
            edits.append((start, end, len(folded)))
        at = end
    parts.append(text[at:])
    return "".join(parts), edits


def _replaced(text: str, table: Mapping[str, str]) -> str:
    """One code point for one; no value of a table is one of its keys. A chain of `str.replace` is ten times
    faster than `str.translate` here: it skips what does not occur."""
    for old, new in table.items():
        text = text.replace(old, new)
    return text


def _letters(cluster: str) -> str:
    """Presentation forms decomposed (without the space that carries a lone mark), invisibles and tashkeel
    dropped, combining marks composed where Unicode has the composed letter."""
    cluster = _FORM.sub(lambda m: unicodedata.normalize("NFKC", m[0]).lstrip(" "), cluster)
    return unicodedata.normalize("NFC", few_marks(_TASHKEEL.sub("", _DROPPED.sub("", cluster))))


def _thinned(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in match[0]:
        begins = unicodedata.normalize("NFKD", character)[0]
        marks = marks + 1 if unicodedata.combining(begins) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _untagged(match: re.Match[str]) -> str:
    """A stretch without blanks, the signs of hashtags in it replaced by as many spaces; addresses stay."""
    word = match[0]
    if not any(sign in word for sign in "#＃_") or _ADDRESS.search(word):
        return word
    return _JOINT.sub(_blank, _HASH.sub(_blank, word))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _matching_cluster(cluster: str) -> str:
    return _HAMZA_MARKS.sub("", _letters(cluster)).casefold()
