"""What a serving process has besides the model: the store, and the work that goes on in the background.

Commands that translate once and end never open these; `Runtime.start` does.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event
from sqlalchemy.orm import Session

from service.concurrency import Concurrency, Joining
from service.config import Config, FetchConfig, JobsConfig, MailConfig
from service.housekeeping import Housekeeper, chores
from service.ingest.fetch import Fetcher, FetchOptions
from service.jobs import endings, orders
from service.jobs.executor import Ended, Executor
from service.jobs.live import Live
from service.jobs.local import ExecutorOptions, LocalExecutor
from service.keyring import Keyring
from service.ledger import Ledger
from service.mail.addresses import Recipients
from service.mail.sender import MailOptions, MailSender
from service.mail.smtp import MailServer
from service.metrics import Metrics
from service.monitor import health
from service.monitor.alerting import Alerting
from service.monitor.hosts import Hosts
from service.monitor.leader import WORK, Leader
from service.monitor.poller import Poller, PollerOptions
from service.store import counts, entries, feeds, mails, migrate, webhooks
from service.store.database import Database
from service.store.errors import StoreError
from service.store.jobs import Job
from service.streams import Streams
from service.webhooks.deliverer import Deliverer, DeliveryOptions

if TYPE_CHECKING:
    from service.editions.maker import DigestMaker
    from service.runtime import Runtime

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Made by `open_services`, freed by `close`."""

    database: Database
    keyring: Keyring
    metrics: Metrics
    concurrency: Concurrency
    joining: Joining
    ledger: Ledger
    live: Live
    executor: Executor
    deliverer: Deliverer
    mail: MailSender
    alerting: Alerting
    streams: Streams
    fetcher: Fetcher
    hosts: Hosts
    poller: Poller
    housekeeper: Housekeeper
    leader: Leader
    digests: "DigestMaker"
    schedules: bool

    def start(self) -> None:
        """Begin the background work; the scheduler's part of it where the configuration says so."""
        self.executor.start()
        self.deliverer.start()
        self.mail.start()
        self.alerting.start()
        self.housekeeper.start()
        self.digests.start()
        self.ledger.start()
        if self.schedules:
            self.leader.start()
            self.poller.start()

    def close(self) -> None:
        self.poller.close()
        self.digests.close()
        self.executor.close()
        self.alerting.close()
        self.deliverer.close()
        self.mail.close()
        self.housekeeper.close()
        self.leader.close()
        self.ledger.close()
        self.fetcher.close()
        self.database.close()


def now() -> datetime:
    return datetime.now(UTC)


def open_services(runtime: "Runtime", clock: Callable[[], datetime] = now) -> Services:
    """Open the database and bring it up to date; `clock` is that of jobs, feeds and housekeeping. Raises
    `StoreError`."""
    # Both bring much that a command which never serves does without; the second needs the runtime, too.
    from service.editions.maker import DigestMaker
    from service.kinds import kinds

    config = runtime.config
    database = _opened(config)
    metrics, live = Metrics(), Live()
    deliverer, mail = _deliverer(database, config), MailSender(database, _mailing(config.mail))

    def wake() -> None:
        deliverer.notify()
        mail.notify()

    alerting = Alerting(database, config.public_url, wake, clock)
    ended = _ended(deliverer, alerting)
    executor = LocalExecutor(database, kinds(runtime, clock), _executing(config.jobs), live, ended, clock)
    fetcher, hosts = Fetcher(_fetching(config.fetch)), Hosts()
    leader = Leader(database, feeds.release_all, lambda: poller.notify())
    poller = Poller(
        database,
        fetcher,
        hosts,
        executor.notify,
        _polling(config),
        read=runtime.read_feed,
        term=leader.term,
        counted=metrics.looked,
        clock=clock,
    )
    _count(metrics, database, leader)
    # Where nobody schedules, somebody has to keep house.
    leads = leader.leads if config.monitoring.scheduler else leader.is_vacant
    return Services(
        database=database,
        keyring=Keyring(database),
        metrics=metrics,
        concurrency=Concurrency(),
        joining=Joining(),
        ledger=Ledger(database),
        live=live,
        executor=executor,
        deliverer=deliverer,
        mail=mail,
        alerting=alerting,
        streams=Streams(config.limits.event_streams),
        fetcher=fetcher,
        hosts=hosts,
        poller=poller,
        housekeeper=Housekeeper(database, chores(config), clock, leads=leads),
        leader=leader,
        digests=DigestMaker(database, config.public_url, leads, wake),
        schedules=config.monitoring.scheduler,
    )


