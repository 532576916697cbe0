"""The pages. At `/`: paste an article, read it side by side with its summary. The others are for monitoring.
All can be read without JavaScript.

State of the page at `/` lives in the form alone: a download sends the article again, and the pipeline's cache
makes that free. State of the others lives in the store and in their addresses.
"""

from flask import Blueprint, Response, request

from service.api.routes import Asks
from service.runtime import Runtime
from service.ui import articles, dashboard, digests, feeds, inbox, outlets, pages, stories, watches
from service.ui.views import View

#: Nothing but this origin's own files; no inline script or style, no framing, forms only to here.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: The pages for monitoring.
PAGES = (
    *inbox.PAGES,
    *stories.PAGES,
    *articles.PAGES,
    *feeds.PAGES,
    *watches.PAGES,
    *dashboard.PAGES,
    *digests.PAGES,
    *outlets.PAGES,
)
#: What each of them asks of the reader's key, for `auth`; other pages ask for `auth.PAGES`.
ASKS: dict[str | None, Asks] = {f"ui.{page.endpoint}": page.scope for page in PAGES}


def blueprint(runtime: Runtime) -> Blueprint:
    """The page's routes and static files over `runtime`, which does the work."""
    ui = Blueprint("ui", __name__, template_folder="templates", static_folder="static", static_url_path="/ui")
    view = View(runtime)
    ui.add_url_rule("/", "page", view.page, methods=["GET", "POST"])
    ui.add_url_rule("/download", "download", view.download, methods=["POST"])
    pages.register(ui, PAGES)
    ui.app_errorhandler(404)(pages.astray)
    ui.app_errorhandler(405)(pages.astray)
    ui.after_request(_protect)
    return ui


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Not "no-referrer": with it browsers send `Origin: null` with the form, which the Origin check refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "ui.static":
        response.headers["Cache-Control"] = "no-store"
    return response
