"""Feeds that go out: what each shows, and the secret of its address."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.edition_tables import OutletRow
from service.store.ids import new_id
from service.store.owner_lock import lock

Kind = Literal["stories", "folder", "watch", "search"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: Outlets of one owner.
MOST = 200
#: Random bytes of a secret: whoever guesses is not done before the sun is.
_SECRET_BYTES = 32


class TooManyOutlets(Exception):
    """The owner has `MOST` of them."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """A feed that goes out. `target`: the folder's name, the watch's id or the query; empty for `stories`."""

    id: str
    owner: str
    title: str
    kind: Kind
    target: str
    secret: str = field(repr=False)
    created: datetime


def add(session: Session, owner: str, title: str, kind: Kind, target: str, now: datetime) -> Outlet:
    """A new outlet with a secret of its own. Raises `TooManyOutlets`."""
    lock(session, "outlets", owner)
    held = session.scalar(select(func.count()).where(OutletRow.owner == owner)) or 0
    if held >= MOST:
        raise TooManyOutlets(f"There are {MOST} outlets already.")
    row = OutletRow(
        id=new_id("out"),
        owner=owner,
        title=title,
        kind=kind,
        target=target,
        secret=_new_secret(),
        created=now,
    )
    session.add(row)
    session.flush()
    return _outlet(row)


def get(session: Session, owner: str, outlet_id: str) -> Outlet | None:
    row = _own(session, owner, outlet_id)
    return None if row is None else _outlet(row)


def by_secret(session: Session, secret: str) -> Outlet | None:
    """The outlet at this address, whoever asks."""
    row = session.scalar(select(OutletRow).where(OutletRow.secret == secret))
    return None if row is None else _outlet(row)


def page(session: Session, owner: str, limit: int, after: str | None = None) -> list[Outlet]:
    """Up to `limit` outlets, newest first; `after` is the last id of the page before."""
    wanted = select(OutletRow).where(OutletRow.owner == owner).order_by(OutletRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(OutletRow.id < after)
    return [_outlet(row) for row in session.scalars(wanted)]


def rename(session: Session, owner: str, outlet_id: str, title: str) -> Outlet | None:
    row = _own(session, owner, outlet_id)
    if row is None:
        return None
    row.title = title
    session.flush()
    return _outlet(row)


def rotate(session: Session, owner: str, outlet_id: str) -> Outlet | None:
    """Give it a new secret: the old address leads nowhere from now on."""
    row = _own(session, owner, outlet_id)
    if row is None:
        return None
    row.secret = _new_secret()
    session.flush()
    return _outlet(row)


def remove(session: Session, owner: str, outlet_id: str) -> bool:
    row = _own(session, owner, outlet_id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _own(session: Session, owner: str, outlet_id: str) -> OutletRow | None:
    row = session.get(OutletRow, outlet_id)
    return row if row is not None and row.owner == owner else None


def _new_secret() -> str:
    return secrets.token_urlsafe(_SECRET_BYTES)


def _outlet(row: OutletRow) -> Outlet:
    assert row.kind in KINDS
    return Outlet(row.id, row.owner, row.title, row.kind, row.target, row.secret, row.created)
