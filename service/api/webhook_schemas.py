"""The JSON of webhooks and their deliveries."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from service.api.schemas import AnswerModel, RequestModel, page_after
from service.jobs.endings import EVENTS, Event

DeliveryState = Literal["waiting", "delivered", "dead"]


class WebhookRequest(RequestModel):
    """Whom to tell of what."""

    url: str = Field(max_length=8192, description="http:// or https://, on a public address.")
    events: list[Event] = Field(
        default_factory=lambda: list(EVENTS),
        min_length=1,
        max_length=10,
        description="Default: all of them.",
    )


class WebhookPath(RequestModel):
    webhook_id: str = Field(max_length=100)


class WebhookQuery(RequestModel):
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("whk")


class DeliveryPath(RequestModel):
    webhook_id: str = Field(max_length=100)
    delivery_id: str = Field(max_length=100)


class DeliveryQuery(RequestModel):
    state: DeliveryState | None = None
    limit: int = Field(default=50, ge=1, le=200)
    after: str | None = page_after("dlv")


class WebhookJson(AnswerModel):
    """A webhook. `secret` stands in the answer that made it and nowhere else. `gone`: since when its receiver
    answers 410; nothing is sent there until a test gets through."""

    id: str
    url: str
    events: list[Event]
    created: datetime
    gone: datetime | None
    secret: str | None = Field(None, description="Only when the webhook was just made.")


class WebhookList(AnswerModel):
    """Webhooks, newest first."""

    items: list[WebhookJson]
    next: str | None


class DeliveryJson(AnswerModel):
    """A message to a webhook. `next_attempt` is there while it waits; `last_status` is what the receiver
    answered last, `last_error` why that attempt failed."""

    id: str
    event: str
    state: DeliveryState
    attempts: int
    next_attempt: datetime | None
    last_status: int | None
    last_error: str | None
    created: datetime
    delivered: datetime | None
    payload: dict[str, Any] = Field(description="What is sent: `id`, `event`, `created`, `data`.")


class DeliveryList(AnswerModel):
    """Deliveries, newest first."""

    items: list[DeliveryJson]
    next: str | None
