"""The tables of a new SQLite database, as one file of statements instead of all migrations one after another.

The migrations stay the truth: `migrations/sqlite.sql` is what they make of an empty database, and a test
compares the two. It saves the first start 0.3 s, most of it the import of alembic. Whoever adds a migration
has the file written again by `python -m service.store.schema`.
"""

import tempfile
from pathlib import Path

from sqlalchemy import Connection, text

from service.store.migrations import HEAD

#: One statement a line.
FILE = Path(__file__).with_name("migrations") / "sqlite.sql"


def is_empty(connection: Connection) -> bool:
    """Whether there is nothing at all in an SQLite database."""
    return not connection.scalar(text("SELECT count(*) FROM sqlite_master"))


def create(connection: Connection) -> None:
    """All tables in an empty SQLite database, as after the newest migration."""
    for statement in FILE.read_text(encoding="utf-8").splitlines():
        connection.exec_driver_sql(statement)
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def described(connection: Connection) -> list[str]:
    """The statements that make the tables, indexes and triggers of an SQLite database, one line each. What
    SQLite makes by itself (the tables of a virtual table, the indexes of a key) is left out."""
    rows = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    )
    found = [(name, " ".join(sql.split())) for name, sql in rows]
    own = tuple(f"{name}_" for name, sql in found if sql.startswith("CREATE VIRTUAL TABLE"))
    return [sql for name, sql in found if not name.startswith(own)]


def write() -> None:
    """Run all migrations on a database of their own and write `FILE` from it."""
    from service.store import migrate
    from service.store.database import Database

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/new.db")
        migrate.upgrade(database, HEAD)
        with database.read() as session:
            lines = described(session.connection())
        database.close()
    FILE.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    write()
