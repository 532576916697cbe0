"""Tells what watches found: from alerts to messages in the outboxes of webhooks and mail.

Any process may do it, and no leader is needed: who tells holds the watch for the length of a transaction, and
in this transaction the alerts become `sent` and their messages are written. So there is one delivery for each
alert and webhook, whatever is killed when.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.background import Background
from service.monitor import alert_mail, quiet
from service.store import alerts, mails, webhooks
from service.store.alerts import Alert
from service.store.database import Database
from service.store.watches import Watch

log = logging.getLogger(__name__)

#: What webhooks are told.
EVENT = "watch.matched"
#: Alerts in one mail, which are written in one transaction.
MOST_AT_ONCE = 100
#: Watches that are told of before one looks again.
WATCHES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """What was written: deliveries to webhooks, and mails."""

    deliveries: int = 0
    mails: int = 0


class Alerting:
    """Thread-safe. `wake` is called when there is something to send; `public_url` as in `Config`."""

    def __init__(
        self,
        database: Database,
        public_url: str | None,
        wake: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._public_url = public_url
        self._wake = wake
        self._clock = clock
        self._background = Background("mujaz-alerts", self._round)

    def start(self) -> None:
        self._background.start()

    def notify(self) -> None:
        """There may be alerts; they would be found without this too, only later."""
        self._background.notify()

    def close(self) -> None:
        self._background.close()

    def _round(self) -> bool:
        """Tell of all watches that have something to tell now; whether there was one."""
        with self._database.read() as session:
            waiting = alerts.due(session, self._clock(), WATCHES_AT_ONCE)
        did = False
        for watch_id in waiting:
            if self._background.closing:
                break
            with self._database.write() as session:
                told = tell(session, watch_id, self._clock(), self._public_url)
            if told is not None:
                did = True
            if told is not None and (told.deliveries or told.mails):
                log.info("watch %s: %d deliveries, %d mails written", watch_id, told.deliveries, told.mails)
                self._wake()
        return did


def tell(session: Session, watch_id: str, now: datetime, public_url: str | None) -> Told | None:
    """Write messages about all that waits for a watch, or put it off to the end of its quiet hours or of its
    throttle, or drop it when the watch is paused. None when somebody else is at it."""
    watch = alerts.hold_watch(session, watch_id)
    if watch is None:
        return None
    if not watch.active:
        alerts.drop(session, watch_id, now)
        return Told()
    if (until := held_until(watch, now)) is not None:
        alerts.put_off(session, watch_id, until)
        return Told()
    found = alerts.waiting(session, watch_id, now, MOST_AT_ONCE)
    if not found:
        return None
    deliveries = _to_webhooks(session, watch, found, now)
    written = _to_mail(session, watch, found, public_url, now)
    alerts.sent(session, watch_id, found, now)
    return Told(deliveries, written)


def held_until(watch: Watch, now: datetime) -> datetime | None:
    """Until when nothing is sent for a watch; None when it may be sent now."""
    asleep = quiet.until(now, watch.quiet_from, watch.quiet_to, watch.zone)
    if watch.last_sent is None or not watch.throttle_minutes:
        return asleep
    rested = watch.last_sent + timedelta(minutes=watch.throttle_minutes)
    if rested <= now:
        return asleep
    return rested if asleep is None else max(rested, asleep)


def fields(watch: Watch, alert: Alert) -> dict[str, Any]:
    """An alert as it is shown, to callers of the API and to webhooks alike."""
    about = alert.about
    return {
        "id": alert.id,
        "watch_id": watch.id,
        "watch": watch.name,
        "query": watch.query,
        "story_id": alert.story_id,
        "entry_id": alert.entry_id,
        "title": about.title if about else None,
        "title_en": about.title_en if about else None,
        "link": about.url if about else None,
        "published": about.published if about else None,
        "feed": about.feed if about else None,
        "article_id": about.article_id if about else None,
        "highlights": [dict(highlight) for highlight in alert.highlights],
        "created": alert.created,
    }


def _to_webhooks(session: Session, watch: Watch, found: Sequence[Alert], now: datetime) -> int:
    if not watch.webhooks:
        return 0
    return sum(webhooks.announce(session, watch.owner, EVENT, fields(watch, alert), now) for alert in found)


def _to_mail(
    session: Session, watch: Watch, found: Sequence[Alert], public_url: str | None, now: datetime
) -> int:
    if not watch.emails:
        return 0
    mail = alert_mail.write(watch, found, public_url)
    for recipient in watch.emails:
        mails.queue(session, watch.owner, recipient, mail.subject, mail.text, mail.html, now)
    return len(watch.emails)
