"""Sends what the store has for webhooks, at least once each.

One thread looks for what is due, at once when told and every two seconds anyway, and claims one delivery
after the other; each is sent in a thread of its own, of which there are few (`turns.py` says for whom). A
claim is a lease: when the process dies between sending and writing down that it was sent, the delivery comes
due again, with the same id, and the receiver sees it twice.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service import backoff, logs
from service.background import Background
from service.ingest.fetch import Fetcher, FetchError, FetchTooLarge
from service.store import webhooks
from service.store.database import Database
from service.store.errors import StoreError
from service.store.webhooks import Delivery, Failure, Webhook
from service.webhooks import signing
from service.webhooks.turns import Turns, receiver

log = logging.getLogger(__name__)

#: Deliveries sent at the same time.
WORKERS = 8
#: Seconds that a claim lasts longer than sending may take.
LEASE_MARGIN = 5.0
#: Bytes of an answer that are read; only its status is wanted.
MOST_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How often one delivery is tried, and how long an attempt may take."""

    max_attempts: int
    timeout_seconds: float

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.timeout_seconds + LEASE_MARGIN)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What an attempt led to; `wait` is how long the receiver asks not to be tried again, in seconds."""

    failure: Failure | None
    status: int = 0
    wait: float = 0


class Deliverer:
    """Thread-safe. `make_fetcher` is called when the first message is to be sent."""

    def __init__(
        self,
        database: Database,
        make_fetcher: Callable[[], Fetcher],
        options: DeliveryOptions,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._make_fetcher = make_fetcher
        self._options = options
        self._clock = clock
        self._changing = threading.Lock()
        self._turns = Turns(WORKERS)
        self._making = threading.Lock()
        self._made: Fetcher | None = None
        self._background = Background("mujaz-webhooks", self._begin)

    def start(self) -> None:
        self._background.start()

    def notify(self) -> None:
        """There is something to send; it would be found without this too, only later."""
        self._background.notify()

    def close(self) -> None:
        """Messages on their way get a moment; what isn't written down by then is sent again later."""
        self._background.close()
        if self._made is not None:
            self._made.close()

    def _fetcher(self) -> Fetcher:
        with self._making:
            if self._made is None:
                self._made = self._make_fetcher()
            return self._made

    def _begin(self) -> bool:
        """Take one delivery and send it in a thread; False when there is nothing to do now."""
        with self._changing:
            if not self._turns.free:
                return False
        with self._database.read() as session:
            waiting = webhooks.due(session, self._clock())
        with self._changing:
            chosen = self._turns.choose(waiting)
        if chosen is None:
            return False
        with self._database.write(durable=False) as session:
            claimed = webhooks.claim(session, chosen.webhook_id, self._clock(), self._options.lease)
        if claimed is None:  # another process was faster
            return False
        with self._changing:
            self._turns.begin(receiver(claimed[0].url))
        self._background.run("mujaz-webhook", self._deliver, *claimed)
        return True

    def _deliver(self, webhook: Webhook, delivery: Delivery) -> None:
        logs.request_id.set(delivery.id)
        started = time.monotonic()
        try:
            outcome = self._attempt(webhook, delivery)
            seconds = time.monotonic() - started
            self._write(webhook, delivery, outcome)
        except Exception as error:
            # Its lease runs out, and it is sent again.
            seconds = time.monotonic() - started
            log.error("the delivery can't be completed: %s", type(error).__qualname__)
            if not isinstance(error, StoreError):
                log.error("%s", "".join(traceback.format_tb(error.__traceback__)))
        with self._changing:
            self._turns.end(receiver(webhook.url), seconds)

    def _attempt(self, webhook: Webhook, delivery: Delivery) -> _Outcome:
        """Send it; what nobody foresaw counts as an attempt too, else it would be tried for ever."""
        try:
            return self._send(webhook, delivery)
        except Exception as error:
            log.error("%s", "".join(traceback.format_tb(error.__traceback__)))
            return _Outcome(Failure(f"unforeseen: {type(error).__name__} while it was sent"))

    def _send(self, webhook: Webhook, delivery: Delivery) -> _Outcome:
        body = delivery.payload.encode()
        headers = {
            "Content-Type": "application/json",
            "Mujaz-Event": delivery.event,
            "Mujaz-Delivery": delivery.id,
            "Mujaz-Signature": signing.signature(webhook.secret, int(self._clock().timestamp()), body),
        }
        try:
            answered = self._fetcher().fetch(
                webhook.url, method="POST", headers=headers, content=body, follow=False, max_bytes=MOST_ANSWER
            )
        except FetchTooLarge as error:  # the status was there
            return _judged(error.status, None)
        except FetchError as error:
            return _Outcome(Failure(f"{error.reason}: {error}"))
        return _judged(answered.status, answered.headers.get("Retry-After"))

    def _write(self, webhook: Webhook, delivery: Delivery, outcome: _Outcome) -> None:
        failure, now = outcome.failure, self._clock()
        again = now + timedelta(seconds=max(backoff.seconds(delivery.attempts), outcome.wait))
        with self._database.write(durable=False) as session:  # else it is sent again
            if failure is None:
                said = "delivered"
                mine = webhooks.delivered(session, delivery, outcome.status, now)
            elif failure.status == 410:
                said = "gone"
                mine = webhooks.gone(session, delivery, failure, now)
            elif delivery.attempts >= self._options.max_attempts:
                said = "dead"
                mine = webhooks.died(session, delivery, failure, now)
            else:
                said = "failed"
                mine = webhooks.failed(session, delivery, failure, again)
        # The URL may hold a secret; ids are enough.
        log.info(
            "webhook %s, attempt %d: %s%s%s",
            webhook.id,
            delivery.attempts,
            said,
            "" if failure is None else f" ({failure.error})",
            "" if mine else "; a later attempt counts",
        )


def _judged(status: int, retry_after: str | None) -> _Outcome:
    if 200 <= status < 300:
        return _Outcome(None, status)
    wait = float(retry_after) if retry_after and retry_after.isdecimal() and len(retry_after) < 7 else 0.0
    failure = Failure(f"The receiver answered {status}.", status)
    return _Outcome(failure, status, min(backoff.LONGEST, wait))
