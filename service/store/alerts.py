"""Alerts in the store: what watches found, each story once for each watch, until it is told.

An alert is written in the transaction that files the entry, `waiting`. Whoever sends takes the alerts of one
watch at a time (`hold_watch` keeps others from that watch until the transaction ends) and writes them into
the outboxes of webhooks and mail in the transaction in which it calls them `sent`: so each alert gets into
each outbox once, whatever dies.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from service.store import watches
from service.store.feed_tables import EntryRow, FeedRow
from service.store.ids import new_id
from service.store.story_tables import PlacementRow
from service.store.upsert import insert_into
from service.store.watch_tables import AlertRow, WatchRow
from service.store.watches import Watch

#: Days that alerts are kept: longer than anything is added to a story, which would be found again else.
KEPT_DAYS = 90
#: Old alerts deleted in one transaction.
PIECE = 500
#: Parameters in one statement; databases bound their number.
_AT_ONCE = 500
#: The state of what is no alert of its own: the watch was told of the story that this one was a part of.
KNOWN = "known"
#: A place in a text that the query's words hit: what is around it, and where in that.
Highlight = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """The entry by which a story was found, as it is now."""

    title: str
    title_en: str | None
    url: str | None
    published: datetime
    feed: str
    article_id: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """A watch found a story; the words are explained at `AlertRow`. `about` is None when the entry has been
    deleted since."""

    id: str
    owner: str
    watch_id: str
    story_id: str
    entry_id: str
    highlights: tuple[Highlight, ...]
    state: str
    due: datetime
    created: datetime
    sent: datetime | None
    about: About | None


def known(session: Session, story_id: str, watch_ids: Collection[str]) -> set[str]:
    """Those of the watches that have found the story before."""
    ids, found = sorted(watch_ids), set[str]()
    for start in range(0, len(ids), _AT_ONCE):
        some = AlertRow.watch_id.in_(ids[start : start + _AT_ONCE])
        found.update(session.scalars(select(AlertRow.watch_id).where(AlertRow.story_id == story_id, some)))
    return found


def add(
    session: Session,
    owner: str,
    story_id: str,
    entry_id: str,
    found: Mapping[str, Sequence[Highlight]],
    now: datetime,
) -> int:
    """Write an alert for each watch in `found` (its id, and the highlights) that hasn't found the story yet;
    answers how many. Watches that are gone or paused by now are passed over.

    The watches are held in the order of their ids, so that none is deleted under its alert (which would undo
    the whole transaction) and two transactions never wait for each other."""
    made, ids = 0, sorted(found)
    for start in range(0, len(ids), _AT_ONCE):
        wanted = select(WatchRow.id).where(
            WatchRow.id.in_(ids[start : start + _AT_ONCE]), WatchRow.owner == owner, WatchRow.active
        )
        held = session.scalars(wanted.order_by(WatchRow.id).with_for_update(read=True, key_share=True)).all()
        rows = [_fresh(owner, id, story_id, entry_id, found[id], now) for id in held]
        if rows:
            fresh = insert_into(session, AlertRow).on_conflict_do_nothing().returning(AlertRow.id)
            made += len(session.scalars(fresh, rows).all())
    return made


def _fresh(
    owner: str, watch_id: str, story_id: str, entry_id: str, highlights: Sequence[Highlight], now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id("alr"),
        "owner": owner,
        "watch_id": watch_id,
        "story_id": story_id,
        "entry_id": entry_id,
        "highlights": list(highlights),
        "state": "waiting",
        "due": now,
        "created": now,
        "sent": None,
    }


def due(session: Session, now: datetime, limit: int) -> list[str]:
    """Up to `limit` watches that have something to tell now, whoever has waited longest first."""
    wanted = (
        select(AlertRow.watch_id)
        .where(AlertRow.state == "waiting", AlertRow.due <= now)
        .group_by(AlertRow.watch_id)
        .order_by(func.min(AlertRow.due), AlertRow.watch_id)
        .limit(limit)
    )
    return list(session.scalars(wanted))


def hold_watch(session: Session, watch_id: str) -> Watch | None:
    """The watch, which nobody else sends for until the transaction ends; None when somebody does, or it is
    gone. New alerts may come in meanwhile."""
    wanted = select(WatchRow).where(WatchRow.id == watch_id)
    row = session.scalar(wanted.with_for_update(skip_locked=True, key_share=True))
    return None if row is None else watches.get(session, row.owner, watch_id)


def waiting(session: Session, watch_id: str, now: datetime, limit: int) -> list[Alert]:
    """Up to `limit` alerts of a watch that are to be told now, oldest first."""
    wanted = _all().where(AlertRow.watch_id == watch_id, AlertRow.state == "waiting", AlertRow.due <= now)
    return _alerts(session, wanted.order_by(AlertRow.id).limit(limit))


def put_off(session: Session, watch_id: str, until: datetime) -> None:
    """Nothing that waits for this watch is told before then."""
    session.execute(
        update(AlertRow)
        .where(AlertRow.watch_id == watch_id, AlertRow.state == "waiting", AlertRow.due < until)
        .values(due=until)
    )


def sent(session: Session, watch_id: str, told: Sequence[Alert], now: datetime) -> None:
    """The alerts are in the outboxes."""
    _end(session, [alert.id for alert in told], "sent", now)
    session.execute(update(WatchRow).where(WatchRow.id == watch_id).values(last_sent=now))


def drop(session: Session, watch_id: str, now: datetime) -> None:
    """What waits for this watch is not told any more."""
    wanted = select(AlertRow.id).where(AlertRow.watch_id == watch_id, AlertRow.state == "waiting")
    _end(session, session.scalars(wanted).all(), "dropped", now)


def page(
    session: Session, owner: str, watch_id: str | None, limit: int, after: str | None = None
) -> list[Alert]:
    """Up to `limit` alerts of the owner, or of one watch, newest first; `after` is the last id of the page
    before."""
    wanted = _all().where(AlertRow.owner == owner, AlertRow.state != KNOWN)
    if watch_id is not None:
        wanted = wanted.where(AlertRow.watch_id == watch_id)
    if after is not None:
        wanted = wanted.where(AlertRow.id < after)
    return _alerts(session, wanted.order_by(AlertRow.id.desc()).limit(limit))


def stories_of(session: Session, entry_ids: Sequence[str]) -> dict[str, str]:
    """The stories in which entries stand, by entry."""
    found = dict[str, str]()
    for start in range(0, len(entry_ids), _AT_ONCE):
        some = PlacementRow.entry_id.in_(entry_ids[start : start + _AT_ONCE])
        found |= dict(session.execute(select(PlacementRow.entry_id, PlacementRow.story_id).where(some)).all())
    return found


def moved(session: Session, into: str, other: str) -> None:
    """Story `other` has become a part of `into`: who has heard of one has heard of both."""
    both = select(AlertRow.watch_id).where(AlertRow.story_id == into)
    session.execute(
        update(AlertRow)
        .where(AlertRow.story_id == other, AlertRow.watch_id.not_in(both))
        .values(story_id=into)
        .execution_options(synchronize_session=False)
    )


def shared(session: Session, story_id: str, new: str, now: datetime) -> None:
    """Story `new` was a part of this one: who has heard of it, or is about to, has heard of both. Of watches
    that are deleted at the same moment nothing is kept, as in `add`."""
    heard = session.execute(
        select(AlertRow.owner, AlertRow.watch_id, AlertRow.entry_id).where(AlertRow.story_id == story_id)
    ).all()
    for start in range(0, len(heard), _AT_ONCE):
        some = heard[start : start + _AT_ONCE]
        wanted = select(WatchRow.id).where(WatchRow.id.in_([alert.watch_id for alert in some]))
        wanted = wanted.order_by(WatchRow.id).with_for_update(read=True, key_share=True)
        held = set(session.scalars(wanted))
        rows = [
            _fresh(alert.owner, alert.watch_id, new, alert.entry_id, (), now) | {"state": KNOWN}
            for alert in some
            if alert.watch_id in held
        ]
        if rows:
            session.execute(insert_into(session, AlertRow).on_conflict_do_nothing(), rows)


def expire(session: Session, before: datetime, limit: int = PIECE) -> int:
    """Delete alerts that were told before then; returns how many."""
    old = select(AlertRow.id).where(AlertRow.state != "waiting", AlertRow.created < before).limit(limit)
    return _count(session.execute(delete(AlertRow).where(AlertRow.id.in_(old))))


def _end(session: Session, ids: Sequence[str], state: str, now: datetime) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        some = AlertRow.id.in_(ids[start : start + _AT_ONCE])
        session.execute(update(AlertRow).where(some).values(state=state, sent=now))


_OWN = tuple(name for name in Alert.__slots__ if name != "about")
_ABOUT = (
    EntryRow.title, EntryRow.title_en, EntryRow.url, EntryRow.published, FeedRow.title, EntryRow.article_id
)  # fmt: skip


def _all() -> Select[Any]:
    own = (getattr(AlertRow, name) for name in _OWN)
    return (
        select(*own, FeedRow.url, *_ABOUT)
        .outerjoin(EntryRow, EntryRow.id == AlertRow.entry_id)
        .outerjoin(FeedRow, FeedRow.id == EntryRow.feed_id)
    )


def _alerts(session: Session, wanted: Select[Any]) -> list[Alert]:
    found = []
    for row in session.execute(wanted):
        own, feed_url, about = row[: len(_OWN)], row[len(_OWN)], list(row[len(_OWN) + 1 :])
        about[4] = about[4] or feed_url
        fields = dict(zip(_OWN, own, strict=True))
        fields["highlights"] = tuple(fields["highlights"])
        found.append(Alert(**fields, about=None if about[0] is None else About(*about)))
    return found


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
