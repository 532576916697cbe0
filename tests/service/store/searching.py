"""Texts to be searched, and the places where they are kept: whoever answers a query has to find the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import query as queries
from service.store import articles, entries, entry_search, feeds
from service.store.database import Database
from service.store.entries import Arrival
from service.store.feed_tables import EntryRow
from service.store.feeds import Policy
from service.store.tables import ArticleRow
from tests.service.store.rows import NOW, content


@dataclass(frozen=True)
class Shelf:
    """A text with its title, in both languages; `age` in days before NOW."""

    title: str
    text: str
    title_en: str
    english: str
    source: str = "herald"
    age: int = 0

    @property
    def published(self) -> datetime:
        return NOW - timedelta(days=self.age)


TEXTS: Mapping[str, Shelf] = {
    "wheat": Shelf("ارتفاعُ الأسعار", "قال الوزير إنّ أسعار القمح ارتفعت ١٢٬٥٠٠ ليرة.", "Prices rise",
                   "The minister said wheat prices rose by 12,500 pounds."),
    "hall": Shelf("قاعة", "اجتمع رئيسُ مجلس الوزراء الحريري في مستشفى طرابلس.", "A hall",
                  "Prime Minister Al-Hariri met in the hospital's hall in Tripoli.", "tribune", 10),
    "bbc": Shelf("", "نقلت BBC الخبر، والوزير نفى.", "", "BBC reported it; the well-known minister denied.",
                 "tribune", 20),
    "marks": Shelf("", "ﻻ ﷲ لا إله مـــحـــمـــد\u200f", "", "Straße ﬁnally İstanbul naïve café", age=30),
}  # fmt: skip

#: Title, folder and host of the feeds; articles have the address alone.
FEEDS = {"herald": ("The Herald", "World/قمح"), "tribune": ("صحيفة المنبر", "")}


class Library(Protocol):
    def fill(self, texts: Mapping[str, Shelf]) -> None: ...

    def found(self, query: queries.Query) -> set[str]: ...


class Memory:
    """`models.query.matches`, one text after the other."""

    def __init__(self, database: Database, owner: str) -> None:
        self._documents: dict[str, queries.Document] = {}

    def fill(self, texts: Mapping[str, Shelf]) -> None:
        self._documents = {
            name: queries.document(
                shelf.title,
                shelf.title_en,
                shelf.text,
                shelf.english,
                entry_search.source_text(*FEEDS[shelf.source], f"https://{shelf.source}.example/rss", None),
                shelf.published,
            )
            for name, shelf in texts.items()
        }

    def found(self, query: queries.Query) -> set[str]:
        return {name for name, document in self._documents.items() if queries.matches(query, document)}


class Articles:
    """/v1/articles."""

    def __init__(self, database: Database, owner: str) -> None:
        self.database = database
        self._owner = owner

    def fill(self, texts: Mapping[str, Shelf]) -> None:
        with self.database.write() as session:
            session.execute(delete(ArticleRow).where(ArticleRow.owner == self._owner))
            for name, shelf in texts.items():
                kept = content(
                    title=shelf.title or None, text=shelf.text, title_en=shelf.title_en or None,
                    english=shelf.english, url=f"https://{shelf.source}.example/{name}",
                )  # fmt: skip
                articles.add(session, self._owner, name, kept, shelf.published, f"art_{self._owner}_{name}")

    def found(self, query: queries.Query) -> set[str]:
        with self.database.read() as session:
            hits = articles.newest(session, self._owner, 99, query=query)
        return {item.id.removeprefix(f"art_{self._owner}_") for item in hits}


class Entries:
    """/v1/search."""

    def __init__(self, database: Database, owner: str) -> None:
        self.database = database
        self.owner = owner

    def fill(self, texts: Mapping[str, Shelf]) -> None:
        with self.database.write() as session:
            session.execute(delete(EntryRow).where(EntryRow.owner == self.owner))
            for name, shelf in texts.items():
                self.add(session, name, shelf)

    def add(self, session: Session, name: str, shelf: Shelf) -> str:
        """The id of the entry."""
        title, folder = FEEDS[shelf.source]
        url = f"https://{shelf.source}.example/rss"
        feed, _ = feeds.add(session, self.owner, url, NOW, title, Policy(folder=folder))
        arrival = Arrival(name, None, shelf.title, shelf.text, None, shelf.published)
        [entry] = entries.take_in(session, feed.id, self.owner, [arrival], NOW)
        entry_search.index(
            session,
            entry_search.Item(entry.id, self.owner, feed.id, shelf.published, shelf.title, shelf.title_en,
                              shelf.text, shelf.english),
        )  # fmt: skip
        return entry.id

    def found(self, query: queries.Query) -> set[str]:
        return set(self.listed(query))

    def listed(self, query: queries.Query, limit: int = 99, after: int | None = None) -> Sequence[str]:
        with self.database.read() as session:
            return [hit.entry.guid for hit in entry_search.find(session, self.owner, query, limit, after)]
