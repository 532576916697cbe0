"""Brings the database's tables up to date, when the service starts.

One process at a time: a lock file beside an SQLite database, an advisory lock in PostgreSQL. All that are
missing run in one transaction; a crash within it leaves the tables as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from filelock import FileLock, Timeout
from sqlalchemy import Connection, text

from service.store.database import Database
from service.store.errors import StoreBusy, StoreOutdated

#: Seconds to wait for another process that migrates.
LOCK_SECONDS = 60.0
#: Any number that no other program uses on the same PostgreSQL database.
ADVISORY_LOCK = 5_319_008_731


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations that are missing. Raises `StoreError`."""
    with _locked(database), database.write() as session:
        connection = session.connection()
        if revision == "head" and _is_current(connection):
            return
        try:
            command.upgrade(_config(connection), revision)
        except CommandError as error:
            raise StoreOutdated(
                "The database was written by a newer version of Mujaz; use that one, or another database."
            ) from error


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def _is_current(connection: Connection) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


@contextmanager
def _locked(database: Database) -> Iterator[None]:
    if database.file is not None:
        try:
            with FileLock(f"{database.file}.migrating", timeout=LOCK_SECONDS):
                yield
        except Timeout as error:
            raise StoreBusy("Another process has been updating the database for a minute.") from error
    else:
        with database.engine.connect() as holder:
            holder.execute(text("SELECT pg_advisory_lock(:n)"), {"n": ADVISORY_LOCK})
            try:
                yield
            finally:
                holder.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": ADVISORY_LOCK})
