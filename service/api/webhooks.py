"""/v1/webhooks: who is told when work has ended, and what became of each message."""

import json
from datetime import UTC, datetime

from flask import Response, request
from sqlalchemy.orm import Session

from service.api.requests import answer, invalid, reads
from service.api.routes import Route
from service.api.webhook_schemas import (
    DeliveryJson,
    DeliveryList,
    DeliveryPath,
    DeliveryQuery,
    WebhookJson,
    WebhookList,
    WebhookPath,
    WebhookQuery,
    WebhookRequest,
)
from service.context import principal, services
from service.errors import FieldError, Problem
from service.ingest.fetch import FetchRefused
from service.jobs.endings import EVENTS
from service.store import webhooks
from service.store.ids import new_id
from service.store.webhooks import Delivery, TooManyWebhooks, Webhook
from service.webhooks import signing

#: What a test sends.
PING = "ping"
#: Seconds for the look-up of a host when a webhook is made.
CHECK_SECONDS = 5.0


@reads()
def create_webhook(body: WebhookRequest) -> Response:
    """Make a webhook.

    Its secret is in this answer and nowhere else: it can't be shown again. A URL to which nothing would be
    sent is refused with the reason.
    """
    try:
        services().fetcher.check(body.url, CHECK_SECONDS)
    except FetchRefused as refused:
        raise invalid(FieldError("/url", str(refused))) from refused
    wanted = tuple(event for event in EVENTS if event in body.events)
    owner, now = principal().owner, datetime.now(UTC)
    webhook = Webhook(new_id("whk"), owner, body.url, signing.new_secret(), wanted, now)
    with services().database.write() as session:
        try:
            webhooks.add(session, webhook)
        except TooManyWebhooks as error:
            raise invalid(FieldError("", str(error))) from error
    response = answer(_json(webhook, webhook.secret))
    response.status_code = 201
    response.headers["Location"] = f"{request.script_root}/v1/webhooks/{webhook.id}"
    response.headers["Cache-Control"] = "no-store"
    return response


@reads()
def list_webhooks(query: WebhookQuery) -> Response:
    """List webhooks, newest first."""
    with services().database.read() as session:
        found = webhooks.page(session, principal().owner, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(WebhookList(items=[_json(webhook) for webhook in page], next=after))


@reads()
def get_webhook(path: WebhookPath) -> Response:
    """Look a webhook up."""
    with services().database.read() as session:
        return answer(_json(_own(session, path.webhook_id)))


@reads()
def delete_webhook(path: WebhookPath) -> Response:
    """Delete a webhook.

    With its deliveries, those that wait too; one that is on its way may still arrive.
    """
    with services().database.write() as session:
        if not webhooks.remove(session, principal().owner, path.webhook_id):
            raise _unknown()
    return Response(status=204)


@reads()
def send_test(path: WebhookPath) -> Response:
    """Send a test.

    A delivery with the event `ping`; the list of deliveries says what became of it. When it gets through, a
    webhook that was `gone` is used again.
    """
    with services().database.write() as session:
        webhook = _own(session, path.webhook_id)
        sent = webhooks.deliver(
            session, webhook.id, PING, {"webhook_id": webhook.id, "events": webhook.events}, datetime.now(UTC)
        )
    return _accepted(sent)


@reads()
def list_deliveries(path: WebhookPath, query: DeliveryQuery) -> Response:
    """List the deliveries of a webhook, newest first.

    Those that were tried in vain `webhooks.max_attempts` times are `dead`. What is at rest is kept for
    `jobs.retention_days`.
    """
    with services().database.read() as session:
        webhook = _own(session, path.webhook_id)
        found = webhooks.deliveries(session, webhook.id, query.limit + 1, query.after, query.state)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(DeliveryList(items=[_delivery_json(delivery) for delivery in page], next=after))


@reads()
def redeliver(path: DeliveryPath) -> Response:
    """Send a delivery again.

    At once and with the same id, whatever became of it; a dead one gets all its attempts again.
    """
    with services().database.write() as session:
        webhook = _own(session, path.webhook_id)
        sent = webhooks.redeliver(session, webhook.id, path.delivery_id, datetime.now(UTC))
    if sent is None:
        raise Problem("not_found", "The webhook has no delivery with this id.")
    return _accepted(sent)


def _accepted(delivery: Delivery) -> Response:
    services().deliverer.notify()
    response = answer(_delivery_json(delivery))
    response.status_code = 202
    return response


def _own(session: Session, webhook_id: str) -> Webhook:
    webhook = webhooks.get(session, principal().owner, webhook_id)
    if webhook is None:
        raise _unknown()
    return webhook


def _unknown() -> Problem:
    return Problem("not_found", "There is no webhook with this id.")


def _json(webhook: Webhook, secret: str | None = None) -> WebhookJson:
    fields = {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "created": webhook.created,
        "gone": webhook.gone,
    }
    return WebhookJson.model_validate(fields if secret is None else fields | {"secret": secret})


def _delivery_json(delivery: Delivery) -> DeliveryJson:
    return DeliveryJson.model_validate(
        {
            "id": delivery.id,
            "event": delivery.event,
            "state": delivery.state,
            "attempts": delivery.attempts,
            "next_attempt": delivery.next_attempt if delivery.state == "waiting" else None,
            "last_status": delivery.last_status,
            "last_error": delivery.last_error,
            "created": delivery.created,
            "delivered": delivery.delivered,
            "payload": json.loads(delivery.payload),
        }
    )


ROUTES = (
    Route("POST", "/v1/webhooks", create_webhook, WebhookJson, "webhooks", status=201),
    Route("GET", "/v1/webhooks", list_webhooks, WebhookList, "webhooks"),
    Route("GET", "/v1/webhooks/<webhook_id>", get_webhook, WebhookJson, "webhooks"),
    Route("DELETE", "/v1/webhooks/<webhook_id>", delete_webhook, None, "webhooks", status=204),
    Route("POST", "/v1/webhooks/<webhook_id>/test", send_test, DeliveryJson, "webhooks", status=202),
    Route("GET", "/v1/webhooks/<webhook_id>/deliveries", list_deliveries, DeliveryList, "webhooks"),
    Route(
        "POST",
        "/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver",
        redeliver,
        DeliveryJson,
        "webhooks",
        status=202,
    ),
)
