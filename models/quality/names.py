"""Names written in Latin letters in the Arabic that the English has lost or changed."""

import re
import unicodedata

from models.document import Flag, Span

CODE = "name_lost"
#: The blocks of Arabic script: text copied from PDF files comes in presentation forms, and ﷺ is one.
_ARABIC = r"\u0600-\u06ff\u0750-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufeff"
_LATIN = re.compile(rf"(?:https?://|www\.)\S+|[^\W\d_{_ARABIC}][\w.\-&@'’+]*", re.IGNORECASE)
_SQUEEZED = re.compile(r"[\W_]+")
#: Units and abbreviations that a translation may write out.
_WRITTEN_OUT = re.compile(
    r"[kcm]?m[23]?|m?[gl]|kg|ft|k?mh|km?ph|[km]?bps|gbps|[kmg]?hz|[kmgt]b|[kmg]wh?|"
    r"st|nd|rd|th|[ap]m|bce?|ad|ce|vs|etc|no|usd|eur|gbp"
)


def check(source: str, target: str) -> list[Flag]:
    """One flag for each Latin word or address of the Arabic that is not in the English, letter for letter
    (case, accents and punctuation aside)."""
    found = [(m, _squeeze(m[0])) for m in _LATIN.finditer(source)]
    wanted = [(m, name) for m, name in found if len(name) > 1 and not _WRITTEN_OUT.fullmatch(name)]
    if not wanted:
        return []
    there = {_squeeze(m[0]) for m in _LATIN.finditer(target)}
    joined = _squeeze(target)
    flags = []
    for match, name in wanted:
        if name in there or name.removesuffix("s") in there or name + "s" in there:
            continue
        if len(name) > 4 and name in joined:
            continue
        message = f"The name {match[0]} stands in the Arabic but not in the English."
        flags.append(Flag(CODE, "major", message, Span(*match.span()), None))
    return flags


def _squeeze(word: str) -> str:
    """Lower case, no accents, no punctuation."""
    plain = word if word.isascii() else unicodedata.normalize("NFKD", word)
    return _SQUEEZED.sub("", plain if plain.isascii() else re.sub(r"[\u0300-\u036f]", "", plain)).casefold()
