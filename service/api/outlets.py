"""/v1/outlets: feeds that go out in English. /out/…: the feeds themselves, for whoever knows the address."""

from datetime import UTC, datetime, timedelta

from flask import Response, request
from sqlalchemy.orm import Session

from models import query as queries
from models.query import QueryError
from service.api import idempotency, public
from service.api.outlet_schemas import (
    AddressesJson,
    FeedPathOut,
    OutletChange,
    OutletJson,
    OutletList,
    OutletPath,
    OutletQuery,
    OutletRequest,
)
from service.api.requests import answer, invalid, reads
from service.api.routes import Route
from service.context import principal, services
from service.editions import feed_formats, feeds_out
from service.editions.feed_formats import FeedFormat
from service.errors import FieldError, Problem
from service.store import outlets, watches
from service.store.outlets import Outlet, TooManyOutlets

#: How long a reader may go without asking; shared caches keep nothing, since the address is a secret.
CACHE = f"private, max-age={60 * feed_formats.TTL_MINUTES // 3}"
#: A change's time is told in whole seconds, so not before another one in the same second is out of question.
SETTLED = timedelta(seconds=5)
RSS, ATOM, JSON_FEED = feed_formats.FORMATS


@reads()
def create_outlet(body: OutletRequest) -> Response:
    """Make a feed of all stories, of a folder, of what a watch found, or of a search.

    The answer has its addresses; they are secret, and need no key.
    """
    with services().database.write() as session:
        made = make(session, body)
        response = answer(shown(made))
        response.status_code = 201
        response.headers["Location"] = f"{request.script_root}/v1/outlets/{made.id}"
        idempotency.keep(session, response)
    return response


def make(session: Session, body: OutletRequest) -> Outlet:
    """The caller's new outlet. Raises `Problem`."""
    owner, target = principal().owner, body.target.strip()
    _check(session, owner, body, target)
    try:
        return outlets.add(session, owner, body.title.strip(), body.kind, target, datetime.now(UTC))
    except TooManyOutlets as error:
        raise invalid(FieldError("", str(error))) from error


def _check(session: Session, owner: str, body: OutletRequest, target: str) -> None:
    """Refuse a target that isn't one for this kind. A folder may be empty as yet."""
    if (body.kind == "stories") != (target == ""):
        wrong = "must be empty for all stories" if target else f"is missing: a {body.kind} needs one"
        raise invalid(FieldError("/target", wrong))
    if body.kind == "watch" and watches.get(session, owner, target) is None:
        raise invalid(FieldError("/target", "is no watch's id"))
    if body.kind == "search":
        try:
            empty = queries.parse(target) is None
        except QueryError as error:
            raise invalid(FieldError("/target", error.message)) from None
        if empty:
            raise invalid(FieldError("/target", "has nothing to look for"))


@reads()
def list_outlets(query: OutletQuery) -> Response:
    """List the feeds that go out, newest first."""
    with services().database.read() as session:
        found = outlets.page(session, principal().owner, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(OutletList(items=[shown(outlet) for outlet in page], next=after))


@reads()
def get_outlet(path: OutletPath) -> Response:
    """Look a feed that goes out up, with its addresses."""
    with services().database.read() as session:
        return answer(shown(_known(outlets.get(session, principal().owner, path.outlet_id))))


@reads()
def change_outlet(path: OutletPath, body: OutletChange) -> Response:
    """Give a feed that goes out another title."""
    owner = principal().owner
    with services().database.write() as session:
        found = _known(outlets.get(session, owner, path.outlet_id))
        if body.title is not None:
            found = _known(outlets.rename(session, owner, path.outlet_id, body.title.strip()))
        return answer(shown(found))


@reads()
def rotate_outlet(path: OutletPath) -> Response:
    """Give a feed that goes out new addresses.

    The old ones lead nowhere from now on: for when somebody has them who should not.
    """
    with services().database.write() as session:
        return answer(shown(_known(outlets.rotate(session, principal().owner, path.outlet_id))))


@reads()
def delete_outlet(path: OutletPath) -> Response:
    """End a feed that goes out; its addresses lead nowhere from now on."""
    with services().database.write() as session:
        if not outlets.remove(session, principal().owner, path.outlet_id):
            raise _unknown()
    return Response(status=204)


@reads()
def read_rss(path: FeedPathOut) -> Response:
    """Read a feed as RSS 2.0. `ETag` and `Last-Modified` are there for conditional requests."""
    return _feed(path.secret, RSS)


@reads()
def read_atom(path: FeedPathOut) -> Response:
    """Read a feed as Atom 1.0."""
    return _feed(path.secret, ATOM)


@reads()
def read_json_feed(path: FeedPathOut) -> Response:
    """Read a feed as JSON Feed 1.1."""
    return _feed(path.secret, JSON_FEED)


def _feed(secret: str, format: FeedFormat) -> Response:
    database = services().database
    with database.read() as session:
        outlet = outlets.by_secret(session, secret)
        if outlet is None:
            raise Problem("not_found", "There is no feed at this address.")
        address = _address(secret, format)
        seen = feeds_out.shown(session, outlet, format, address)
    response = Response(mimetype=format.mimetype)
    response.headers["Cache-Control"] = CACHE
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(seen.etag)
    if seen.updated <= datetime.now(UTC) - SETTLED:
        response.last_modified = seen.updated
    response.make_conditional(request)
    if response.status_code != 304:
        response.set_data(feeds_out.write(database, outlet, seen, format, address, f"{public.root()}/inbox"))
    return response


def _address(secret: str, format: FeedFormat) -> str:
    return f"{public.root()}/out/{secret}/{format.file}"


def _known(outlet: Outlet | None) -> Outlet:
    if outlet is None:
        raise _unknown()
    return outlet


def _unknown() -> Problem:
    return Problem("not_found", "There is no outlet with this id.")


def shown(outlet: Outlet) -> OutletJson:
    """An outlet with its addresses, as the API sends it."""
    return OutletJson(
        id=outlet.id,
        title=outlet.title,
        kind=outlet.kind,
        target=outlet.target,
        addresses=AddressesJson(
            rss=_address(outlet.secret, RSS),
            atom=_address(outlet.secret, ATOM),
            json_feed=_address(outlet.secret, JSON_FEED),
        ),
        created=outlet.created,
    )


ROUTES = (
    Route("POST", "/v1/outlets", create_outlet, OutletJson, "outlets", scope="feeds", status=201),
    Route("GET", "/v1/outlets", list_outlets, OutletList, "outlets", scope="feeds"),
    Route("GET", "/v1/outlets/<outlet_id>", get_outlet, OutletJson, "outlets", scope="feeds"),
    Route("PATCH", "/v1/outlets/<outlet_id>", change_outlet, OutletJson, "outlets", scope="feeds"),
    Route("DELETE", "/v1/outlets/<outlet_id>", delete_outlet, None, "outlets", scope="feeds", status=204),
    Route("POST", "/v1/outlets/<outlet_id>/rotate", rotate_outlet, OutletJson, "outlets", scope="feeds"),
    Route("GET", "/out/<secret>/rss.xml", read_rss, None, "outlets", scope=None, mimetype=RSS.mimetype),
    Route("GET", "/out/<secret>/atom.xml", read_atom, None, "outlets", scope=None, mimetype=ATOM.mimetype),
    Route(
        "GET", "/out/<secret>/feed.json", read_json_feed, None, "outlets",
        scope=None, mimetype=JSON_FEED.mimetype,
    ),
)  # fmt: skip
