"""The pages of feeds: how each is, which are followed, and what is done with their entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, current_app, request, url_for

from service import zones
from service.api import feeds as feed_api
from service.api.feed_schemas import FeedChange, FeedRequest, OpmlRequest
from service.api.requests import parse
from service.body import Body
from service.context import current, principal, services
from service.errors import Problem
from service.ingest.opml import Wrong
from service.monitor import subscriptions
from service.rows import direction
from service.store import entries, trends
from service.store import feeds as followed_feeds
from service.store.entries import Filter
from service.store.feeds import Feed, Policy
from service.ui import feed_lines
from service.ui.feed_lines import DAYS, LABELS, ORDER, TROUBLE, Line
from service.ui.pages import PageRoute, go, render, sent
from service.ui.trials import Trial, mendable

#: Feeds on a page, and latest entries on that of a feed.
PER_PAGE, LATEST = 100, 12
#: What was just done, by the word in the address.
DONE = {
    "added": "The feed is followed. What it lists is being translated.",
    "known": "This feed is followed already.",
    "polled": "The feed is looked at now; reload the page in a moment.",
    "changed": "Saved. It holds for entries that are translated from now on.",
    "removed": "The feed is not followed any more, and its entries are gone.",
}
#: What became of an entry.
STATES = {
    "waiting": "being translated",
    "translated": "translated",
    "skipped": "left out",
    "failed": "could not be translated",
}
_POLICY = ("depth", "full_text", "sentences", "keep_days", "zone")


@dataclass(frozen=True, slots=True)
class Shown:
    """Which feeds the reader wants to see, as the address says it."""

    health: str = ""
    folder: str | None = None
    q: str = ""
    page: int = 1

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Shown":
        """From an address; what it can't mean counts as not chosen."""
        state = args.get("health", "")
        number = args.get("page", "")
        return cls(
            state if state == "trouble" or state in ORDER else "",
            args.get("folder"),
            args.get("q", "").strip()[:200],
            int(number) if number.isascii() and number.isdecimal() and 0 < len(number) < 6 else 1,
        )

    def query(self, **changes: Any) -> dict[str, Any]:
        """The query of an address that means this, changed."""
        values = {"health": self.health, "folder": self.folder, "q": self.q} | changes
        return {name: value for name, value in values.items() if value not in ("", None)}

    def has(self, line: Line) -> bool:
        if self.health == "trouble" and not (line.health in TROUBLE or line.silent):
            return False
        if self.health not in ("", "trouble") and line.health != self.health:
            return False
        folder = line.feed.policy.folder
        if self.folder is not None and folder != self.folder and not folder.startswith(f"{self.folder}/"):
            return False
        words = f"{line.name} {line.feed.url}".casefold()
        return self.q.casefold() in words


def feeds_page(
    trial: Trial | None = None, status: int = 200, wrong: Sequence[Wrong] = (), notice: str | None = None
) -> Response:
    """All feeds, worst first, with the forms to follow more of them."""
    now = datetime.now(UTC)
    every = _lines(now)
    wanted = Shown.of(request.args)
    found = [line for line in every if wanted.has(line)]
    start = (wanted.page - 1) * PER_PAGE
    return render(
        "feeds.html",
        status,
        lines=found[start : start + PER_PAGE],
        found=len(found),
        total=len(every),
        trouble=sum(1 for line in every if line.health in TROUBLE or line.silent),
        folders=sorted({line.feed.policy.folder for line in every} - {""}),
        labels=LABELS,
        wanted=wanted,
        more=len(found) > start + PER_PAGE,
        trial=trial or Trial(),
        zones=zones.choices(),
        wrong_lines=wrong,
        direction=direction,
        notice=notice or _notice(),
    )


def feeds() -> Response:
    return feeds_page()


def add_feed() -> Response:
    """Follow the feed at an address, or that a page there names."""
    form = sent()
    typed = {name: form.one(name) for name in ("url", "folder", *_POLICY)}
    try:
        body = parse(FeedRequest, Body({n: v for n, v in typed.items() if v}, typed=False))
        owner, url = principal().owner, body.url.strip()
        with services().database.read() as session:
            known = followed_feeds.by_url(session, owner, url)
        if known is not None:
            return _go(known, "known")
        seen = feed_api.looked_at(url, body.zone)
        with services().database.write() as session:
            policy = feed_api.policy(body, body.folder.strip("/ "))
            feed, is_new = feed_api.follow(session, seen, policy, datetime.now(UTC))
    except Exception as error:
        problem = mendable(error)
        return feeds_page(Trial.of("add", typed, problem, "url"), problem.kind.status)
    services().executor.notify()
    return _go(feed, "added" if is_new else "known")


def import_feeds() -> Response:
    """Follow the feeds of an OPML file."""
    typed: dict[str, str] = {}
    try:
        form = sent(files=("file",))
        typed = {name: form.one(name) for name in _POLICY}
        options = parse(OpmlRequest, Body({n: v for n, v in typed.items() if v}, typed=False))
        upload = form.files.get("file")
        if upload is None:
            raise Problem("invalid", "Choose a file first.")
        outlines = feed_api.outlines_of(upload.data)
        most = current().config.monitoring.max_feeds
        with services().database.write() as session:
            taken = subscriptions.follow(
                session, principal().owner, outlines.found, feed_api.policy(options), datetime.now(UTC), most
            )
    except Exception as error:
        problem = mendable(error)
        return feeds_page(Trial.of("import", typed, problem, "file"), problem.kind.status)
    services().poller.notify()
    known = taken.known + outlines.repeated
    full = str(subscriptions.TooManyFeeds(most))
    wrong = (*outlines.wrong, *(Wrong(outline.url, outline.title, full) for outline in taken.over))
    if wrong:
        # Said on the answer itself, as no address can hold it; sending the form again adds nothing twice.
        return feeds_page(wrong=wrong, notice=_imported(taken.added, known))
    return go(url_for("ui.feeds", added=taken.added, known=known))


