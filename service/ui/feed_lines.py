"""What the pages say of feeds: how each is, in words, and how much it brought in lately. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from service.monitor import health
from service.monitor.health import Health
from service.store.feeds import Feed

#: Days that the small chart beside a feed shows.
DAYS = 14
#: A feed that answers and has brought nothing for so long may have moved without saying so.
SILENT = timedelta(days=DAYS)
#: Worst first: what needs somebody comes before what doesn't.
ORDER: tuple[Health, ...] = ("dead", "failing", "retired", "new", "ok")
LABELS: Mapping[Health, str] = {
    "dead": "Dead",
    "failing": "Failing",
    "retired": "Retired",
    "new": "New",
    "ok": "Fine",
}
TROUBLE: frozenset[Health] = frozenset({"dead", "failing", "retired"})


@dataclass(frozen=True, slots=True)
class Line:
    """A feed as a list shows it. `days`: entries of the last `DAYS` days, today last."""

    feed: Feed
    health: Health
    words: str
    days: tuple[int, ...]
    silent: bool

    @property
    def name(self) -> str:
        return self.feed.title or self.feed.url

    @property
    def label(self) -> str:
        return "Silent" if self.silent else LABELS[self.health]

    @property
    def severity(self) -> str:
        """The colour of its label, as flags have it."""
        if self.health in TROUBLE:
            return "critical" if self.health == "dead" else "major"
        return "major" if self.silent else "good" if self.health == "ok" else "minor"

    @property
    def week(self) -> int:
        return sum(self.days[-7:])

    @property
    def drawn(self) -> str:
        """The days in words, for who doesn't see the chart."""
        return f"Entries a day, {DAYS} days up to today: {', '.join(map(str, self.days))}"

    def bars(self, height: int) -> list[int]:
        """The height of each day's bar; a day with anything has at least 1."""
        most = max(self.days) or 1
        return [max(1, round(height * n / most)) if n else 0 for n in self.days]


def lines(feeds: Sequence[Feed], counts: Mapping[str, Mapping[date, int]], now: datetime) -> list[Line]:
    """The feeds, worst first, then by name."""
    made = [line(feed, counts.get(feed.id, {}), now) for feed in feeds]
    return sorted(made, key=lambda one: (ORDER.index(one.health), not one.silent, one.name.casefold()))


def line(feed: Feed, counts: Mapping[date, int], now: datetime) -> Line:
    """How a feed is; `counts`: its entries by day."""
    today = now.date()
    days = tuple(counts.get(today - timedelta(days=ago), 0) for ago in reversed(range(DAYS)))
    state = health.of(feed, now)
    silent = state == "ok" and not any(days) and now - feed.created >= SILENT
    return Line(feed, state, _words(feed, state, silent, now), days, silent)


def _words(feed: Feed, state: Health, silent: bool, now: datetime) -> str:
    if silent:
        return f"It answers, but brought nothing new in {SILENT.days} days."
    match state:
        case "new":
            return "Not looked at yet."
        case "ok":
            return "Answers as it should."
        case "failing":
            times = "time" if feed.failures == 1 else "times in a row"
            return f"Failed {feed.failures} {times}."
        case "dead":
            since = (now - (feed.last_success or feed.created)).days
            return f"No answer for {since} days: it moved, or its site is gone."
        case "retired":  # why, its error says
            return "It isn't looked at any more."
