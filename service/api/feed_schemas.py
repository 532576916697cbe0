"""The JSON of feeds and their entries."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from service.api.schemas import AnswerModel, RequestModel, page_after
from service.field_rules import wrong_zone
from service.ingest.urls import MOST_KEPT

Depth = Literal["title", "summary", "article"]
FullText = Literal["auto", "always", "never"]
Health = Literal["new", "ok", "failing", "dead", "retired"]
EntryState = Literal["waiting", "translated", "skipped", "failed"]

_DEPTH = "What is translated of an entry: its `title` alone, or the text and a summary of it."
_FULL_TEXT = "Whether the article's page is read: `auto` (where the feed has a stub), `always` or `never`."
_KEEP_DAYS = "Days after which entries that the feed no longer lists are deleted. null: never."
Sentences = Annotated[int, Field(ge=1, le=20)]
Days = Annotated[int, Field(ge=1, le=36_500)]
_ZONE = "Where the feed's clocks are when its dates don't say it, such as `Africa/Cairo`. null: UTC."


def _zone(name: str) -> str:
    reason = wrong_zone(name)
    if reason is not None:
        raise ValueError(reason)
    return name


Zone = Annotated[str, Field(max_length=100), AfterValidator(_zone)]


class PolicyRequest(RequestModel):
    """What is done with the entries of feeds."""

    depth: Depth = Field(default="summary", description=_DEPTH)
    full_text: FullText = Field(default="auto", description=_FULL_TEXT)
    sentences: Sentences = Field(default=2, description="Sentences of a summary.")
    keep_days: Days | None = Field(default=None, description=_KEEP_DAYS)
    zone: Zone | None = Field(default=None, description=_ZONE)


class FeedRequest(PolicyRequest):
    """A feed to follow."""

    url: str = Field(
        min_length=1, max_length=MOST_KEPT, description="Of the feed, or of a page that names its feed."
    )
    folder: str = Field(default="", max_length=200, description="`outer/inner` is a folder in a folder.")


class OpmlRequest(PolicyRequest):
    """A `file` of OPML; the policy holds for all feeds that are new."""


class FeedChange(RequestModel):
    """What is to be different; fields left out, or null (but for `keep_days` and `zone`), stay as they
    are."""

    title: str | None = Field(default=None, max_length=500)
    folder: str | None = Field(default=None, max_length=200)
    depth: Depth | None = Field(default=None, description=_DEPTH)
    full_text: FullText | None = Field(default=None, description=_FULL_TEXT)
    sentences: Sentences | None = None
    keep_days: Days | None = Field(default=None, description=_KEEP_DAYS)
    zone: Zone | None = Field(default=None, description=_ZONE)


class FeedPath(RequestModel):
    feed_id: str = Field(max_length=100)


class FeedQuery(RequestModel):
    folder: str | None = Field(default=None, max_length=200, description="Those in it, or in one within.")
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("feed")


class EntryCountsJson(AnswerModel):
    """Entries that came in lately."""

    day: int
    week: int


class FeedJson(AnswerModel):
    """A feed and its health. `error` says what went wrong at the last look; `remarks` what is wrong with the
    feed although it can be read."""

    id: str
    url: str
    title: str
    site: str | None
    folder: str
    depth: Depth
    full_text: FullText
    sentences: int
    keep_days: int | None
    zone: str | None
    created: datetime
    health: Health
    last_poll: datetime | None
    last_success: datetime | None
    next_poll: datetime | None = Field(description="null for a retired feed.")
    failures: int = Field(description="Looks in a row that failed.")
    error: str | None
    remarks: list[str]
    entries: EntryCountsJson


class FeedList(AnswerModel):
    """Feeds, newest first."""

    items: list[FeedJson]
    next: str | None


class WrongFeedJson(AnswerModel):
    url: str
    title: str
    reason: str


class OpmlAnswer(AnswerModel):
    """`known`: feeds that are followed already, or stood in the file twice."""

    added: int
    known: int
    wrong: list[WrongFeedJson]


class EntryPath(RequestModel):
    entry_id: str = Field(max_length=100)


class EntryQuery(RequestModel):
    feed_id: str | None = Field(default=None, max_length=100)
    folder: str | None = Field(default=None, max_length=200, description="Of feeds in it, or in one within.")
    state: EntryState | None = None
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("ent")


class EntryTitleJson(AnswerModel):
    """`en` is null while it isn't translated."""

    ar: str
    en: str | None


class FeedEntryJson(AnswerModel):
    """An entry of a feed. `summary` is in English, a string a sentence; null without a stored article.
    `remark` says why it was skipped or failed, or what was odd about it."""

    id: str
    feed_id: str
    link: str | None
    title: EntryTitleJson
    author: str | None
    published: datetime
    seen: datetime = Field(description="When it came in.")
    revision: int = Field(description="Counts the publisher's changes; 1 is the first version.")
    state: EntryState
    remark: str | None
    summary: list[str] | None
    article_id: str | None = Field(description="GET /v1/articles/{article_id} has all of it.")


class FeedEntryList(AnswerModel):
    """Entries, those that came in last first."""

    items: list[FeedEntryJson]
    next: str | None
