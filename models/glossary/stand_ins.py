"""Words that any Arabic-English model knows, to hold the place of a term that it doesn't.

The term is replaced by one of them in the Arabic, the model writes a sentence round the word it knows, and
the term's English takes that word's place. `docs/decisions/glossaries.md` compares this with the other ways.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.glossary.clitics import ARTICLE
from models.glossary.english import english
from models.glossary.matching import Match
from models.wordlists import word_set


@dataclass(frozen=True, slots=True)
class StandIn:
    """`arabic` comes out as `english`. `traces` finds that word and its kin, whose presence betrays a
    sentence that speaks of the stand-in itself. A `noun` takes article and possessive endings in Arabic."""

    arabic: str
    english: str
    traces: re.Pattern[str]
    noun: bool = False

    def written(self, clitics: str, definite: bool, ending: str) -> str:
        """The Arabic word as it stands in a sentence, with what leans on it."""
        clitics = clitics.removesuffix(ARTICLE) if len(clitics) > 1 else clitics
        if not self.noun:
            return clitics + self.arabic
        if ending:
            return clitics + self.arabic + ending
        if not definite:
            return clitics + self.arabic
        return clitics + ("ل" if clitics.endswith("ل") else ARTICLE) + self.arabic


def _made(rows: str, noun: bool = False) -> tuple[StandIn, ...]:
    """Arabic, English, and the beginnings of its kin, a row."""
    found = []
    for row in rows.strip().splitlines():
        arabic, english, *kin = row.split()
        traces = re.compile(rf"\b(?:{'|'.join([english, *kin])})\w*", re.IGNORECASE)
        found.append(StandIn(arabic, english, traces, noun))
    return tuple(found)


_NAMES = """
روسيا Russia Moscow
تركيا Turkey Turk Ankara
العراق Iraq
فرنسا France French Paris
لبنان Lebanon Leban
بغداد Baghdad Iraq
إيران Iran Tehran
لندن London Brit
مصر Egypt Cairo
ألمانيا Germany German Berlin
الصين China Chinese Beijing
السودان Sudan Khartoum
الهند India
اليابان Japan Tokyo
"""
_ADJECTIVES = """
أمريكي American America
تركي Turkish Turk
روسي Russian Russia
فرنسي French France
إيراني Iranian Iran
"""
_MONTHS = """
يناير January
مارس March
أكتوبر October
يونيو June
سبتمبر September
"""
_SINGULAR = """
رئيس president
وزير minister
حكومة government
مدير director
"""
_MASS = """
سلام peace
أمن security
حرب war
"""
_PLURAL = """
صواريخ missiles missile rocket
قوات forces force troops
أسعار prices price
"""
NAMES, MONTHS, ADJECTIVES = _made(_NAMES), _made(_MONTHS), _made(_ADJECTIVES, True)
SINGULAR, MASS, PLURAL = _made(_SINGULAR, True), _made(_MASS, True), _made(_PLURAL, True)
_MONTH_NAMES = word_set(
    "january february march april may june july august september october november december"
)
#: Adjectives of origin in both languages: فلبيني, Filipino.
_NISBA = re.compile(r"^\S{3,}[يى]([ةه]?)$")
_ORIGIN = re.compile(r"^[A-Z]\S+(?:an|ese|ish|ch|ic|[io])$")
#: Endings of English nouns that take no "a" and mostly no "the".
_MASS_NOUN = re.compile(r"(?:ing|ice|ence|ance|ism|ity|ety|law|cide|ment|health|change|fire)$")


def kinds(match: Match) -> Sequence[StandIn]:
    """Stand-ins for a term, those of its own kind first."""
    if match.verbatim:
        return NAMES
    target = english(match.term.target)
    core = target.core.lower()
    if core in _MONTH_NAMES:
        return [s for s in MONTHS if s.english.lower() != core] + list(NAMES)
    if target.is_name:
        return _adjectives(match) + NAMES
    if target.is_plural:
        return PLURAL + MASS + NAMES
    if _MASS_NOUN.search(core) and not target.article:
        return MASS + SINGULAR + NAMES
    return SINGULAR + NAMES


def _adjectives(match: Match) -> tuple[StandIn, ...]:
    """For an adjective of origin, in the gender of the Arabic."""
    if not _ORIGIN.search(match.term.target):
        return ()
    if (found := _NISBA.search(match.term.source)) is None:
        return ()
    feminine = "ة" if found[1] else ""
    return tuple(replace(s, arabic=s.arabic + feminine) for s in ADJECTIVES)
