"""The JSON of batches."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, WrapValidator

from service.api.job_schemas import JobJson, State
from service.api.schemas import AnswerModel, RequestModel, SummaryRequest, TranslationRequest, page_after

BatchKind = Literal["summary", "translation"]
CustomId = Annotated[
    str | None,
    Field(default=None, min_length=1, max_length=200, description="Your name for the item; once in a batch."),
]


class SummaryItem(SummaryRequest):
    """An article of a batch: what POST /v1/summaries takes, and a name for it."""

    custom_id: CustomId


class TranslationItem(TranslationRequest):
    """Texts of a batch: what POST /v1/translations takes, and a name for them."""

    custom_id: CustomId


def _as_it_came(value: Any, _: Callable[[Any], Any]) -> Any:
    """Items are validated by themselves, by what `kind` says, so that every error names its item."""
    return value


Item = Annotated[SummaryItem | TranslationItem, WrapValidator(_as_it_came)]


class BatchRequest(RequestModel):
    """Many articles: `items`, or a `file` of JSON Lines with an item a line."""

    kind: BatchKind = Field(default="summary", description="What is done with each item.")
    items: list[Item] | None = Field(default=None, description="Up to `limits.max_batch`.")


class BatchPath(RequestModel):
    batch_id: str = Field(max_length=100)


class BatchQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("bat")


class ItemQuery(RequestModel):
    state: State | None = None
    limit: int = Field(default=50, ge=1, le=200)
    after: int = Field(default=-1, ge=-1, le=10**9, description="`next` of the page before.")


class ResultQuery(RequestModel):
    start: int = Field(default=0, ge=0, le=10**9, description="Position of the first item wanted.")


class CountsJson(AnswerModel):
    """How many items are in which state."""

    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


class BatchJson(AnswerModel):
    """A batch. `finished` is when its last item ended."""

    id: str
    kind: str
    total: int
    counts: CountsJson
    created: datetime
    finished: datetime | None
    items_url: str
    results_url: str


class BatchList(AnswerModel):
    """Batches, newest first."""

    items: list[BatchJson]
    next: str | None


class ItemList(AnswerModel):
    """Items of a batch, in the order in which they were sent."""

    items: list[JobJson]
    next: str | None
