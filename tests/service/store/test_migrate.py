"""Migrations on both databases: the schema they make, what they keep, and two processes at once."""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, inspect, select, text
from sqlalchemy.types import JSON, BigInteger, Boolean, Date, DateTime, Float, Integer, LargeBinary

import service.store
from models import query as queries
from service.api import stored
from service.api.schemas import CheckedTitleJson
from service.config import Config
from service.housekeeping import Housekeeper, chores
from service.store import articles, migrate, schema
from service.store.database import Database
from service.store.errors import StoreBusy, StoreOutdated, StoreUnavailable
from service.store.migrations import HEAD
from service.store.tables import Base

MOMENT = datetime(2026, 3, 4, 5, 6, 7, 89_000, UTC)
#: Made by hand in a migration, and not described by `tables.py`: the indexes of the search.
OWN = ("article_index", "article_words_vector", "entry_index", "entry_words_vector", "vector")


@pytest.fixture(autouse=True, scope="module")
def _all_tables() -> None:
    """Whatever module of the store has tables, `Base` knows them."""
    for module in pkgutil.iter_modules(service.store.__path__):
        importlib.import_module(f"service.store.{module.name}")


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url)
    yield opened
    opened.close()


def revisions() -> list[str]:
    script = ScriptDirectory(str(migrate.__file__).replace("migrate.py", "migrations"))
    return [found.revision for found in reversed(list(script.walk_revisions()))]


def test_the_newest_is_told() -> None:
    assert revisions()[-1] == HEAD


def test_migrations_make_the_tables_that_the_code_knows(empty: Database) -> None:
    migrate.upgrade(empty, HEAD)

    def wanted(_: Any, name: str | None, kind: str, *__: Any) -> bool:
        return not str(name).startswith(OWN)

    with empty.write() as session:
        options = {"include_object": wanted, "compare_type": True}
        context = MigrationContext.configure(session.connection(), opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_a_new_database_is_what_the_migrations_make(tmp_path: Path) -> None:
    """Another file than this: `python -m service.store.schema` writes it anew."""
    new, migrated = (Database(f"sqlite:///{tmp_path / name}") for name in ("new.db", "migrated.db"))
    migrate.upgrade(new)
    migrate.upgrade(migrated, HEAD)
    with new.read() as one, migrated.read() as other:
        assert schema.described(one.connection()) == schema.described(other.connection())
        assert _counts(one.connection()) == _counts(other.connection())
        version = text("SELECT version_num FROM alembic_version")
        assert one.scalar(version) == other.scalar(version) == HEAD
    new.close()
    migrated.close()


def _counts(connection: Connection) -> dict[str, int | None]:
    """Migrations could leave rows, too."""
    names = inspect(connection).get_table_names()
    return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}


def test_a_database_with_other_tables_is_not_a_new_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'shared.db'}")
    with database.write() as session:
        session.execute(text("CREATE TABLE theirs (id INTEGER)"))
    migrate.upgrade(database)
    with database.read() as session:
        names = inspect(session.connection()).get_table_names()
        assert {"theirs", "articles", "alembic_version"} <= set(names)
    database.close()


@pytest.mark.parametrize("kind", ["article", "entry"])
def test_the_search_has_its_index(empty: Database, kind: str) -> None:
    """What the comparison leaves out."""
    migrate.upgrade(empty)
    with empty.read() as session:
        inspector = inspect(session.connection())
        if empty.is_sqlite:
            assert f"{kind}_index" in inspector.get_table_names()
        else:
            names = [index["name"] for index in inspector.get_indexes(f"{kind}_words")]
            assert f"{kind}_words_vector" in names


def test_a_second_time_nothing_happens(empty: Database) -> None:
    migrate.upgrade(empty)
    migrate.upgrade(empty)


# What a column of each type may hold, at its worst.
VALUES: tuple[tuple[type[Any], Any], ...] = (
    (DateTime, MOMENT), (Date, date(2026, 3, 4)), (JSON, ["ك", {"a": None}]), (Boolean, True), (Float, 0.1 + 0.2),
    (BigInteger, 2**53), (Integer, 2**31 - 1), (LargeBinary, b"\x00\xff"),
)  # fmt: skip


def _value(column: Column[Any]) -> Any:
    """Foreign keys lead to the row of the other table, as all texts are the same."""
    for kind, value in VALUES:
        if isinstance(column.type, kind):
            return value
    return "قيمة «١» é 😀"