def _opened(config: Config) -> Database:
    """The database, with the tables that this version wants."""
    database = Database(config.database_url)
    migrate.upgrade(database)
    log.info("store: %s", database.url.render_as_string(hide_password=True))
    return database


def _count(metrics: Metrics, database: Database, leader: Leader) -> None:
    """Have what the store and the leader know read when somebody asks for metrics."""
    metrics.ask("jobs", "Jobs in the store.", "state", lambda: _counted(database, counts.jobs_by_state))
    metrics.ask(
        "deliveries",
        "Deliveries to webhooks in the store.",
        "state",
        lambda: _counted(database, webhooks.OUTBOX.counts),
    )
    metrics.ask("mails", "Mails in the store.", "state", lambda: _counted(database, mails.OUTBOX.counts))
    metrics.ask("entries", "Entries of feeds.", "state", lambda: _counted(database, entries.by_state))
    metrics.ask("feeds", "Followed feeds.", "health", lambda: _counted(database, _health))
    metrics.ask("leads", "Whether this process polls the feeds.", "work", lambda: {WORK: int(leader.leads())})


def _health(session: Session) -> dict[str, int]:
    return health.counts(session, now())


def _executing(wanted: JobsConfig) -> ExecutorOptions:
    return ExecutorOptions(
        workers={"interactive": wanted.workers, "bulk": wanted.bulk_workers},
        lease=timedelta(seconds=wanted.lease_seconds),
        max_attempts=wanted.max_attempts,
    )


def _polling(config: Config) -> PollerOptions:
    """Half of the room for jobs stays for those who send work themselves."""
    return PollerOptions(
        most_waiting=config.jobs.max_waiting // 2, first_entries=config.monitoring.first_entries
    )


def _fetching(wanted: FetchConfig) -> FetchOptions:
    return FetchOptions(
        allow=wanted.allow,
        proxy=wanted.proxy,
        timeout_seconds=wanted.timeout_seconds,
        max_bytes=wanted.max_bytes,
        max_redirects=wanted.max_redirects,
    )


def _deliverer(database: Database, config: Config) -> Deliverer:
    fetch, hooks = config.fetch, config.webhooks

    def fetcher() -> Fetcher:
        return Fetcher(
            FetchOptions(allow=fetch.allow, proxy=fetch.proxy, timeout_seconds=hooks.timeout_seconds)
        )

    return Deliverer(database, fetcher, DeliveryOptions(hooks.max_attempts, hooks.timeout_seconds))


def _mailing(wanted: MailConfig) -> MailOptions:
    server = None
    if wanted.host is not None and wanted.sender is not None:
        server = MailServer(
            host=wanted.host,
            port=wanted.port,
            sender=wanted.sender,
            security=wanted.security,
            user=wanted.user,
            password=None if wanted.password is None else wanted.password.get_secret_value(),
            ca_file=wanted.ca_file,
            timeout_seconds=wanted.timeout_seconds,
        )
    return MailOptions(server, wanted.max_attempts, Recipients(frozenset(wanted.recipients)))


def _ended(deliverer: Deliverer, alerting: Alerting) -> Ended:
    """What follows from a job's end; once that is committed, there may be something to send."""

    def ended(session: Session, job: Job) -> None:
        endings.job_ended(session, job)
        event.listen(session, "after_commit", lambda _: deliverer.notify())
        if job.kind == orders.ENTRY:
            event.listen(session, "after_commit", lambda _: alerting.notify())

    return ended


def _counted(database: Database, count: Callable[[Session], dict[str, int]]) -> dict[str, int]:
    """None when the store doesn't answer: the other numbers are wanted all the more then."""
    try:
        with database.read() as session:
            return count(session)
    except StoreError:
        return {}
