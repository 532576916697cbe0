"""/v1/search: entries of feeds that answer a query."""

from collections.abc import Sequence

from flask import Response
from sqlalchemy.orm import Session

from models import query as queries
from models.document import Span
from models.query import Query
from service.api import entries
from service.api import queries as asked
from service.api.requests import answer, reads
from service.api.routes import Route
from service.api.schemas import SpanJson
from service.api.search_schemas import (
    SearchAnswer,
    SearchHitJson,
    SearchQuery,
    SnippetJson,
    SnippetsJson,
    TitleHighlightsJson,
)
from service.context import principal, services
from service.store import articles, entry_search, stories
from service.store.articles import Sides
from service.store.entries import Entry


@reads()
def search_entries(query: SearchQuery) -> Response:
    """Search entries of feeds, last published first.

    The query language: words (all have to occur, in the Arabic or the English of title or text), "phrases",
    AND, OR, NOT or -, brackets, prefix*, `title:`, `source:` (in the feed's title, folder or host), `after:`
    and `before:` (days, UTC). Spellings of Arabic words that readers take for the same, what leans on a word
    (والوزير, وزيرهم), capitals and digits of any kind make no difference. A query that can't be understood is
    answered 422, with the place.
    """
    wanted = asked.parsed(query.q)
    after = None if query.after is None else int(query.after)
    with services().database.read() as session:
        hits = entry_search.find(session, principal().owner, wanted, query.limit + 1, after)
        page = hits[: query.limit]
        items = _shown(session, [hit.entry for hit in page], wanted)
    following = str(page[-1].place) if len(hits) > len(page) else None
    return answer(SearchAnswer(items=items, next=following))


def _shown(session: Session, found: Sequence[Entry], query: Query) -> list[SearchHitJson]:
    texts = articles.sides(session, [entry.article_id for entry in found if entry.article_id is not None])
    placed = stories.of_entries(session, [entry.id for entry in found])
    shown = entries.shown(session, found)
    return [
        SearchHitJson(
            **dict(json),
            story_id=placed.get(entry.id),
            title_highlights=TitleHighlightsJson(
                ar=_spans(queries.highlights(query, entry.title)),
                en=_spans(queries.highlights(query, entry.title_en or "")),
            ),
            snippet=_snippets(query, texts.get(entry.article_id or "", Sides(entry.text, ""))),
        )
        for entry, json in zip(found, shown, strict=True)
    ]


def _snippets(query: Query, texts: Sides) -> SnippetsJson:
    return SnippetsJson(ar=_snippet(query, texts.arabic), en=_snippet(query, texts.english))


def _snippet(query: Query, text: str) -> SnippetJson | None:
    if not text.strip():
        return None
    found = queries.snippet(query, text)
    return SnippetJson(
        text=found.text,
        highlights=_spans(found.highlights),
        cut_before=found.cut_before,
        cut_after=found.cut_after,
    )


def _spans(spans: Sequence[Span]) -> list[SpanJson]:
    return [SpanJson(start=span.start, end=span.end) for span in spans]


ROUTES = (Route("GET", "/v1/search", search_entries, SearchAnswer, "feeds", scope="feeds"),)
