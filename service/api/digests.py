"""/v1/digests: what was made. /v1/digest-plans: when the next ones are."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, request

from service.api import idempotency, public
from service.api.digest_schemas import (
    DigestJson,
    DigestList,
    DigestPath,
    DigestQuery,
    DigestRequest,
    Format,
    FormatQuery,
    ListedDigestJson,
    PlanChange,
    PlanJson,
    PlanList,
    PlanPath,
    PlanQuery,
    PlanRequest,
)
from service.api.requests import answer, invalid, reads, refuse
from service.api.routes import Route
from service.context import principal, services
from service.editions import as_html, as_text, digest, made, plan_rules, schedule
from service.editions.digest import Wanted
from service.errors import FieldError, Problem
from service.store import digests
from service.store.digests import Digest, Plan, TooManyPlans
from service.store.period import Period

JSON, MARKDOWN, HTML = "application/json", "text/markdown", "text/html"
FORMATS: Mapping[str, Format] = {JSON: "json", MARKDOWN: "md", HTML: "html"}
DAY = timedelta(days=1)
#: The document has its style in its elements and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@reads()
def create_digest(body: DigestRequest) -> Response:
    """Make a digest of a span of time now, and keep it.

    It covers what came in then; nobody is written to.
    """
    now = datetime.now(UTC)
    until = min(body.until or now, now)
    since = body.since or until - DAY
    if not timedelta() < until - since <= made.LONGEST:
        detail = f"must be before `until`, by {made.LONGEST.days} days at most"
        raise invalid(FieldError("/since", detail))
    refuse_zone(body.zone)
    wanted = Wanted(Period(since, until, body.folder), body.name.strip(), body.zone, body.stories)
    found = made.by_hand(services().database, principal().owner, wanted, now)
    services().deliverer.notify()
    response = answer(_json(found))
    response.status_code = 201
    response.headers["Location"] = f"{request.script_root}/v1/digests/{found.id}"
    return response


@reads()
def list_digests(query: DigestQuery) -> Response:
    """List digests, newest first."""
    with services().database.read() as session:
        found = digests.page(session, principal().owner, query.limit + 1, query.after, query.plan_id)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(DigestList(items=[_listed(one) for one in page], next=after))


@reads()
def get_digest(path: DigestPath, query: FormatQuery) -> Response:
    """Read a digest.

    As JSON, as Markdown or as an HTML document, by `format` or else by `Accept`.
    """
    with services().database.read() as session:
        found = digests.get(session, principal().owner, path.digest_id)
    if found is None:
        raise Problem("not_found", "There is no digest with this id.")
    wanted = query.format or FORMATS[request.accept_mimetypes.best_match(FORMATS, JSON)]
    response = _rendered(found, wanted)
    response.vary.add("Accept")
    return response


def _rendered(found: Digest, wanted: Format) -> Response:
    content = digest.from_json(found.content)
    match wanted:
        case "json":
            return answer(_json(found))
        case "md":
            return Response(as_text.to_markdown(content, public.root()), mimetype=MARKDOWN)
        case "html":
            response = Response(as_html.document(content, public.root(), found.id), mimetype=HTML)
            response.headers["Content-Security-Policy"] = POLICY
            return response


@reads()
def delete_digest(path: DigestPath) -> Response:
    """Delete a digest. Its stories stay."""
    with services().database.write() as session:
        if not digests.remove(session, principal().owner, path.digest_id):
            raise Problem("not_found", "There is no digest with this id.")
    return Response(status=204)


@reads()
def create_plan(body: PlanRequest) -> Response:
    """Have digests made at set hours, and sent by mail.

    The first one covers the day before it.
    """
    now = datetime.now(UTC)
    fields = plan_fields(body.model_dump())
    next_due = schedule.next_due(fields["hours"], schedule.zone_of(fields["zone"]), now)
    with services().database.write() as session:
        try:
            plan = digests.add_plan(session, principal().owner, now, next_due, fields)
        except TooManyPlans as error:
            raise invalid(FieldError("", str(error))) from error
        response = answer(_plan_json(plan))
        response.status_code = 201
        response.headers["Location"] = f"{request.script_root}/v1/digest-plans/{plan.id}"
        idempotency.keep(session, response)
    services().digests.notify()
    return response


@reads()
def list_plans(query: PlanQuery) -> Response:
    """List the plans of digests, newest first."""
    with services().database.read() as session:
        found = digests.plans(session, principal().owner, query.limit + 1, query.after)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(PlanList(items=[_plan_json(plan) for plan in page], next=after))


@reads()
def get_plan(path: PlanPath) -> Response:
    """Look a plan of digests up."""
    with services().database.read() as session:
        return answer(_plan_json(_known(digests.plan(session, principal().owner, path.plan_id))))


@reads()
def change_plan(path: PlanPath, body: PlanChange) -> Response:
    """Change a plan of digests.

    Its next digest is due at the next of its hours from now; one that was paused begins anew.
    """
    owner, now = principal().owner, datetime.now(UTC)
    sent = body.model_dump(exclude_unset=True)
    fields = plan_fields(
        {name: value for name, value in sent.items() if value is not None or name == "folder"}
    )
    with services().database.write() as session:
        former = _known(digests.plan(session, owner, path.plan_id))
        hours, zone = fields.get("hours", former.hours), fields.get("zone", former.zone)
        if fields.keys() & {"hours", "zone", "active"}:
            fields["next_due"] = schedule.next_due(hours, schedule.zone_of(zone), now)
        if fields.get("active") and not former.active:
            fields["covered_to"] = digests.beginning(fields["next_due"], now)
        return answer(_plan_json(_known(digests.change_plan(session, owner, path.plan_id, fields))))


@reads()
def delete_plan(path: PlanPath) -> Response:
    """End a plan of digests. Those that were made stay."""
    with services().database.write() as session:
        if not digests.remove_plan(session, principal().owner, path.plan_id):
            raise _unknown_plan()
    return Response(status=204)


def plan_fields(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What a plan is made of, checked beyond its types, as it is stored. Raises `Problem`."""
    refuse(plan_rules.wrong(sent, services().mail.recipients))
    return plan_rules.tidy(sent)


