"""What a serving process has besides the model: the store, and the work that goes on in the background.

Commands that translate once and end never open these; `Runtime.start` does.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from service.concurrency import Concurrency
from service.config import FetchConfig
from service.housekeeping import Housekeeper, chores
from service.ingest.fetch import Fetcher, FetchOptions
from service.jobs import endings
from service.jobs.executor import Executor
from service.jobs.live import Live
from service.jobs.local import ExecutorOptions, LocalExecutor
from service.keyring import Keyring
from service.ledger import Ledger
from service.metrics import Metrics
from service.store import counts, migrate
from service.store.database import Database
from service.store.errors import StoreError
from service.streams import Streams

if TYPE_CHECKING:
    from service.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Made by `open_services`, freed by `close`."""

    database: Database
    keyring: Keyring
    metrics: Metrics
    concurrency: Concurrency
    ledger: Ledger
    live: Live
    executor: Executor
    streams: Streams
    fetcher: Fetcher
    housekeeper: Housekeeper

    def start(self) -> None:
        """Begin the background work."""
        self.executor.start()
        self.housekeeper.start()
        self.ledger.start()

    def close(self) -> None:
        self.executor.close()
        self.housekeeper.close()
        self.ledger.close()
        self.fetcher.close()
        self.database.close()


def open_services(runtime: "Runtime") -> Services:
    """Open the database and bring it up to date. Raises `StoreError`."""
    from service.kinds import kinds  # needs the API, whose handlers need the runtime

    config = runtime.config
    database = Database(config.database_url)
    migrate.upgrade(database)
    log.info("store: %s", database.url.render_as_string(hide_password=True))
    metrics = Metrics()
    metrics.ask("jobs", "Jobs in the store.", "state", lambda: _jobs(database))
    live = Live()
    options = ExecutorOptions(
        workers={"interactive": config.jobs.workers, "bulk": config.jobs.bulk_workers},
        lease=timedelta(seconds=config.jobs.lease_seconds),
        max_attempts=config.jobs.max_attempts,
    )
    return Services(
        database=database,
        keyring=Keyring(database),
        metrics=metrics,
        concurrency=Concurrency(),
        ledger=Ledger(database),
        live=live,
        executor=LocalExecutor(database, kinds(runtime), options, live, endings.job_ended),
        streams=Streams(config.limits.event_streams),
        fetcher=Fetcher(_fetching(config.fetch)),
        housekeeper=Housekeeper(database, chores(config)),
    )


def _fetching(wanted: FetchConfig) -> FetchOptions:
    return FetchOptions(
        allow=wanted.allow,
        proxy=wanted.proxy,
        timeout_seconds=wanted.timeout_seconds,
        max_bytes=wanted.max_bytes,
        max_redirects=wanted.max_redirects,
    )


def _jobs(database: Database) -> dict[str, int]:
    """None when the store doesn't answer: the other numbers are wanted all the more then."""
    try:
        with database.read() as session:
            return counts.jobs_by_state(session)
    except StoreError:
        return {}
