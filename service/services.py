"""What a serving process has besides the model: the store, and the work that goes on in the background.

Commands that translate once and end never open these; `Runtime.start` does.
"""

import logging
from dataclasses import dataclass

from service.concurrency import Concurrency
from service.config import Config
from service.keyring import Keyring
from service.metrics import Metrics
from service.store import counts, migrate
from service.store.database import Database
from service.store.errors import StoreError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Made by `open_services`, freed by `close`."""

    database: Database
    keyring: Keyring
    metrics: Metrics
    concurrency: Concurrency

    def close(self) -> None:
        self.database.close()


def open_services(config: Config) -> Services:
    """Open the database and bring it up to date. Raises `StoreError`."""
    database = Database(config.database_url)
    migrate.upgrade(database)
    log.info("store: %s", database.url.render_as_string(hide_password=True))
    metrics = Metrics()
    metrics.ask("jobs", "Jobs in the store.", "state", lambda: _jobs(database))
    return Services(database, Keyring(database), metrics, Concurrency())


def _jobs(database: Database) -> dict[str, int]:
    """None when the store doesn't answer: the other numbers are wanted all the more then."""
    try:
        with database.read() as session:
            return counts.jobs_by_state(session)
    except StoreError:
        return {}
