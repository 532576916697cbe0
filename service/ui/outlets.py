"""The page of feeds that go out: made, read in any feed reader, given new addresses, ended."""

from dataclasses import dataclass

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from service.api import outlets as outlet_api
from service.api.outlet_schemas import AddressesJson, OutletRequest
from service.api.requests import parse
from service.body import Body
from service.context import principal, services
from service.errors import Problem
from service.rows import direction
from service.store import inbox, outlets, watches
from service.store.outlets import MOST, Outlet
from service.ui.pages import PageRoute, go, render, sent
from service.ui.trials import Trial, mendable

#: What was done, as the address says it after a form.
DONE = {
    "made": "Made. Give one of its addresses to a feed reader; whoever has it can read the feed.",
    "rotated": "It has new addresses; the old ones lead nowhere now.",
    "ended": "Ended. Its addresses lead nowhere now.",
}
_TYPED = ("what", "query", "title")


@dataclass(frozen=True, slots=True)
class Line:
    """An outlet on the page. `of`: what it shows, in words."""

    outlet: Outlet
    of: str
    addresses: AddressesJson


def outlets_page(trial: Trial | None = None, status: int = 200) -> Response:
    """The feeds that go out, and the form for another."""
    owner = principal().owner
    with services().database.read() as session:
        found = outlets.page(session, owner, MOST)
        names = {watch.id: watch.name for watch in watches.page(session, owner, watches.MOST)}
        folders = inbox.shelf(session, owner).folders
    asked = {name: request.args.get(name, "") for name in _TYPED}
    return render(
        "outlets.html",
        status,
        lines=[Line(one, _of(one, names), outlet_api.shown(one).addresses) for one in found],
        watches=names,
        folders=folders,
        trial=trial or Trial("make" if asked["what"] else "", asked),
        direction=direction,
        notice=DONE.get(request.args.get("done", "")),
    )


def outlets_list() -> Response:
    return outlets_page()


def make_outlet() -> Response:
    """Have a feed go out."""
    form = sent()
    typed = {name: form.one(name).strip() for name in _TYPED}
    kind, _, target = typed["what"].partition(":")
    if kind == "search":
        target = typed["query"]
    try:
        with services().database.write() as session:
            title = typed["title"] or _usual_title(session, kind, target)
            body = parse(OutletRequest, Body({"title": title, "kind": kind, "target": target}, typed=False))
            made = outlet_api.make(session, body)
    except Exception as error:
        problem = mendable(error)
        trial = Trial.of("make", typed | {"target": ""}, problem, "title")
        wrong = {("query" if name == "target" else name): why for name, why in trial.wrong.items()}
        return outlets_page(Trial("make", typed, wrong), problem.kind.status)
    return go(url_for("ui.outlets_list", done="made") + f"#{made.id}")


def ask_end_outlet(outlet_id: str) -> Response:
    """Whether the feed is really to be ended: nothing brings its addresses back."""
    with services().database.read() as session:
        outlet = _own(session, outlet_id)
    return render("outlet_remove.html", outlet=outlet, direction=direction)


def change_outlet_form(outlet_id: str) -> Response:
    """Give a feed that goes out new addresses, or end it."""
    form, owner = sent(), principal().owner
    with services().database.write() as session:
        _own(session, outlet_id)
        match form.one("do"):
            case "rotate":
                outlets.rotate(session, owner, outlet_id)
            case "end":
                outlets.remove(session, owner, outlet_id)
            case _:
                raise Problem("invalid", "A feed can get new addresses, or be ended.")
    return go(url_for("ui.outlets_list", done="rotated" if form.one("do") == "rotate" else "ended"))


def _own(session: Session, outlet_id: str) -> Outlet:
    found = outlets.get(session, principal().owner, outlet_id)
    if found is None:
        raise Problem("not_found", "There is no feed going out with this id; perhaps it was ended.")
    return found


def _usual_title(session: Session, kind: str, target: str) -> str:
    """What a feed is called when nobody says."""
    watch = watches.get(session, principal().owner, target) if kind == "watch" else None
    return watch.name if watch is not None else target[:200] or "Stories in English"


def _of(outlet: Outlet, names: dict[str, str]) -> str:
    if outlet.kind == "stories":
        return "all stories"
    if outlet.kind == "watch":
        if outlet.target not in names:
            return "a watch that was deleted: it stays empty"
        return f"what the watch “{names[outlet.target]}” finds"
    return f"{'the folder' if outlet.kind == 'folder' else 'the search'} {outlet.target}"


PAGES = (
    PageRoute("GET", "/outlets", outlets_list),
    PageRoute("POST", "/outlets", make_outlet),
    PageRoute("GET", "/outlets/<outlet_id>/end", ask_end_outlet),
    PageRoute("POST", "/outlets/<outlet_id>", change_outlet_form),
)
