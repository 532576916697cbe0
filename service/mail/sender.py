"""Hands the store's mail to the mail server, at least once each.

One thread, over one connection as long as there is something to send. A claim is a lease: when the process
dies between sending and writing down that it was sent, the mail comes due again, with the same Message-ID, by
which mail programs know that they have it already.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service import backoff
from service.background import Background
from service.mail.addresses import Recipients, domain_of
from service.mail.message import compose
from service.mail.smtp import Connection, MailServer, NotSent, Refused, ServerUnusable
from service.store import mails
from service.store.database import Database
from service.store.mails import Mail

log = logging.getLogger(__name__)

#: Seconds that a claim lasts longer than the server's time limit; an exchange has about ten steps with one
#: each, and a server that uses them up is as good as dead.
LEASE_MARGIN = 60.0
#: Seconds until the next try when the server can't be used at all.
SERVER_WAIT = 15.0


@dataclass(frozen=True, slots=True)
class MailOptions:
    """`server` is None where mail isn't set up: nothing is sent then."""

    server: MailServer | None
    max_attempts: int
    recipients: Recipients


class MailSender:
    """Thread-safe. Without a mail server it does nothing."""

    def __init__(
        self,
        database: Database,
        options: MailOptions,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._options = options
        self._clock = clock
        self._connection: Connection | None = None
        self._unusable_until: datetime | None = None
        self._background = Background("mujaz-mail", self._step)

    @property
    def is_set_up(self) -> bool:
        return self._options.server is not None

    @property
    def recipients(self) -> Recipients | None:
        """Who may be written to; None where mail isn't set up."""
        return self._options.recipients if self.is_set_up else None

    def start(self) -> None:
        if self.is_set_up:
            self._background.start()

    def notify(self) -> None:
        """There is something to send; it would be found without this too, only later."""
        self._background.notify()

    def close(self) -> None:
        """Waits for the mail at hand."""
        self._background.close()
        self._disconnect()

    def _step(self) -> bool:
        """Send one mail; False when there is none to send now."""
        server, now = self._options.server, self._clock()
        assert server is not None
        if self._unusable_until is not None and now < self._unusable_until:
            return False
        self._unusable_until = None
        with self._database.read() as session:
            waits = mails.OUTBOX.any_due(session, now)
        if waits:
            lease = timedelta(seconds=server.timeout_seconds + LEASE_MARGIN)
            with self._database.write(durable=False) as session:
                mail = mails.claim(session, now, lease, domain_of(server.sender))
            if mail is not None:
                self._send(server, mail)
                return True
        self._disconnect()
        return False

    def _send(self, server: MailServer, mail: Mail) -> None:
        failure: NotSent | None = None
        try:
            if not self._options.recipients.admit(mail.recipient):  # allowed when the watch was made
                raise Refused("mail.recipients doesn't name this address any more")
            self._connected(server).send(compose(mail, server.sender), mail.recipient)
        except NotSent as error:
            failure = error
            if isinstance(error, ServerUnusable):
                self._disconnect()
                self._unusable_until = self._clock() + timedelta(seconds=SERVER_WAIT)
        except Exception as error:  # it counts as an attempt, else this mail would keep all others waiting
            failure = NotSent(f"Something unforeseen went wrong here ({type(error).__name__}).")
            log.error("mail %s: %s", mail.id, "".join(traceback.format_tb(error.__traceback__)))
            self._disconnect()
        self._write(mail, failure)

    def _connected(self, server: MailServer) -> Connection:
        if self._connection is None:
            self._connection = Connection(server)
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, mail: Mail, failure: NotSent | None) -> None:
        now, outbox = self._clock(), mails.OUTBOX
        with self._database.write(durable=False) as session:  # else it is sent again
            if failure is None:
                said, mine = "sent", outbox.arrived(session, mail, now)
            elif isinstance(failure, Refused) or mail.attempts >= self._options.max_attempts:
                said, mine = "dead", outbox.died(session, mail, now, last_error=str(failure))
            else:
                again = now + timedelta(seconds=backoff.seconds(mail.attempts))
                said, mine = "failed", outbox.failed(session, mail, again, last_error=str(failure))
        # Neither address nor subject: the id is enough.
        log.info(
            "mail %s, attempt %d: %s%s%s",
            mail.id,
            mail.attempts,
            said,
            "" if failure is None else f" ({type(failure).__name__})",
            "" if mine else "; a later attempt counts",
        )
