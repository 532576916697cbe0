"""Transactions: committed or rolled back as a whole, and many writers at once."""

import pytest
from sqlalchemy import select

from service.store.database import Database
from service.store.tables import GlossaryRow
from tests.service.store.rows import NOW


def glossary(number: int) -> GlossaryRow:
    return GlossaryRow(id=f"gls_{number:06}", owner="a", name="n", created=NOW)


def count(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(GlossaryRow.id)).all())


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