def feed_page(feed_id: str, trial: Trial | None = None, status: int = 200) -> Response:
    """A feed: how it is, what it brought, what is done with it."""
    now = datetime.now(UTC)
    owner = principal().owner
    with services().database.read() as session:
        feed = feed_api.own(session, feed_id)
        counts = trends.by_feed_and_day(session, owner, now - timedelta(days=DAYS))
        latest = entries.page(session, owner, Filter(feed_id=feed.id), LATEST)
        folders = sorted({one.policy.folder for one in subscriptions.everything(session, owner)} - {""})
    return render(
        "feed.html",
        status,
        line=feed_lines.line(feed, counts.get(feed.id, {}), now),
        feed=feed,
        latest=latest,
        states=STATES,
        has_articles="ui.article" in current_app.view_functions,
        folders=folders,
        trial=trial or Trial(typed=_typed(feed)),
        zones=zones.choices(),
        direction=direction,
        notice=_notice(),
    )


def feed_details(feed_id: str) -> Response:
    return feed_page(feed_id)


def change_feed_form(feed_id: str) -> Response:
    """Set a feed's title, folder and policy: all fields of the form."""
    form = sent()
    typed = {name: form.one(name) for name in ("title", "folder", *_POLICY)}
    try:
        fields = {n: v for n, v in typed.items() if v or n in ("title", "folder")}
        values = parse(FeedChange, Body(fields, typed=False)).model_dump(exclude_unset=True)
        values = {"keep_days": None, "zone": None} | values
        values["folder"] = values["folder"].strip("/ ")
        with services().database.write() as session:
            feed_api.own(session, feed_id)
            followed_feeds.change(session, principal().owner, feed_id, values)
    except Exception as error:
        problem = mendable(error)
        return feed_page(feed_id, Trial.of("change", typed, problem), problem.kind.status)
    return go(url_for("ui.feed_details", feed_id=feed_id, done="changed"))


def poll_feed_now(feed_id: str) -> Response:
    """Have a feed looked at, whatever its rhythm, also one that was retired."""
    form = sent()
    with services().database.write() as session:
        feed_api.own(session, feed_id)
        followed_feeds.due_now(session, principal().owner, feed_id, datetime.now(UTC))
    services().poller.notify()
    if form.one("from") == "list":
        return go(url_for("ui.feeds", done="polled"))
    return go(url_for("ui.feed_details", feed_id=feed_id, done="polled"))


def ask_remove_feed(feed_id: str) -> Response:
    """Ask before a feed goes with its entries."""
    with services().database.read() as session:
        feed = feed_api.own(session, feed_id)
    return render("feed_remove.html", feed=feed, direction=direction)


def remove_feed(feed_id: str) -> Response:
    with services().database.write() as session:
        feed_api.own(session, feed_id)
        followed_feeds.delete(session, principal().owner, feed_id)
    return go(url_for("ui.feeds", done="removed"))


def _lines(now: datetime) -> list[Line]:
    owner = principal().owner
    with services().database.read() as session:
        followed = subscriptions.everything(session, owner)
        counts = trends.by_feed_and_day(session, owner, now - timedelta(days=DAYS))
    return feed_lines.lines(followed, counts, now)


def _typed(feed: Feed) -> dict[str, str]:
    """The form as it is for this feed."""
    policy: Policy = feed.policy
    kept = "" if policy.keep_days is None else str(policy.keep_days)
    return {
        "title": feed.title,
        "folder": policy.folder,
        "depth": policy.depth,
        "full_text": policy.full_text,
        "sentences": str(policy.sentences),
        "keep_days": kept,
        "zone": policy.zone or "",
    }


def _go(feed: Feed, done: str) -> Response:
    return go(url_for("ui.feed_details", feed_id=feed.id, done=done))


def _notice() -> str | None:
    added, known = request.args.get("added", ""), request.args.get("known", "")
    if added.isdecimal() and known.isdecimal():
        return _imported(int(added[:9]), int(known[:9]))
    return DONE.get(request.args.get("done", ""))


def _imported(added: int, known: int) -> str:
    new = "No new feed" if not added else f"{added:,} new feed{'s' if added > 1 else ''}"
    rest = f"; {known:,} followed already, or twice in the file" if known else ""
    looked = " They are looked at now, one after the other." if added else ""
    return f"{new}{rest}.{looked}"


PAGES = (
    PageRoute("GET", "/feeds", feeds),
    PageRoute("POST", "/feeds", add_feed),
    PageRoute("POST", "/feeds/import", import_feeds),
    PageRoute("GET", "/feeds/<feed_id>", feed_details),
    PageRoute("POST", "/feeds/<feed_id>", change_feed_form),
    PageRoute("POST", "/feeds/<feed_id>/poll", poll_feed_now),
    PageRoute("GET", "/feeds/<feed_id>/remove", ask_remove_feed),
    PageRoute("POST", "/feeds/<feed_id>/remove", remove_feed),
)
