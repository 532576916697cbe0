"""The JSON of stored articles in lists. A single one is a `SummaryResponse`."""

from datetime import datetime

from pydantic import Field

from service.api.schemas import AnswerModel, RequestModel, TitleJson, page_after

LONGEST_QUERY = 1000
MOST = 200


class ArticlePath(RequestModel):
    article_id: str = Field(max_length=100)


class ArticleQuery(RequestModel):
    q: str | None = Field(
        default=None,
        max_length=LONGEST_QUERY,
        description="Words that all occur, in the Arabic or the English; phrases in quotation marks.",
    )
    limit: int = Field(default=50, ge=1, le=MOST)
    after: str | None = page_after("art")


class ListedArticleJson(AnswerModel):
    """A stored article, without its text. `characters` counts the code points of `article.text`, `flags` what
    the checks found in its title and all of its segments."""

    id: str
    created: datetime
    title: TitleJson | None
    url: str | None
    language: str
    published: str | None
    characters: int
    flags: int


class ArticleList(AnswerModel):
    """Stored articles, newest first."""

    items: list[ListedArticleJson]
    next: str | None