def refuse_zone(name: str) -> None:
    """Raises `Problem` when this is no time zone."""
    refuse(plan_rules.wrong({"zone": name}, None))


def _known(plan: Plan | None) -> Plan:
    if plan is None:
        raise _unknown_plan()
    return plan


def _unknown_plan() -> Problem:
    return Problem("not_found", "There is no digest plan with this id.")


def _json(found: Digest) -> DigestJson:
    content = digest.from_json(found.content)
    return DigestJson(
        id=found.id,
        plan_id=found.plan_id,
        title=content.title,
        since=found.since,
        until=found.until,
        created=found.created,
        content=content,
    )


def _listed(found: Digest) -> ListedDigestJson:
    content = digest.from_json(found.content)
    return ListedDigestJson(
        id=found.id,
        plan_id=found.plan_id,
        title=content.title,
        since=found.since,
        until=found.until,
        created=found.created,
        folder=content.folder,
        entries=content.counts.entries,
        stories=content.counts.stories,
    )


def _plan_json(plan: Plan) -> PlanJson:
    return PlanJson(
        id=plan.id,
        name=plan.name,
        hours=list(plan.hours),
        zone=plan.zone,
        stories=plan.stories,
        folder=plan.folder,
        emails=list(plan.emails),
        active=plan.active,
        next_due=plan.next_due if plan.active else None,
        covered_to=plan.covered_to,
        created=plan.created,
    )


ROUTES = (
    Route("POST", "/v1/digests", create_digest, DigestJson, "digests", scope="feeds", status=201),
    Route("GET", "/v1/digests", list_digests, DigestList, "digests", scope="feeds"),
    Route(
        "GET", "/v1/digests/<digest_id>", get_digest, DigestJson, "digests",
        scope="feeds", others=(MARKDOWN, HTML),
    ),
    Route("DELETE", "/v1/digests/<digest_id>", delete_digest, None, "digests", scope="feeds", status=204),
    Route("POST", "/v1/digest-plans", create_plan, PlanJson, "digests", scope="feeds", status=201),
    Route("GET", "/v1/digest-plans", list_plans, PlanList, "digests", scope="feeds"),
    Route("GET", "/v1/digest-plans/<plan_id>", get_plan, PlanJson, "digests", scope="feeds"),
    Route("PATCH", "/v1/digest-plans/<plan_id>", change_plan, PlanJson, "digests", scope="feeds"),
    Route("DELETE", "/v1/digest-plans/<plan_id>", delete_plan, None, "digests", scope="feeds", status=204),
)  # fmt: skip
