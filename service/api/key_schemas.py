"""The JSON of keys and usage."""

from datetime import date, datetime

from pydantic import Field

from service.api.schemas import AnswerModel, RequestModel, page_after
from service.principal import Scope

#: What names of keys and teams look like. "local" is the team of callers without a key.
NAME = r"^[\w.@-][\w .@-]*$"
LONGEST = 100
MOST = 200


class KeyRequest(RequestModel):
    """A key to make."""

    name: str = Field(
        max_length=LONGEST, pattern=NAME, description="For people: whose key it is, or what for."
    )
    team: str | None = Field(
        default=None,
        max_length=LONGEST,
        pattern=NAME,
        description="Keys of a team see what any of them made. Without one the key is by itself.",
    )
    scopes: list[Scope] = Field(default=["translate"], min_length=1, max_length=10)
    daily_characters: int | None = Field(
        default=None, ge=1, le=10**12, description="Own quota of a day instead of the configured one."
    )


class KeyPath(RequestModel):
    key_id: str = Field(max_length=100)


class KeyQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=MOST)
    after: str | None = page_after("key")


class KeyJson(AnswerModel):
    """A key. `secret` stands in the answer that made it and nowhere else; `hint` is its beginning."""

    id: str
    name: str
    team: str
    scopes: list[Scope]
    daily_characters: int | None
    hint: str
    created: datetime
    revoked: datetime | None
    secret: str | None = Field(None, description="Only when the key was just made.")


class KeyList(AnswerModel):
    """Keys, newest first."""

    items: list[KeyJson]
    next: str | None


class UsageQuery(RequestModel):
    days: int = Field(default=30, ge=1, le=366, description="How many days back, today included.")


class DayJson(AnswerModel):
    day: date
    characters: int
    requests: int


class UsageResponse(AnswerModel):
    """What the caller's key used: code points of source text by day (UTC). Without a quota `left` is null."""

    key_id: str
    team: str
    daily_characters: int | None
    used: int
    left: int | None
    resets: datetime
    items: list[DayJson]
    next: str | None
