"""Where entries stand, and what they are found and compared by. Who decides is `service.monitor.grouping`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, null, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from service.store import owner_lock
from service.store.story_tables import ApartRow, BandRow, PlacementRow, StoryRow, TermRow

#: Entries that a new one is compared with at most: those with which it has most keys in common.
CANDIDATES = 40
#: Entries of an owner after which the counts of terms are halved, so that what was common long ago fades.
AGED = 200_000
#: Under this term all entries are counted.
ALL = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that a new one may belong to."""

    entry_id: str
    story_id: str
    published: datetime
    sketch: bytes
    terms: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry stands, and what it is compared by (None when it is too old for that); `alone` when it
    is the only one of its story."""

    story_id: str
    kind: str
    by_hand: bool
    published: datetime
    sketch: bytes | None
    terms: Mapping[str, Any] | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an entry is put, and what it will be compared by (`keys`: what it will be found by)."""

    entry_id: str
    owner: str
    story_id: str
    feed_id: str
    published: datetime
    kind: str
    flags: int
    sketch: bytes
    terms: Mapping[str, Any]
    keys: Sequence[int]


def lock(session: Session, owner: str) -> None:
    """Until the transaction ends nobody else places this owner's entries: two copies that arrive at the same
    moment would otherwise not see each other. SQLite has one writer anyway."""
    owner_lock.lock(session, "stories", owner)


# Each entry goes through what follows, while others wait for the lock: the statements are made once, and
# executed on the connection, which takes a tenth of the time that `session.execute(select(...))` does.

_OCCURRENCES = select(TermRow.term, TermRow.entries).where(
    TermRow.owner == bindparam("owner"), TermRow.term.in_(bindparam("terms", expanding=True))
)


def occurrences(session: Session, owner: str, terms: Sequence[str]) -> tuple[dict[str, int], int]:
    """In how many of the owner's entries each of these terms occurred, and how many entries there were."""
    rows = session.connection().execute(_OCCURRENCES, {"owner": owner, "terms": [*terms, ALL]})
    found: dict[str, int] = dict(rows.all())
    return found, found.pop(ALL, 0)


#: Lists go to the database as one value: executing a statement for each item would take five times as long.
_LISTED = {"sqlite": "json_each(:list)", "postgresql": "unnest(CAST(:list AS {type}[])) AS listed(value)"}
_COUNT = {
    dialect: text(
        f"INSERT INTO story_terms (owner, term, entries) SELECT :owner, value, 1"
        f" FROM {listed.format(type='text')} WHERE true"
        " ON CONFLICT (owner, term) DO UPDATE SET entries = story_terms.entries + 1"
        " RETURNING term, entries - 1"
    )
    for dialect, listed in _LISTED.items()
}
_KEYS = {
    dialect: text(
        "INSERT INTO story_bands (key, entry_id) SELECT value, :entry_id"
        f" FROM {listed.format(type='bigint')} WHERE true"
    )
    for dialect, listed in _LISTED.items()
}


def _listed(session: Session, items: Sequence[object]) -> tuple[str, object]:
    """The dialect's name, and the items as it takes a list."""
    dialect = session.get_bind().dialect.name
    return dialect, json.dumps(items) if dialect == "sqlite" else list(items)


def count_terms(session: Session, owner: str, terms: Sequence[str]) -> tuple[dict[str, int], int]:
    """One more entry, with these terms; answers what `occurrences` did before."""
    dialect, listed = _listed(session, [*terms, ALL])
    rows = session.connection().execute(_COUNT[dialect], {"owner": owner, "list": listed})
    found: dict[str, int] = dict(rows.all())
    return found, found.pop(ALL)


_standing = aliased(PlacementRow)
_PLACED = (
    select(
        PlacementRow.story_id,
        PlacementRow.kind,
        PlacementRow.by_hand,
        PlacementRow.published,
        PlacementRow.sketch,
        PlacementRow.terms,
        select(func.count()).where(_standing.story_id == StoryRow.id).scalar_subquery() == 1,
    )
    .join(StoryRow, StoryRow.id == PlacementRow.story_id)
    .where(PlacementRow.entry_id == bindparam("entry_id"))
)


