"""Keys: what is kept of a secret, whose it is, and how soon a revoked one stops."""

import re
import string
import threading
from typing import Any

import pytest
from sqlalchemy import event, select

from service.keyring import CACHE_SECONDS, CACHE_SIZE, Keyring, NewKey
from service.principal import Principal
from service.store import keys
from service.store.database import Database
from service.store.tables import KeyRow


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def reads(database: Database) -> list[str]:
    """The queries of keys that reach the database."""
    seen: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(*args: object) -> None:
        if "FROM keys" in str(args[2]):
            seen.append(str(args[2]))

    return seen


def test_a_secret_is_random_and_only_its_digest_is_kept(database: Database) -> None:
    keyring = Keyring(database)
    secrets = [keyring.create(NewKey("desk"))[1] for _ in range(20)]
    assert len(set(secrets)) == 20
    for secret in secrets:
        assert re.fullmatch(r"mjz_[a-z2-7]{52}", secret)
    with database.read() as session:
        rows = session.scalars(select(KeyRow)).all()
    by_hint = {secret[:10]: secret for secret in secrets}
    assert {row.hint for row in rows} == set(by_hint)
    for row in rows:
        secret = by_hint[row.hint]
        assert len(row.digest) == 64
        assert set(row.digest) <= set(string.hexdigits)
        kept = " ".join(str(value) for value in vars(row).values())
        assert secret not in kept
        assert secret[10:] not in kept


def test_whose_a_secret_is(database: Database) -> None:
    keyring = Keyring(database)
    alone, first = keyring.create(NewKey("alone"))
    shared, second = keyring.create(NewKey("shared", "news", ("admin", "translate"), 500))
    assert keyring.find(first) == Principal(alone.id, alone.id, frozenset({"translate"}))
    assert keyring.find(second) == Principal("news", shared.id, frozenset({"translate", "admin"}), 500)
    assert shared.scopes == ("translate", "admin")  # in the order of SCOPES, whatever was said


@pytest.mark.parametrize(
    "secret",
    ["", "mjz_", "mjz_" + "a" * 51, "mjz_" + "a" * 53, "MJZ_" + "a" * 52, "mjz_" + "A" * 52, "mjz_" + "1" * 52,
     "mjz_" + "a" * 52 + "\n", " mjz_" + "a" * 52, "x" * 100_000],
)  # fmt: skip
def test_what_cannot_be_a_secret_costs_no_read(database: Database, reads: list[str], secret: str) -> None:
    assert Keyring(database).find(secret) is None
    assert reads == []


def test_nearly_right_secrets_are_wrong(database: Database) -> None:
    keyring = Keyring(database)
    _, secret = keyring.create(NewKey("desk"))
    for place in range(4, len(secret)):
        other = "b" if secret[place] == "a" else "a"
        assert keyring.find(secret[:place] + other + secret[place + 1 :]) is None
    assert keyring.find(secret) is not None


def test_one_read_for_many_requests(database: Database, reads: list[str]) -> None:
    clock = Clock()
    keyring = Keyring(database, clock)
    _, secret = keyring.create(NewKey("desk"))
    for wanted in (secret, "mjz_" + "a" * 52):  # a right one and a wrong one
        reads.clear()
        for _ in range(100):
            keyring.find(wanted)
        assert len(reads) == 1
        clock.now += CACHE_SECONDS
        keyring.find(wanted)
        assert len(reads) == 2


def test_a_key_revoked_here_stops_at_once(database: Database) -> None:
    keyring = Keyring(database)
    key, secret = keyring.create(NewKey("desk"))
    other, still = keyring.create(NewKey("other"))
    assert keyring.find(secret)
    assert keyring.find(still)
    assert keyring.revoke(key.id)
    assert keyring.find(secret) is None
    assert keyring.find(still) is not None
    assert keyring.revoke(key.id)  # again: nothing more happens
    assert not keyring.revoke("key_nobody")
    assert {k.id: k.revoked is None for k in keyring.page(10)} == {key.id: False, other.id: True}


def test_a_key_revoked_while_it_is_looked_up_stops_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = Keyring(database)
    key, secret = keyring.create(NewKey("desk"))
    found, by_digest = threading.Event(), keys.by_digest
    go = threading.Event()

    def slow(session: Any, digest: str) -> Any:
        answer = by_digest(session, digest)
        found.set()
        assert go.wait(30)
        return answer

    monkeypatch.setattr("service.store.keys.by_digest", slow)
    looking = threading.Thread(target=keyring.find, args=(secret,))
    looking.start()
    assert found.wait(30)
    keyring.revoke(key.id)
    go.set()
    looking.join()
    assert keyring.find(secret) is None


def test_a_key_revoked_by_another_process_stops_within_the_bound(database: Database) -> None:
    clock = Clock()
    here, there = Keyring(database, clock), Keyring(database)
    key, secret = there.create(NewKey("desk"))
    assert here.find(secret)
    there.revoke(key.id)
    clock.now += CACHE_SECONDS - 0.01
    assert here.find(secret) is not None
    clock.now += 0.01
    assert here.find(secret) is None
    assert CACHE_SECONDS <= 5


def test_guessing_fills_no_memory(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.keyring.CACHE_SIZE", 50)
    keyring = Keyring(database)
    for number in range(200):
        keyring.find("mjz_" + format(number, "052b").replace("0", "a").replace("1", "b"))
    assert len(keyring._known) == 50
    assert CACHE_SIZE >= 1000


def test_pages(database: Database) -> None:
    keyring = Keyring(database)
    made = [keyring.create(NewKey(f"key {n}"))[0].id for n in range(7)]
    first = keyring.page(3)
    second = keyring.page(3, first[-1].id)
    third = keyring.page(3, second[-1].id)
    listed = [key.id for key in (*first, *second, *third)]
    assert listed == sorted(made, reverse=True)
    assert keyring.page(3, listed[-1]) == []


def test_any_active(database: Database) -> None:
    keyring = Keyring(database)
    assert not keyring.any_active()
    key, _ = keyring.create(NewKey("desk"))
    assert keyring.any_active()
    keyring.revoke(key.id)
    assert not keyring.any_active()
