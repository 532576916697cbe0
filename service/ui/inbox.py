"""The inbox: stories of the reader's feeds, newest first, with what is unread and starred."""

import re
from datetime import UTC, datetime
from functools import partial

from flask import Response, current_app, request, stream_with_context, url_for

from models import query as queries
from models.query import Query, QueryError
from service.api.requests import invalid
from service.context import current, principal, services
from service.errors import FieldError, Problem
from service.rows import Mark, Piece, cut, direction
from service.store import inbox as kept
from service.store import stories
from service.ui import inbox_events
from service.ui.pages import PageRoute, go, local, render, sent
from service.ui.wanted import SHOWS, Wanted

#: Stories on a page.
PAGE = 30
#: Sentences of a summary that the list shows.
BRIEF = 2
#: What a ticked or listed story is sent as: its id and the revision that was on the page.
_SEEN = re.compile(r"(sto_\w{1,40}):(\d{1,9})")


def inbox() -> Response:
    """The list, or what to do where there is nothing to list."""
    wanted, caller = Wanted.of(request.args), principal()
    if wanted.after and wanted.place is None:
        raise invalid(FieldError("/after", "is not the place of a page"))
    query, wrong = _searched(wanted)
    with services().database.read() as session:
        changed = kept.latest_change(
            session, caller.owner
        )  # before the list: nothing between the two is lost
        only = [] if wrong else None if query is None else kept.found(session, caller.owner, query)
        wish = wanted.filter(caller.key_id)
        found = kept.lines(session, caller.owner, caller.key_id, wish, PAGE + 1, wanted.place, only=only)
        shelf = kept.shelf(session, caller.owner)
        unread = kept.unread(session, caller.owner, caller.key_id)
        progress = kept.progress(session, caller.owner)
    lines = found[:PAGE]
    return render(
        "inbox.html",
        wanted=wanted,
        shows=SHOWS,
        lines=lines,
        hits=partial(_hits, query),
        wrong_query=wrong,
        older=stories.cursor(lines[-1].story) if len(found) > PAGE else None,
        shelf=shelf,
        unread=count(unread),
        progress=progress,
        events=url_for("ui.inbox_news", **wanted.choice(), since=changed.isoformat()),
        brief=BRIEF,
        feeds_page=_address("feeds"),
        outlet=wanted.outlet(),
        direction=direction,
        notice=_notice(request.args.get("done", "")),
    )


def mark_shown_read() -> Response:
    """Mark what stood on the page as read, as it stood there: what came in since stays unread."""
    form, reader = sent(), principal().key_id
    seen = [match for one in form.many("story") if (match := _SEEN.fullmatch(one))]
    with services().database.write() as session:
        for match in seen:
            story = stories.get(session, principal().owner, match[1])
            if story is not None:
                stories.mark_read(session, reader, story.id, min(int(match[2]), story.revision))
    return go(local(form.one("back"), url_for("ui.inbox")))


def inbox_news() -> Response:
    """What changed since the page was made (server-sent events), for a button that says so."""
    wanted, caller, database = Wanted.of(request.args), principal(), services().database
    since = _moment(request.args.get("since", ""))
    if not services().streams.enter():
        most = current().config.limits.event_streams
        raise Problem("too_many_streams", f"{most} event streams are open already.", retry_after=30)
    services().metrics.event_streams.inc()
    runtime = current()
    wish, query = wanted.filter(caller.key_id), wanted.readable()
    looks = inbox_events.Looks(database, caller.owner, caller.key_id, wish, query, since)
    response = Response(
        stream_with_context(inbox_events.told(looks, lambda: runtime.draining)), mimetype=inbox_events.EVENTS
    )
    response.call_on_close(services().streams.leave)
    response.call_on_close(services().metrics.event_streams.dec)
    response.headers["X-Accel-Buffering"] = "no"  # nginx would collect them
    return response


def count(unread: int) -> str:
    """The number of unread stories for people."""
    return f"{kept.MOST_COUNTED - 1}+" if unread >= kept.MOST_COUNTED else str(unread)


def _searched(wanted: Wanted) -> tuple[Query | None, str]:
    """What is looked for, and why that can't be read, if it can't."""
    try:
        return wanted.search(), ""
    except QueryError as error:
        return None, error.message


def _hits(query: Query | None, text: str) -> tuple[Piece, ...]:
    """The text cut at the words that were looked for; these have `cites`."""
    spans = [] if query is None else queries.highlights(query, text)
    return cut(text, [Mark(span, cite=0) for span in spans])


def _address(endpoint: str) -> str | None:
    """Where a page is, if there is such a page."""
    name = f"ui.{endpoint}"
    return url_for(name) if name in current_app.view_functions else None


def _moment(written: str) -> datetime:
    """When the page was made; now, when the address doesn't say it."""
    try:
        when = datetime.fromisoformat(written)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)


def _notice(done: str) -> str:
    return {"gone": "That story is no more: it was merged with another, or its entries were deleted."}.get(
        done, ""
    )


PAGES = (
    PageRoute("GET", "/inbox", inbox),
    PageRoute("POST", "/inbox/read", mark_shown_read),
    PageRoute("GET", "/inbox/events", inbox_news),
)
