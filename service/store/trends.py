"""Numbers for the dashboard: what came in, what of it is flagged, which words rise.

Volumes are counted in the index of entries; flags and words are counted when an entry has been translated
(`count`), so that looking at them costs the same whatever the texts are.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, case, delete, func, select, tuple_
from sqlalchemy.orm import Session

from models import keyness
from service.store.feed_tables import EntryRow, FeedRow
from service.store.trend_tables import TallyRow, WordDayRow
from service.store.upsert import insert_into

#: Days for which the words of headlines are kept.
KEPT = timedelta(days=100)
#: "Now" when words rise, and the time before that it is held against.
WINDOW, BASE = timedelta(days=7), timedelta(days=28)
#: Fewer headlines than these make no trend.
FEWEST = 3
#: Rows of words deleted in one statement.
_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Headline:
    """A translated entry's headline in both languages."""

    entry_id: str
    owner: str
    published: datetime
    title: str
    title_en: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many segments an entry has, how many of them a flag, and how many a critical or major one."""

    segments: int = 0
    flagged: int = 0
    serious: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """How many entries a feed had."""

    feed_id: str
    title: str
    folder: str
    entries: int


@dataclass(frozen=True, slots=True)
class Share:
    """What was flagged of a day's translated entries: `entries_flagged` have a serious flag somewhere."""

    day: date
    entries: int
    entries_flagged: int
    segments: int
    flagged: int
    serious: int


@dataclass(frozen=True, slots=True)
class Rising:
    """A word that more headlines have than before. `now`: headlines of the last week; `usual`: headlines of a
    week, in the four weeks before."""

    form: str
    now: int
    usual: float


def count(session: Session, seen: Headline, checked: Checked, now: datetime) -> None:
    """Count a translated entry; one that is translated again changes its flags, and its first headline
    stays counted."""
    known = session.get(TallyRow, seen.entry_id)
    if known is not None:
        known.segments, known.flagged, known.serious = checked.segments, checked.flagged, checked.serious
        return
    day = seen.published.astimezone(UTC).date()
    session.add(
        TallyRow(
            entry_id=seen.entry_id,
            owner=seen.owner,
            day=day,
            segments=checked.segments,
            flagged=checked.flagged,
            serious=checked.serious,
        )
    )
    session.flush()
    if now - seen.published < KEPT:
        _count_words(session, seen.owner, day, {"ar": seen.title, "en": seen.title_en})


def _count_words(session: Session, owner: str, day: date, headlines: Mapping[str, str]) -> None:
    rows = [
        {"owner": owner, "language": language, "token": token, "day": day, "entries": 1, "form": form}
        for language, headline in sorted(headlines.items())
        # In order: two transactions that lock the same rows wait for each other, and never in a circle.
        for token, form in sorted(keyness.words(headline).items())
    ]
    if not rows:
        return
    insert = insert_into(session, WordDayRow).values(rows)
    shorter = func.length(insert.excluded.form) < func.length(WordDayRow.form)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["owner", "language", "token", "day"],
            set_={
                "entries": WordDayRow.entries + 1,
                "form": case((shorter, insert.excluded.form), else_=WordDayRow.form),
            },
        )
    )


def expire(session: Session, before: date) -> int:
    """Delete words of earlier days, some of them; returns how many."""
    key = tuple_(WordDayRow.owner, WordDayRow.language, WordDayRow.token, WordDayRow.day)
    old = select(WordDayRow.owner, WordDayRow.language, WordDayRow.token, WordDayRow.day).where(
        WordDayRow.day < before
    )
    result: Any = session.execute(delete(WordDayRow).where(key.in_(old.limit(_AT_ONCE))))
    return int(result.rowcount)


def by_hour(session: Session, owner: str, since: datetime) -> dict[datetime, int]:
    """Entries by the hour (UTC) in which they were published; hours without any are left out."""
    hour = _hour(session)
    wanted = select(hour, func.count()).where(*_published(owner, since)).group_by(hour)
    return {datetime.strptime(h, "%Y-%m-%d %H").replace(tzinfo=UTC): n for h, n in session.execute(wanted)}


