"""What a query is tried on, when it isn't a database that does it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from models import arabic
from models.query.tokens import tokens

#: A title and a text, each in Arabic and in English: no phrase reaches from one into another.
Sides = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Document:
    """An entry or article as queries see it. `title` and `body` hold the tokens of the Arabic and the
    English; `source` is its feed's title, folder and host in matching form, one a line; `published` has
    a zone."""

    title: Sides
    body: Sides
    source: str
    published: datetime

    @cached_property
    def title_words(self) -> frozenset[str]:
        return frozenset().union(*self.title)

    @cached_property
    def words(self) -> frozenset[str]:
        """All tokens of title and text: what watches look their anchors up in."""
        return self.title_words.union(*self.body)


def comes_from(asked: str, source: str) -> bool:
    """Whether `asked` names the source: its words stand side by side in one of the source's names (one a
    line), whole words as everywhere else. قناة 2 is not قناة 24."""
    words = " ".join(tokens(asked))
    return bool(words) and f" {words} " in _names(source)


@lru_cache(maxsize=10_000)
def _names(source: str) -> str:
    """The words of each name, with a space around each. Sources are few and come again and again."""
    return "\n".join(f" {' '.join(tokens(name))} " for name in source.split("\n"))


def document(
    title_ar: str, title_en: str, text_ar: str, text_en: str, source: str, published: datetime
) -> Document:
    """Cut into tokens; `source` as it is shown (several names: one a line)."""
    title = (tuple(tokens(title_ar)), tuple(tokens(title_en)))
    body = (tuple(tokens(text_ar)), tuple(tokens(text_en)))
    return Document(title, body, arabic.for_matching(source).text, published)
