"""Text and addresses that every reader takes, whatever a publisher wrote."""

import re
import unicodedata
from urllib.parse import quote

#: What XML 1.0 forbids (production 2), and the control characters it discourages; DEL among them.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
#: Embeddings, overrides and isolates: one that isn't closed turns round what a reader shows behind it. Marks
#: (LRM, RLM, ALM) act at their place only and stay.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: All that RFC 3986 lets stand in an address, percent signs included: what is escaped already stays so.
_ADDRESS = "%:/?#[]@!$&'()*+,;=-._~"


def text(words: str) -> str:
    """The same without characters that XML forbids and without those that turn the direction of what follows;
    lone halves of surrogate pairs, which no encoding can write, go as well."""
    return _TURNING.sub("", _ILLEGAL.sub("", words))


def line(words: str) -> str:
    """`text` in one line."""
    return " ".join(text(words).split())


def isolated(words: str) -> str:
    """`line`, set apart where it has letters from right to left: in plain text, a figure or a comma behind
    them would stand before them."""
    clean = line(words)
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in clean):
        return f"\u2068{clean}\u2069"
    return clean


def address(url: str | None) -> str | None:
    """A web address in ASCII, as RSS and mail want it; None for anything else."""
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    return quote(url, safe=_ADDRESS, encoding="utf-8", errors="replace")