def _fill(connection: Connection) -> dict[str, dict[str, Any]]:
    """A row in every table that there is, and what is in it. Uses nothing of `tables.py`, which may be newer."""
    found = MetaData()
    found.reflect(connection, resolve_fks=True)
    rows: dict[str, dict[str, Any]] = {}
    for table in found.sorted_tables:
        if table.name == "alembic_version" or table.name.startswith(OWN):
            continue
        row = {c.name: _value(c) for c in table.columns if c.computed is None}
        connection.execute(table.insert().values(row))
        rows[table.name] = row
    return rows


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_an_upgrade_keeps_every_row(empty: Database, revision: str) -> None:
    migrate.upgrade(empty, revision)
    with empty.write() as session:
        before = _fill(session.connection())
    assert len(before) >= 12
    migrate.upgrade(empty)
    with empty.read() as session:
        now = MetaData()
        now.reflect(session.connection())
        for name, row in before.items():
            table = now.tables[name]
            [after] = session.execute(select(table)).mappings().all()
            assert {key: _comparable(after[key]) for key in row} == {
                key: _comparable(value) for key, value in row.items()
            }, name


def _comparable(value: Any) -> Any:
    """SQLite has no zones."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def test_articles_of_before_are_counted_and_found(empty: Database) -> None:
    migrate.upgrade(empty, "0001")
    with empty.write() as session:
        session.execute(
            text(
                "INSERT INTO articles (id, owner, fingerprint, created, title, text, language, title_en, english,"
                " model, signature, warnings) VALUES ('art_1', 'o', 'f', :now, 'عنوان', 'أسعار القمح', 'ar',"
                " 'Title', 'Wheat prices', 'm', 's', '[]')"
            ),
            {"now": MOMENT},
        )
        for index, flags in enumerate(("[]", '[{"code": "a"}, {"code": "b"}]', '[{"code": "c"}]')):
            session.execute(
                text("INSERT INTO segments VALUES ('art_1', :n, 0, 0, 1, 0, 1, 0.5, :flags, NULL)"),
                {"n": index, "flags": flags},
            )
        session.execute(text("INSERT INTO summaries VALUES ('art_1', 'extractive', '[]')"))
    migrate.upgrade(empty)
    Housekeeper(empty, chores(Config())).round()
    query = queries.parse("wheat اسعار")
    with empty.read() as session:
        [item] = articles.newest(session, "o", 9, query=query)
        kept = articles.get(session, "o", "art_1")
    assert (item.characters, item.flag_count) == (11, 3)
    assert kept is not None
    assert [len(segment.flags) for segment in kept.content.segments] == [0, 2, 1]
    assert (kept.content.title_confidence, kept.content.title_flags) == (None, [])
    bare = replace(kept, content=replace(kept.content, segments=()))
    assert stored.answer(bare).title == CheckedTitleJson(ar="عنوان", en="Title", confidence=None, flags=[])


@pytest.mark.parametrize("version", ["9999", "zzzz"])
def test_a_newer_database_is_refused(empty: Database, version: str) -> None:
    migrate.upgrade(empty)
    with empty.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    with pytest.raises(StoreOutdated, match="newer version"):
        migrate.upgrade(empty)
    with empty.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == version


MIGRATING = """
import sys
from service.store import migrate
from service.store.migrations import HEAD
from service.store.database import Database
database = Database(sys.argv[1])
sys.stdin.readline()
migrate.upgrade(database)
database.close()
"""


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", MIGRATING, empty_url], stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], outputs
    database = Database(empty_url)
    with database.read() as session:
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == revisions()[-1:]
    database.close()


def test_a_migration_that_breaks_leaves_nothing_behind(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All migrations are one transaction, on SQLite too."""
    migrate.upgrade(empty, "0001")
    before = _schema(empty)

    def broken(name: str, *_: Any, **__: Any) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(op, "create_table", broken)
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(empty)
    assert _schema(empty) == before
    monkeypatch.undo()
    migrate.upgrade(empty)


def _schema(database: Database) -> list[tuple[str, list[str]]]:
    with database.read() as session:
        inspector = inspect(session.connection())
        return [
            (t, [c["name"] for c in inspector.get_columns(t)]) for t in sorted(inspector.get_table_names())
        ]


HOLDING = """
import sys
from service.store import migrate
from service.store.database import Database
with migrate._locked(Database(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_waiting_for_another_that_migrates_ends(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.2)
    url = empty.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StoreBusy):
            migrate.upgrade(empty)
        holder.kill()  # whoever dies lets go
    migrate.upgrade(empty)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="can't be made"):
        Database(f"sqlite:///{tmp_path / 'file' / 'folder' / 'store.db'}")


def test_a_lock_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db.migrating").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with pytest.raises(StoreUnavailable, match=r"store\.db\.migrating can't be written"):
        migrate.upgrade(database)
    database.close()


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    database = Database(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(StoreUnavailable, match="doesn't answer"):
        migrate.upgrade(database)
    database.close()
