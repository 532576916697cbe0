"""Webhooks in the store, and the deliveries that wait for them: an outbox (`outbox.py`).

`announce` writes deliveries in the transaction that ends the work they tell of: either both are written or
neither. A delivery is `delivered` once the receiver has taken it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.ids import new_id
from service.store.outbox import Message, Outbox, fresh
from service.store.owner_lock import lock
from service.store.tables import DeliveryRow, WebhookRow

#: Webhooks of one owner: each end of a job writes a row for each of them.
MOST = 20


class TooManyWebhooks(Exception):
    """The owner has `MOST` of them."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Whom to tell of which events. `gone`: when its receiver said that it is no more (410)."""

    id: str
    owner: str
    url: str
    secret: str = field(repr=False)
    events: tuple[str, ...]
    created: datetime
    gone: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery(Message):
    """A message; fields as in `DeliveryRow`. `payload` is JSON, sent as it is."""

    webhook_id: str
    event: str
    payload: str
    last_status: int | None
    delivered: datetime | None


OUTBOX = Outbox(DeliveryRow, Delivery, "delivered")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A webhook for which deliveries are due, the first of them since `since`."""

    webhook_id: str
    url: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed. `status` is what the receiver answered, if it did."""

    error: str
    status: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {"last_status": self.status, "last_error": self.error}


def add(session: Session, webhook: Webhook) -> None:
    """Keep a new webhook. Raises `TooManyWebhooks`."""
    lock(session, "webhooks", webhook.owner)
    held = session.scalar(select(func.count()).where(WebhookRow.owner == webhook.owner)) or 0
    if held >= MOST:
        raise TooManyWebhooks(f"There are {MOST} webhooks already.")
    session.add(
        WebhookRow(
            id=webhook.id,
            owner=webhook.owner,
            url=webhook.url,
            secret=webhook.secret,
            events=list(webhook.events),
            created=webhook.created,
            gone=webhook.gone,
        )
    )


def get(session: Session, owner: str, webhook_id: str) -> Webhook | None:
    """The owner's webhook with this id."""
    wanted = select(WebhookRow).where(WebhookRow.id == webhook_id, WebhookRow.owner == owner)
    row = session.scalar(wanted)
    return None if row is None else _webhook(row)


