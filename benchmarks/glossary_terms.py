"""Sentences with a term, from translated pairs: what `benchmarks.glossary` measures on.

Two kinds of terms: those of the news glossary whose English stands in the reference, and names drawn from
the references themselves, as a user's glossary would have them: a capitalised word of the reference and the
one Arabic word with the same consonants.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.model_scores import Pair
from models.arabic import for_matching, words
from models.glossary import Glossary, Match, Term
from models.glossary.english import english

_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z'-]+(?![\w'’])")
_ARTICLE = re.compile(r"^[وف]?(?:ال|[بل]ال|لل|[بل](?=\w{4}))?")
_ARABIC = str.maketrans(
    dict(zip("بتثجخدذرزسشصضطظغفقكلمنپڤ", "BTTKKTTRSSSSTTSKFKKLMNBF", strict=True))
    | dict.fromkeys("اوييءهحع", "")
)
_LATIN = (
    ("tch", "S"), ("sh", "S"), ("sch", "S"), ("kh", "K"), ("gh", "K"), ("th", "T"), ("ph", "F"), ("ck", "K"),
    ("ch", "S"), ("x", "KS"), ("c(?=[eiy])", "S"), ("[bp]", "B"), ("[td]", "T"), ("[jgkqc]", "K"),
    ("[sz]", "S"), ("[fv]", "F"), ("[^A-Zrlmn]", ""),
)  # fmt: skip
#: Consonants that a name must have in common with its Arabic: fewer meet by chance.
MIN_CONSONANTS = 3


@dataclass(frozen=True, slots=True)
class Case:
    """A pair and the terms that its reference has as the glossary wants them."""

    pair: Pair
    matches: tuple[Match, ...]


def cases(pairs: Sequence[Pair], glossary: Glossary) -> list[Case]:
    """The pairs whose Arabic has a term that stands in the reference."""
    found = []
    for pair in pairs:
        matches = glossary.find(pair.source)
        fitting = tuple(m for m in matches if english(m.term.target).find(pair.reference))
        if fitting:
            found.append(Case(pair, fitting))
    return found


def drawn(pairs: Sequence[Pair]) -> Glossary:
    """The names of all references that one Arabic word of their sentence spells, the first spelling of each
    Arabic word; those that are another word elsewhere are left out."""
    terms: dict[str, Term] = {}
    for pair in pairs:
        for source, target in _names(pair):
            terms.setdefault(source, Term(source, target))
    found = Glossary.from_terms(terms.values())
    wrong = {
        match.term.source
        for pair in pairs
        for match in found.find(pair.source)
        if not english(match.term.target).find(pair.reference)
    }
    return Glossary.from_terms((t for s, t in terms.items() if s not in wrong), "drawn")


def _names(pair: Pair) -> Iterator[tuple[str, str]]:
    folded = for_matching(pair.source)
    arabic = [_ARTICLE.sub("", w.of(folded.text), count=1) for w in words(folded.text)]
    skeletons = [re.sub(r"(.)\1+", r"\1", word.translate(_ARABIC)) for word in arabic]
    for name in set(_NAME.findall(pair.reference)):
        wanted = _skeleton(name)
        hits = [word for word, skeleton in zip(arabic, skeletons, strict=True) if skeleton == wanted]
        if len(wanted) >= MIN_CONSONANTS and len(hits) == 1:
            yield hits[0], name


def _skeleton(name: str) -> str:
    text = name.lower()
    for pattern, consonant in _LATIN:
        text = re.sub(pattern, consonant, text)
    return re.sub(r"(.)\1+", r"\1", text.upper())
