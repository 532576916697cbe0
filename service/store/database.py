"""The database: SQLite by default, PostgreSQL by URL. Gives out transactions; knows nothing of topics.

SQLite allows one writer. A transaction that begins with a read and then wants to write fails at once when
another has written meanwhile, whatever the busy timeout; so writes take `BEGIN IMMEDIATE`, one at a time in
this process, and only compete with other processes (sqlite.org/lang_transaction.html). Reads never wait, as
the log is written ahead (WAL).
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from service.store.errors import StoreBusy, StoreError, StoreFull, StoreUnavailable

#: Seconds to wait for another's write: the whole database's on SQLite, that of the same rows on PostgreSQL.
BUSY_SECONDS = 15.0
#: Connections to PostgreSQL: one for each thread that may want one at the same moment would be idle mostly.
POOL_SIZE = 10
POOL_OVERFLOW = 30


class Database:
    """Thread-safe. `url` as in `store.url`; the file of an SQLite database is made when missing, its tables
    by `migrate.upgrade`. Raises `StoreUnavailable` when the folder can't be made."""

    def __init__(self, url: str, *, busy_seconds: float = BUSY_SECONDS) -> None:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._writing = threading.Lock() if self.is_sqlite else nullcontext()
        self.engine = (_sqlite if self.is_sqlite else _postgresql)(parsed, busy_seconds)
        self._reads = self.engine.execution_options(mujaz_begin="BEGIN")
        self._writes = self.engine.execution_options(mujaz_begin="BEGIN IMMEDIATE")
        # Its commits reach the disk with the next durable one: a crash of the process loses none of them, the
        # loss of power perhaps the last.
        self._soft = _sqlite(parsed, busy_seconds, "NORMAL") if self.is_sqlite else self.engine

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads. Raises `StoreError`."""
        with _translated(), Session(self._reads, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Session]:
        """A transaction, committed at the end and rolled back on any error. On SQLite one at a time: keep it
        short, and never translate within it. One that isn't `durable` doesn't wait for the disk: for what is
        simply done again when the power fails. Raises `StoreError`."""
        with (
            _translated(),
            self._writing,
            Session(self._writes if durable else self._soft, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def ping(self) -> None:
        """Raises `StoreUnavailable` unless the database answers."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()
        self._soft.dispose()


def _sqlite(url: Any, busy_seconds: float, synchronous: str = "FULL") -> Engine:
    if url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(
                f"The folder of {url.database} can't be made: {error.strerror}."
            ) from error
    engine = create_engine(url, connect_args={"timeout": busy_seconds}, pool_size=8, max_overflow=56)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `_begin` does
        pragmas = ("journal_mode=WAL", "foreign_keys=ON", f"synchronous={synchronous}", "temp_store=MEMORY")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("mujaz_begin", "BEGIN IMMEDIATE"))

    return engine


def _postgresql(url: Any, busy_seconds: float) -> Engine:
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(1000 * busy_seconds)}")
        connection.commit()

    return engine


@contextmanager
def _translated() -> Iterator[None]:
    """Database errors that an operator can mend, as `StoreError`; programming errors go through."""
    try:
        yield
    except (OperationalError, DBAPIError) as error:
        raise _meaning(error) or error from error


def _meaning(error: DBAPIError) -> StoreError | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        name = getattr(cause, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return StoreBusy("The database is held by another process; try again.")
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            return StoreFull("The disk of the database is full or failing; nothing of this was written.")
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_NOTADB", "SQLITE_CORRUPT")):
            return StoreUnavailable(f"The database file can't be used: {cause}.")
        return None
    state = getattr(cause, "sqlstate", None)
    if state == "53100":
        return StoreFull("The disk of the database is full; nothing of this was written.")
    if state in ("40001", "40P01", "55P03"):
        return StoreBusy("The database is busy with conflicting work; try again.")
    if state == "25006":
        return StoreUnavailable("The database takes no writes now, as a standby does.")
    if isinstance(error, OperationalError):
        return StoreUnavailable("The database doesn't answer.")
    return None
