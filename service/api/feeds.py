"""/v1/feeds: which feeds are followed, what is done with their entries, and how they are."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from flask import Response, request
from sqlalchemy.orm import Session

from service.api import idempotency
from service.api.feed_schemas import (
    EntryCountsJson,
    FeedChange,
    FeedJson,
    FeedList,
    FeedPath,
    FeedQuery,
    FeedRequest,
    OpmlAnswer,
    OpmlRequest,
    PolicyRequest,
    WrongFeedJson,
)
from service.api.requests import answer, invalid, reads
from service.api.routes import Route
from service.body import Upload
from service.context import current, principal, services
from service.errors import FieldError, Problem
from service.ingest import opml, urls
from service.ingest.feeds import NotAFeed
from service.ingest.opml import NotOpml, Outline, Outlines
from service.monitor import health, polling, subscriptions
from service.monitor.polling import Look
from service.monitor.subscriptions import TooManyFeeds
from service.store import entries, feeds
from service.store.feeds import Feed, Policy
from service.store.owner_lock import lock

OPML = "text/x-opml"
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@reads()
def create_feed(body: FeedRequest) -> Response:
    """Follow a feed.

    It is fetched at once, so that the answer says what it is called and how many entries came in; they are
    translated in the background. A page's address is enough where the page names its feed. A feed that is
    followed already is answered with 200 and stays as it is.
    """
    owner, url, now = principal().owner, body.url.strip(), datetime.now(UTC)
    with services().database.read() as session:
        known = feeds.by_url(session, owner, url)
        if known is not None:
            return answer(_shown(session, [known], now)[0])
        _check_room(session)
    seen = looked_at(url, body.zone)
    with services().database.write() as session:
        feed, is_new = follow(session, seen, policy(body, body.folder), now)
        response = answer(_shown(session, [own(session, feed.id)], now)[0])
        response.status_code = 201 if is_new else 200
        response.headers["Location"] = f"{request.script_root}/v1/feeds/{feed.id}"
        idempotency.keep(session, response)
    services().executor.notify()
    return response


def _check_room(session: Session) -> None:
    try:
        subscriptions.check_room(session, principal().owner, current().config.monitoring.max_feeds)
    except TooManyFeeds as error:
        raise Problem("too_many_feeds", str(error)) from None


def looked_at(url: str, zone: str | None = None) -> Look:
    """The feed at an address, or that the page there names; `zone` as in `polling.look`. Raises `Problem`."""
    if urls.is_too_long_to_keep(url):
        raise invalid(FieldError("/url", f"is longer than {urls.MOST_KEPT:,} bytes"))
    try:
        seen = current().look_at_feed(url, zone)
    except NotAFeed as error:
        raise Problem("not_a_feed", str(error)) from None
    if seen.error is not None:
        raise Problem("fetch_failed", seen.error)
    return seen


def follow(session: Session, seen: Look, wanted: Policy, now: datetime) -> tuple[Feed, bool]:
    """Follow a feed that was looked at, and take its entries in. One that the caller follows already stays
    as it is; the flag says whether it is new. Raises `Problem` when there is no room for more."""
    owner, limits = principal().owner, current().config.monitoring
    lock(session, subscriptions.FEEDS, owner)
    if feeds.by_url(session, owner, seen.url) is None:
        _check_room(session)
    feed, is_new = feeds.add(session, owner, seen.url, now, policy=wanted)
    if is_new:
        polling.record(session, feed, seen, now, random.Random(), limits.first_entries)
    return feed, is_new


@reads()
def list_feeds(query: FeedQuery) -> Response:
    """List feeds, newest first, each with its health."""
    now = datetime.now(UTC)
    with services().database.read() as session:
        found = feeds.page(session, principal().owner, query.limit + 1, query.after, query.folder)
        page = found[: query.limit]
        items = _shown(session, page, now)
    after = page[-1].id if len(found) > len(page) else None
    return answer(FeedList(items=items, next=after))


@reads()
def get_feed(path: FeedPath) -> Response:
    """Look a feed up."""
    with services().database.read() as session:
        return answer(_shown(session, [own(session, path.feed_id)], datetime.now(UTC))[0])


@reads()
def change_feed(path: FeedPath, body: FeedChange) -> Response:
    """Change a feed's policy, title or folder.

    It holds for entries that are translated from now on.
    """
    values = body.model_dump(exclude_unset=True)
    nothing = ("keep_days", "zone")  # null is a value of theirs
    wanted = {name: value for name, value in values.items() if value is not None or name in nothing}
    with services().database.write() as session:
        feed = feeds.change(session, principal().owner, path.feed_id, wanted)
        if feed is None:
            raise _unknown()
        return answer(_shown(session, [feed], datetime.now(UTC))[0])


@reads()
def delete_feed(path: FeedPath) -> Response:
    """Stop following a feed.

    Its entries go with it; articles made of them stay in /v1/articles.
    """
    with services().database.write() as session:
        if not feeds.delete(session, principal().owner, path.feed_id):
            raise _unknown()
    return Response(status=204)


@reads()
def poll_feed(path: FeedPath) -> Response:
    """Look at a feed now, whatever its rhythm; also at one that was retired.

    Answers before that is done; `last_poll` tells when it was.
    """
    now = datetime.now(UTC)
    with services().database.write() as session:
        feed = feeds.due_now(session, principal().owner, path.feed_id, now)
        if feed is None:
            raise _unknown()
        response = answer(_shown(session, [feed], now)[0])
    services().poller.notify()
    response.status_code = 202
    return response


def export_opml() -> Response:
    """Read all feeds as OPML, with their folders, for any feed reader."""
    with services().database.read() as session:
        followed = subscriptions.everything(session, principal().owner)
    data = opml.write((Outline(f.url, f.title, f.policy.folder, f.site) for f in followed), "Mujaz")
    response = Response(data, mimetype=OPML)
    response.headers["Content-Disposition"] = 'attachment; filename="feeds.opml"'
    return response


@reads(files=("file",), raw={OPML: "file", "application/xml": "file", "text/xml": "file"})
def import_opml(body: OpmlRequest, uploads: Mapping[str, Upload]) -> Response:
    """Follow all feeds of an OPML file, in its folders.

    Nothing is fetched for the answer: the feeds are due at once, one after the other.
    """
    if "file" not in uploads:
        raise invalid(FieldError("/file", "is missing"))
    outlines = outlines_of(uploads["file"].data)
    now = datetime.now(UTC)
    with services().database.write() as session:
        most = current().config.monitoring.max_feeds
        taken = subscriptions.follow(session, principal().owner, outlines.found, policy(body), now, most)
        wrong = [WrongFeedJson(url=w.url, title=w.title, reason=w.reason) for w in outlines.wrong]
        full = str(TooManyFeeds(most))
        wrong += [WrongFeedJson(url=o.url, title=o.title, reason=full) for o in taken.over]
        response = answer(OpmlAnswer(added=taken.added, known=taken.known + outlines.repeated, wrong=wrong))
        idempotency.keep(session, response)
    services().poller.notify()
    return response


def outlines_of(data: bytes) -> Outlines:
    """The feeds that an OPML file lists. Raises `Problem`."""
    try:
        return opml.read(data)
    except NotOpml as error:
        raise Problem("unreadable_file", str(error)) from None


def policy(body: PolicyRequest, folder: str = "") -> Policy:
    """What somebody wants done with entries."""
    return Policy(folder, body.depth, body.full_text, body.sentences, body.keep_days, body.zone)


def own(session: Session, feed_id: str) -> Feed:
    """The caller's feed with this id. Raises `Problem`."""
    feed = feeds.get(session, principal().owner, feed_id)
    if feed is None:
        raise _unknown()
    return feed


