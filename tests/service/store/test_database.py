"""Transactions: committed or rolled back as a whole, many writers at once, a locked database, a full disk."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from service.store import articles
from service.store.database import Database
from service.store.errors import StoreBusy, StoreFull, StoreUnavailable
from service.store.tables import ArticleRow, GlossaryRow
from tests.service.fakes import fresh_database
from tests.service.store.rows import NOW, content

#: Writers in each of two processes, transactions of each writer, rows in each transaction.
THREADS, TRANSACTIONS, ROWS = 8, 25, 5


def glossary(number: int, owner: str = "a") -> GlossaryRow:
    return GlossaryRow(id=f"gls_{owner}_{number:06}", owner=owner, name="n", created=NOW)


def count(database: Database, table: Any = GlossaryRow) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_write_is_kept(database: Database) -> None:
    with database.write() as session:
        session.add(glossary(1))
    assert count(database) == 1


def test_an_error_keeps_nothing(database: Database) -> None:
    def half() -> None:
        with database.write() as session:
            session.add(glossary(1))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert count(database) == 0


def test_a_read_sees_one_moment_and_waits_for_nobody(database: Database) -> None:
    with database.write() as writing:
        writing.add(glossary(1))
        writing.flush()
        assert count(database) == 0
    assert count(database) == 1


def write_many(database: Database, owner: str) -> list[Exception]:
    """Eight threads that read and then write in one transaction, which is what locks SQLite up elsewhere."""
    errors: list[Exception] = []

    def work(number: int) -> None:
        try:
            for n in range(TRANSACTIONS):
                with database.write() as session:
                    session.scalar(select(func.count()).select_from(GlossaryRow))
                    session.add_all(glossary(ROWS * n + row, f"{owner}{number}") for row in range(ROWS))
        except Exception as error:  # told by the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


OTHER = """
import sys
from service.store.database import Database
from tests.service.store.test_database import write_many
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
errors = write_many(database, "other")
database.close()
sys.exit("\\n".join(map(repr, errors)) or 0)
"""


def test_many_writers_in_two_processes_lose_nothing(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "ready\n"
        other.stdin.write("go\n")
        other.stdin.flush()
        errors = write_many(database, "own")
        _, complaints = other.communicate(timeout=300)
    assert errors == []
    assert (other.returncode, complaints) == (0, "")
    assert count(database) == 2 * THREADS * TRANSACTIONS * ROWS


@pytest.fixture
def impatient(store_url: str) -> Iterator[Database]:
    """Waits for others no longer than a moment."""
    opened = Database(store_url, busy_seconds=0.2)
    yield opened
    opened.close()


def test_a_locked_database_is_told_and_recovers(impatient: Database, store_url: str) -> None:
    other = Database(store_url)
    with impatient.write() as session:
        session.add(glossary(1))
    with other.write() as holder:
        holder.execute(text("SELECT 1" if other.is_sqlite else "LOCK TABLE glossaries IN EXCLUSIVE MODE"))
        with pytest.raises(StoreBusy, match="try again"):
            add(impatient, 2)
        assert count(impatient) == 1  # reading goes on
    add(impatient, 2)
    other.close()
    assert count(impatient) == 2


def add(database: Database, number: int) -> None:
    with database.write() as session:
        session.add(glossary(number))


@pytest.fixture
def sqlite_file() -> Iterator[Database]:
    opened = Database(fresh_database())
    yield opened
    opened.close()


def test_a_full_sqlite_database_keeps_what_it_has(sqlite_file: Database) -> None:
    with sqlite_file.write() as session:
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count = {pages + 40}"))
    kept = fill(sqlite_file)
    assert kept > 0
    assert count(sqlite_file, ArticleRow) == kept
    with sqlite_file.write() as session:
        articles.expire(session, NOW.replace(year=2100))  # room is made
    add(sqlite_file, 1)
    with sqlite_file.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def fill(database: Database) -> int:
    """Store articles until the disk is full; answers how many were."""
    for number in range(10_000):
        try:
            with database.write() as session:
                words = " ".join(f"كلمة{number}x{n}" for n in range(500))
                articles.add(session, "o", str(number), content(text=words), NOW)
        except StoreFull:
            return number
    pytest.fail("the disk was never full")


FILLING = """
import resource, sys
from service.store.database import Database
from tests.service.store.test_database import fill
database = Database(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
print(fill(database))
"""


def test_a_disk_that_takes_no_more_loses_nothing_accepted(sqlite_file: Database) -> None:
    """The operating system refuses to write, in the middle of whatever SQLite is about."""
    url = sqlite_file.url.render_as_string(hide_password=False)
    run = subprocess.run([sys.executable, "-c", FILLING, url], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 0
    assert count(sqlite_file, ArticleRow) == int(run.stdout)
    with sqlite_file.read() as session:
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("53100", StoreFull),
        ("40001", StoreBusy),
        ("40P01", StoreBusy),
        ("57P03", StoreUnavailable),
        ("25006", StoreUnavailable),
    ],
)
def test_what_postgresql_complains_of(
    postgres_database: Database, state: str, error: type[Exception]
) -> None:
    with postgres_database.write() as session:
        session.add(glossary(1))
    with pytest.raises(error):
        complain(postgres_database, state)
    assert count(postgres_database) == 1


def complain(database: Database, state: str) -> None:
    with database.write() as session:
        session.add(glossary(2))
        session.flush()
        session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"not a database" * 100)
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(StoreUnavailable, match="not a database"):
        database.ping()
    database.close()
