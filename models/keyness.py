"""Which words a set of headlines has more of than others: the words of a headline, and how much more.

The measure is Dunning's log-likelihood ratio ("Accurate Methods for the Statistics of Surprise and
Coincidence", Computational Linguistics 19, 1993), which unlike a plain ratio doesn't put a word that rose
from 0 to 2 before one that rose from 10 to 60.
"""

import math
from collections.abc import Mapping

from models import arabic, query
from models.summarize.terms import STOP_WORDS

#: Code points of a word that count; longer ones are addresses or accidents.
LONGEST = 60


def words(headline: str) -> Mapping[str, str]:
    """The content words of a headline, each once: the token by which its spellings count as one (that of
    search and watches), and the shortest form it has here. Function words, single letters and numbers are
    left out."""
    found: dict[str, str] = {}
    for token in query.placed(headline):
        form = token.place.of(headline)
        normal = arabic.for_matching(form).text
        if not 2 <= len(normal) <= LONGEST or not normal[0].isalpha() or {normal, token.text} & STOP_WORDS:
            continue
        if token.text not in found or len(form) < len(found[token.text]):
            found[token.text] = form
    return found


def surprise(now: int, of_now: int, before: int, of_before: int) -> float:
    """How surprising it is that `now` of `of_now` headlines have a word, when `before` of `of_before` had it;
    0 where it isn't more frequent than it was. Counts are of headlines, a word once in each."""
    if not now or now * of_before <= before * of_now:
        return 0.0
    expected = (now + before) / (of_now + of_before)
    ratio = now * math.log(now / (expected * of_now))
    if before:
        ratio += before * math.log(before / (expected * of_before))
    for missing, total in ((of_now - now, of_now), (of_before - before, of_before)):
        if missing:
            ratio += missing * math.log(missing / ((1 - expected) * total))
    return 2 * ratio
