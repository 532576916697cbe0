"""Glossaries: terms that must come out in one way.

`Glossary` holds them and finds them in Arabic text, `enforce` sees to it that they stand in the English.
`docs/glossaries.md` says how, and what was measured.
"""

from models.glossary.enforcing import Attempt, Draft, Result, enforce
from models.glossary.entries import GlossaryError, Term
from models.glossary.glossary import Glossary, enforcement, news_glossary
from models.glossary.matching import Match
from models.glossary.places import GLOSSARY_MISSED, inside, keep_whole, missed_flags, small
from models.glossary.verbatim import verbatim
from models.glossary.wording import Wording

__all__ = [
    "GLOSSARY_MISSED",
    "Attempt",
    "Draft",
    "Glossary",
    "GlossaryError",
    "Match",
    "Result",
    "Term",
    "Wording",
    "enforce",
    "enforcement",
    "inside",
    "keep_whole",
    "missed_flags",
    "news_glossary",
    "small",
    "verbatim",
]
