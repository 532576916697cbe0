"""Whether a caller's work is taken: the day's quota, and how much of one key runs at once.

Work that the caller waits for goes inside `with admit(characters)`; work that is accepted for later calls
`charge(session, characters)` in the transaction that accepts it, and gives back what failed with
`store.usage.refund` in the transaction that says so.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from service import quotas
from service.context import current, principal, services
from service.errors import Problem
from service.principal import Principal
from service.store import usage
from service.store.errors import StoreError

log = logging.getLogger(__name__)

#: Seconds to suggest to a key that has too much running: its own requests decide when there is room.
RUNNING_WAIT = 2.0


@contextmanager
def admit(characters: int) -> Iterator[None]:
    """Charge the caller for `characters` code points of source text before the work inside, and give them
    back when it fails; without a quota they are counted afterwards. Raises `Problem`:
    `quota_exceeded`, `too_many_running`."""
    caller, now = principal(), datetime.now(UTC)
    with running():
        if quota_of(caller) is None:
            yield
            services().ledger.note(caller.key_id, now.date(), characters)
            return
        with services().database.write() as session:
            charge(session, characters, now)
        try:
            yield
        except BaseException:
            _refund(caller, now, characters)
            raise


@contextmanager
def running() -> Iterator[None]:
    """Inside, one more request of the caller is at work. Raises `Problem`: `too_many_running`."""
    most = current().config.limits.concurrent_requests
    with services().concurrency.hold(principal().key_id, most) as taken:
        if not taken:
            services().metrics.refused("concurrency")
            detail = f"{most} requests of this key are at work already."
            raise Problem("too_many_running", detail, retry_after=RUNNING_WAIT)
        yield


def _refund(caller: Principal, now: datetime, characters: int) -> None:
    """Also when the store fails, the caller hears of the first error and not of this one."""
    try:
        with services().database.write() as session:
            usage.refund(session, caller.key_id, now.date(), characters)
    except StoreError as error:
        log.error("%d characters could not be given back to %s: %s", characters, caller.key_id, error)


def charge(session: Session, characters: int, now: datetime | None = None, requests: int = 1) -> None:
    """Charge the caller within the transaction that accepts the work; `requests` is how many pieces it is.
    Raises `Problem`: `quota_exceeded`."""
    caller, now = principal(), now or datetime.now(UTC)
    quota = quota_of(caller)
    if not usage.charge(session, caller.key_id, now.date(), characters, quota, requests):
        services().metrics.refused("quota")
        raise quotas.exceeded(characters, quota, now)


def quota_of(caller: Principal) -> int | None:
    """Characters that the caller may have translated in a day; None for no limit."""
    return quotas.size(caller.daily_characters, current().config.limits)
