"""The JSON of a search over entries."""

from pydantic import Field

from service.api.article_schemas import LONGEST_QUERY
from service.api.feed_schemas import FeedEntryJson
from service.api.schemas import AnswerModel, RequestModel, SpanJson


class SearchQuery(RequestModel):
    q: str = Field(
        max_length=LONGEST_QUERY,
        description='Words, "phrases", AND, OR, NOT or -, brackets, prefix*, `title:`, `source:`, `after:`, '
        "`before:`; in Arabic, in English or both.",
    )
    limit: int = Field(default=20, ge=1, le=100)
    after: str | None = Field(
        default=None, pattern=r"^-?[0-9]{1,18}$", description="`next` of the page before."
    )


class TitleHighlightsJson(AnswerModel):
    """Where the query hits in `title.ar` and `title.en`; code points, end exclusive."""

    ar: list[SpanJson]
    en: list[SpanJson]


class SnippetJson(AnswerModel):
    """A piece of the text. `highlights` count in `text`; `cut_before` and `cut_after`: the text goes on
    there."""

    text: str
    highlights: list[SpanJson]
    cut_before: bool
    cut_after: bool


class SnippetsJson(AnswerModel):
    """Of the Arabic text and of its translation; null where there is none."""

    ar: SnippetJson | None
    en: SnippetJson | None


class SearchHitJson(FeedEntryJson):
    """An entry that was found. `story_id`: the story in which it stands, null in none."""

    story_id: str | None
    title_highlights: TitleHighlightsJson
    snippet: SnippetsJson


class SearchAnswer(AnswerModel):
    """Entries that answer the query, last published first."""

    items: list[SearchHitJson]
    next: str | None
