"""What follows when an entry has been read and translated: in the transaction that writes it down, so that a
crash between two steps loses nothing and doubles nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.stories import Fingerprint
from service.monitor import grouping, watching
from service.store import entry_search, trends
from service.store.entries import Entry
from service.store.trends import Checked, Headline

_NOTHING = Checked()


@dataclass(frozen=True, slots=True)
class Arrived:
    """An entry as it is now in English. `arabic` is the text that was read (the feed's own or the article's
    page; empty where only the title was translated), `english` its translation; `flags` how many there are
    on it, and `checked` in how many segments. `title` and `title_en` are the headline on both sides.
    `fingerprint` is of title and text, taken before the transaction: it costs milliseconds, a process's first
    one a second, and others wait to write meanwhile."""

    entry: Entry
    title: str
    title_en: str | None
    arabic: str = ""
    english: str = ""
    article_id: str | None = None
    flags: int = 0
    flag_codes: Sequence[str] = ()
    checked: Checked = _NOTHING
    fingerprint: Fingerprint | None = None


def arrived(session: Session, item: Arrived, now: datetime) -> None:
    """File an entry that has just been translated, for the first time or again."""
    entry_search.index(session, _searched(item))
    story_id = grouping.place(session, item, now)
    watching.check(session, item, story_id, now)
    headline = Headline(
        item.entry.id, item.entry.owner, item.entry.published, item.title, item.title_en or ""
    )
    trends.count(session, headline, item.checked, now)


def _searched(item: Arrived) -> entry_search.Item:
    entry = item.entry
    return entry_search.Item(
        entry_id=entry.id,
        owner=entry.owner,
        feed_id=entry.feed_id,
        published=entry.published,
        title=item.title,
        title_en=item.title_en or "",
        arabic=item.arabic or entry.text,
        english=item.english,
    )
