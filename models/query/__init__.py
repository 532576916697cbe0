"""The query language of search and watches: one parser, one idea of what a word is, one meaning.

    وزير الخارجية -لبنان        "prime minister" OR رئيس*      title:(wheat OR قمح) after:2026-11-01

`parse` makes a tree of what somebody typed, `written` a text of the tree; `matches` tries it on a
`Document`, which is how watches look at an entry and what the databases' indexes are compared with.
"""

from models.query.documents import Document, comes_from, document
from models.query.hits import highlights, matches, places
from models.query.nodes import (
    After,
    All,
    Any,
    Before,
    Not,
    Phrase,
    Query,
    QueryError,
    Source,
    Title,
    Word,
)
from models.query.parsing import parse
from models.query.snippets import Snippet, snippet
from models.query.tokens import POLICY, Token, placed, tokens
from models.query.writing import written

__all__ = [
    "POLICY",
    "After",
    "All",
    "Any",
    "Before",
    "Document",
    "Not",
    "Phrase",
    "Query",
    "QueryError",
    "Snippet",
    "Source",
    "Title",
    "Token",
    "Word",
    "comes_from",
    "document",
    "highlights",
    "matches",
    "parse",
    "placed",
    "places",
    "snippet",
    "tokens",
    "written",
]
