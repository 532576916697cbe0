"""Glossaries in the store: what the routes don't show."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from service.store import glossaries
from service.store.database import Database
from service.store.glossaries import Dictionary, Pair, TooManyGlossaries
from service.store.ids import as_uuid
from tests.service.fakes import fresh_database

NOW = datetime(2026, 11, 28, tzinfo=UTC)
AR, EN = Pair("ar", "en"), Pair("en", "ar")


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database(fresh_database())
    yield made
    made.close()


def test_either_spelling_finds_it(database: Database) -> None:
    with database.write() as session:
        made = glossaries.add(session, "o", "n", [Dictionary(AR, "ا\ta\n", 1)], NOW)
    with database.read() as session:
        assert glossaries.get(session, "o", str(as_uuid(made.id))) == made
        assert glossaries.entries(session, "o", str(as_uuid(made.id)), AR) == "ا\ta\n"


def test_a_dictionary_for_each_pair(database: Database) -> None:
    with database.write() as session:
        made = glossaries.add(session, "o", "n", [Dictionary(EN, "a\tا\n", 1), Dictionary(AR, "x", 2)], NOW)
        assert made.counts == ((AR, 2), (EN, 1))
        glossaries.put(session, made.id, Dictionary(AR, "y", 3))
        assert glossaries.remove_dictionary(session, "o", made.id, EN)
        assert not glossaries.remove_dictionary(session, "o", made.id, EN)
        assert not glossaries.remove_dictionary(session, "other", made.id, AR)
        found = glossaries.get(session, "o", made.id)
        assert found is not None
        assert found.counts == ((AR, 3),)
        assert glossaries.remove(session, "o", made.id)
        assert glossaries.entries(session, "o", made.id, AR) is None


def test_there_is_a_most(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glossaries, "MOST", 1)
    with database.write() as session:
        glossaries.add(session, "o", "n", [], NOW)
        glossaries.add(session, "other", "n", [], NOW)
        with pytest.raises(TooManyGlossaries):
            glossaries.add(session, "o", "n", [], NOW)