def by_source(session: Session, owner: str, since: datetime) -> list[Source]:
    """Feeds by how many entries they published, most first; feeds without any are there too."""
    counts = (
        select(EntryRow.feed_id, func.count().label("number"))
        .where(*_published(owner, since))
        .group_by(EntryRow.feed_id)
        .subquery()
    )
    number = func.coalesce(counts.c.number, 0)
    wanted = (
        select(FeedRow.id, FeedRow.title, FeedRow.url, FeedRow.folder, number)
        .outerjoin(counts, counts.c.feed_id == FeedRow.id)
        .where(FeedRow.owner == owner)
        .order_by(number.desc(), FeedRow.id)
    )
    return [Source(id, title or url, folder, n) for id, title, url, folder, n in session.execute(wanted)]


def by_feed_and_day(session: Session, owner: str, since: datetime) -> dict[str, dict[date, int]]:
    """Entries of every feed by the day (UTC) on which they were published."""
    day = func.substr(_hour(session), 1, 10, type_=Text)
    wanted = (
        select(EntryRow.feed_id, day, func.count())
        .where(*_published(owner, since))
        .group_by(EntryRow.feed_id, day)
    )
    found: dict[str, dict[date, int]] = {}
    for feed_id, written, number in session.execute(wanted):
        found.setdefault(feed_id, {})[date.fromisoformat(written)] = number
    return found


def shares(session: Session, owner: str, since: date) -> list[Share]:
    """What was flagged, by the day of publication (UTC), in order; days without entries are left out."""
    wanted = (
        select(
            TallyRow.day,
            func.count(),
            func.sum(case((TallyRow.serious > 0, 1), else_=0)),
            func.sum(TallyRow.segments),
            func.sum(TallyRow.flagged),
            func.sum(TallyRow.serious),
        )
        .where(TallyRow.owner == owner, TallyRow.day >= since)
        .group_by(TallyRow.day)
        .order_by(TallyRow.day)
    )
    return [Share(row[0], *(int(n) for n in row[1:])) for row in session.execute(wanted)]


def rising(session: Session, owner: str, language: str, today: date, limit: int) -> list[Rising]:
    """The words that rose most: headlines of the week that ends with `today`, against the four weeks before.
    Empty while there is nothing to hold the week against."""
    start, first = today - WINDOW + timedelta(days=1), today - WINDOW - BASE + timedelta(days=1)
    totals = {share.day: share.entries for share in shares(session, owner, first)}
    of_now = sum(n for day, n in totals.items() if day >= start)
    of_before = sum(n for day, n in totals.items() if day < start)
    if not of_now or not of_before:
        return []
    now = func.sum(case((WordDayRow.day >= start, WordDayRow.entries), else_=0))
    before = func.sum(WordDayRow.entries) - now
    wanted = (
        select(func.min(WordDayRow.form), now, before)
        .where(WordDayRow.owner == owner, WordDayRow.language == language, WordDayRow.day >= first)
        .group_by(WordDayRow.token)
        .having(now >= FEWEST, now * of_before > before * of_now)
    )
    risen = (
        (keyness.surprise(n, of_now, b, of_before), n, form, b) for form, n, b in session.execute(wanted)
    )
    most = heapq.nsmallest(limit, risen, key=lambda one: (-one[0], -one[1], one[2]))
    return [Rising(form, n, b / (BASE / WINDOW)) for _, n, form, b in most]


def _published(owner: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Through the feeds: (feed, published) is an index that holds all that is counted, however long the texts
    of the entries are."""
    mine = select(FeedRow.id).where(FeedRow.owner == owner)
    return EntryRow.feed_id.in_(mine), EntryRow.published >= since


def _hour(session: Session) -> ColumnElement[str]:
    """Day and hour of publication, such as `2026-11-28 07` (UTC)."""
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(EntryRow.published, 1, 13, type_=Text)
    return func.to_char(func.timezone("UTC", EntryRow.published), "YYYY-MM-DD HH24", type_=Text)
