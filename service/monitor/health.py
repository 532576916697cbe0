"""How a feed is, in a word."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from service.store import feeds
from service.store.feeds import Feed

Health = Literal["new", "ok", "failing", "dead", "retired"]
#: A feed that has failed for so long needs a person: it moved, or its site is gone.
DEAD_AFTER = timedelta(days=7)


def counts(session: Session, now: datetime) -> dict[str, int]:
    """How many feeds of all owners are how."""
    return feeds.health(session, now - DEAD_AFTER)


def of(feed: Feed, now: datetime) -> Health:
    """`new` before the first look, `failing` while looks fail, `dead` when they have for a week, `retired`
    when the server said that it is gone for good, or that it is where another feed is followed; else `ok`."""
    if feed.state == "retired":
        return "retired"
    if feed.failures:
        return "dead" if now - (feed.last_success or feed.created) >= DEAD_AFTER else "failing"
    return "new" if feed.last_success is None else "ok"
