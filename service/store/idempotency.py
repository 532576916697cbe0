"""Answers to requests that carried an `Idempotency-Key`, so that the same request again gets the same answer.

A row without a status belongs to a request that is at work; when its process died, another may take it over
after a while.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store.tables import IdempotencyRow
from service.store.upsert import insert_into

#: How long an answer is kept.
KEPT = timedelta(hours=24)
#: Old answers deleted in one transaction.
PIECE = 500
#: After this a request that is still without an answer is taken for dead.
ABANDONED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer that was given."""

    status: int
    headers: Mapping[str, Any]
    body: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The key is in use: by another request (`same` False), or by the same one, at work since then."""

    same: bool


def begin(session: Session, owner: str, key: str, fingerprint: str, now: datetime) -> Saved | Taken | None:
    """Take the key for a request; None: it is this one's. Otherwise what there is of the first one."""
    fresh = {"fingerprint": fingerprint, "created": now, "status": None, "headers": None, "body": None}
    made = session.execute(
        insert_into(session, IdempotencyRow)
        .values(owner=owner, key=key, **fresh)
        .on_conflict_do_nothing(index_elements=[IdempotencyRow.owner, IdempotencyRow.key])
    )
    assert isinstance(made, CursorResult)
    if made.rowcount:
        return None
    mine = (IdempotencyRow.owner == owner, IdempotencyRow.key == key)
    row = session.scalar(select(IdempotencyRow).where(*mine).with_for_update())
    if row is None or row.created < now - (KEPT if row.status is not None else ABANDONED):
        session.execute(update(IdempotencyRow).where(*mine).values(**fresh))
        return None
    if row.fingerprint != fingerprint:
        return Taken(same=False)
    if row.status is None:
        return Taken(same=True)
    return Saved(row.status, row.headers or {}, row.body or "")


def finish(session: Session, owner: str, key: str, saved: Saved) -> None:
    """Keep the answer."""
    session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.owner == owner, IdempotencyRow.key == key)
        .values(status=saved.status, headers=dict(saved.headers), body=saved.body)
    )


def forget(session: Session, owner: str, key: str) -> None:
    """Give the key back: the request failed, and may be tried again. An answer that was kept stays."""
    session.execute(
        delete(IdempotencyRow).where(
            IdempotencyRow.owner == owner, IdempotencyRow.key == key, IdempotencyRow.status.is_(None)
        )
    )


def expire(session: Session, now: datetime, limit: int = PIECE) -> int:
    """Delete up to `limit` answers that were kept long enough; returns how many."""
    mine = tuple_(IdempotencyRow.owner, IdempotencyRow.key)
    old = select(IdempotencyRow.owner, IdempotencyRow.key).where(IdempotencyRow.created < now - KEPT)
    gone = session.execute(delete(IdempotencyRow).where(mine.in_(old.limit(limit))))
    assert isinstance(gone, CursorResult)
    return gone.rowcount
