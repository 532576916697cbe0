"""Glossaries: terms that must come out in one way.

`Glossary` holds them and finds them in Arabic text, `enforce` sees to it that they stand in the English.
`docs/glossaries.md` says how, and what was measured.
"""

from models.glossary.enforcing import Attempt, Draft, Result, enforce
from models.glossary.entries import GlossaryError, Term
from models.glossary.glossary import Glossary, enforcement, news_glossary
from models.glossary.matching import Match, keep_whole
from models.glossary.wording import Wording

__all__ = [
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
    "keep_whole",
    "news_glossary",
]
