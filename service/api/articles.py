"""/v1/articles: what was stored, listed, searched, read and deleted. Every owner sees their own."""

from flask import Response

from service.api import queries, stored
from service.api.article_schemas import ArticleList, ArticlePath, ArticleQuery, ListedArticleJson
from service.api.requests import answer, reads
from service.api.routes import Route
from service.api.schemas import SummaryResponse, TitleJson
from service.context import principal, services
from service.errors import Problem
from service.store import articles
from service.store.articles import Listed


@reads()
def list_articles(query: ArticleQuery) -> Response:
    """List or search stored articles, newest first.

    With `q`, those that answer the query: words (all of them have to occur, in the Arabic or the English of
    title or text), "phrases", AND, OR, NOT or -, brackets, prefix*, `title:`, `source:` (in the article's
    address), `after:` and `before:` (when it was stored).
    """
    wanted = None if query.q is None else queries.parsed(query.q)
    with services().database.read() as session:
        found = articles.newest(session, principal().owner, query.limit + 1, query.after, wanted)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(ArticleList(items=[_json(item) for item in page], next=after))


@reads()
def get_article(path: ArticlePath) -> Response:
    """Read a stored article.

    The same as the answer in which it was made, but for `timing`, which is null: nothing was computed.
    """
    with services().database.read() as session:
        found = articles.get(session, principal().owner, path.article_id)
    if found is None:
        raise _unknown()
    return answer(stored.answer(found))


@reads()
def delete_article(path: ArticlePath) -> Response:
    """Delete a stored article, with its translation and summary."""
    with services().database.write() as session:
        if not articles.remove(session, principal().owner, path.article_id):
            raise _unknown()
    return Response(status=204)


def _unknown() -> Problem:
    return Problem("not_found", "There is no article with this id.")


def _json(item: Listed) -> ListedArticleJson:
    return ListedArticleJson(
        id=item.id,
        created=item.created,
        title=None if item.title_en is None else TitleJson(ar=item.title or "", en=item.title_en),
        url=item.url,
        language=item.language,
        published=item.published,
        characters=item.characters,
        flags=item.flag_count,
    )


ROUTES = (
    Route("GET", "/v1/articles", list_articles, ArticleList, "articles"),
    Route("GET", "/v1/articles/<article_id>", get_article, SummaryResponse, "articles"),
    Route("DELETE", "/v1/articles/<article_id>", delete_article, None, "articles", status=204),
)
