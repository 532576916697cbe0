"""Feeds, entries and stories to put into a store."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.monitor.arrivals import Arrived
from service.store import entries, feeds
from service.store.database import Database
from service.store.entries import Arrival, Entry, Outcome
from service.store.feeds import Policy
from service.store.story_tables import PlacementRow, StoryRow
from tests.service.store.rows import NOW

HOUR = timedelta(hours=1)


def feed(database: Database, name: str, owner: str = "o", folder: str = "") -> str:
    """A feed called `name`; its id."""
    with database.write() as session:
        url = f"https://{name}.example/feed"
        return feeds.add(session, owner, url, NOW, name, Policy(folder=folder))[0].id


def entry(
    session: Session,
    feed_id: str,
    title: str,
    text: str = "",
    published: datetime = NOW,
    owner: str = "o",
    guid: str | None = None,
) -> Entry:
    """An entry that has been translated."""
    arrival = Arrival(guid or title, f"https://example.org/{title}", title, text, None, published)
    [found] = entries.take_in(session, feed_id, owner, [arrival], NOW)
    entries.finish(session, found.id, found.digest, Outcome("translated", f"EN:{title}"))
    return found


def arrived(found: Entry, flags: int = 0) -> Arrived:
    return Arrived(found, found.title, f"EN:{found.title}", found.text, flags=flags)


def story(
    database: Database,
    feed_ids: Sequence[str],
    id: str = "sto_a",
    owner: str = "o",
    published: datetime = NOW,
    now: datetime = NOW,
) -> list[str]:
    """A story with an entry of each feed, an hour between two; the entries' ids."""
    with database.write() as session:
        made = [
            entry(session, feed_id, f"{id} {n}", "", published + n * HOUR, owner)
            for n, feed_id in enumerate(feed_ids)
        ]
        session.add(
            StoryRow(
                id=id, owner=owner, title=made[0].title, title_en=f"EN:{made[0].title}",
                first_entry_id=made[0].id, first_published=published, last_published=made[-1].published,
                entries=len(made), sources=len(set(feed_ids)), revision=1, created=now, updated=now,
            )
        )  # fmt: skip
        session.flush()
        for n, found in enumerate(made):
            kind = "copy" if n else "first"
            session.add(
                PlacementRow(entry_id=found.id, owner=owner, story_id=id, feed_id=found.feed_id,
                             published=found.published, kind=kind)
            )  # fmt: skip
    return [found.id for found in made]
