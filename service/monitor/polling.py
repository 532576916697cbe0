"""One look at a feed: fetched and read (`look`), then written down (`record`) in one transaction with the
jobs for what is new, so that nothing comes in without being worked on, nor is worked on twice."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from service.ingest import feeds as reading
from service.ingest import urls
from service.ingest.feed_reader import Reads
from service.ingest.feeds import NotAFeed
from service.ingest.fetch import Fetched, Fetcher, FetchError
from service.jobs import orders
from service.monitor import schedule
from service.monitor.schedule import Wishes
from service.store import entries, feeds, jobs
from service.store.entries import Arrival, Entry
from service.store.feeds import Feed
from service.store.ids import new_id
from service.store.jobs import NewJob

GONE = "The server says that the feed is gone for good (410)."
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "text/xml;q=0.9, */*;q=0.5"
)
#: Entries that are translated of what is in a feed when it is first looked at.
FIRST_ENTRIES = 50
#: Longer identifiers are kept as their digest: databases bound what an index holds.
_LONGEST_GUID = 500


#: How a look may end, for the metrics.
RESULTS = ("read", "unchanged", "failed", "gone")


@dataclass(frozen=True, slots=True)
class Look:
    """How a look went. `url` is where the feed is from now on. `found` is None when it hasn't changed (304),
    or when there is an `error` (in words), or when it is `gone`. `wait`: what the server asks for."""

    url: str
    found: reading.Feed | None = None
    etag: str | None = None
    last_modified: str | None = None
    wait: timedelta = field(default_factory=timedelta)
    error: str | None = None
    gone: bool = False

    @property
    def result(self) -> str:
        """One of `RESULTS`."""
        if self.error is not None:
            return "gone" if self.gone else "failed"
        return "unchanged" if self.found is None else "read"


def look(
    fetcher: Fetcher,
    read: Reads,
    url: str,
    now: datetime,
    zone: str | None = None,
    known: Mapping[str, str] = MappingProxyType({}),
) -> Look:
    """Look at the feed at `url`; at a page's address, at the feed that the page names. Its dates without a
    zone are of `zone` (UTC). `known`: headers that name the version which is known already. Raises
    `FetchError`, and what `read` raises."""
    fetched = fetcher.fetch(url, headers={"Accept": _ACCEPT, **known})
    now_at = _kept(fetched.moved_to, url)
    answer = _answer(fetched, now_at, now)
    if answer is not None:
        return answer
    try:
        return _read(read, fetched, now_at, now, zone)
    except NotAFeed as error:
        if not error.named or urls.is_too_long_to_keep(error.named[0]):
            raise
        named = error.named[0]
    fetched = fetcher.fetch(named, headers={"Accept": _ACCEPT})
    where = _kept(fetched.moved_to, named)
    return _answer(fetched, where, now) or _read(read, fetched, where, now, zone)


def _kept(moved_to: str | None, url: str) -> str:
    """Where the feed is from now on: an address that is too long to be kept is not taken over."""
    return url if moved_to is None or urls.is_too_long_to_keep(moved_to) else moved_to


def look_again(fetcher: Fetcher, read: Reads, feed: Feed, now: datetime) -> Look:
    """Look at a feed that is followed; what goes wrong is an error in words. Raises `Busy` as `read` does."""
    headers = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    known = {name: value for name, value in headers.items() if value}
    try:
        return look(fetcher, read, feed.url, now, feed.policy.zone, known)
    except (FetchError, NotAFeed) as error:
        return Look(feed.url, error=str(error))


def _answer(fetched: Fetched, url: str, now: datetime) -> Look | None:
    """A look that ends with the status; None when there is something to read."""
    if fetched.status == 410:
        return Look(url, gone=True, error=GONE)
    wait = _wait(fetched, now)
    if fetched.status == 304:
        return Look(url, wait=wait)
    if not 200 <= fetched.status < 300:
        return Look(url, wait=wait, error=f"The server answered with status {fetched.status}.")
    return None


def _read(read: Reads, fetched: Fetched, url: str, now: datetime, zone: str | None) -> Look:
    headers = fetched.headers
    return Look(
        url,
        read(fetched.content, fetched.url, headers.get("Content-Type", ""), zone),
        headers.get("ETag"),
        headers.get("Last-Modified"),
        _wait(fetched, now),
    )


def _wait(fetched: Fetched, now: datetime) -> timedelta:
    return schedule.wait_asked({name.lower(): value for name, value in fetched.headers.items()}, now)


def record(
    session: Session,
    feed: Feed,
    seen: Look,
    now: datetime,
    draw: random.Random,
    first_entries: int = FIRST_ENTRIES,
) -> int:
    """Write a look down, take in what is new or changed and order its translation; returns how many entries
    that are. Of what is there at the first look, the newest `first_entries` are translated. A feed that was
    deleted meanwhile is passed over; one that has moved to where another is followed is retired, and nothing
    is taken in: it would be the same entries twice."""
    values: dict[str, Any] = {"last_poll": now, "error": seen.error}
    if seen.error is not None:
        failures = feed.failures + 1
        next_poll = schedule.after_failure(failures, Wishes(seen.wait), now, draw)
        values |= {"failures": failures, "next_poll": next_poll}
        feeds.polled(session, feed.id, values | ({"state": "retired"} if seen.gone else {}))
        return 0
    values |= {"failures": 0, "last_success": now} | _moved(session, feed, seen)
    if "state" in values:
        feeds.polled(session, feed.id, values)
        return 0
    wishes, fresh = Wishes.of(feed.wishes), 0
    if seen.found is not None:
        if not feeds.lock(session, feed.id):
            return 0
        most = first_entries if feed.last_success is None else None
        fresh = _take_in(session, feed, seen.found, now, most)
        wishes = _wishes(seen.found)
        values |= {
            "etag": seen.etag,
            "last_modified": seen.last_modified,
            "site": seen.found.link,
            "title": feed.title or seen.found.title,
            "remarks": list(seen.found.remarks),
            "wishes": wishes.to_json(),
            "listed": [arrival.guid for arrival in arrivals(seen.found, now)],
        }
    published = entries.published(session, feed.id, schedule.RECENT)
    interval = schedule.rhythm(published, now)
    values["next_poll"] = schedule.after_success(interval, wishes.and_wait(seen.wait), now, draw)
    feeds.polled(session, feed.id, values)
    return fresh


def _moved(session: Session, feed: Feed, seen: Look) -> dict[str, Any]:
    """The feed's new address; where that is followed too, this one is retired."""
    if seen.url == feed.url:
        return {}
    if feeds.urls(session, feed.owner, [seen.url]):
        return {"state": "retired", "error": f"It has moved to {seen.url}, which is followed as well."}
    return {"url": seen.url}


