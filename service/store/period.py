"""What came in within a period: stories by weight, what is flagged in them, what still waits.

A period is one of arrival, not of publication: feeds are looked at every few minutes to hours, so what was
published just before an edition was made may come in just after, and belongs to the next one. What was old
when it came in (the back numbers of a feed that is new here) belongs to none.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.store.feed_tables import EntryRow, FeedRow, within
from service.store.story_tables import PlacementRow
from service.store.tables import ArticleRow, SegmentRow

#: Entries published so long before the period began, or earlier, were old when they came in.
LATE = timedelta(days=2)
#: Articles whose flags are looked at for one edition.
_MOST_ARTICLES = 200
#: Code points of a flagged segment that are shown.
_MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on and before `until`; `folder` None: all folders."""

    since: datetime
    until: datetime
    folder: str | None = None

    @property
    def before(self) -> "Period":
        """The time before, as long as this one."""
        return Period(self.since - (self.until - self.since), self.since, self.folder)


@dataclass(frozen=True, slots=True)
class Weight:
    """A story's part in a period: its entries and how many feeds they are of; `before`: its entries in the
    time before."""

    story_id: str
    entries: int
    sources: int
    before: int


@dataclass(frozen=True, slots=True)
class FlaggedPlace:
    """A segment with a flag, on both sides; `message` says what is wrong with it."""

    code: str
    severity: str
    message: str
    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Flagged:
    """The flags on a story's articles: how many of each code and severity, the gravest first, and the first
    of the places."""

    story_id: str
    counts: Mapping[tuple[str, str], int]
    places: tuple[FlaggedPlace, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """How much came in. `before`: entries in the time before; `waiting`: entries that aren't translated yet,
    the first of them since `waiting_since`."""

    entries: int
    stories: int
    sources: int
    before: int
    waiting: int
    waiting_since: datetime | None


def weights(session: Session, owner: str, period: Period, limit: int) -> list[Weight]:
    """The stories of the period: those that most feeds report first, then those with most entries, then those
    with the latest."""
    inside = EntryRow.seen >= period.since
    entries = func.count().filter(inside)
    sources = func.count(PlacementRow.feed_id.distinct()).filter(inside)
    before = func.count().filter(EntryRow.seen < period.since)
    wanted = (
        _of(owner, Period(period.before.since, period.until, period.folder), period.before.since - LATE)
        .with_only_columns(PlacementRow.story_id, entries, sources, before)
        .group_by(PlacementRow.story_id)
        .having(entries > 0)
        .order_by(
            sources.desc(), entries.desc(), func.max(PlacementRow.published).desc(), PlacementRow.story_id
        )
        .limit(limit)
    )
    return [Weight(*row) for row in session.execute(wanted)]


def rising(session: Session, owner: str, period: Period, limit: int) -> list[Weight]:
    """Stories that were there in the time before and have more entries in this one, those that grew most
    first."""
    inside = func.count().filter(EntryRow.seen >= period.since)
    before = func.count().filter(EntryRow.seen < period.since)
    sources = func.count(PlacementRow.feed_id.distinct()).filter(EntryRow.seen >= period.since)
    wanted = (
        _of(owner, Period(period.before.since, period.until, period.folder), period.before.since - LATE)
        .with_only_columns(PlacementRow.story_id, inside, sources, before)
        .group_by(PlacementRow.story_id)
        .having((before > 0) & (inside > before))
        .order_by((inside - before).desc(), inside.desc(), PlacementRow.story_id)
        .limit(limit)
    )
    return [Weight(*row) for row in session.execute(wanted)]


def flagged(
    session: Session, owner: str, period: Period, severities: Sequence[str], limit: int, places: int = 2
) -> list[Flagged]:
    """The stories of the period with flags of these severities (the gravest first), most of them first; up to
    `places` of the places of each."""
    wanted = (
        _of(owner, period)
        .with_only_columns(PlacementRow.story_id, EntryRow.article_id)
        .where(PlacementRow.flags > 0, EntryRow.article_id.is_not(None))
        .order_by(PlacementRow.flags.desc(), PlacementRow.entry_id)
        .limit(_MOST_ARTICLES)
    )
    story_of: dict[str, str] = {id: story_id for story_id, id in session.execute(wanted) if id is not None}
    found: dict[str, list[FlaggedPlace]] = {}
    for article_id, place in _places(session, list(story_of)):
        if place.severity in severities:
            found.setdefault(story_of[article_id], []).append(place)
    rank = {severity: number for number, severity in enumerate(severities)}
    ranked = [_flagged(story_id, found[story_id], rank, places) for story_id in sorted(found)]
    ranked.sort(
        key=lambda one: [-_sum(one.counts, severity) for severity in severities],
    )
    return ranked[:limit]


def totals(session: Session, owner: str, period: Period) -> Totals:
    """How much came in; entries count once they are in a story."""
    columns = (
        func.count(),
        func.count(PlacementRow.story_id.distinct()),
        func.count(PlacementRow.feed_id.distinct()),
    )
    entries, stories, sources = session.execute(_of(owner, period).with_only_columns(*columns)).one()
    before = session.scalar(_of(owner, period.before).with_only_columns(func.count())) or 0
    waiting = (
        select(func.count(), func.min(EntryRow.seen))
        .where(
            EntryRow.owner == owner,
            EntryRow.state == "waiting",
            EntryRow.seen >= period.since,
            EntryRow.seen < period.until,
        )
        .select_from(EntryRow)
    )
    if period.folder is not None:
        waiting = waiting.join(FeedRow, FeedRow.id == EntryRow.feed_id).where(within(period.folder))
    number, first = session.execute(waiting).one()
    return Totals(entries, stories, sources, before, number, first)


def _of(owner: str, period: Period, oldest: datetime | None = None) -> Select[Any]:
    """The placements of entries that came in within the period."""
    wanted = (
        select(PlacementRow.entry_id)
        .select_from(PlacementRow)
        .join(EntryRow, EntryRow.id == PlacementRow.entry_id)
        .where(
            EntryRow.owner == owner,
            EntryRow.seen >= period.since,
            EntryRow.seen < period.until,
            EntryRow.published >= (oldest or period.since - LATE),
        )
    )
    if period.folder is not None:
        wanted = wanted.join(FeedRow, FeedRow.id == EntryRow.feed_id).where(within(period.folder))
    return wanted


def _places(session: Session, article_ids: Sequence[str]) -> list[tuple[str, FlaggedPlace]]:
    """All flags of the articles' segments, each with its article."""
    columns = (
        SegmentRow.article_id, SegmentRow.flags,
        SegmentRow.ar_start, SegmentRow.ar_end, SegmentRow.en_start, SegmentRow.en_end,
    )  # fmt: skip
    wanted = (
        select(*columns)
        .where(SegmentRow.article_id.in_(article_ids))
        .order_by(SegmentRow.article_id, SegmentRow.index)
    )
    rows = [row for row in session.execute(wanted) if row.flags]
    texts = select(ArticleRow.id, ArticleRow.text, ArticleRow.english)
    held = session.execute(texts.where(ArticleRow.id.in_({row.article_id for row in rows})))
    sides = {id: (text, english) for id, text, english in held}
    found = []
    for row in rows:
        text, english = sides[row.article_id]
        ar, en = text[row.ar_start : row.ar_end], english[row.en_start : row.en_end]
        for flag in row.flags:
            place = FlaggedPlace(
                str(flag.get("code", "")), str(flag.get("severity", "")), str(flag.get("message", "")),
                ar[:_MOST_SHOWN], en[:_MOST_SHOWN],
            )  # fmt: skip
            found.append((row.article_id, place))
    return found


def _flagged(story_id: str, places: list[FlaggedPlace], rank: Mapping[str, int], limit: int) -> Flagged:
    places.sort(key=lambda place: rank[place.severity])
    counts = Counter((place.code, place.severity) for place in places)
    # Copies of a report have the same places.
    different = list({(place.code, place.en): place for place in reversed(places)}.values())[::-1]
    return Flagged(story_id, dict(counts), tuple(different[:limit]))


def _sum(counts: Mapping[tuple[str, str], int], severity: str) -> int:
    return sum(number for (_, found), number in counts.items() if found == severity)
