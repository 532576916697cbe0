"""The pages of watches: what is looked for in everything that comes in, who is told, and what was found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from models import query as queries
from models.query import QueryError
from service import zones
from service.api import watches as watch_api
from service.context import principal, services
from service.errors import Problem
from service.monitor import previewing, watch_rules
from service.rows import direction
from service.store import alerts, watch_overview
from service.store import watches as kept
from service.store.watches import TooManyWatches, Watch
from service.ui import hits
from service.ui.hits import Hit, Pieces
from service.ui.pages import PageRoute, Sent, go, render, sent
from service.ui.trials import Trial, sentence

#: Watches in the list; hits of a preview, and days that it looks back; alerts of a watch.
MOST, SHOWN, DAYS, ALERTS = 200, 8, 30, 30
DONE = {
    "made": "The watch is on: it looks at everything that comes in from now on.",
    "changed": "Saved.",
    "paused": "The watch is paused: it finds nothing until it goes on.",
    "resumed": "The watch goes on.",
    "removed": "The watch is gone, and what it found with it.",
    "tested": "A test mail is on its way to each address.",
}
STATES = {"waiting": "waits to be told", "sent": "told", "dropped": "not told"}
_FIELDS = ("name", "query", "throttle_minutes", "quiet_from", "quiet_to", "zone")
_EMAIL_ENDS = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a query would have found, or why it can't be asked."""

    query: str
    wrong: str = ""
    place: Pieces = ()
    count: int = 0
    stories: int = 0
    more: bool = False
    hits: Sequence[Hit] = ()
    days: int = DAYS


def watches() -> Response:
    """All watches, with what each has found."""
    owner = principal().owner
    with services().database.read() as session:
        found = watch_overview.found(session, owner)
        mine = kept.page(session, owner, MOST)
    return render("watches.html", watches=mine, found=found, direction=direction, notice=_notice())


def new_watch() -> Response:
    """The empty form; `?query=` fills it, so that a search can become a watch."""
    query = request.args.get("query", "")[: watch_rules.LONGEST_QUERY]
    zone = request.args.get("zone", "UTC")
    typed = {"query": query, "webhooks": "on", "throttle_minutes": "0", "zone": zone}
    return _editor(None, Trial(typed=typed), _preview(query) if query else None)


def make_watch() -> Response:
    form = sent()
    fields, wrong = _read(form)
    if form.one("do") == "preview" or wrong:
        return _again(None, form, wrong)
    try:
        with services().database.write() as session:
            made = kept.add(session, principal().owner, datetime.now(UTC), watch_rules.tidy(fields))
    except TooManyWatches as error:
        return _again(None, form, {"name": str(error)})
    return go(url_for("ui.watch_details", watch_id=made.id, done="made"))


def watch_details(watch_id: str) -> Response:
    """A watch: its form, what it would have found, and what it found."""
    with services().database.read() as session:
        watch = _own(session, watch_id)
    return _editor(watch, Trial(typed=_typed(watch)), None, notice=_notice())


def change_watch_form(watch_id: str) -> Response:
    form = sent()
    with services().database.read() as session:
        watch = _own(session, watch_id)
    fields, wrong = _read(form)
    if form.one("do") == "preview" or wrong:
        return _again(watch, form, wrong)
    with services().database.write() as session:
        kept.change(session, watch.owner, watch.id, datetime.now(UTC), watch_rules.tidy(fields))
    services().alerting.notify()
    return go(url_for("ui.watch_details", watch_id=watch.id, done="changed"))


def pause_watch(watch_id: str) -> Response:
    """Pause a watch, or set it going again."""
    goes_on = sent().one("do") == "resume"
    with services().database.write() as session:
        watch = _own(session, watch_id)
        kept.change(session, watch.owner, watch.id, datetime.now(UTC), {"active": goes_on})
    services().alerting.notify()
    return go(url_for("ui.watches", done="resumed" if goes_on else "paused"))


def send_test_mail(watch_id: str) -> Response:
    watch_api.test_watch(watch_id=watch_id)
    return go(url_for("ui.watch_details", watch_id=watch_id, done="tested"))


def ask_remove_watch(watch_id: str) -> Response:
    """Ask before a watch goes with what it found."""
    with services().database.read() as session:
        watch = _own(session, watch_id)
    return render("watch_remove.html", watch=watch, direction=direction)


def remove_watch(watch_id: str) -> Response:
    with services().database.write() as session:
        kept.remove(session, _own(session, watch_id).owner, watch_id)
    return go(url_for("ui.watches", done="removed"))


