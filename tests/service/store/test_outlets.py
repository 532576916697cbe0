"""Outlets: each its owner's, each with a secret that nothing tells; on both databases."""

import pytest

from service.store import outlets
from service.store.database import Database
from service.store.outlets import TooManyOutlets
from tests.service.store.rows import NOW


def test_an_outlet_is_its_owners_until_it_is_removed(database: Database) -> None:
    with database.write() as session:
        made = outlets.add(session, "o", "Egypt", "folder", "مصر", NOW)
        other = outlets.add(session, "p", "All", "stories", "", NOW)
    assert made.secret != other.secret
    assert len(made.secret) >= 43  # 256 bits
    assert made.secret not in repr(made)
    with database.write() as session:
        assert outlets.get(session, "o", made.id) == made
        assert outlets.get(session, "p", made.id) is None
        assert outlets.by_secret(session, made.secret) == made
        assert outlets.by_secret(session, made.secret[:-1]) is None
        assert outlets.rename(session, "p", made.id, "x") is None
        assert outlets.rotate(session, "p", made.id) is None
        assert not outlets.remove(session, "p", made.id)
        renamed = outlets.rename(session, "o", made.id, "Cairo")
        assert renamed is not None
        assert (renamed.title, renamed.secret) == ("Cairo", made.secret)
    with database.write() as session:
        assert outlets.remove(session, "o", made.id)
        assert outlets.get(session, "o", made.id) is None


def test_a_new_secret_ends_the_old_address(database: Database) -> None:
    with database.write() as session:
        made = outlets.add(session, "o", "Egypt", "search", "وزير", NOW)
    with database.write() as session:
        turned = outlets.rotate(session, "o", made.id)
    assert turned is not None
    assert (turned.id, turned.target) == (made.id, made.target)
    with database.read() as session:
        assert outlets.by_secret(session, made.secret) is None
        assert outlets.by_secret(session, turned.secret) == turned


def test_pages_are_newest_first(database: Database) -> None:
    with database.write() as session:
        made = [outlets.add(session, "o", str(n), "stories", "", NOW) for n in range(3)]
        outlets.add(session, "p", "other", "stories", "", NOW)
    made.sort(key=lambda outlet: outlet.id, reverse=True)
    with database.read() as session:
        assert outlets.page(session, "o", 2) == made[:2]
        assert outlets.page(session, "o", 2, made[1].id) == made[2:]


def test_there_is_a_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlets, "MOST", 1)
    with database.write() as session:
        outlets.add(session, "o", "a", "stories", "", NOW)
        outlets.add(session, "p", "a", "stories", "", NOW)
        with pytest.raises(TooManyOutlets):
            outlets.add(session, "o", "b", "stories", "", NOW)
