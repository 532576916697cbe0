"""The pages of digests: what was made, one to read, and when the next ones come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from service import zones
from service.api.digest_schemas import DigestRequest, PlanRequest
from service.api.digests import plan_fields, refuse_zone
from service.api.requests import parse
from service.body import Body
from service.context import principal, services
from service.editions import as_html, digest, made, schedule
from service.editions.digest import MOST_STORIES, STORIES, Content, Wanted
from service.errors import Problem
from service.rows import direction
from service.store import digests as kept
from service.store import inbox
from service.store.digests import Digest, Plan, TooManyPlans
from service.store.period import Period
from service.ui.pages import PageRoute, Sent, go, render, sent
from service.ui.trials import Trial, mendable

#: Digests and plans in the list.
MOST = 60
#: Spans that somebody can have a digest of, by the word in the form.
SPANS: Mapping[str, tuple[str, timedelta]] = {
    "day": ("the last 24 hours", timedelta(days=1)),
    "three": ("the last 3 days", timedelta(days=3)),
    "week": ("the last 7 days", timedelta(days=7)),
    "month": ("the last 30 days", timedelta(days=30)),
}
DONE = {
    "planned": "Planned. The first digest covers what comes in from now on.",
    "changed": "Saved.",
    "removed": "The digest is gone. Its stories stay.",
    "ended": "There will be no more digests by this plan; those that were made stay.",
}
_SEVERAL = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Line:
    """A digest in the list."""

    digest: Digest
    content: Content
    plan: str


def digests_page(trial: Trial | None = None, status: int = 200) -> Response:
    """All digests and plans, with the forms for new ones."""
    owner = principal().owner
    with services().database.read() as session:
        found = kept.page(session, owner, MOST)
        plans = kept.plans(session, owner, MOST)
        folders = _folders(session)
    names = {plan.id: plan.name for plan in plans}
    return render(
        "digests.html",
        status,
        lines=[Line(one, digest.from_json(one.content), names.get(one.plan_id or "", "")) for one in found],
        plans=plans,
        trial=trial or Trial(),
        no_trial=Trial(),
        notice=_notice(),
        **_choices(folders),
    )


def digests() -> Response:
    return digests_page()


def make_digest() -> Response:
    """Make a digest of a span that ends now, and show it."""
    form, now = sent(), datetime.now(UTC)
    typed = {name: form.one(name) for name in ("span", "folder", "zone", "stories", "name")}
    try:
        fields = {n: v for n, v in typed.items() if v and n != "span"}
        body = parse(DigestRequest, Body(fields, typed=False))
        zone = body.zone
        refuse_zone(zone)
        _, length = SPANS.get(typed["span"], SPANS["day"])
        period = Period(now - length, now, body.folder)
        wanted = Wanted(period, body.name.strip(), zone, body.stories)
        found = made.by_hand(services().database, principal().owner, wanted, now)
    except Exception as error:
        problem = mendable(error)
        return digests_page(Trial.of("make", typed, problem, "span"), problem.kind.status)
    services().deliverer.notify()
    return go(url_for("ui.digest_details", digest_id=found.id))


def digest_details(digest_id: str) -> Response:
    """One digest."""
    with services().database.read() as session:
        found = _own(session, digest_id)
    content = digest.from_json(found.content)
    body = as_html.fragment(content, request.script_root)
    return render("digest_page.html", digest=found, content=content, body=body, notice=_notice())


def ask_remove_digest(digest_id: str) -> Response:
    """Ask before a digest goes."""
    with services().database.read() as session:
        found = _own(session, digest_id)
    content = digest.from_json(found.content)
    return render("digest_remove.html", digest=found, title=content.title)


def remove_digest(digest_id: str) -> Response:
    with services().database.write() as session:
        kept.remove(session, _own(session, digest_id).owner, digest_id)
    return go(url_for("ui.digests", done="removed"))


def make_plan() -> Response:
    """Have digests made at set hours."""
    form, now = sent(), datetime.now(UTC)
    try:
        fields = _plan_fields(form)
        due = schedule.next_due(fields["hours"], schedule.zone_of(fields["zone"]), now)
        with services().database.write() as session:
            kept.add_plan(session, principal().owner, now, due, fields)
    except TooManyPlans as error:
        return digests_page(Trial("plan", _typed_in(form), {"name": str(error)}), 422)
    except Exception as error:
        problem = mendable(error)
        return digests_page(Trial.of("plan", _typed_in(form), problem, "name"), problem.kind.status)
    services().digests.notify()
    return go(url_for("ui.digests", done="planned"))


def plan_page(plan_id: str, trial: Trial | None = None, status: int = 200) -> Response:
    """The form of a plan."""
    with services().database.read() as session:
        plan = _own_plan(session, plan_id)
        folders = _folders(session)
    return render(
        "digest_plan.html", status, plan=plan, trial=trial or Trial("", _typed(plan)), **_choices(folders)
    )


def plan_details(plan_id: str) -> Response:
    return plan_page(plan_id)


def change_plan_form(plan_id: str) -> Response:
    """Set all of a plan. Its next digest is due at the next of its hours; one that was paused begins anew."""
    form, now = sent(), datetime.now(UTC)
    try:
        fields = _plan_fields(form) | {"active": bool(form.one("active"))}
        with services().database.write() as session:
            former = _own_plan(session, plan_id)
            fields["next_due"] = schedule.next_due(fields["hours"], schedule.zone_of(fields["zone"]), now)
            if fields["active"] and not former.active:
                fields["covered_to"] = now
            kept.change_plan(session, former.owner, plan_id, fields)
    except Exception as error:
        problem = mendable(error)
        return plan_page(plan_id, Trial.of("plan", _typed_in(form), problem, "name"), problem.kind.status)
    services().digests.notify()
    return go(url_for("ui.digests", done="changed"))


def ask_remove_plan(plan_id: str) -> Response:
    """Ask before a plan ends."""
    with services().database.read() as session:
        return render("digest_remove.html", plan=_own_plan(session, plan_id), title="")


def remove_plan(plan_id: str) -> Response:
    with services().database.write() as session:
        kept.remove_plan(session, _own_plan(session, plan_id).owner, plan_id)
    return go(url_for("ui.digests", done="ended"))


def _plan_fields(form: Sent) -> dict[str, Any]:
    """What the form says of a plan. Raises `Problem`."""
    typed = _typed_in(form)
    several = {name: [one for one in _SEVERAL.split(typed[name]) if one] for name in ("hours", "emails")}
    single = {name: typed[name] for name in ("name", "zone", "stories", "folder") if typed[name]}
    fields = parse(PlanRequest, Body(single | several, typed=False)).model_dump(exclude={"active"})
    return plan_fields(fields)


def _typed_in(form: Sent) -> dict[str, str]:
    return {n: form.one(n) for n in ("name", "hours", "zone", "stories", "folder", "emails", "active")}


def _typed(plan: Plan) -> dict[str, str]:
    """The form as it is for this plan."""
    return {
        "name": plan.name,
        "hours": ", ".join(plan.hours),
        "zone": plan.zone,
        "stories": str(plan.stories),
        "folder": plan.folder or "",
        "emails": "\n".join(plan.emails),
        "active": "on" if plan.active else "",
    }


def _choices(folders: tuple[str, ...]) -> dict[str, Any]:
    """What the forms offer."""
    return {
        "spans": SPANS,
        "folders": folders,
        "zones": zones.choices(),
        "most_stories": MOST_STORIES,
        "usual_stories": STORIES,
        "has_mail": services().mail.is_set_up,
        "direction": direction,
    }


def _folders(session: Session) -> tuple[str, ...]:
    return inbox.shelf(session, principal().owner).folders


def _own(session: Session, digest_id: str) -> Digest:
    found = kept.get(session, principal().owner, digest_id)
    if found is None:
        raise Problem("not_found", "There is no digest with this id.")
    return found


def _own_plan(session: Session, plan_id: str) -> Plan:
    plan = kept.plan(session, principal().owner, plan_id)
    if plan is None:
        raise Problem("not_found", "There is no plan with this id.")
    return plan


def _notice() -> str | None:
    return DONE.get(request.args.get("done", ""))


PAGES = (
    PageRoute("GET", "/digests", digests),
    PageRoute("POST", "/digests", make_digest),
    PageRoute("POST", "/digests/plans", make_plan),
    PageRoute("GET", "/digests/plans/<plan_id>", plan_details),
    PageRoute("POST", "/digests/plans/<plan_id>", change_plan_form),
    PageRoute("GET", "/digests/plans/<plan_id>/remove", ask_remove_plan),
    PageRoute("POST", "/digests/plans/<plan_id>/remove", remove_plan),
    PageRoute("GET", "/digests/<digest_id>", digest_details),
    PageRoute("GET", "/digests/<digest_id>/remove", ask_remove_digest),
    PageRoute("POST", "/digests/<digest_id>/remove", remove_digest),
)
