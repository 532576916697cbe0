"""The glossary itself: terms, found in one pass, with a signature that changes when they do."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from importlib import resources

from models.glossary import entries
from models.glossary.enforcing import ENFORCING_VERSION
from models.glossary.entries import Entry, Term
from models.glossary.matching import Match, Matcher


class Glossary:
    """Immutable; equal and equally hashed when the terms are the same. Made by the class methods."""

    def __init__(self, terms: Iterable[Term], name: str = "") -> None:
        """Takes the terms as they are; `from_terms` checks them."""
        self.terms: tuple[Term, ...] = tuple(terms)
        self.name = name

    @classmethod
    def from_terms(cls, terms: Iterable[Term], name: str = "") -> "Glossary":
        """Raises `GlossaryError` for a term that can't be used or stands twice."""
        return cls._made(entries.from_terms(terms), name)

    @classmethod
    def from_tsv(cls, text: str, name: str = "") -> "Glossary":
        """`source<TAB>target` a line. Raises `GlossaryError`, which names line and position."""
        return cls._made(entries.read_tsv(text), name)

    @classmethod
    def from_csv(cls, text: str, name: str = "") -> "Glossary":
        """`source,target` a line. Raises `GlossaryError`, which names line and position."""
        return cls._made(entries.read_csv(text), name)

    @classmethod
    def _made(cls, found: Sequence[Entry], name: str) -> "Glossary":
        return cls((entry.term for entry in entries.check(found)), name)

    @property
    def entry_count(self) -> int:
        return len(self.terms)

    @cached_property
    def signature(self) -> str:
        """The same for the same terms in the same order, whatever the glossary's name and notes."""
        digest = hashlib.sha256()
        for term in self.terms:
            digest.update(f"{term.source}\t{term.target}\t{term.case_sensitive:d}\n".encode())
        return digest.hexdigest()[:16]

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self.terms)

    def find(self, text: str) -> list[Match]:
        """The terms in an Arabic text, longest first where they overlap, in the order of the text."""
        return self._matcher.find(text)

    def to_tsv(self) -> str:
        """What `from_tsv` reads; notes and case sensitivity are not written."""
        return entries.write_tsv(self.terms)

    def over(self, base: "Glossary") -> "Glossary":
        """These terms, and those of `base` whose source is not spelled among them in any way."""
        own = {entries.key(term.source) for term in self.terms}
        rest = [term for term in base.terms if entries.key(term.source) not in own]
        return Glossary((*self.terms, *rest), " + ".join(n for n in (self.name, base.name) if n))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glossary) and self.signature == other.signature

    def __hash__(self) -> int:
        return hash(self.signature)

    def __repr__(self) -> str:
        return f"Glossary({self.name!r}, {self.entry_count} terms, {self.signature})"


@cache
def news_glossary() -> Glossary:
    """The glossary that ships: organisations, places, people and terms as newsrooms spell them."""
    text = resources.files("models").joinpath("data", "news_glossary.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return Glossary.from_tsv("\n".join(lines), "news")


def enforcement(glossary: Glossary) -> str:
    """What a glossary adds to the signature of a translation."""
    return f"glossary:{glossary.signature}.{ENFORCING_VERSION}"
