"""Many feeds at once: following a list of them, and listing all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.ingest.opml import Outline
from service.store import feeds
from service.store.feeds import Feed, Policy

#: Between the first looks at feeds that came together.
SPREAD = timedelta(seconds=0.1)
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """How many feeds are new, and how many were followed already."""

    added: int
    known: int


def follow(session: Session, owner: str, outlines: Sequence[Outline], policy: Policy, now: datetime) -> Taken:
    """Follow all of them, each in its own folder, or in the policy's where it has none; due one after the
    other, beginning now."""
    added = 0
    for outline in outlines:
        own = replace(policy, folder=outline.folder or policy.folder)
        feed, is_new = feeds.add(session, owner, outline.url, now, outline.title, own)
        if is_new:
            feeds.change(session, owner, feed.id, {"next_poll": now + added * SPREAD, "site": outline.site})
            added += 1
    return Taken(added, len(outlines) - added)


def everything(session: Session, owner: str) -> list[Feed]:
    """All feeds of the owner, newest first."""
    found = page = feeds.page(session, owner, _PAGE)
    while len(page) == _PAGE:
        page = feeds.page(session, owner, _PAGE, page[-1].id)
        found = [*found, *page]
    return found
