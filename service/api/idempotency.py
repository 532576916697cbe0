"""`Idempotency-Key`: a POST that is sent again with the same key is done once and answered alike
(draft-ietf-httpapi-idempotency-key-header).

The answer of work that is accepted for later is kept in the transaction that accepts it, so that no crash
can part the two. Failures aren't kept: what failed may be tried again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, g, request
from sqlalchemy.orm import Session

from service.body import Body
from service.context import principal, services
from service.errors import FieldError, Problem
from service.store import idempotency
from service.store.idempotency import Saved, Taken

HEADER = "Idempotency-Key"
#: Set on answers that were given before.
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 255
#: Larger answers are computed again instead of being kept.
LARGEST_BODY = 4 * 1024 * 1024
#: Headers that belong to the answer itself.
_KEPT = ("Content-Type", "Location", "Preference-Applied")


def once(body: Body, handle: Callable[[], Response]) -> Response:
    """The answer of `handle`, or the one that the same request got before. Raises `Problem`."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return handle()
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        detail = f"Idempotency-Key must have 1 to {LONGEST_KEY} printable characters."
        raise Problem("bad_request", detail, errors=[FieldError("", detail)])
    owner, database = principal().owner, services().database
    with database.write() as session:
        found = idempotency.begin(session, owner, key, _fingerprint(body), datetime.now(UTC))
    match found:
        case Saved():
            return Response(found.body, found.status, {**found.headers, REPLAYED: "true"})
        case Taken(same=True):
            raise Problem("still_at_work", "The first request with this key is at work.", retry_after=1)
        case Taken():
            raise Problem("key_reused", "Another request was sent with this Idempotency-Key.")
    g.idempotency = (owner, key)
    try:
        response = handle()
    except BaseException:
        _forget(owner, key)
        raise
    if g.pop("idempotency", None) is not None:
        with database.write() as session:
            _keep(session, owner, key, response)
    return response


def keep(session: Session, response: Response) -> None:
    """Within the transaction that accepts work: the answer belongs to the request's key, if it has one."""
    taken: tuple[str, str] | None = g.pop("idempotency", None)
    if taken is not None:
        _keep(session, *taken, response)


def _keep(session: Session, owner: str, key: str, response: Response) -> None:
    body = response.get_data(as_text=True)
    secret = "no-store" in response.headers.get("Cache-Control", "")  # a new key: it is nowhere else
    if response.status_code >= 300 or secret or len(body) > LARGEST_BODY:
        idempotency.forget(session, owner, key)
        return
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    idempotency.finish(session, owner, key, Saved(response.status_code, headers, body))


def _forget(owner: str, key: str) -> None:
    with services().database.write() as session:
        idempotency.forget(session, owner, key)


def _fingerprint(body: Body) -> str:
    """Names the request with all that shapes its answer."""
    whole = hashlib.sha256()
    parts: Mapping[str, Any] = {
        "path": request.full_path,
        "fields": body.fields,
        "prefer": request.headers.get("Prefer", ""),
    }
    whole.update(json.dumps(parts, sort_keys=True, default=str).encode())
    for name, upload in sorted(body.files.items()):
        whole.update(json.dumps([name, upload.name, upload.mimetype, upload.charset]).encode())
        whole.update(hashlib.sha256(upload.data).digest())
    return whole.hexdigest()
