"""The JSON of stories."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from service.api.article_schemas import LONGEST_QUERY
from service.api.feed_schemas import EntryTitleJson
from service.api.schemas import AnswerModel, FlagJson, RequestModel

Kind = Literal["first", "copy", "part", "fuller", "correction", "related"]


def _in_utc(value: datetime) -> datetime:
    if not 1 < value.year < 9999:
        raise ValueError("must be a year from 2 to 9998")
    return value.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class StoryPath(RequestModel):
    story_id: str = Field(max_length=100)


class StoryQuery(RequestModel):
    q: str | None = Field(
        default=None,
        max_length=LONGEST_QUERY,
        description="With an entry among the latest 1,000 that answer this query; see /v1/search.",
    )
    folder: str | None = Field(
        default=None, max_length=200, description="With an entry of a feed in it, or in one within."
    )
    feed_id: str | None = Field(default=None, max_length=100)
    since: Moment | None = Field(default=None, description="With an entry published then or later.")
    until: Moment | None = Field(default=None, description="Without entries published then or later.")
    unread: bool = Field(default=False, description="Not read by this key, or with something new since.")
    starred: bool = Field(default=False, description="Starred by this key.")
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = Field(default=None, max_length=200, description="`next` of the page before.")


class StoryJson(AnswerModel):
    """A story: reports of one event. `title` is that of its first entry; `sources` counts feeds, `flags` what
    the checks found in all translations. `unread` and `starred` are of the key that asks."""

    id: str
    title: EntryTitleJson
    first_entry_id: str | None
    first_published: datetime
    last_published: datetime
    entries: int
    sources: int
    flags: int
    revision: int = Field(description="Counts what was added or taken away.")
    unread: bool
    starred: bool
    created: datetime
    updated: datetime


class StoryList(AnswerModel):
    """Stories, those with the latest entry first."""

    items: list[StoryJson]
    next: str | None


class StoryEntryJson(AnswerModel):
    """An entry in a story's timeline. `kind`: the `first` (the one published earliest), or what it is to that
    one: a `copy`, a `part` (a shorter version), a `fuller` version, a `correction` (the same words with
    another number or place), or `related` (in other words). `by_hand`: somebody put it there."""

    id: str
    feed_id: str
    source: str = Field(description="The feed's title.")
    link: str | None
    title: EntryTitleJson
    published: datetime
    article_id: str | None
    kind: Kind
    by_hand: bool
    flags: int


class StorySourceJson(AnswerModel):
    """A span of `article.text` of an article that says it."""

    article_id: str
    entry_id: str
    segment: int
    start: int
    end: int


class StorySentenceJson(AnswerModel):
    """`ar` stands in the article of the first source to the letter, `en` is its translation; the other
    sources say nearly the same. Flags speak of the first source's article."""

    ar: str
    en: str
    sources: list[StorySourceJson]
    flags: list[FlagJson]


class StorySummaryJson(AnswerModel):
    method: str
    sentences: list[StorySentenceJson]


class WholeStoryJson(StoryJson):
    """A story with its timeline, earliest entry first, and its summary (without sentences where no entry has
    a stored article)."""

    timeline: list[StoryEntryJson]
    summary: StorySummaryJson


class StoryMarks(RequestModel):
    """Fields left out, or null, stay as they are."""

    read: bool | None = Field(default=None, description="As it is now; what is added later is unread again.")
    starred: bool | None = None


class MergeRequest(RequestModel):
    other: str = Field(min_length=1, max_length=100, description="The story that goes into this one.")


class SplitRequest(RequestModel):
    entries: list[Annotated[str, Field(max_length=100)]] = Field(
        min_length=1, max_length=1000, description="Ids of the entries that are another story."
    )
