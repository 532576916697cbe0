"""The JSON of digests and of the plans by which they are made."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from service.api.schemas import AnswerModel, RequestModel, page_after
from service.editions.digest import MOST_STORIES, STORIES, Content
from service.editions.plan_rules import LONGEST_FOLDER, LONGEST_NAME, MOST_EMAILS, MOST_HOURS

Format = Literal["json", "md", "html"]
Hour = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Stories = Annotated[int, Field(ge=1, le=MOST_STORIES)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"\S")]
_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _instant(value: object) -> object:
    """JSON has no times; these are written as RFC 3339 says, with an offset."""
    if value is None:
        return None
    if not isinstance(value, str) or _RFC_3339.fullmatch(value) is None:
        raise ValueError("must be a time with an offset, such as 2026-11-28T07:00:00Z")
    found = datetime.fromisoformat(value.upper())
    if not 1970 <= found.year < 2200:
        raise ValueError("must be of a year from 1970 to 2199")
    return found


Instant = Annotated[datetime, BeforeValidator(_instant)]

_ZONE = "Of the tz database, such as Asia/Riyadh."
_HOURS = "When a digest is made, by the clock of `zone`."
_FOLDER = "What came in through feeds of this folder, or of one within it. null: all."
_EMAILS = "Who gets it as mail. Needs `mail.host` in the configuration."


class DigestRequest(RequestModel):
    """What a digest made now is to cover."""

    since: Instant | None = Field(default=None, description="Default: a day before `until`.")
    until: Instant | None = Field(default=None, description="Default: now.")
    name: Name = "Digest"
    folder: str | None = Field(default=None, max_length=LONGEST_FOLDER, description=_FOLDER)
    stories: Stories = Field(default=STORIES, description="How many, at most.")
    zone: str = Field(default="UTC", max_length=100, description=_ZONE)


class DigestPath(RequestModel):
    digest_id: str = Field(max_length=100)


class DigestQuery(RequestModel):
    plan_id: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=20, ge=1, le=100)
    after: str | None = page_after("dig")


class FormatQuery(RequestModel):
    format: Format | None = Field(default=None, description="Wins over `Accept`.")


class DigestJson(AnswerModel):
    """A digest as it was made. `content` has `top`, `rising`, `flagged` and `silent` (feeds that fail)."""

    id: str
    plan_id: str | None
    title: str
    since: datetime
    until: datetime
    created: datetime
    content: Content


class ListedDigestJson(AnswerModel):
    """A digest in a list. `entries` counts what came in."""

    id: str
    plan_id: str | None
    title: str
    since: datetime
    until: datetime
    created: datetime
    folder: str | None
    entries: int
    stories: int


class DigestList(AnswerModel):
    """Digests, newest first."""

    items: list[ListedDigestJson]
    next: str | None


class PlanRequest(RequestModel):
    """When digests are to be made."""

    name: Name = "Digest"
    hours: list[Hour] = Field(min_length=1, max_length=MOST_HOURS, description=_HOURS)
    zone: str = Field(default="UTC", max_length=100, description=_ZONE)
    stories: Stories = STORIES
    folder: str | None = Field(default=None, max_length=LONGEST_FOLDER, description=_FOLDER)
    emails: list[Email] = Field(default_factory=list, max_length=MOST_EMAILS, description=_EMAILS)


class PlanChange(RequestModel):
    """What is to be different; fields left out, or null (but for `folder`), stay as they are."""

    name: Name | None = None
    hours: list[Hour] | None = Field(default=None, min_length=1, max_length=MOST_HOURS, description=_HOURS)
    zone: str | None = Field(default=None, max_length=100, description=_ZONE)
    stories: Stories | None = None
    folder: str | None = Field(default=None, max_length=LONGEST_FOLDER, description=_FOLDER)
    emails: list[Email] | None = Field(default=None, max_length=MOST_EMAILS, description=_EMAILS)
    active: bool | None = None


class PlanPath(RequestModel):
    plan_id: str = Field(max_length=100)


class PlanQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("dpl")


class PlanJson(AnswerModel):
    """A plan. The next digest is made at `next_due` and covers what came in since `covered_to`."""

    id: str
    name: str
    hours: list[str]
    zone: str
    stories: int
    folder: str | None
    emails: list[str]
    active: bool
    next_due: datetime | None = Field(description="null for a plan that isn't active.")
    covered_to: datetime
    created: datetime


class PlanList(AnswerModel):
    """Plans, newest first."""

    items: list[PlanJson]
    next: str | None
