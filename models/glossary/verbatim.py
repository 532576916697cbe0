"""Names and addresses in Latin letters inside Arabic text: terms that must come out as they are written.

Small models can't copy what their vocabulary has no words for, so such a name goes the way of a glossary's
term, as if every user had a glossary that says "Megaphone" for "Megaphone".
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from models.document import Span
from models.glossary.entries import Term
from models.glossary.matching import Match
from models.quality.names import must_stand, written
from models.wordlists import word_set

#: Longer runs are quotations or titles, which take no name's place in a sentence.
MOST_WORDS = 6
LONGEST = 200  # characters
#: In one text; what has more of them is no prose.
MOST = 200
#: Whether IT or WHO stands in an English sentence can't be told from "it" and "who".
_ENGLISH_WORDS = word_set("""
a all an and any are as at be been but by can did do for from go had has have he her him his how i if in into
is it its may me my no nor not of on or our out per she so some than that the their them then there they this
those to up us was we were what when which who will with would you your
""")
_BETWEEN = re.compile(r" (?:& )?")
_LEANING = re.compile(r"(?<![^\W\d_])[وف]?(?:[بك]ال|لل|ال|[بكل])?\Z")


def verbatim(text: str, terms: Sequence[Match] = ()) -> list[Match]:
    """The runs of Latin words in a normalised text, each a term with itself for its English, but for those
    that a term of `terms` has a part in. In the order of the text; `terms` too."""
    found, at = [], 0
    for run in islice(_runs(text), MOST):
        while at < len(terms) and terms[at].words.end <= run.start:
            at += 1
        if at == len(terms) or terms[at].words.start >= run.end:
            name = run.of(text)
            place = Span(_start(text, run.start), run.end)
            found.append(Match(Term(name, name), run, place, verbatim=True))
    return found


def _runs(text: str) -> Iterator[Span]:
    words: list[Span] = []
    for word in written(text):
        if words and _BETWEEN.fullmatch(text, words[-1].end, word.start) is None:
            yield from _run(text, words)
            words = []
        words.append(word)
    yield from _run(text, words)


def _run(text: str, words: Sequence[Span]) -> Iterator[Span]:
    if not words or len(words) > MOST_WORDS or words[-1].end - words[0].start > LONGEST:
        return
    if any(must_stand(w.of(text)) and w.of(text).lower() not in _ENGLISH_WORDS for w in words):
        yield Span(words[0].start, words[-1].end)


def _start(text: str, at: int) -> int:
    """Where the conjunction, preposition or article begins that leans on the name: وFacebook, بـFacebook."""
    found = _LEANING.search(text, max(0, at - 5), at)
    return found.start() if found else at
