"""Digests in the store: the plans by which they are made, and each as it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.edition_tables import DigestPlanRow, DigestRow
from service.store.ids import new_id
from service.store.owner_lock import lock

#: Plans of one owner.
MOST = 50
#: How much the first digest of a plan covers, at least.
FIRST = timedelta(days=1)
#: Old digests deleted in one transaction.
PIECE = 200


class TooManyPlans(Exception):
    """The owner has `MOST` of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a team gets digests of what; the words are explained at `DigestPlanRow`."""

    id: str
    owner: str
    name: str
    hours: tuple[str, ...]
    zone: str
    next_due: datetime
    covered_to: datetime
    created: datetime
    stories: int = 10
    folder: str | None = None
    emails: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest as it was made. `content` is its JSON."""

    id: str
    owner: str
    plan_id: str | None
    since: datetime
    until: datetime
    content: Mapping[str, Any]
    created: datetime


def add_plan(
    session: Session, owner: str, now: datetime, next_due: datetime, fields: Mapping[str, Any]
) -> Plan:
    """Keep a new plan. `fields` are those of `Plan` that a person sets (`name`, `hours` and `zone` at least).
    Raises `TooManyPlans`."""
    lock(session, "plans", owner)
    held = session.scalar(select(func.count()).where(DigestPlanRow.owner == owner)) or 0
    if held >= MOST:
        raise TooManyPlans(f"There are {MOST} digest plans already.")
    made = replace(
        Plan(new_id("dpl"), owner, "", (), "UTC", next_due, beginning(next_due, now), now), **fields
    )
    session.add(DigestPlanRow(**_values({name: getattr(made, name) for name in Plan.__slots__})))
    session.flush()
    return made


def beginning(next_due: datetime, now: datetime) -> datetime:
    """What the first digest of a plan begins with: the day before it, so that it isn't empty when it is made
    soon."""
    return min(now, next_due - FIRST)


def plan(session: Session, owner: str, plan_id: str) -> Plan | None:
    """The owner's plan with this id."""
    mine = (DigestPlanRow.id == plan_id, DigestPlanRow.owner == owner)
    row = session.scalar(select(DigestPlanRow).where(*mine).execution_options(populate_existing=True))
    return None if row is None else _plan(row)


def plans(session: Session, owner: str, limit: int, after: str | None = None) -> list[Plan]:
    """Up to `limit` plans, newest first; `after` is the last id of the page before."""
    wanted = select(DigestPlanRow).where(DigestPlanRow.owner == owner)
    if after is not None:
        wanted = wanted.where(DigestPlanRow.id < after)
    return [_plan(row) for row in session.scalars(wanted.order_by(DigestPlanRow.id.desc()).limit(limit))]


def change_plan(session: Session, owner: str, plan_id: str, fields: Mapping[str, Any]) -> Plan | None:
    """Change what `fields` names; None when the owner has no plan with this id."""
    if fields:
        session.execute(
            update(DigestPlanRow)
            .where(DigestPlanRow.id == plan_id, DigestPlanRow.owner == owner)
            .values(**_values(fields))
        )
    return plan(session, owner, plan_id)


def remove_plan(session: Session, owner: str, plan_id: str) -> bool:
    """Delete a plan; digests that were made by it stay."""
    return _count(
        session.execute(
            delete(DigestPlanRow).where(DigestPlanRow.id == plan_id, DigestPlanRow.owner == owner)
        )
    ) > 0  # fmt: skip


def any_due(session: Session, now: datetime) -> bool:
    return bool(session.scalar(select(exists().where(DigestPlanRow.active, DigestPlanRow.next_due <= now))))


def due(session: Session, now: datetime, limit: int = 100) -> list[Plan]:
    """Plans whose time has come, those that wait longest first."""
    wanted = (
        select(DigestPlanRow)
        .where(DigestPlanRow.active, DigestPlanRow.next_due <= now)
        .order_by(DigestPlanRow.next_due, DigestPlanRow.id)
        .limit(limit)
    )
    return [_plan(row) for row in session.scalars(wanted)]


def advance(session: Session, seen: Plan, next_due: datetime, covered_to: datetime) -> bool:
    """Move a plan on, in the transaction that writes its digest. False, and nothing written, when it is no
    longer as it was `seen`: another process made the digest, or somebody changed the plan."""
    moved = session.execute(
        update(DigestPlanRow)
        .where(
            DigestPlanRow.id == seen.id,
            DigestPlanRow.active,
            DigestPlanRow.next_due == seen.next_due,
            DigestPlanRow.covered_to == seen.covered_to,
        )
        .values(next_due=next_due, covered_to=covered_to)
    )
    return _count(moved) > 0


def keep(session: Session, digest: Digest) -> None:
    """Keep a digest as it was made."""
    session.add(
        DigestRow(
            id=digest.id,
            owner=digest.owner,
            plan_id=digest.plan_id,
            since=digest.since,
            until=digest.until,
            content=dict(digest.content),
            created=digest.created,
        )
    )
    session.flush()


def get(session: Session, owner: str, digest_id: str) -> Digest | None:
    """The owner's digest with this id."""
    row = session.scalar(select(DigestRow).where(DigestRow.id == digest_id, DigestRow.owner == owner))
    return None if row is None else _digest(row)


def page(
    session: Session, owner: str, limit: int, after: str | None = None, plan_id: str | None = None
) -> list[Digest]:
    """Up to `limit` digests, newest first; `after` is the last id of the page before."""
    wanted = select(DigestRow).where(DigestRow.owner == owner)
    if after is not None:
        wanted = wanted.where(DigestRow.id < after)
    if plan_id is not None:
        wanted = wanted.where(DigestRow.plan_id == plan_id)
    return [_digest(row) for row in session.scalars(wanted.order_by(DigestRow.id.desc()).limit(limit))]


def remove(session: Session, owner: str, digest_id: str) -> bool:
    mine = (DigestRow.id == digest_id, DigestRow.owner == owner)
    return _count(session.execute(delete(DigestRow).where(*mine))) > 0


def expire(session: Session, before: datetime, limit: int = PIECE) -> int:
    """Delete digests of all owners that were made before then; returns how many."""
    old = select(DigestRow.id).where(DigestRow.created < before).limit(limit)
    return _count(session.execute(delete(DigestRow).where(DigestRow.id.in_(old))))


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    """For the columns, which hold lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


def _plan(row: DigestPlanRow) -> Plan:
    values = {name: getattr(row, name) for name in Plan.__slots__}
    return Plan(**values | {"hours": tuple(row.hours), "emails": tuple(row.emails)})


def _digest(row: DigestRow) -> Digest:
    return Digest(**{name: getattr(row, name) for name in Digest.__slots__})


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
