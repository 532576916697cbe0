"""A connection to the mail server (RFC 5321), and what its refusals mean.

A refusal that is about the mail (its recipient, its content) is told apart from one that is about us (no
connection, wrong password, unknown sender): the first kind is final when the server says so with a 5xx, the
second is for an operator to mend, and the mail waits meanwhile.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import Message
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `sender`: the address it comes from; `ca_file`: who vouches for the server,
    instead of the system's authorities."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    timeout_seconds: float = 30.0


class NotSent(Exception):
    """The mail wasn't taken; try again later. The message says why, and holds neither texts nor secrets."""


class ServerUnusable(NotSent):
    """Nothing can be handed in at present, whatever the mail."""


class Refused(NotSent):
    """The server won't ever take this mail."""


class Connection:
    """An open session with the server; for one thread. Raises `ServerUnusable`."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        try:
            self._smtp = _open(server)
        except (OSError, smtplib.SMTPException) as error:
            raise ServerUnusable(_meaning(error)) from None

    def send(self, message: Message, recipient: str) -> None:
        """Hand a message in; when this returns the server has taken it. Raises `NotSent`."""
        try:
            self._smtp.send_message(message, self._server.sender, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, text)] = error.recipients.values()
            raise _refusal(code, text, "the recipient") from None
        except smtplib.SMTPSenderRefused as error:
            raise ServerUnusable(_said(error.smtp_code, error.smtp_error, "the sender")) from None
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error, "the message") from None
        except (OSError, smtplib.SMTPException) as error:
            raise ServerUnusable(_meaning(error)) from None

    def close(self) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()


def _open(server: MailServer) -> smtplib.SMTP:
    trust = ssl.create_default_context(cafile=server.ca_file)
    made: smtplib.SMTP
    if server.security == "tls":
        made = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout_seconds, context=trust)
    else:
        made = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    try:
        if server.security == "starttls":
            made.starttls(context=trust)
        if server.user is not None:
            made.login(server.user, server.password or "")
    except BaseException:
        made.close()
        raise
    return made


def _refusal(code: int, text: bytes | str, what: str) -> NotSent:
    kind = Refused if 500 <= code < 600 else NotSent
    return kind(_said(code, text, what))


def _said(code: int, text: bytes | str, what: str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"The mail server refused {what}: {code} {' '.join(said.split())[:200]}"


def _meaning(error: Exception) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"The mail server refused the user or the password ({error.smtp_code})."
        case smtplib.SMTPNotSupportedError():
            return f"The mail server can't do what mail.security or mail.user asks for: {error}"
        case TimeoutError():
            return "The mail server doesn't answer in time."
        case smtplib.SMTPServerDisconnected():
            if isinstance(error.__context__, TimeoutError):  # smtplib takes a silent server for one that left
                return _meaning(error.__context__)
            return "The mail server ended the connection."
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return _said(error.smtp_code, error.smtp_error, "the connection")
        case smtplib.SMTPException():
            return f"The mail server answered in a way that isn't SMTP ({type(error).__name__})."
        case ssl.SSLCertVerificationError():
            return f"The mail server's certificate isn't trusted: {error.verify_message}."
        case ssl.SSLError():
            return "The mail server doesn't speak TLS here; look at mail.security and mail.port."
        case _:
            return f"The mail server can't be reached ({type(error).__name__})."
