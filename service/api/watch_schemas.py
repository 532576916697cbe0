"""The JSON of watches, their alerts, and mail."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from service.api.schemas import AnswerModel, RequestModel, SpanJson, page_after
from service.monitor.watch_rules import LONGEST_NAME, LONGEST_QUERY, LONGEST_THROTTLE, MOST_EMAILS

AlertState = Literal["waiting", "sent", "dropped"]
MailState = Literal["waiting", "sent", "dead"]
HighlightField = Literal["title", "title_en", "text", "text_en"]
Email = Annotated[str, Field(max_length=320)]
#: Longer ones than are taken get a reason of their own, not a schema's.
_SLACK = 10

_QUERY = f"Up to {LONGEST_QUERY:,} characters of the language of /v1/search."
_EMAILS = f"Who is written to; up to {MOST_EMAILS}. Needs `mail.host` in the configuration."
_WEBHOOKS = "Whether your webhooks are told (`watch.matched`)."
_THROTTLE = (
    f"The least time between two messages, up to {LONGEST_THROTTLE:,}; what is found meanwhile goes into "
    "the next one."
)
_QUIET = 'Nothing is sent from `quiet_from` to `quiet_to` ("22:00", "06:00"), but after it, in one mail.'
_ZONE = "Time zone of the quiet hours, such as `Asia/Riyadh`."


class WatchRequest(RequestModel):
    """What to look for in everything that comes in, and whom to tell."""

    name: str = Field(max_length=_SLACK * LONGEST_NAME)
    query: str = Field(max_length=_SLACK * LONGEST_QUERY, description=_QUERY)
    active: bool = Field(default=True, description="A paused watch finds nothing.")
    emails: list[Email] = Field(default_factory=list, description=_EMAILS)
    webhooks: bool = Field(default=True, description=_WEBHOOKS)
    throttle_minutes: int = Field(default=0, description=_THROTTLE)
    quiet_from: str | None = Field(default=None, max_length=100, description=_QUIET)
    quiet_to: str | None = Field(default=None, max_length=100)
    zone: str = Field(default="UTC", max_length=100, description=_ZONE)


class WatchChange(RequestModel):
    """What is to be different; fields left out, or null (but for the quiet hours), stay as they are."""

    name: str | None = Field(default=None, max_length=_SLACK * LONGEST_NAME)
    query: str | None = Field(default=None, max_length=_SLACK * LONGEST_QUERY, description=_QUERY)
    active: bool | None = Field(default=None, description="What waits for a paused watch is not sent.")
    emails: list[Email] | None = Field(default=None, description=_EMAILS)
    webhooks: bool | None = Field(default=None, description=_WEBHOOKS)
    throttle_minutes: int | None = Field(default=None, description=_THROTTLE)
    quiet_from: str | None = Field(default=None, max_length=100, description=_QUIET)
    quiet_to: str | None = Field(default=None, max_length=100)
    zone: str | None = Field(default=None, max_length=100, description=_ZONE)


class PreviewRequest(RequestModel):
    """A query to try on what has come in."""

    query: str = Field(max_length=_SLACK * LONGEST_QUERY, description=_QUERY)
    days: int = Field(default=7, ge=1, le=366, description="How far back, by time of publication.")
    limit: int = Field(default=10, ge=1, le=50, description="How many matches are shown.")


class WatchPath(RequestModel):
    watch_id: str = Field(max_length=100)


class MailPath(RequestModel):
    mail_id: str = Field(max_length=100)


class PageQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("wat", "alr", "mail")


class MailQuery(PageQuery):
    state: MailState | None = None


class WatchJson(AnswerModel):
    """A watch. `last_sent`: when it last told somebody."""

    id: str
    name: str
    query: str
    active: bool
    emails: list[str]
    webhooks: bool
    throttle_minutes: int
    quiet_from: str | None
    quiet_to: str | None
    zone: str
    created: datetime
    changed: datetime
    last_sent: datetime | None


class WatchList(AnswerModel):
    """Watches, newest first."""

    items: list[WatchJson]
    next: str | None


class HighlightJson(AnswerModel):
    """An excerpt around the first places that the query hits in a text, `offset` code points from the
    text's beginning; `spans` are within the excerpt."""

    field: HighlightField
    text: str
    offset: int
    spans: list[SpanJson]


class MatchJson(AnswerModel):
    """An entry that a query finds. `feed` is the feed's title; what is null is unknown, or was deleted."""

    story_id: str | None
    entry_id: str
    title: str | None
    title_en: str | None
    link: str | None
    published: datetime | None
    feed: str | None
    article_id: str | None
    highlights: list[HighlightJson]


class PreviewAnswer(AnswerModel):
    """What a query would have found: `count` entries, of `stories` different stories; with `more` there are
    more than were counted. `items` are the latest."""

    count: int
    stories: int
    more: bool
    items: list[MatchJson]


class AlertJson(MatchJson):
    """A watch found a story, by this entry. `waiting` until `due` at least: for the end of quiet hours, or
    the time between two messages; `dropped` when the watch was paused before that."""

    id: str
    watch_id: str
    watch: str
    query: str
    state: AlertState
    due: datetime | None
    created: datetime
    sent: datetime | None


class AlertList(AnswerModel):
    """Alerts, newest first."""

    items: list[AlertJson]
    next: str | None


class MailJson(AnswerModel):
    """A mail to one recipient. `next_attempt` is there while it waits; `last_error` says why the last attempt
    failed. A `dead` one was refused for good, or tried `mail.max_attempts` times."""

    id: str
    message_id: str | None
    recipient: str
    subject: str
    state: MailState
    attempts: int
    next_attempt: datetime | None
    last_error: str | None
    created: datetime
    sent: datetime | None


class MailList(AnswerModel):
    """Mails, newest first."""

    items: list[MailJson]
    next: str | None
