"""What the pages for monitoring share: how a page names its route and who may see it, how a form is read and
answered, and what somebody reads when something is wrong.

A module of pages has a tuple of `PageRoute`s, which `service.ui` registers. Views render with `render`, read
forms with `sent`, and answer every form with `go`: POST, redirect, GET, so that reloading repeats nothing.
The Origin of a form is checked before any view runs, see `service.guards`.
"""

import logging
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from flask import Blueprint, Response, current_app, render_template, request, url_for

from service.body import Body, Upload, read_body
from service.context import current, principal
from service.errors import Problem, as_problem, handle, log_unforeseen
from service.principal import Scope
from service.version import VERSION

log = logging.getLogger(__name__)

View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page or what a form of it does. `view` gets the path's parameters by name; its own name is the
    endpoint: `url_for("ui.<name>")`. `scope`: what the reader's key must allow."""

    method: Literal["GET", "POST"]
    path: str
    view: View
    scope: Scope = "feeds"

    @property
    def endpoint(self) -> str:
        return self.view.__name__


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation."""

    name: str
    endpoint: str
    scope: Scope = "feeds"


#: In this order; a section is shown once its endpoint exists, to whoever may open it.
SECTIONS = (
    Section("Translate", "page", "translate"),
    Section("Inbox", "inbox"),
    Section("Feeds", "feeds"),
    Section("Watches", "watches"),
    Section("Dashboard", "dashboard"),
    Section("Digests", "digests"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent: line ends as typed, empty fields count as not sent."""

    fields: Mapping[str, Any]
    files: Mapping[str, Upload]

    def one(self, name: str, default: str = "") -> str:
        """The field's value, its first one when it was sent several times."""
        return next(iter(self.many(name)), default)

    def many(self, name: str) -> list[str]:
        """All values of a field, such as those of ticked boxes."""
        value = self.fields.get(name, [])
        values = value if isinstance(value, list) else [value]
        return [one.replace("\r\n", "\n") for one in values if isinstance(one, str)]


def sent(files: Collection[str] = ()) -> Sent:
    """The form of this request; `files` names its file fields. Raises `Problem`."""
    if not (request.content_length or request.headers.get("Transfer-Encoding")):
        return Sent({}, {})  # a form that is nothing but its button
    body: Body = read_body(request, current().config.limits.max_body_bytes, files=files)
    return Sent(body.fields, body.files)


def go(where: str) -> Response:
    """Answer a form: look at this path next."""
    return Response(status=303, headers={"Location": where})


def local(path: str, otherwise: str) -> str:
    """`path` if it leads to a page of ours, else `otherwise`: nobody is sent elsewhere by a link to us."""
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if plain else otherwise


def here() -> str:
    """The address of this page with its query, to come back to after a form."""
    query = request.query_string.decode("ascii", "replace")
    return f"{request.script_root}{request.path}" + (f"?{query}" if query else "")


def render(template: str, status: int = 200, **values: Any) -> Response:
    """A page from its template."""
    return Response(render_template(template, **values), status)


def sections() -> list[Section]:
    """The navigation of whoever asks."""
    mine = principal().scopes
    return [s for s in SECTIONS if s.scope in mine and f"ui.{s.endpoint}" in current_app.view_functions]


def register(ui: Blueprint, routes: Collection[PageRoute]) -> None:
    """Put the pages on the blueprint, and what every template needs into its context."""
    for route in routes:
        ui.add_url_rule(route.path, route.endpoint, _readable(route.view), methods=[route.method])
    ui.context_processor(_surroundings)


def _surroundings() -> dict[str, Any]:
    return {
        "model": current().model,
        "version": VERSION,
        "docs_url": url_for("ui.page") + "docs",
        "sections": sections(),
        "here": here,
    }


def _readable(view: View) -> View:
    """The view; what goes wrong in it is told on a page, not as JSON."""

    @wraps(view)
    def shown(**path: str) -> Response:
        try:
            return view(**path)
        except Exception as error:
            return trouble(error)

    return shown


def astray(error: Exception) -> Response:
    """The answer to an address that leads nowhere: a page for whoever reads pages. It shows nothing of the
    service, since nobody has asked yet who the reader is."""
    if not request.accept_mimetypes.accept_html or request.accept_mimetypes.best == "*/*":
        return handle(error)
    problem = as_problem(error)
    return render("trouble.html", problem.kind.status, problem=problem, version=VERSION)


def trouble(error: Exception) -> Response:
    """The page that says what is wrong."""
    problem: Problem = as_problem(error)
    if problem.kind.code == "internal":
        log_unforeseen(error)
    page = render("trouble.html", problem.kind.status, problem=problem)
    if problem.retry_after is not None:
        page.headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    return page
