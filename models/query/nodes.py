"""What a query can say, as a tree."""

from dataclasses import dataclass
from datetime import date

from models.document import Span


class QueryError(ValueError):
    """A query that says nothing definite: `place` is where in its text, `message` why and what to write."""

    def __init__(self, place: Span, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


@dataclass(frozen=True, slots=True)
class Word:
    """A token (see `tokens`) of the title or the text; with `prefix`, one that begins so."""

    token: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two tokens or more, side by side in the Arabic or the English of title or text."""

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds, in whichever language and place."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class Title:
    """The part holds of the title alone. It is made of words: no source, no date, no other title."""

    part: "Query"


@dataclass(frozen=True, slots=True)
class Source:
    """The name, folder or host of where it came from has these words in it (`comes_from`). `text` is in
    matching form."""

    text: str


@dataclass(frozen=True, slots=True)
class After:
    """Published on this day (UTC) or later."""

    day: date


@dataclass(frozen=True, slots=True)
class Before:
    """Published before this day (UTC) began."""

    day: date


Query = Word | Phrase | All | Any | Not | Title | Source | After | Before
