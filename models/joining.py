"""One English sentence from the outputs of its chunks.

A model takes each chunk for a sentence: it starts with a capital and ends with a full stop. At the inner
joints the capital of a function word goes (`The` becomes `the`, names stay) and the mark becomes the one
that the Arabic has there. The whole begins with a capital, which models forget in headlines.
"""

import re
from collections.abc import Iterable, Sequence

from models.document import Span
from models.wordlists import SENTENCE_STARTERS

_FIRST = re.compile(r"([A-Z][a-z]*)(?=[\s,;:]|'s?\b|\Z)")
#: Possessive, and never starting inside a run of marks or of closers: linear on any output.
_TAIL = re.compile(
    r"(?<![.,;:!?])(?:(?<![\"'”’)\]])|(?=[.,;:!?]))"
    r"(?P<mark>[.,;:!?]*+)(?P<close>[\"'”’)\]]*+)(?P<late>[.,;:]*+)\Z"
)
ABBREVIATED = re.compile(
    r"\b[A-Za-z]\.\Z|\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|St|No|Jr|Sr|Inc|Ltd|Co|Corp|etc)\.\Z"
)
_CLOSING = "\"'”“»)]}’ "
_MARKS = {"،": ",", ",": ",", "؛": ";", ";": ";", ":": ":"}
_STOPS = ".!?؟…۔"
#: Before the first word: quotes, brackets, bullets; but not what makes a handle or a tag of it.
_BEFORE_WORDS = re.compile(r"[^\w@#]*")
#: What begins small wherever it stands: iPhone, eBay, addresses.
AS_WRITTEN = re.compile(r"[a-z]+[A-Z]|\S*\w[@/.]\w")


def join(source: str, spans: Sequence[Span], outputs: Sequence[str]) -> tuple[str, list[Span]]:
    """The English of `source` from one output per chunk span, and the place of each output in it.

    An empty output has an empty place. Nothing but the case of first letters and the marks at inner joints
    is changed; a single chunk comes back as the model wrote it (without outer white space)."""
    if len(spans) != len(outputs):
        raise ValueError(f"{len(spans)} chunks but {len(outputs)} outputs")
    parts: list[str] = []
    places: list[Span] = []
    length = 0
    for k, output in enumerate(outputs):
        piece = output.strip()
        if k > 0 and _mark(source, spans[k - 1]) != ".":
            piece = _lowered(piece)
        if k < len(outputs) - 1:
            piece = _marked(piece, _mark(source, spans[k]))
        gap = " " if length and piece and piece[0] not in ",.;:!?)" else ""
        parts += (gap, piece)
        start = length + len(gap)
        length = start + len(piece)
        places.append(Span(start, length))
    return "".join(parts), places


def capitalised(english: str, kept: Iterable[str] = ()) -> str:
    """`english`, as long as before, with a capital for the first letter of its first word; unless one of
    `kept` stands there, or a word that is written small on purpose (iPhone, an address, a handle)."""
    found = _BEFORE_WORDS.match(english)
    at = found.end() if found else 0
    first = english[at : at + 1]
    if not first.islower() or len(first.upper()) != 1 or AS_WRITTEN.match(english, at):
        return english
    for word in kept:
        end = at + len(word)
        if word and english.startswith(word, at) and not english[end : end + 1].isalnum():
            return english
    return english[:at] + first.upper() + english[at + 1 :]


def _mark(source: str, span: Span) -> str:
    """The English mark for what ends a source chunk: one of `, ; : .` (any stop) or nothing."""
    last = span.of(source).rstrip(_CLOSING)[-1:]
    return "." if last and last in _STOPS else _MARKS.get(last, "")


def _lowered(piece: str) -> str:
    first = _FIRST.match(piece)
    if first and first[1].lower() in SENTENCE_STARTERS:
        return piece[0].lower() + piece[1:]
    return piece


def _marked(piece: str, mark: str) -> str:
    """`piece` with `mark` instead of the mark it ends with; a stop in the source leaves it as it is."""
    if mark == "." or not piece:
        return piece
    tail = _TAIL.search(piece)
    assert tail is not None  # matches the end, be it empty
    if tail["mark"].startswith("..") or (
        tail["mark"] == "." and ABBREVIATED.search(piece[: tail.end("mark")])
    ):
        return piece
    body = piece[: tail.start()].rstrip() or piece
    if body == piece:
        return piece + mark if not tail[0] else piece
    return body + mark + tail["close"] if tail["mark"] else body + tail["close"] + mark
