"""The configured store, for commands that work on it themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from service.cli import Choices

if TYPE_CHECKING:
    from service.mail.addresses import Recipients
    from service.store.database import Database


@contextmanager
def database(choices: Choices) -> "Iterator[Database]":
    """The store, which is made or brought up to date when it has to be."""
    from service.store import migrate
    from service.store.database import Database

    opened = Database(choices.load().database_url)
    try:
        migrate.upgrade(opened)
        yield opened
    finally:
        opened.close()


def recipients(choices: Choices) -> "Recipients | None":
    """Who may be written to; None where mail isn't set up."""
    from service.mail.addresses import Recipients

    mail = choices.load().mail
    return None if mail.host is None else Recipients(frozenset(mail.recipients))
