"""/v1/mails: what became of the mail about watches and digests."""

from datetime import UTC, datetime

from flask import Response

from service.api.requests import answer, reads
from service.api.routes import Route
from service.api.watch_schemas import MailJson, MailList, MailPath, MailQuery
from service.context import principal, services
from service.errors import Problem
from service.store import mails
from service.store.mails import Mail


@reads()
def list_mails(query: MailQuery) -> Response:
    """List mails, newest first.

    Those that were refused for good, or tried in vain `mail.max_attempts` times, are `dead`. What is at rest
    is kept for `jobs.retention_days`.
    """
    with services().database.read() as session:
        found = mails.page(session, principal().owner, query.limit + 1, query.after, query.state)
    page = found[: query.limit]
    after = page[-1].id if len(found) > len(page) else None
    return answer(MailList(items=[mail_json(mail) for mail in page], next=after))


@reads()
def resend_mail(path: MailPath) -> Response:
    """Send a mail again.

    At once and with the same Message-ID, whatever became of it; a dead one gets all its attempts again.
    """
    with services().database.write() as session:
        mail = mails.resend(session, principal().owner, path.mail_id, datetime.now(UTC))
    if mail is None:
        raise Problem("not_found", "There is no mail with this id.")
    services().mail.notify()
    response = answer(mail_json(mail))
    response.status_code = 202
    return response


def mail_json(mail: Mail) -> MailJson:
    """A mail as it is shown: without its texts."""
    fields = {name: getattr(mail, name) for name in MailJson.model_fields}
    due = mail.next_attempt if mail.state == "waiting" else None
    return MailJson.model_validate(fields | {"next_attempt": due})


ROUTES = (
    Route("GET", "/v1/mails", list_mails, MailList, "mails", scope="feeds"),
    Route("POST", "/v1/mails/<mail_id>/resend", resend_mail, MailJson, "mails", scope="feeds", status=202),
)
