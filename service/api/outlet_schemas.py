"""The JSON of feeds that go out."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.api.schemas import AnswerModel, RequestModel, page_after
from service.store.outlets import Kind

Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]

_TARGET = (
    "The folder's name, the watch's id, or the query (as in /v1/search); nothing for `stories`, "
    "which are all of them."
)


class OutletRequest(RequestModel):
    """A feed to make."""

    title: Title = Field(description="What readers will call the feed.")
    kind: Kind = "stories"
    target: str = Field(default="", max_length=2000, description=_TARGET)


class OutletChange(RequestModel):
    """What is to be different; null, or left out: stays as it is."""

    title: Title | None = None


class OutletPath(RequestModel):
    outlet_id: str = Field(max_length=100)


class OutletQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("out")


class FeedPathOut(RequestModel):
    secret: str = Field(max_length=200)


class AddressesJson(AnswerModel):
    """The same feed in three formats. Whoever knows an address can read it, without a key."""

    rss: str
    atom: str
    json_feed: str


class OutletJson(AnswerModel):
    """A feed that goes out."""

    id: str
    title: str
    kind: Kind
    target: str
    addresses: AddressesJson
    created: datetime


class OutletList(AnswerModel):
    """Feeds that go out, newest first."""

    items: list[OutletJson]
    next: str | None