def placed(session: Session, entry_id: str) -> Standing | None:
    """Where an entry stands; None for one that was never placed."""
    found = session.connection().execute(_PLACED, {"entry_id": entry_id}).one_or_none()
    return None if found is None else Standing(*found)


_shared = func.count()
_found = (
    select(BandRow.entry_id, _shared.label("shared"))
    .where(BandRow.key.in_(bindparam("keys", expanding=True)))
    .group_by(BandRow.entry_id)
    .having(or_(_shared > 1, func.max(BandRow.key.op("&")(1)) == 1))
    .subquery()
)
_CANDIDATES = (
    select(
        PlacementRow.entry_id,
        PlacementRow.story_id,
        PlacementRow.published,
        PlacementRow.sketch,
        PlacementRow.terms,
    )
    .join(_found, _found.c.entry_id == PlacementRow.entry_id)
    .where(
        PlacementRow.owner == bindparam("owner"),
        PlacementRow.entry_id != bindparam("but"),
        PlacementRow.published.between(bindparam("earliest"), bindparam("latest")),
        PlacementRow.sketch.is_not(None),
    )
    .order_by(_found.c.shared.desc(), PlacementRow.entry_id.desc())
    .limit(CANDIDATES)
)


def candidates(
    session: Session, owner: str, keys: Sequence[int], published: datetime, window: timedelta, but: str
) -> list[Candidate]:
    """Entries published within `window` of then that have a band (an odd key) or two terms in common, without
    the entry `but`."""
    values = {
        "owner": owner,
        "keys": keys,
        "but": but,
        "earliest": published - window,
        "latest": published + window,
    }
    return [Candidate(*row) for row in session.connection().execute(_CANDIDATES, values)]


def apart_from(session: Session, story_id: str) -> set[str]:
    """The stories that somebody parted from this one."""
    wanted = select(ApartRow.one, ApartRow.other).where(
        or_(ApartRow.one == story_id, ApartRow.other == story_id)
    )
    return {id for pair in session.execute(wanted) for id in pair} - {story_id}


_PUT = insert(PlacementRow).values(by_hand=False)


def put(session: Session, placement: Placement) -> None:
    """Write down where an entry stands that stood nowhere."""
    values = {name: getattr(placement, name) for name in Placement.__slots__ if name != "keys"}
    session.connection().execute(_PUT, values)
    _put_keys(session, placement)


def move(session: Session, placement: Placement) -> None:
    """Write down where an entry stands now; its earlier place is overwritten, its keys too."""
    values = {name: getattr(placement, name) for name in Placement.__slots__ if name != "keys"}
    session.execute(update(PlacementRow).where(PlacementRow.entry_id == placement.entry_id).values(values))
    session.execute(delete(BandRow).where(BandRow.entry_id == placement.entry_id))
    _put_keys(session, placement)


def _put_keys(session: Session, placement: Placement) -> None:
    dialect, listed = _listed(session, list(dict.fromkeys(placement.keys)))
    session.connection().execute(_KEYS[dialect], {"entry_id": placement.entry_id, "list": listed})


def forget(session: Session, before: datetime, limit: int = 500) -> int:
    """Drop what up to `limit` entries published before then are found and compared by; answers how many."""
    old = (
        select(PlacementRow.entry_id)
        .where(PlacementRow.sketch.is_not(None), PlacementRow.published < before)
        .limit(limit)
    )
    ids = session.scalars(old).all()
    session.execute(delete(BandRow).where(BandRow.entry_id.in_(ids)))
    session.execute(
        update(PlacementRow).where(PlacementRow.entry_id.in_(ids)).values(sketch=None, terms=null())
    )
    return len(ids)


def fade(session: Session, most: int = AGED) -> int:
    """Halve the counts of terms of an owner with more than `most` entries; answers how many rows it has."""
    owner = session.scalar(select(TermRow.owner).where(TermRow.term == ALL, TermRow.entries > most).limit(1))
    if owner is None:
        return 0
    lock(session, owner)
    halved = session.execute(
        update(TermRow).where(TermRow.owner == owner).values(entries=TermRow.entries // 2)
    )
    session.execute(delete(TermRow).where(TermRow.owner == owner, TermRow.entries == 0))
    return int(halved.rowcount)  # type: ignore[attr-defined]
