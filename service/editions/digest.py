"""What a digest says: the top stories of a period with their summaries, what rose, what is flagged, and which
feeds are silent. `make` reads the store; what it makes is kept as JSON and rendered from that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from service.editions import summaries
from service.editions.brief import Brief, briefs, known
from service.editions.schedule import zone_of
from service.monitor import health, subscriptions
from service.monitor.hosts import host_of
from service.rows import LABELS
from service.store import period as periods
from service.store.database import Database
from service.store.feeds import Feed
from service.store.period import Flagged, Period, Weight

#: Stories of a digest where nothing else is said, and at most.
STORIES, MOST_STORIES = 10, 50
#: Lines of the other parts.
MOST_RISING, MOST_FLAGGED, MOST_SILENT = 10, 10, 30
#: Flags that an editor must look at; minor ones are shown with the article only.
GRAVE = ("critical", "major")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a digest is to cover. `zone`: that of the times in it; `name`: what it is called."""

    period: Period
    name: str = "Digest"
    zone: str = "UTC"
    stories: int = STORIES


@dataclass(frozen=True, slots=True)
class Counts:
    """What came in; `before`: entries in as long a time before. `waiting` entries aren't translated yet."""

    entries: int
    stories: int
    sources: int
    before: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Top:
    """A story, with its new entries of the period and those of the time before."""

    brief: Brief
    fresh: int
    before: int


@dataclass(frozen=True, slots=True)
class Line:
    """A story in one line."""

    id: str
    title: str
    title_en: str | None
    fresh: int
    before: int

    @property
    def headline(self) -> str:
        return self.title_en or self.title


@dataclass(frozen=True, slots=True)
class FlagCount:
    label: str
    severity: str
    number: int


@dataclass(frozen=True, slots=True)
class Place:
    """A segment that is flagged."""

    label: str
    message: str
    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A story with grave flags."""

    id: str
    title: str
    title_en: str | None
    flags: tuple[FlagCount, ...]
    places: tuple[Place, ...]

    @property
    def headline(self) -> str:
        return self.title_en or self.title


@dataclass(frozen=True, slots=True)
class Silent:
    """A feed that fails; `health` as in /v1/feeds."""

    id: str
    title: str
    health: str
    error: str | None
    last_success: datetime | None


@dataclass(frozen=True, slots=True)
class Content:
    """All of a digest. Times are instants; `zone` is how to show them."""

    name: str
    zone: str
    since: datetime
    until: datetime
    folder: str | None
    counts: Counts
    top: tuple[Top, ...]
    rising: tuple[Line, ...]
    flagged: tuple[Doubtful, ...]
    silent: tuple[Silent, ...]

    @property
    def title(self) -> str:
        """Such as "Digest: Saturday 28 November 2026, 07:00"."""
        until = self.until.astimezone(zone_of(self.zone))
        return f"{self.name}: {until:%A} {until.day} {until:%B %Y, %H:%M}"


@cache
def _adapter() -> TypeAdapter[Content]:
    return TypeAdapter(Content)


def to_json(content: Content) -> dict[str, Any]:
    """For the store and the API; times are written with their offset."""
    made: dict[str, Any] = _adapter().dump_python(content, mode="json")
    return made


def from_json(kept: Mapping[str, Any]) -> Content:
    return _adapter().validate_python(kept)


def prepare(database: Database, owner: str, wanted: Wanted) -> None:
    """Have the summaries made that the digest will show, each in a transaction of its own: on SQLite nobody
    else writes while one writes."""
    with database.read() as session:
        found = periods.weights(session, owner, wanted.period, wanted.stories)
    for weight in found:
        with database.write(durable=False) as session:
            summaries.make(session, owner, weight.story_id)


def make(session: Session, owner: str, wanted: Wanted, now: datetime) -> Content:
    """The digest of a period, with the summaries that are there: `prepare` makes them. Only reads."""
    period = wanted.period
    top = periods.weights(session, owner, period, wanted.stories)
    rising = periods.rising(session, owner, period, MOST_RISING)
    flagged = periods.flagged(session, owner, period, GRAVE, MOST_FLAGGED)
    totals = periods.totals(session, owner, period)
    return Content(
        name=wanted.name,
        zone=wanted.zone,
        since=period.since,
        until=period.until,
        folder=period.folder,
        counts=Counts(totals.entries, totals.stories, totals.sources, totals.before, totals.waiting),
        top=_top(session, owner, top),
        rising=_lines(session, owner, rising),
        flagged=_doubtful(session, owner, flagged),
        silent=_silent(session, owner, period, now),
    )


def _top(session: Session, owner: str, found: Sequence[Weight]) -> tuple[Top, ...]:
    there = known(session, owner, [weight.story_id for weight in found])
    shown = [weight for weight in found if weight.story_id in there]
    told = briefs(session, [there[weight.story_id] for weight in shown])
    return tuple(Top(brief, weight.entries, weight.before) for weight, brief in zip(shown, told, strict=True))


def _lines(session: Session, owner: str, found: Sequence[Weight]) -> tuple[Line, ...]:
    there = known(session, owner, [weight.story_id for weight in found])
    return tuple(
        Line(story.id, story.title, story.title_en, weight.entries, weight.before)
        for weight in found
        if (story := there.get(weight.story_id)) is not None
    )


def _doubtful(session: Session, owner: str, found: Sequence[Flagged]) -> tuple[Doubtful, ...]:
    there = known(session, owner, [flagged.story_id for flagged in found])
    return tuple(
        Doubtful(
            story.id,
            story.title,
            story.title_en,
            tuple(FlagCount(_label(code), grade, number) for (code, grade), number in _ordered(flagged)),
            tuple(Place(_label(p.code), p.message, p.ar, p.en) for p in flagged.places),
        )
        for flagged in found
        if (story := there.get(flagged.story_id)) is not None
    )


def _ordered(flagged: Flagged) -> list[tuple[tuple[str, str], int]]:
    """The gravest first, then those that are most."""
    return sorted(flagged.counts.items(), key=lambda item: (GRAVE.index(item[0][1]), -item[1], item[0][0]))


def _label(code: str) -> str:
    return LABELS.get(code, code.replace("_", " ").capitalize())


def _silent(session: Session, owner: str, period: Period, now: datetime) -> tuple[Silent, ...]:
    """Feeds that fail, the longest silent first, and those that ended within the period."""
    folder = period.folder
    found = [
        (feed, health.of(feed, now))
        for feed in subscriptions.everything(session, owner)
        if folder is None or feed.policy.folder == folder or feed.policy.folder.startswith(f"{folder}/")
    ]
    bad = [(f, state) for f, state in found if state in ("dead", "failing") or _ended(f, state, period)]
    bad.sort(key=lambda item: (item[1] != "dead", item[0].last_success or item[0].created))
    return tuple(
        Silent(feed.id, feed.title or host_of(feed.url), state, feed.error, feed.last_success)
        for feed, state in bad[:MOST_SILENT]
    )


def _ended(feed: Feed, state: str, period: Period) -> bool:
    return state == "retired" and feed.last_poll is not None and feed.last_poll >= period.since
