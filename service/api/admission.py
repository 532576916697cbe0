"""Whether a caller's work is taken: the day's quota, and how much of one key runs at once.

Work that the caller waits for goes inside `with admit(characters)`; work that is accepted for later calls
`charge(session, characters)` in the transaction that accepts it, and gives back what failed with
`store.usage.refund` in the transaction that says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session


@contextmanager
def admit(characters: int) -> Iterator[None]:
    """Charge the caller for `characters` code points of source text before the work inside, and give them
    back when it fails. Raises `Problem`: `quota_exceeded`, `too_many_requests`."""
    yield


def charge(session: Session, characters: int) -> None:
    """Charge the caller within the transaction that accepts the work. Raises `Problem`: `quota_exceeded`."""
