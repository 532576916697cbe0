"""Making a digest: by a plan, or because somebody asks for one now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.editions import as_html, as_text, digest, schedule
from service.editions.digest import Content, Wanted
from service.store import digests, mails, webhooks
from service.store import period as periods
from service.store.database import Database
from service.store.digests import Digest, Plan
from service.store.ids import new_id
from service.store.period import Period

EVENT = "digest.made"
#: A digest covers no more than that, however long nobody made one.
LONGEST = timedelta(days=31)
#: So long the next digest waits for entries that weren't translated in time for this one.
PATIENCE = timedelta(days=1)
#: What comes in at this moment is stamped with a time before it is there to be seen.
MARGIN = timedelta(seconds=10)


def by_plan(database: Database, plan: Plan, base: str | None, now: datetime) -> Digest | None:
    """Make the digest of a plan that is due: written down, its mails and messages too, in the transaction
    that moves the plan on. None when another process made it, or somebody changed the plan meanwhile.

    It covers what came in since the one before, however many hours were missed; `base` is the service's
    address, for links."""
    wanted = Wanted(
        Period(max(plan.covered_to, now - LONGEST), now, plan.folder), plan.name, plan.zone, plan.stories
    )
    next_due = schedule.next_due(plan.hours, schedule.zone_of(plan.zone), now)
    digest.prepare(database, plan.owner, wanted)
    # What takes time is done before the transaction that writes, of which SQLite has one at a time.
    with database.read() as session:
        covered = _covered(session, plan.owner, wanted.period)
        content = digest.make(session, plan.owner, wanted, now)
    with database.write() as session:
        if not digests.advance(session, plan, next_due, covered):
            return None
        return _keep(session, plan.owner, content, now, plan, base)


def by_hand(database: Database, owner: str, wanted: Wanted, now: datetime) -> Digest:
    """Make a digest now, and keep it. Nobody is written to."""
    digest.prepare(database, owner, wanted)
    with database.read() as session:
        content = digest.make(session, owner, wanted, now)
    with database.write() as session:
        return _keep(session, owner, content, now)


def _covered(session: Session, owner: str, period: Period) -> datetime:
    """Where the next digest begins: at the first entry that isn't translated yet, so that it comes in there.
    One that waits for ever holds nothing up for ever."""
    first = periods.totals(session, owner, period).waiting_since or period.until
    return max(period.since, period.until - PATIENCE, min(first, period.until - MARGIN))


def _keep(
    session: Session,
    owner: str,
    content: Content,
    now: datetime,
    plan: Plan | None = None,
    base: str | None = None,
) -> Digest:
    made = Digest(
        id=new_id("dig"),
        owner=owner,
        plan_id=None if plan is None else plan.id,
        since=content.since,
        until=content.until,
        content=digest.to_json(content),
        created=now,
    )
    digests.keep(session, made)
    for recipient in () if plan is None else plan.emails:
        text = as_text.to_text(content, base, made.id)
        mails.queue(
            session, owner, recipient, content.title, text, as_html.document(content, base, made.id), now
        )
    webhooks.announce(session, owner, EVENT, _told(made, content), now)
    return made


def _told(made: Digest, content: Content) -> Mapping[str, Any]:
    """What webhooks are told: enough for a message, with the id under which there is all of it."""
    return {
        "id": made.id,
        "plan_id": made.plan_id,
        "title": content.title,
        "since": made.since,
        "until": made.until,
        "folder": content.folder,
        "entries": content.counts.entries,
        "stories": [
            {"id": brief.id, "title": {"ar": brief.title, "en": brief.title_en}, "link": brief.link}
            for brief in (top.brief for top in content.top)
        ],
    }  # fmt: skip
