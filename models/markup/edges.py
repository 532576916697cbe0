"""The rim of a tag: which function words and which punctuation go in with the words."""

import re
from collections.abc import Sequence

from models import arabic
from models.markup.links import Links
from models.markup.nodes import Node
from models.wordlists import LEANING, word_set

ARTICLES = word_set("the a an")
#: Not part of what stands before or behind them, unless the Arabic tag holds such a word too.
LOOSE_FRONT = word_set("of in on at to for from by with and that as about into but")
LOOSE_BACK = LOOSE_FRONT | ARTICLES | word_set("is are was were be been has have had will would")
_DEFINITE = re.compile(r"(?:[وف]?[بك]?ال|[وف]?لل)")
_WORD = re.compile(r"\S+")
_QUOTES = "\"'“”„«»‘’‹›"
_BRACKETS = "()[]{}（）"
_STOPS = ".,;:!?…،؛؟۔"


def trimmed(links: Links, node: Node, stretch: tuple[int, int], function: Sequence[bool]) -> tuple[int, int]:
    """`stretch` without loose function words at its ends; with the article before it, when the noun that the
    article goes with is inside."""
    low, high = stretch
    first, last = _outer_words(links.source, node)
    if all(function[low:high]):
        return stretch if {first, last} <= LEANING else _with_next_word(links, stretch, function)
    while high - low > 1 and _plain(links, high - 1) in LOOSE_BACK and last not in LEANING:
        high -= 1
    low = without_loose_front(links, node, low, high)
    return _with_article(links, node, low, high), high


def _with_article(links: Links, node: Node, low: int, high: int) -> int:
    """Where the stretch begins, with the article of its noun and without one of a noun that is outside."""
    noun = _noun_before(links, node, high)
    while high - low > 1 and _plain(links, low) in ARTICLES:
        if noun != "definite" and not _quoted(links, node, low + 1):
            break
        low += 1
    if noun or low in links.openings or _quoted(links, node, low):
        return low
    return low - 1 if _plain(links, low - 1) in ARTICLES else low


def _quoted(links: Links, node: Node, number: int) -> bool:
    """Does the English word open a quotation or bracket that the Arabic has outside the tag?"""
    mark = _kind(links.english[links.words[number].start])
    return mark in ("quote", "bracket") and mark != _kind(links.source[node.start])


def without_loose_front(links: Links, node: Node, low: int, high: int) -> int:
    """Where the stretch begins when prepositions before it stay outside."""
    words = _WORD.findall(links.source, node.start, min(node.end, node.start + 40))
    if words and not _leans(words[0].strip(_QUOTES + _BRACKETS)):
        while high - low > 1 and _plain(links, low) in LOOSE_FRONT:
            low += 1
    return low


def _with_next_word(links: Links, stretch: tuple[int, int], function: Sequence[bool]) -> tuple[int, int]:
    """An article or preposition alone is not what the Arabic word means: the word that it goes with is."""
    low, high = stretch
    for number in range(high, min(high + 2, len(links.words))):
        if number in links.openings:
            break
        if not function[number]:
            return low, number + 1
    return stretch


def _outer_words(source: str, node: Node) -> tuple[str, str]:
    words = _WORD.findall(source, node.start, node.end)
    return (
        (words[0].strip(_QUOTES + _BRACKETS), words[-1].strip(_STOPS + _QUOTES + _BRACKETS))
        if words
        else ("", "")
    )


def _leans(word: str) -> bool:
    """Does the Arabic word hold the preposition or conjunction that English sets before it?"""
    return word in LEANING or (len(word) > 3 and word[0] in "بلكوف")


def _noun_before(links: Links, node: Node, high: int) -> str:
    """Is the next English word the noun that the Arabic has just before the tag ("definite", "indefinite", ""
    for no)? Then the tag is round its adjective, and the article is the noun's. An adjective agrees with its
    noun in having the article; a verb before an indefinite noun can't be told from a noun."""
    owner = links.owner[high] if high < len(links.words) else None
    if (
        owner is None
        or not owner.end <= node.start <= owner.end + 2
        or links.source[owner.end : node.start].strip()
    ):
        return ""
    definite = _definite(links.source, owner.start)
    if definite != _definite(links.source, node.start):
        return ""
    return "definite" if definite else "indefinite"


def _definite(source: str, at: int) -> bool:
    word = _WORD.search(source, at, at + 40)
    if word is None:
        return False
    return _DEFINITE.match(arabic.for_matching(word[0]).text.lstrip(_QUOTES + _BRACKETS)) is not None


def _plain(links: Links, number: int) -> str:
    return links.words[number].of(links.english).strip(_QUOTES + _BRACKETS).lower()


def fitted(links: Links, node: Node, low: int, high: int) -> tuple[int, int]:
    """The characters of words low to high; punctuation at their rim if the Arabic has its kind inside too."""
    start, end = links.words[low].start, links.words[high - 1].end
    inner = links.source[node.start : node.end].strip()
    opening = inner[: len(inner) - len(inner.lstrip(_QUOTES + _BRACKETS))]
    closing = inner[len(inner.rstrip(_STOPS + _QUOTES + _BRACKETS)) :]
    while start < end - 1 and _kind(links.english[start]) not in ("", "stop", *map(_kind, opening)):
        start += 1
    tail = end
    while tail > start + 1 and _kind(links.english[tail - 1]):
        tail -= 1
    allowed = [_kind(c) for c in closing]
    while tail < end and _kind(links.english[tail]) in allowed:
        tail += 1
    return start, tail


def _kind(character: str) -> str:
    if character in _QUOTES:
        return "quote"
    if character in _BRACKETS:
        return "bracket"
    return "stop" if character in _STOPS else ""
