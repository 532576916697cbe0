"""News of an inbox as server-sent events (html.spec.whatwg.org, section 9.2): how many of the wanted stories
are new or have new articles since the page was made. The page tells it and moves nothing.

A listener that comes back after a break gets the whole count again, from any process; so nothing about events
is stored and no event has an id.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from models.query import Query
from service.store import inbox, stories
from service.store.database import Database
from service.store.errors import StoreError
from service.store.stories import StoryFilter

EVENTS = "text/event-stream"
#: Seconds between two looks at the store.
LOOK_EVERY = 2.0
#: Seconds of silence after which a comment is sent, so that proxies keep the connection. So often because
#: only then is it noticed that a listener went away, and its place becomes free.
BEAT = 4.0
#: A listener is let go after so many seconds and comes back by itself: forgotten ones don't pile up.
LONGEST = 1800.0


@dataclass(frozen=True, slots=True)
class News:
    """Stories that the page doesn't show, or not as they are now; `unread` counts all of the reader's."""

    new: int
    changed: int
    unread: int


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at what changed for one reader since the page was made."""

    database: Database
    owner: str
    reader: str
    wanted: StoryFilter
    query: Query | None
    since: datetime

    def look(self) -> News | None:
        """None when the store can't be asked just now."""
        try:
            with self.database.read() as session:
                ids = stories.updated_since(session, self.owner, self.since)
                unread = inbox.unread(session, self.owner, self.reader)
                if ids and self.query is not None:
                    fitting = inbox.found(session, self.owner, self.query)
                    ids = sorted(set(ids).intersection(fitting))
                if not ids:
                    return News(0, 0, unread)
                found = inbox.lines(session, self.owner, self.reader, self.wanted, len(ids), only=ids)
        except StoreError:
            return None
        new = sum(line.story.created > self.since for line in found)
        return News(new, len(found) - new, unread)


def told(looks: Looks, is_over: Callable[[], bool]) -> Iterator[str]:
    """The events, until `is_over` or for `LONGEST` seconds; the first one at once."""
    known: News | None = None
    silent, pause = 0.0, threading.Event()
    yield "retry: 5000\n\n"
    for _ in range(round(LONGEST / LOOK_EVERY)):
        if is_over():
            return
        news = looks.look()
        if news is not None and news != known:
            known, silent = news, 0.0
            data = json.dumps({"new": news.new, "changed": news.changed, "unread": news.unread})
            yield f"event: news\ndata: {data}\n\n"
        elif silent >= BEAT:
            silent = 0.0
            yield ": nothing new\n\n"
        pause.wait(LOOK_EVERY)
        silent += LOOK_EVERY
