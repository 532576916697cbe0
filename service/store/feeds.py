"""Feeds in the store: followed, due for a look, and how the last looks went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select, update
from sqlalchemy.orm import Session

from service.store import story_changes
from service.store.feed_tables import FeedRow, within
from service.store.ids import new_id
from service.store.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with a feed's entries; the words are explained at `FeedRow`."""

    folder: str = ""
    depth: str = "summary"
    full_text: str = "auto"
    sentences: int = 2
    keep_days: int | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A followed feed and its health."""

    id: str
    owner: str
    url: str
    title: str
    site: str | None
    policy: Policy
    created: datetime
    state: str
    next_poll: datetime
    etag: str | None
    last_modified: str | None
    last_poll: datetime | None
    last_success: datetime | None
    failures: int
    error: str | None
    remarks: tuple[str, ...]
    wishes: Mapping[str, Any]


def add(
    session: Session,
    owner: str,
    url: str,
    now: datetime,
    title: str = "",
    policy: Policy = Policy(),
) -> tuple[Feed, bool]:
    """Follow a feed, due at once. One that the owner follows already stays as it is; the flag says whether
    it is new."""
    values: dict[str, Any] = {
        "id": new_id("feed"),
        "owner": owner,
        "url": url,
        "title": title,
        "site": None,
        "folder": policy.folder,
        "depth": policy.depth,
        "full_text": policy.full_text,
        "sentences": policy.sentences,
        "keep_days": policy.keep_days,
        "zone": policy.zone,
        "created": now,
        "state": "active",
        "next_poll": now,
        "failures": 0,
        "remarks": [],
    }
    made = insert_into(session, FeedRow).values(values)
    new = made.on_conflict_do_nothing(index_elements=[FeedRow.owner, FeedRow.url]).returning(FeedRow.id)
    is_new = session.scalar(new) is not None
    row = session.scalar(select(FeedRow).where(FeedRow.owner == owner, FeedRow.url == url))
    assert row is not None
    return _feed(row), is_new


def by_url(session: Session, owner: str, url: str) -> Feed | None:
    """The owner's feed at this address."""
    row = session.scalar(select(FeedRow).where(FeedRow.owner == owner, FeedRow.url == url))
    return None if row is None else _feed(row)


def get(session: Session, owner: str, feed_id: str) -> Feed | None:
    row = session.get(FeedRow, feed_id)
    return _feed(row) if row is not None and row.owner == owner else None


def page(
    session: Session, owner: str, limit: int, after: str | None = None, folder: str | None = None
) -> list[Feed]:
    """Up to `limit` feeds, newest first; `after` is the last id of the page before."""
    wanted = select(FeedRow).where(FeedRow.owner == owner).order_by(FeedRow.id.desc()).limit(limit)
    if after is not None:
        wanted = wanted.where(FeedRow.id < after)
    if folder is not None:
        wanted = wanted.where(within(folder))
    return [_feed(row) for row in session.scalars(wanted)]


def change(session: Session, owner: str, feed_id: str, values: Mapping[str, Any]) -> Feed | None:
    """Set columns of a feed (those of `Policy`, `title`, `next_poll`, `state`)."""
    row = session.get(FeedRow, feed_id)
    if row is None or row.owner != owner:
        return None
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return _feed(row)


def delete(session: Session, owner: str, feed_id: str) -> bool:
    """Stop following; its entries go with it, also from stories; articles made of them stay."""
    row = session.get(FeedRow, feed_id)
    if row is None or row.owner != owner:
        return False
    told_in = story_changes.of_feed(session, feed_id)
    session.delete(row)
    story_changes.recount(session, told_in, datetime.now(UTC))
    return True


def claim_due(session: Session, now: datetime, lease: timedelta, limit: int) -> list[Feed]:
    """Up to `limit` feeds that are due, longest overdue first, and nobody else's until the lease ends."""
    wanted = (
        select(FeedRow)
        .where(*_due(now))
        .order_by(FeedRow.next_poll)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(wanted).all()
    for row in rows:
        row.leased_until = now + lease
    session.flush()
    return [_feed(row) for row in rows]


def any_due(session: Session, now: datetime) -> bool:
    """Whether `claim_due` may find something; a read, so that an idle poller never holds up a write."""
    return bool(session.scalar(select(exists().where(*_due(now)))))


def release(session: Session, feed_ids: Sequence[str]) -> None:
    """Give back feeds that were claimed and not looked at."""
    session.execute(update(FeedRow).where(FeedRow.id.in_(feed_ids)).values(leased_until=None))


def release_all(session: Session) -> None:
    """Give back all claimed feeds: whoever claimed them polls no more."""
    session.execute(update(FeedRow).where(FeedRow.leased_until.is_not(None)).values(leased_until=None))


def lock(session: Session, feed_id: str) -> bool:
    """Keep the feed from being deleted until the transaction ends; False when it is gone already."""
    return session.scalar(select(FeedRow.id).where(FeedRow.id == feed_id).with_for_update()) is not None


def due_now(session: Session, owner: str, feed_id: str, now: datetime) -> Feed | None:
    """Have a feed looked at next, whatever it asks, also one that was retired."""
    return change(session, owner, feed_id, {"next_poll": now, "state": "active"})


def polled(session: Session, feed_id: str, values: Mapping[str, Any]) -> None:
    """Write down how a look went, and end its lease. A feed that was deleted meanwhile is passed over."""
    session.execute(update(FeedRow).where(FeedRow.id == feed_id).values(leased_until=None, **values))


def count(session: Session, owner: str) -> int:
    """How many feeds the owner follows."""
    wanted = select(func.count()).select_from(FeedRow).where(FeedRow.owner == owner)
    return session.scalar(wanted) or 0


def health(session: Session, dead_before: datetime) -> dict[str, int]:
    """How many feeds of all owners are how, in the words of `monitor/health.py`; those that fail are dead
    when their last success, or their beginning, was before then."""
    since = func.coalesce(FeedRow.last_success, FeedRow.created)
    word = case(
        (FeedRow.state == "retired", "retired"),
        ((FeedRow.failures > 0) & (since <= dead_before), "dead"),
        (FeedRow.failures > 0, "failing"),
        (FeedRow.last_success.is_(None), "new"),
        else_="ok",
    ).label("word")
    counts = select(word, func.count()).group_by(word)
    return dict.fromkeys(("new", "ok", "failing", "dead", "retired"), 0) | dict(session.execute(counts).all())


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = FeedRow.leased_until.is_(None) | (FeedRow.leased_until <= now)
    return FeedRow.state == "active", FeedRow.next_poll <= now, free


def urls(session: Session, owner: str, candidates: Sequence[str]) -> set[str]:
    """Those of `candidates` that the owner follows."""
    wanted = select(FeedRow.url).where(FeedRow.owner == owner, FeedRow.url.in_(candidates))
    return set(session.scalars(wanted))


def _feed(row: FeedRow) -> Feed:
    return Feed(
        id=row.id,
        owner=row.owner,
        url=row.url,
        title=row.title,
        site=row.site,
        policy=Policy(row.folder, row.depth, row.full_text, row.sentences, row.keep_days, row.zone),
        created=row.created,
        state=row.state,
        next_poll=row.next_poll,
        etag=row.etag,
        last_modified=row.last_modified,
        last_poll=row.last_poll,
        last_success=row.last_success,
        failures=row.failures,
        error=row.error,
        remarks=tuple(row.remarks),
        wishes=row.wishes or {},
    )