def _wishes(found: reading.Feed) -> Wishes:
    return Wishes(timedelta(minutes=found.ttl_minutes or 0), found.skip_hours, found.skip_days)


def _take_in(session: Session, feed: Feed, found: reading.Feed, now: datetime, most: int | None) -> int:
    arrived = arrivals(found, now)
    fresh = entries.take_in(session, feed.id, feed.owner, arrived, now, most)
    jobs.add(session, ordered(fresh), now)
    if feed.policy.keep_days is not None:
        before = now - timedelta(days=feed.policy.keep_days)
        entries.expire(session, feed.id, before, [arrival.guid for arrival in arrived])
    return len(fresh)


def arrivals(found: reading.Feed, now: datetime) -> list[Arrival]:
    """What a feed lists, oldest first. An entry without a date, or with one in the future, is of now."""
    made = [
        Arrival(_guid(entry.guid), entry.link, entry.title, entry.text, entry.author,
                min(entry.published or now, now))
        for entry in found.entries
        if entry.title or entry.text
    ]  # fmt: skip
    return sorted(made, key=lambda arrival: arrival.published)


def _guid(guid: str) -> str:
    if len(guid) <= _LONGEST_GUID:
        return guid
    return "sha256:" + hashlib.sha256(guid.encode("utf-8", "surrogatepass")).hexdigest()


def ordered(fresh: Sequence[Entry]) -> list[NewJob]:
    """A job in the bulk lane for each. Ids of one millisecond are in no order; sorted, they are worked on in
    this one."""
    ids = sorted(new_id("job") for _ in fresh)
    return [
        NewJob(
            id=id,
            owner=entry.owner,
            key_id="",  # feeds are nobody's request: no key is charged for them
            kind=orders.ENTRY,
            lane="bulk",
            request={"entry_id": entry.id, "digest": entry.digest},
            characters=len(entry.title) + len(entry.text),
        )
        for id, entry in zip(ids, fresh, strict=True)
    ]
