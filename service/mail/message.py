"""A mail of the store as a message (RFC 5322): the same bytes in every attempt.

Made with the older classes of `email`: where it folds a long subject, `EmailMessage` loses the space between
two encoded words (seen in Python 3.11.7), so that two Arabic words become one.
"""

from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from service.store.mails import Mail

#: The name that stands beside the sender's address.
FROM = "Mujaz"


def compose(mail: Mail, sender: str) -> Message:
    """The message. Texts are in base64: Arabic in quoted-printable is twice as long, and no program rewraps
    it. It says that a machine wrote it, so that no answering machine answers (RFC 3834)."""
    message = _body(mail)
    message["From"] = formataddr((FROM, sender))
    message["To"] = mail.recipient
    message["Subject"] = Header(mail.subject, "utf-8", header_name="Subject").encode()
    message["Date"] = format_datetime(mail.created)
    message["Message-ID"] = mail.message_id or ""
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def _body(mail: Mail) -> Message:
    text = MIMEText(mail.text, "plain", "utf-8")
    if mail.html is None:
        return text
    both = MIMEMultipart("alternative", boundary=f"={mail.id}=")
    both.attach(text)
    both.attach(MIMEText(mail.html, "html", "utf-8"))
    return both