def watch_preview() -> Response:
    """What `?query=` would have found, as a part of a page: for the editor's script, while somebody types."""
    query = request.args.get("query", "")[: watch_rules.LONGEST_QUERY + 1]
    return render("watch_preview.html", preview=_preview(query), direction=direction)


def _preview(query: str) -> Preview:
    if (reason := watch_rules.wrong_query(query)) is not None:
        return Preview(query, sentence(reason), _place(query))
    since = datetime.now(UTC) - timedelta(days=DAYS)
    with services().database.read() as session:
        found = previewing.preview(session, principal().owner, query, since, SHOWN)
    shown = [hits.of_match(previewing.match_fields(match)) for match in found.matches]
    return Preview(query, "", (), found.count, found.stories, found.more, shown)


def _place(query: str) -> Pieces:
    try:
        queries.parse(query[: watch_rules.LONGEST_QUERY])
    except QueryError as error:
        return hits.faulty(query, error)
    return ()


def _again(watch: Watch | None, form: Sent, wrong: Mapping[str, str]) -> Response:
    """The form once more, with all that was typed: because a preview was asked for, or something is wrong."""
    typed = {name: form.one(name) for name in (*_FIELDS, "emails", "webhooks")}
    if form.one("do") == "preview":
        # Other fields may not be filled yet.
        wrong = {name: reason for name, reason in wrong.items() if name == "query"}
    asked = _preview(typed["query"]) if typed["query"] else None
    return _editor(watch, Trial("watch", typed, wrong), asked, 422 if wrong else 200)


def _editor(
    watch: Watch | None, trial: Trial, preview: Preview | None, status: int = 200, notice: str | None = None
) -> Response:
    found: list[Hit] = []
    if watch is not None:
        with services().database.read() as session:
            found = [hits.of_alert(a) for a in alerts.page(session, watch.owner, watch.id, ALERTS)]
    return render(
        "watch.html",
        status,
        watch=watch,
        trial=trial,
        preview=preview,
        place=_place(trial.value("query")) if "query" in trial.wrong else (),
        found=found,
        states=STATES,
        has_mail=services().mail.is_set_up,
        zones=zones.choices(),
        direction=direction,
        notice=notice,
    )


def _read(form: Sent) -> tuple[dict[str, Any], dict[str, str]]:
    """The watch's fields, and what is wrong with them."""
    minutes = form.one("throttle_minutes", "0").strip()
    fields: dict[str, Any] = {
        "name": form.one("name"),
        "query": form.one("query"),
        "webhooks": bool(form.one("webhooks")),
        "emails": tuple(email for email in _EMAIL_ENDS.split(form.one("emails")) if email),
        "throttle_minutes": int(minutes) if minutes.isdecimal() and len(minutes) < 9 else -1,
        "quiet_from": form.one("quiet_from") or None,
        "quiet_to": form.one("quiet_to") or None,
        "zone": form.one("zone", "UTC").strip(),
    }
    wrong: dict[str, str] = {}
    for one in watch_rules.wrong(fields, services().mail.recipients):
        wrong.setdefault(one.field, sentence(one.reason))
    return fields, wrong


def _typed(watch: Watch) -> dict[str, str]:
    """The form as it is for this watch."""
    return {
        "name": watch.name,
        "query": watch.query,
        "webhooks": "on" if watch.webhooks else "",
        "emails": "\n".join(watch.emails),
        "throttle_minutes": str(watch.throttle_minutes),
        "quiet_from": watch.quiet_from or "",
        "quiet_to": watch.quiet_to or "",
        "zone": watch.zone,
    }


def _own(session: Session, watch_id: str) -> Watch:
    watch = kept.get(session, principal().owner, watch_id)
    if watch is None:
        raise Problem("not_found", "There is no watch with this id.")
    return watch


def _notice() -> str | None:
    return DONE.get(request.args.get("done", ""))


PAGES = (
    PageRoute("GET", "/watches", watches),
    PageRoute("POST", "/watches", make_watch),
    PageRoute("GET", "/watches/new", new_watch),
    PageRoute("GET", "/watches/preview", watch_preview),
    PageRoute("GET", "/watches/<watch_id>", watch_details),
    PageRoute("POST", "/watches/<watch_id>", change_watch_form),
    PageRoute("POST", "/watches/<watch_id>/active", pause_watch),
    PageRoute("POST", "/watches/<watch_id>/test", send_test_mail),
    PageRoute("GET", "/watches/<watch_id>/remove", ask_remove_watch),
    PageRoute("POST", "/watches/<watch_id>/remove", remove_watch),
)
