"""Brings the database's tables up to date, when the service starts.

One process at a time: a lock file beside an SQLite database, an advisory lock in PostgreSQL. All that are
missing run in one transaction; a crash within it leaves the tables as they were. An empty SQLite database
gets its tables from `schema.py`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import Connection, inspect, text

from service.store import schema
from service.store.database import Database
from service.store.errors import StoreBusy, StoreOutdated, StoreUnavailable
from service.store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

#: Seconds to wait for another process that migrates.
LOCK_SECONDS = 60.0
#: Any number that no other program uses on the same PostgreSQL database.
ADVISORY_LOCK = 5_319_008_731


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations that are missing. Raises `StoreError`."""
    with _locked(database), database.write() as session:
        connection = session.connection()
        if revision == "head" and database.is_sqlite and schema.is_empty(connection):
            schema.create(connection)
            return
        if revision == "head" and _is_current(connection):
            return
        from alembic import command  # 0.2 s, and nearly every start finds nothing to do
        from alembic.util.exc import CommandError

        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise StoreOutdated(
                "The database was written by a newer version of Mujaz; use that one, or another database."
            ) from error


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _is_current(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD)


def _locked(database: Database) -> AbstractContextManager[None]:
    return _advisory_lock(database) if database.file is None else _lock_file(database.file)


@contextmanager
def _lock_file(file: Path) -> Iterator[None]:
    lock = FileLock(f"{file}.migrating", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreBusy("Another process has been updating the database for a minute.") from error
    except OSError as error:
        raise StoreUnavailable(f"{lock.lock_file} can't be written: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _advisory_lock(database: Database) -> Iterator[None]:
    """Held by a transaction of its own, so that the end of the process ends it too."""
    with database.read() as holder:
        holder.execute(text(f"SET LOCAL lock_timeout = {int(1000 * LOCK_SECONDS)}"))
        holder.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": ADVISORY_LOCK})
        yield
