"""A store full of stories, as an editor would find it in the morning."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.document import BilingualSummary
from service.api import render, stored
from service.store import articles, entries, entry_search, feeds
from service.store.database import Database
from service.store.entries import Arrival, Outcome
from service.store.feeds import Policy
from service.store.ids import new_id
from service.store.story_changes import recount
from service.store.story_tables import PlacementRow, StoryRow
from tests.service.results import make

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)

#: Headlines in both languages, and how long ago they came (minutes).
HEADLINES = (
    ("وزارة الصحة تعلن حملة تطعيم تشمل ٣٥٠ ألف طفل", "Health Ministry announces vaccination campaign for 350,000 children", 6),
    ("«البنك المركزي» يثبّت أسعار الفائدة عند 27.25% للمرة الثالثة", "Central Bank holds interest rates at 27.25% for the third time", 41),
    ("NASA تختار جامعة الملك سعود لتجربة على متن محطة الفضاء", "NASA picks King Saud University for an experiment aboard the space station", 95),
    ("انقطاع الكهرباء عن أجزاء من بيروت بعد عطل في معمل الزهراني", "Power cut in parts of Beirut after a fault at the Zahrani plant", 180),
    ("المغرب يفتتح أكبر محطة لتحلية مياه البحر في أفريقيا", "Morocco opens Africa's largest seawater desalination plant", 400),
    ("مفاوضات سد النهضة تُستأنف في القاهرة الأسبوع المقبل", "Renaissance Dam talks resume in Cairo next week", 1600),
)  # fmt: skip
FEEDS = (("الشرق الأوسط", "Newspapers"), ("Al Jazeera Arabic", "Broadcasters"), ("وكالة الأنباء", "Agencies"))


@dataclass
class Newsroom:
    """What is in the store: ids, in the order they were made."""

    database: Database
    owner: str
    feeds: list[str] = field(default_factory=list)
    stories: list[str] = field(default_factory=list)
    entries: dict[str, list[str]] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)

    def follow(self, names: Sequence[tuple[str, str]] = FEEDS) -> None:
        with self.database.write() as session:
            for name, folder in names:
                number = len(self.feeds) + 1
                url = f"https://news{number}.example.org/feed"
                later = NOW + timedelta(days=4000)  # nobody polls them
                feed, _ = feeds.add(session, self.owner, url, later, name, Policy(folder=folder))
                self.feeds.append(feed.id)

    def story(self, ar: str, en: str | None, when: datetime = NOW, reports: int = 1, flags: int = 0) -> str:
        """A new story with a report of each of the first so many feeds, ten minutes between two."""
        with self.database.write() as session:
            id = new_id("sto")
            row = StoryRow(id=id, owner=self.owner, title=ar, first_published=when, last_published=when,
                           entries=0, sources=0, revision=0, created=when, updated=when)  # fmt: skip
            session.add(row)
        self.stories.append(id)
        self.entries[id] = []
        for number in range(reports):
            self.report(
                id, ar, en, when + number * timedelta(minutes=10), number, flags if number == 0 else 0
            )
        return id

    def report(
        self, story_id: str, ar: str, en: str | None, when: datetime, feed: int = 0, flags: int = 0,
        result: BilingualSummary | None = None, seen: datetime | None = None,
    ) -> str:  # fmt: skip
        """One more report in a story, with an article that was translated."""
        guid = f"{story_id} {len(self.entries[story_id])}"
        url = f"https://news{feed + 1}.example.org/{guid.replace(' ', '/')}"
        result = result or make()
        content = stored.content(render.summary(result, "starter"))
        with self.database.write() as session:
            arrival = Arrival(guid, url, ar, result.article.text, None, when)
            [entry] = entries.take_in(session, self.feeds[feed], self.owner, [arrival], seen or when)
            article_id = articles.add(session, self.owner, guid, content, when)
            entries.finish(session, entry.id, entry.digest, Outcome("translated", en, article_id))
            placed = PlacementRow(
                entry_id=entry.id, owner=self.owner, story_id=story_id, feed_id=self.feeds[feed],
                published=when, kind="copy" if self.entries[story_id] else "first", flags=flags,
            )  # fmt: skip
            session.add(placed)
            recount(session, [story_id], seen or when)
        self.entries[story_id].append(entry.id)
        self.articles[entry.id] = article_id
        return entry.id

    def index(self) -> None:
        """Write the words of all entries for the search."""
        with self.database.write() as session:
            while entry_search.refresh(session, 100):
                session.flush()

    def wait(self, number: int) -> None:
        """So many entries that nobody has translated yet."""
        with self.database.write() as session:
            arrivals = [Arrival(f"waiting {n}", None, "خبر", "نص", None, NOW) for n in range(number)]
            entries.take_in(session, self.feeds[0], self.owner, arrivals, NOW)


def morning(database: Database, owner: str = "local", now: datetime = NOW) -> Newsroom:
    """Three feeds and six stories; the newest has three reports."""
    room = Newsroom(database, owner)
    room.follow()
    for number, (ar, en, ago) in enumerate(HEADLINES):
        reports = 3 if number == 0 else 2 if number == 3 else 1
        room.story(
            ar, en, now - timedelta(minutes=ago + 10 * reports), reports, flags=2 if number == 1 else 0
        )
    return room
