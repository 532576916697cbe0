"""Names written in Latin letters in the Arabic that the English has lost or changed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from models import arabic
from models.document import Flag, Span

CODE = "name_lost"
#: The blocks of Arabic script: text copied from PDF files comes in presentation forms, and ﷺ is one.
_ARABIC = r"\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufeff"
#: Letters of the Latin script, full-width ones too. Fractions and Cyrillic words are no names to keep.
_LETTER = r"a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
#: Soft hyphens, joiners and marks of direction, which nobody sees inside a name.
_INVISIBLE = re.compile(f"[{arabic.INVISIBLE}]+")
_BLANKS = re.compile(r"\s+")
#: What an address is made of: Arabic marks and quotes end it (`sentence_ends` has the same rule), and so
#: does a bracket with an Arabic word behind it.
_IN_ADDRESS = rf"(?:(?![)!][{_ARABIC}])[^\s<>\"“”«»،؛؟])"
_LATIN = re.compile(
    rf"(?:https?://|www\.){_IN_ADDRESS}+"
    rf"|[a-z][\w\-]{{0,62}}(?:\.[\w\-]{{1,63}}){{0,5}}\.[a-z]{{2,20}}/{_IN_ADDRESS}*"
    rf"|[{_LETTER}](?:[^\W{_ARABIC}]|[.\-&@'’+\u0300-\u036f]|[{arabic.INVISIBLE}]+(?=[{_LETTER}]))*",
    re.IGNORECASE,
)
_BEHIND = ".,:;!?'’\"”»)]-&@،؛؟"
_SQUEEZED = re.compile(r"[\W_]+")
#: Units and abbreviations that a translation may write out.
_WRITTEN_OUT = re.compile(
    r"[kcm]?m[23]?|m?[gl]|kg|ft|k?mh|km?ph|[km]?bps|gbps|[kmg]?hz|[kmgt]b|[kmg]wh?|"
    r"st|nd|rd|th|[ap]m|bce?|ad|ce|vs|etc|no|usd|eur|gbp"
)


def written(text: str) -> Iterator[Span]:
    """The words and addresses in Latin letters, in order, without the marks of the sentence behind them."""
    return (Span(m.start(), m.start() + len(m[0].rstrip(_BEHIND))) for m in _LATIN.finditer(text))


def must_stand(word: str) -> bool:
    """Whether a Latin word has to come out as it is; units and single letters may be written out."""
    name = _squeeze(word)
    return len(name) > 1 and not _WRITTEN_OUT.fullmatch(name)


def check(source: str, target: str) -> list[Flag]:
    """One flag for each Latin word or address of the Arabic that is not in the English, letter for letter
    (case, accents and punctuation aside)."""
    found = [(span, _squeeze(span.of(source))) for span in written(source)]
    if not any(must_stand(name) for _, name in found):
        return []
    there = {_squeeze(m[0]) for m in _LATIN.finditer(target)}
    joined = _squeeze(target)
    flags = []
    for n, (span, name) in enumerate(found):
        if not must_stand(name) or name in there or name.removesuffix("s") in there or name + "s" in there:
            continue
        if any(len(form) > 4 and form in joined for form in (name, *_with_neighbours(source, found, n))):
            continue
        word = _INVISIBLE.sub("", span.of(source))
        message = f"The name {word} stands in the Arabic but not in the English."
        flags.append(Flag(CODE, "major", message, span, None))
    return flags


def _with_neighbours(source: str, found: Sequence[tuple[Span, str]], n: int) -> Iterator[str]:
    """The word and the one before it as one word, and the word and the one behind: Al Jazeera, Al-Jazeera."""
    for (before, left), (after, right) in pairwise(found[max(0, n - 1) : n + 2]):
        if _BLANKS.fullmatch(source, before.end, after.start):
            yield left + right


def _squeeze(word: str) -> str:
    """Lower case, no accents, no punctuation."""
    plain = word if word.isascii() else unicodedata.normalize("NFKD", arabic.few_marks(word))
    return _SQUEEZED.sub("", plain if plain.isascii() else re.sub(r"[\u0300-\u036f]", "", plain)).casefold()
