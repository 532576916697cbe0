"""Entries that come again under another guid are found by their address, whatever it is; on both databases."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event, text

from service.store import entries
from service.store.database import Database
from service.store.entries import Arrival
from tests.service.store.rows import NOW
from tests.service.store.story_rows import feed


def take_in(database: Database, feed_id: str, *arrivals: Arrival) -> list[str]:
    """The guids of those that are new."""
    with database.write() as session:
        return [entry.guid for entry in entries.take_in(session, feed_id, "o", arrivals, NOW)]


def listed(guid: str, url: str) -> Arrival:
    return Arrival(guid, url, "خبر", "نص", None, NOW)


LONG = "https://example.org/" + 3000 * "خ"


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://example.org/1", "https://example.org/2"),
        (LONG, LONG + "x"),
        (LONG[:500], LONG[:501]),
        (f"https://example.org/\x00\ud800{LONG}", LONG),
    ],
)
def test_one_of_the_same_address_is_the_same(database: Database, url: str, other: str) -> None:
    one, two = feed(database, "a"), feed(database, "b")
    assert take_in(database, one, listed("a", url)) == ["a"]
    assert take_in(database, one, listed("b", url)) == []
    assert take_in(database, one, listed("c", other)) == ["c"]
    assert take_in(database, one, listed("d", other), listed("e", url)) == []
    assert take_in(database, two, listed("d", url)) == ["d"]


def test_an_index_finds_the_address(database: Database) -> None:
    """Else every look at a feed would read all its entries, while nobody else can write (SQLite)."""
    feed_id = feed(database, "a")
    plans: list[str] = []

    def explain(connection: Any, _: Any, statement: str, parameters: Sequence[Any], *__: Any) -> None:
        if statement.startswith("SELECT entries") and "entries.url IN" in statement:
            word = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
            found = connection.exec_driver_sql(f"{word} {statement}", parameters)
            plans.append("\n".join(str(row[-1]) for row in found))

    arrivals = [listed(str(n), f"https://example.org/{n}") for n in range(20)]
    event.listen(database.engine, "before_cursor_execute", explain)
    with database.write() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))  # of so few rows it would read all
        entries.take_in(session, feed_id, "o", arrivals, NOW)
    [plan] = plans
    assert "entries_by_address" in plan