def _unknown() -> Problem:
    return Problem("not_found", "There is no feed with this id.")


def _shown(session: Session, found: Sequence[Feed], now: datetime) -> list[FeedJson]:
    ids = [feed.id for feed in found]
    day, week = entries.per_feed(session, ids, now - DAY), entries.per_feed(session, ids, now - WEEK)
    return [_json(f, EntryCountsJson(day=day.get(f.id, 0), week=week.get(f.id, 0)), now) for f in found]


def _json(feed: Feed, counts: EntryCountsJson, now: datetime) -> FeedJson:
    return FeedJson.model_validate(
        {
            "id": feed.id,
            "url": feed.url,
            "title": feed.title,
            "site": feed.site,
            "folder": feed.policy.folder,
            "depth": feed.policy.depth,
            "full_text": feed.policy.full_text,
            "sentences": feed.policy.sentences,
            "keep_days": feed.policy.keep_days,
            "zone": feed.policy.zone,
            "created": feed.created,
            "health": health.of(feed, now),
            "last_poll": feed.last_poll,
            "last_success": feed.last_success,
            "next_poll": feed.next_poll if feed.state == "active" else None,
            "failures": feed.failures,
            "error": feed.error,
            "remarks": list(feed.remarks),
            "entries": counts,
        }
    )


ROUTES = (
    Route("POST", "/v1/feeds", create_feed, FeedJson, "feeds", "feeds", 201, also=((200, FeedJson),)),
    Route("GET", "/v1/feeds", list_feeds, FeedList, "feeds", scope="feeds"),
    Route("GET", "/v1/feeds.opml", export_opml, None, "feeds", scope="feeds", mimetype=OPML),
    Route("POST", "/v1/feeds.opml", import_opml, OpmlAnswer, "feeds", scope="feeds"),
    Route("GET", "/v1/feeds/<feed_id>", get_feed, FeedJson, "feeds", scope="feeds"),
    Route("PATCH", "/v1/feeds/<feed_id>", change_feed, FeedJson, "feeds", scope="feeds"),
    Route("DELETE", "/v1/feeds/<feed_id>", delete_feed, None, "feeds", scope="feeds", status=204),
    Route("POST", "/v1/feeds/<feed_id>/poll", poll_feed, FeedJson, "feeds", scope="feeds", status=202),
)
