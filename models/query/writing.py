"""A tree as text, for showing a stored query and for tests: parsing it gives the tree again."""

from typing import assert_never

from models.query.nodes import After, All, Any, Before, Not, Phrase, Query, Source, Title, Word


def written(query: Query) -> str:
    """The query in the language of `parse`. Words stand in their core form."""
    match query:
        case Word(token, prefix):
            return f"{token}*" if prefix else token
        case Phrase(tokens):
            return f'"{" ".join(tokens)}"'
        case All(parts):
            return " ".join(_inner(part) for part in parts)
        case Any(parts):
            return " OR ".join(_inner(part) for part in parts)
        case Not(part):
            return f"NOT {_inner(part)}"
        case Title(part):
            return f"title:{_inner(part)}"
        case Source(text):
            return f'source:"{text}"'
        case After(day):
            return f"after:{day.isoformat()}"
        case Before(day):
            return f"before:{day.isoformat()}"
        case _:
            assert_never(query)


def _inner(part: Query) -> str:
    return f"({written(part)})" if isinstance(part, All | Any) else written(part)
