"""Watches in the store: queries that are asked of everything that comes in, and whom to tell."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.ids import new_id
from service.store.owner_lock import lock
from service.store.watch_tables import AlertRow, WatchRow

#: Watches of one owner.
MOST = 1000
#: What of a watch changes what it finds.
_LOOKED_FOR = frozenset(("query", "active"))
_STAMP_BITS = 40


class TooManyWatches(Exception):
    """The owner has `MOST` of them."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A stored query and whom it tells; the words are explained at `WatchRow`."""

    id: str
    owner: str
    name: str
    query: str
    created: datetime
    changed: datetime
    active: bool = True
    emails: tuple[str, ...] = ()
    webhooks: bool = True
    throttle_minutes: int = 0
    quiet_from: str | None = None
    quiet_to: str | None = None
    zone: str = "UTC"
    last_sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """Names the active watches of an owner as they are: two that are equal stand for the same ones."""

    owner: str
    number: int
    stamps: int


def add(session: Session, owner: str, now: datetime, fields: Mapping[str, Any]) -> Watch:
    """Keep a new watch; `fields` are those of `Watch` that a person sets (`name` and `query` at least).
    Raises `TooManyWatches`."""
    lock(session, "watches", owner)
    held = session.scalar(select(func.count()).where(WatchRow.owner == owner)) or 0
    if held >= MOST:
        raise TooManyWatches(f"There are {MOST} watches already.")
    made = replace(Watch(new_id("wat"), owner, "", "", now, now), **fields)
    values = {name: getattr(made, name) for name in Watch.__slots__}
    session.add(WatchRow(**values | {"emails": list(made.emails), "stamp": _stamp()}))
    session.flush()
    return made


def get(session: Session, owner: str, watch_id: str) -> Watch | None:
    """The owner's watch with this id."""
    row = session.scalar(select(WatchRow).where(WatchRow.id == watch_id, WatchRow.owner == owner))
    return None if row is None else _watch(row)


def page(session: Session, owner: str, limit: int, after: str | None = None) -> list[Watch]:
    """Up to `limit` watches, newest first; `after` is the last id of the page before."""
    wanted = select(WatchRow).where(WatchRow.owner == owner).order_by(WatchRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(WatchRow.id < after)
    return [_watch(row) for row in session.scalars(wanted)]


def change(
    session: Session, owner: str, watch_id: str, now: datetime, fields: Mapping[str, Any]
) -> Watch | None:
    """Change what `fields` names; None when the owner has no watch with this id. Alerts that wait are looked
    at again: what they wait for may have changed."""
    values = dict(fields) | {"changed": now}
    if "emails" in values:
        values["emails"] = list(values["emails"])
    if _LOOKED_FOR & values.keys():
        values["stamp"] = _stamp()
    mine = (WatchRow.id == watch_id, WatchRow.owner == owner)
    session.execute(update(WatchRow).where(*mine).values(**values))
    session.execute(
        update(AlertRow)
        .where(AlertRow.watch_id == watch_id, AlertRow.owner == owner, AlertRow.state == "waiting")
        .values(due=now)
    )
    return get(session, owner, watch_id)


def remove(session: Session, owner: str, watch_id: str) -> bool:
    """Delete a watch with its alerts; False when the owner has none with this id."""
    removed = session.execute(delete(WatchRow).where(WatchRow.id == watch_id, WatchRow.owner == owner))
    assert isinstance(removed, CursorResult)
    return removed.rowcount > 0


def version(session: Session, owner: str) -> Version:
    """Which watches are active. Clocks of several processes and the order of their commits don't matter to
    it: every change draws another stamp."""
    wanted = select(func.count(), func.coalesce(func.sum(WatchRow.stamp), 0))
    number, stamps = session.execute(wanted.where(WatchRow.owner == owner, WatchRow.active)).one()
    return Version(owner, number, int(stamps))


def active(session: Session, owner: str) -> dict[str, str]:
    """The queries of the owner's active watches, by id."""
    wanted = select(WatchRow.id, WatchRow.query).where(WatchRow.owner == owner, WatchRow.active)
    return dict(session.execute(wanted).all())


def _stamp() -> int:
    return secrets.randbits(_STAMP_BITS)


def _watch(row: WatchRow) -> Watch:
    values = {name: getattr(row, name) for name in Watch.__slots__}
    return Watch(**values | {"emails": tuple(row.emails)})
