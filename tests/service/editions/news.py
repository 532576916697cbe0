"""Reports in a store: feeds, entries with their articles, and the stories they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from models.document import Span
from service.store import articles, entries, feeds, story_changes
from service.store.articles import StoredSegment
from service.store.database import Database
from service.store.entries import Arrival, Outcome
from service.store.feeds import Policy
from service.store.ids import new_id
from service.store.story_tables import PlacementRow, StoryRow
from tests.service.store.rows import content

NOW = datetime(2026, 11, 28, 4, 0, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ARABIC = "قال الوزير إن أسعار القمح ارتفعت ١٢٪ هذا العام."
ENGLISH = "The minister said wheat prices rose 21% this year."
NUMBERS = {
    "code": "number_mismatch",
    "severity": "critical",
    "message": "12 became 21",
    "ar": None,
    "en": None,
}
QUOTES = {"code": "quotes", "severity": "minor", "message": "a remark", "ar": None, "en": None}
NAME = {"code": "name_lost", "severity": "major", "message": "الوزير is not there", "ar": None, "en": None}


@dataclass
class News:
    """Writes into `database` as `owner`."""

    database: Database
    owner: str = "o"
    feeds: dict[str, str] = field(default_factory=dict)

    def feed(self, name: str, folder: str = "") -> str:
        """The id of a feed called `name`, which is followed when it isn't yet."""
        if name not in self.feeds:
            with self.database.write() as session:
                url = f"https://{name}.example/feed?key=hidden"
                made, _ = feeds.add(session, self.owner, url, NOW - 9 * DAY, name, Policy(folder=folder))
                feeds.change(
                    session, self.owner, made.id, {"site": f"https://{name}.example/", "last_success": NOW}
                )
            self.feeds[name] = made.id
        return self.feeds[name]

    def story(self) -> str:
        id = new_id("sto")
        with self.database.write() as session:
            session.add(
                StoryRow(
                    id=id, owner=self.owner, title="", first_published=NOW, last_published=NOW, entries=0,
                    sources=0, flags=0, revision=0, created=NOW, updated=NOW,
                )
            )  # fmt: skip
        return id

    def report(
        self,
        feed: str,
        story_id: str | None,
        seen: datetime = NOW - HOUR,
        *,
        published: datetime | None = None,
        title: str = "أسعار القمح",
        title_en: str | None = "Wheat prices",
        flags: Sequence[dict[str, Any]] = (),
        article: bool = True,
    ) -> str:
        """An entry that came in then, in a story unless it still waits to be translated (None); its id."""
        feed_id, number = self.feed(feed), new_id("x")
        arrival = Arrival(
            number, f"https://{feed}.example/{number}", title, ARABIC, "ليلى حداد", published or seen
        )
        with self.database.write() as session:
            [entry] = entries.take_in(session, feed_id, self.owner, [arrival], seen)
            if story_id is None:
                return entry.id
            article_id = None
            if article:
                made = content(
                    title=title, title_en=title_en, text=ARABIC, english=ENGLISH,
                    segments=(StoredSegment(0, Span(0, len(ARABIC)), Span(0, len(ENGLISH)), 0.7, list(flags), None),),
                    sentences=[{"ar": ARABIC, "en": ENGLISH, "score": 0.5, "sources": [], "flags": list(flags)}],
                )  # fmt: skip
                article_id = articles.add(session, self.owner, number, made, seen)
            entries.finish(session, entry.id, entry.digest, Outcome("translated", title_en, article_id))
            session.add(
                PlacementRow(
                    entry_id=entry.id, owner=self.owner, story_id=story_id, feed_id=feed_id,
                    published=entry.published, flags=len(flags),
                )
            )  # fmt: skip
            session.flush()
            story_changes.recount(session, [story_id], seen)
        return entry.id

    def fail(self, feed: str, since: datetime, error: str = "The server answered with status 500.") -> None:
        """The feed fails since then."""
        feed_id = self.feed(feed)
        with self.database.write() as session:
            values = {"failures": 3, "error": error, "last_success": since, "last_poll": NOW}
            feeds.polled(session, feed_id, values)
