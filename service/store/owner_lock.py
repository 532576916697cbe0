"""One at a time per owner, for what is counted or compared first and written then."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def lock(session: Session, topic: str, owner: str) -> None:
    """Until the transaction ends nobody else gets past this for the same topic and owner. SQLite has one
    writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        digest = hashlib.blake2b(f"{topic}\0{owner}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest, "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))
