"""API keys in the store: made, found by digest, listed, revoked. Only the digests of secrets get here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from service.principal import Principal, Scope
from service.store.tables import KeyRow


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `owner` is its team; `hint` how its secret begins."""

    id: str
    owner: str
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    daily_characters: int | None
    created: datetime
    revoked: datetime | None = None

    @property
    def principal(self) -> Principal:
        return Principal(self.owner, self.id, frozenset(self.scopes), self.daily_characters)


def add(session: Session, key: Key, digest: str) -> None:
    """Keep a new key."""
    session.add(
        KeyRow(
            id=key.id,
            owner=key.owner,
            name=key.name,
            digest=digest,
            hint=key.hint,
            scopes=list(key.scopes),
            daily_characters=key.daily_characters,
            created=key.created,
            revoked=key.revoked,
        )
    )


def by_digest(session: Session, digest: str) -> Key | None:
    """The key with this digest, unless it was revoked."""
    row = session.scalar(select(KeyRow).where(KeyRow.digest == digest, KeyRow.revoked.is_(None)))
    return None if row is None else _key(row)


def get(session: Session, key_id: str) -> Key | None:
    row = session.get(KeyRow, key_id)
    return None if row is None else _key(row)


def any_active(session: Session) -> bool:
    """Whether there is a key that works."""
    return bool(session.scalar(select(exists().where(KeyRow.revoked.is_(None)))))


def newest(session: Session, limit: int, after: str | None = None) -> list[Key]:
    """Up to `limit` keys, newest first, revoked ones too; `after` is the last id of the page before."""
    wanted = select(KeyRow).order_by(KeyRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(KeyRow.id < after)
    return [_key(row) for row in session.scalars(wanted)]


def revoke(session: Session, key_id: str, now: datetime) -> bool:
    """End a key for good; False when there is none with this id. The first time of several counts."""
    session.execute(update(KeyRow).where(KeyRow.id == key_id, KeyRow.revoked.is_(None)).values(revoked=now))
    return session.get(KeyRow, key_id) is not None


def _key(row: KeyRow) -> Key:
    return Key(
        row.id,
        row.owner,
        row.name,
        row.hint,
        tuple(row.scopes),
        row.daily_characters,
        row.created,
        row.revoked,
    )
