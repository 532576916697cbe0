"""What came as `q`: parsed, or what is wrong with it and where."""

from models import query as queries
from models.query import Query, QueryError
from service.api.requests import invalid
from service.errors import FieldError

POINTER = "/q"


def parsed(q: str) -> Query:
    """The tree of a query that says something. Raises the `invalid` problem, with the place in the text."""
    try:
        query = queries.parse(q)
    except QueryError as error:
        start, end = error.place.start, error.place.end
        where = f"at character {start + 1}: " if end > start else ""
        raise invalid(FieldError(POINTER, f"{where}{error.message}")) from None
    if query is None:
        raise invalid(FieldError(POINTER, "has no letters or digits to look for"))
    return query
