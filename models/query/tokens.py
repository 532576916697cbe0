"""Tokens: what the index holds, what a query asks for and what a watch compares. One place for all three.

A token is a run of letters and digits under `models.arabic`'s matching policy (alef forms, ya, ta marbuta and
hamza seats folded, diacritics and tatweel gone, case folded, digits Western), brought to its core by
`models.query.cores`: without what leans on an Arabic word, without the plural of an English one. `Al-Hariri`
and `12,500` are two tokens side by side; asking for them is asking for a phrase.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models import arabic
from models.document import Span
from models.query import cores

#: Names all rules that shape a token: what was indexed by others is indexed again.
POLICY = f"tokens:2|cores:{cores.VERSION}|matching:{arabic.MATCHING_POLICY_VERSION}"
#: Characters of a token that count; PostgreSQL takes 2,046 bytes.
LONGEST = 200

_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` stands for the word at `place` in the original text."""

    text: str
    place: Span


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return [cores.core(run[:LONGEST]) for run in _RUN.findall(arabic.for_matching(text).text)]


def placed(text: str) -> Iterator[Token]:
    """The tokens of a text, in order, each with its place."""
    folded = arabic.for_matching(text)
    for run in _RUN.finditer(folded.text):
        place = folded.to_original(run.start(), run.end())
        yield Token(cores.core(run[0][:LONGEST]), place)


def runs(text: str) -> list[str]:
    """The words of a text in matching form as they stand, not brought to their core."""
    return [run[:LONGEST] for run in _RUN.findall(arabic.for_matching(text).text)]
