"""Many feeds at once: following a list of them, and listing all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.ingest.opml import Outline
from service.store import feeds
from service.store.feeds import Feed, Policy
from service.store.owner_lock import lock

#: The topic of the lock under which an owner's feeds are counted and added.
FEEDS = "feeds"
#: Between the first looks at feeds that came together.
SPREAD = timedelta(seconds=0.1)
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """How many feeds are new, how many were followed already, and those for which there is no room."""

    added: int
    known: int
    over: tuple[Outline, ...] = ()


class TooManyFeeds(Exception):
    """The owner follows as many feeds as a team may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"A team may follow {most:,} feeds (monitoring.max_feeds), and this one does.")


def check_room(session: Session, owner: str, most: int) -> None:
    """Raises `TooManyFeeds` when there is no room for one more."""
    if feeds.count(session, owner) >= most:
        raise TooManyFeeds(most)


def follow(
    session: Session, owner: str, outlines: Sequence[Outline], policy: Policy, now: datetime, most: int
) -> Taken:
    """Follow all of them, as long as the owner has less than `most`; each in its own folder, or in the
    policy's where it has none; due one after the other, beginning now."""
    lock(session, FEEDS, owner)
    added, known, room = 0, 0, most - feeds.count(session, owner)
    over: list[Outline] = []
    for outline in outlines:
        if added >= room and feeds.by_url(session, owner, outline.url) is None:
            over.append(outline)
            continue
        own = replace(policy, folder=outline.folder or policy.folder)
        feed, is_new = feeds.add(session, owner, outline.url, now, outline.title, own)
        if is_new:
            feeds.change(session, owner, feed.id, {"next_poll": now + added * SPREAD, "site": outline.site})
        added, known = added + is_new, known + (not is_new)
    return Taken(added, known, tuple(over))


def everything(session: Session, owner: str) -> list[Feed]:
    """All feeds of the owner, newest first."""
    found = page = feeds.page(session, owner, _PAGE)
    while len(page) == _PAGE:
        page = feeds.page(session, owner, _PAGE, page[-1].id)
        found = [*found, *page]
    return found
