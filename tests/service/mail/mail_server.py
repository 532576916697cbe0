"""A real mail server on loopback that keeps what comes and refuses what a test wants."""

import email
import email.policy
import gc
import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from benchmarks.http import free_port
from service.mail.smtp import MailServer

SENDER = "mujaz@news.example"
USER, PASSWORD = "mujaz", "hush-hush"


@dataclass(frozen=True)
class Came:
    """A mail that arrived; `sender` and `recipients` are the envelope's."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    user: str | None
    encrypted: bool

    def part(self, subtype: str) -> str:
        found = self.message.get_body((subtype,))
        assert found is not None
        return str(found.get_content())


@dataclass
class Mailbox:
    """`refuse` gets a recipient and how many attempts there were for it before; it answers what the server
    says instead of 250, to RCPT; `refuse_data` the same for the whole message."""

    refuse: Callable[[str, int], str | None] = lambda recipient, before: None
    refuse_data: Callable[[int], str | None] = lambda before: None
    port: int = 0
    ca_file: str | None = None
    came: list[Came] = field(default_factory=list)
    connections: int = 0
    asked: dict[str, int] = field(default_factory=dict)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def server(self, **options: Any) -> MailServer:
        """How it is reached."""
        wanted = {"security": "none", "timeout_seconds": 5.0} | options
        return MailServer("localhost", self.port, SENDER, **wanted)

    def wait(self, number: int, seconds: float = 20) -> list[Came]:
        """The first mails, once so many have come."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.came) >= number, seconds), len(self.came)
            return self.came[:]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        before = self.asked.get(address, 0)
        self.asked[address] = before + 1
        refused = self.refuse(address, before)
        if refused is not None:
            return refused
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        login = session.auth_data
        user = login.login.decode() if isinstance(login, LoginPassword) else None
        came = Came(str(envelope.mail_from), envelope.rcpt_tos, message, user, session.ssl is not None)
        with self.changed:
            refused = self.refuse_data(len(self.came))
            self.came.append(came)
            self.changed.notify_all()
        return "250 Taken" if refused is None else refused


def _right(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, auth_data=data if good else None, handled=False)


@contextmanager
def mail_server(
    mailbox: Mailbox | None = None, *, port: int = 0, folder: Path | None = None, tls: str = "none"
) -> Iterator[Mailbox]:
    """Runs while the block does. `tls`: `starttls` or `tls`, with a certificate for localhost whose authority
    is written to `folder`; with the first a login is required."""
    box, options = mailbox or Mailbox(), dict[str, Any]()
    if tls != "none":
        assert folder is not None
        context = _certificate(folder)
        box.ca_file = str(folder / "ca.pem")
        options = {"authenticator": _right}
        if tls == "starttls":
            options |= {"tls_context": context, "require_starttls": True, "auth_required": True}
        else:
            options |= {"ssl_context": context, "auth_require_tls": False}
    box.port = port or free_port()  # the controller can't say which one it got
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
        # aiosmtpd doesn't close a connection whose handshake failed: left to the collector, the socket would
        # complain in whatever test is running by then.
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            gc.collect()


def _certificate(folder: Path) -> ssl.SSLContext:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context
