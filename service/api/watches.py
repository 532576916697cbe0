"""/v1/watches: what is looked for in everything that comes in, who is told, and what was found."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from service.api import idempotency
from service.api.mails import mail_json
from service.api.requests import answer, invalid, reads, refuse
from service.api.routes import Route
from service.api.watch_schemas import (
    AlertJson,
    AlertList,
    MailList,
    PageQuery,
    PreviewAnswer,
    PreviewRequest,
    WatchChange,
    WatchJson,
    WatchList,
    WatchPath,
    WatchRequest,
)
from service.context import current, principal, services
from service.errors import FieldError, Problem
from service.field_rules import NO_MAIL
from service.monitor import alert_mail, alerting, previewing, watch_rules
from service.store import alerts, mails, watches
from service.store.alerts import Alert
from service.store.watches import TooManyWatches, Watch

_QUIET = ("quiet_from", "quiet_to")


@reads()
def create_watch(body: WatchRequest) -> Response:
    """Make a watch.

    It is asked of everything that comes in from now on, and tells once of each story. Try the query with
    /v1/watch-preview first.
    """
    fields = body.model_dump()
    _refuse(fields)
    with services().database.write() as session:
        try:
            made = watches.add(session, principal().owner, datetime.now(UTC), watch_rules.tidy(fields))
        except TooManyWatches as error:
            raise invalid(FieldError("", str(error))) from error
        response = answer(_json(made))
        response.status_code = 201
        response.headers["Location"] = f"{request.script_root}/v1/watches/{made.id}"
        idempotency.keep(session, response)
    return response


@reads()
def list_watches(query: PageQuery) -> Response:
    """List watches, newest first."""
    with services().database.read() as session:
        found = watches.page(session, principal().owner, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(WatchList(items=[_json(watch) for watch in page], next=after))


@reads()
def get_watch(path: WatchPath) -> Response:
    """Look a watch up."""
    with services().database.read() as session:
        return answer(_json(_own(session, path.watch_id)))


@reads()
def change_watch(path: WatchPath, body: WatchChange) -> Response:
    """Change a watch, pause it, or set it going again.

    Alerts that wait are judged anew: with the quiet hours gone they are sent at once. Stories that it has
    told of are not told again, whatever the query.
    """
    said = body.model_dump(exclude_unset=True)
    fields = {name: value for name, value in said.items() if value is not None or name in _QUIET}
    with services().database.write() as session:
        before = _own(session, path.watch_id)
        quiet = {name: fields.get(name, getattr(before, name)) for name in _QUIET}
        _refuse(fields | (quiet if any(name in fields for name in _QUIET) else {}))
        tidy = watch_rules.tidy(fields)
        changed = watches.change(session, before.owner, before.id, datetime.now(UTC), tidy)
    services().alerting.notify()
    return answer(_json(changed or before))


@reads()
def delete_watch(path: WatchPath) -> Response:
    """Delete a watch.

    With its alerts; messages that were written about them are sent all the same.
    """
    with services().database.write() as session:
        if not watches.remove(session, principal().owner, path.watch_id):
            raise _unknown()
    return Response(status=204)


@reads()
def preview_watch(body: PreviewRequest) -> Response:
    """Try a query on what has come in.

    Says how many entries, and how many stories, it would have found, and shows the latest with what it hits.
    """
    _refuse({"query": body.query})
    since = datetime.now(UTC) - timedelta(days=body.days)
    with services().database.read() as session:
        found = previewing.preview(session, principal().owner, body.query, since, body.limit)
    items = [previewing.match_fields(match) for match in found.matches]
    return answer(
        PreviewAnswer.model_validate(
            {"count": found.count, "stories": found.stories, "more": found.more, "items": items}
        )
    )


@reads()
def list_alerts(path: WatchPath, query: PageQuery) -> Response:
    """List what a watch has found, newest first.

    Alerts are kept for 90 days.
    """
    with services().database.read() as session:
        watch = _own(session, path.watch_id)
        found = alerts.page(session, watch.owner, watch.id, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(AlertList(items=[_alert_json(watch, alert) for alert in page], next=after))


@reads()
def test_watch(path: WatchPath) -> Response:
    """Send a test mail.

    To each address of the watch, whatever its quiet hours; /v1/mails says what became of it. Webhooks have a
    test of their own.
    """
    now = datetime.now(UTC)
    with services().database.write() as session:
        watch = _own(session, path.watch_id)
        if not services().mail.is_set_up:
            raise invalid(FieldError("/emails", NO_MAIL))
        if not watch.emails:
            raise invalid(FieldError("/emails", "is empty: there is nobody to write to"))
        mail = alert_mail.write_test(watch, current().config.public_url)
        ids = [
            mails.queue(session, watch.owner, recipient, mail.subject, mail.text, mail.html, now)
            for recipient in watch.emails
        ]
        queued = [mail for mail in mails.page(session, watch.owner, len(ids)) if mail.id in ids]
    services().mail.notify()
    response = answer(MailList(items=[mail_json(mail) for mail in queued], next=None))
    response.status_code = 202
    return response


def _refuse(fields: Mapping[str, Any]) -> None:
    """Raises `Problem` when something is wrong with these fields."""
    refuse(watch_rules.wrong(fields, services().mail.recipients))


def _own(session: Session, watch_id: str) -> Watch:
    watch = watches.get(session, principal().owner, watch_id)
    if watch is None:
        raise _unknown()
    return watch


def _unknown() -> Problem:
    return Problem("not_found", "There is no watch with this id.")


def _json(watch: Watch) -> WatchJson:
    fields = {name: getattr(watch, name) for name in WatchJson.model_fields}
    return WatchJson.model_validate(fields | {"emails": list(watch.emails)})


def _alert_json(watch: Watch, alert: Alert) -> AlertJson:
    due = alert.due if alert.state == "waiting" else None
    return AlertJson.model_validate(
        alerting.fields(watch, alert) | {"state": alert.state, "due": due, "sent": alert.sent}
    )


ROUTES = (
    Route("POST", "/v1/watches", create_watch, WatchJson, "watches", scope="feeds", status=201),
    Route("GET", "/v1/watches", list_watches, WatchList, "watches", scope="feeds"),
    Route("POST", "/v1/watch-preview", preview_watch, PreviewAnswer, "watches", scope="feeds"),
    Route("GET", "/v1/watches/<watch_id>", get_watch, WatchJson, "watches", scope="feeds"),
    Route("PATCH", "/v1/watches/<watch_id>", change_watch, WatchJson, "watches", scope="feeds"),
    Route("DELETE", "/v1/watches/<watch_id>", delete_watch, None, "watches", scope="feeds", status=204),
    Route("GET", "/v1/watches/<watch_id>/alerts", list_alerts, AlertList, "watches", scope="feeds"),
    Route("POST", "/v1/watches/<watch_id>/test", test_watch, MailList, "watches", scope="feeds", status=202),
)