def page(session: Session, owner: str, limit: int, after: str | None = None) -> list[Webhook]:
    """Up to `limit` webhooks, newest first; `after` is the last id of the page before."""
    wanted = select(WebhookRow).where(WebhookRow.owner == owner).order_by(WebhookRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(WebhookRow.id < after)
    return [_webhook(row) for row in session.scalars(wanted)]


def remove(session: Session, owner: str, webhook_id: str) -> bool:
    """Delete a webhook with its deliveries; False when the owner has none with this id."""
    removed = session.execute(
        delete(WebhookRow).where(WebhookRow.id == webhook_id, WebhookRow.owner == owner)
    )
    return _count(removed) > 0


def announce(session: Session, owner: str, event: str, data: Mapping[str, Any], now: datetime) -> int:
    """Write a delivery for each webhook of the owner that wants `event`; answers how many. `data` is what
    happened, as the API shows it; its times may be `datetime`.

    The webhooks are held, so that none is deleted under its delivery: that would undo the end of the work."""
    wanted = select(WebhookRow).where(WebhookRow.owner == owner, WebhookRow.gone.is_(None))
    held = wanted.order_by(WebhookRow.id).with_for_update(read=True, key_share=True)
    told = [row.id for row in session.scalars(held) if event in row.events]
    if told:
        rows = [_fresh(webhook_id, event, data, now) for webhook_id in told]
        session.execute(insert(DeliveryRow), rows)
    return len(told)


def deliver(
    session: Session, webhook_id: str, event: str, data: Mapping[str, Any], now: datetime
) -> Delivery:
    """Write a delivery for one webhook, due at once."""
    row = _fresh(webhook_id, event, data, now)
    session.execute(insert(DeliveryRow), [row])
    return Delivery(**row)


def _fresh(webhook_id: str, event: str, data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    id = new_id("dlv")
    payload = {"id": id, "event": event, "created": now, "data": data}
    return fresh(id, now) | {
        "webhook_id": webhook_id,
        "event": event,
        "payload": json.dumps(payload, ensure_ascii=False, default=_instant),
        "last_status": None,
        "delivered": None,
    }


def due(session: Session, now: datetime) -> list[Waiting]:
    """The webhooks for which something is to be sent now, whoever has waited longest first."""
    # Looked up in the index for each webhook: a backlog of one must not be read for every message.
    first = (
        select(func.min(DeliveryRow.next_attempt))
        .where(DeliveryRow.webhook_id == WebhookRow.id, DeliveryRow.state == "waiting")
        .scalar_subquery()
    )
    since = first.label("since")
    wanted = select(WebhookRow.id, WebhookRow.url, since).where(first <= now).order_by(since)
    return [Waiting(*row) for row in session.execute(wanted)]


def claim(
    session: Session, webhook_id: str, now: datetime, lease: timedelta
) -> tuple[Webhook, Delivery] | None:
    """Take the delivery of a webhook that is due first; until `lease` has passed nobody else gets it."""
    webhook = session.get(WebhookRow, webhook_id)
    if webhook is None:
        return None
    delivery = OUTBOX.claim(session, now, lease, DeliveryRow.webhook_id == webhook_id)
    return None if delivery is None else (_webhook(webhook), delivery)


def delivered(session: Session, delivery: Delivery, status: int, now: datetime) -> bool:
    """The receiver has taken it; a webhook that was gone is back. False, and nothing written, when a later
    attempt was made meanwhile."""
    if not OUTBOX.arrived(session, delivery, now, last_status=status):
        return False
    session.execute(
        update(WebhookRow)
        .where(WebhookRow.id == delivery.webhook_id, WebhookRow.gone.is_not(None))
        .values(gone=None)
    )
    return True


def failed(session: Session, delivery: Delivery, failure: Failure, again: datetime) -> bool:
    """The attempt failed; try `again` then. False as above."""
    return OUTBOX.failed(session, delivery, again, **failure.columns)


def died(session: Session, delivery: Delivery, failure: Failure, now: datetime) -> bool:
    """The attempt failed and was the last one. False as above."""
    return OUTBOX.died(session, delivery, now, **failure.columns)


def gone(session: Session, delivery: Delivery, failure: Failure, now: datetime) -> bool:
    """The receiver is no more: nothing else is sent there, neither what waits nor what would come. False as
    above."""
    if not died(session, delivery, failure, now):
        return False
    session.execute(update(WebhookRow).where(WebhookRow.id == delivery.webhook_id).values(gone=now))
    session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.webhook_id == delivery.webhook_id, DeliveryRow.state == "waiting")
        .values(state="dead", next_attempt=now, **failure.columns)
    )
    return True


def redeliver(session: Session, webhook_id: str, delivery_id: str, now: datetime) -> Delivery | None:
    """Send it at once, as `Outbox.resend` says. None when the webhook has no such delivery."""
    return OUTBOX.resend(session, now, DeliveryRow.id == delivery_id, DeliveryRow.webhook_id == webhook_id)


def deliveries(
    session: Session, webhook_id: str, limit: int, after: str | None = None, state: str | None = None
) -> list[Delivery]:
    """Up to `limit` deliveries of a webhook, newest first; `after` is the last id of the page before."""
    return OUTBOX.page(session, limit, after, state, DeliveryRow.webhook_id == webhook_id)


def _instant(value: Any) -> str:
    """A time as the API writes it."""
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} is no JSON")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook(row.id, row.owner, row.url, row.secret, tuple(row.events), row.created, row.gone)


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
