"""Quotas and concurrency as callers meet them."""

import itertools
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import g

from models.errors import Busy
from service import quotas
from service.api import admission
from service.config import LimitsConfig
from service.errors import Problem
from service.principal import LOCAL, Principal
from service.store import usage
from service.store.errors import StoreUnavailable
from tests.service.keyed import Caller, Keyed

TEXT = "أعلنت وزارة الصحة"  # 17 characters
ONE = Principal("team", "key_1", frozenset({"translate"}), 50)


@pytest.fixture
def keyed() -> Iterator[Keyed]:
    made = Keyed(LimitsConfig(daily_characters=40, concurrent_requests=2))
    yield made
    made.close()


def used(caller: Caller) -> int:
    return int(caller.open("/v1/usage").get_json()["used"])


def admit(keyed: Keyed, principal: Principal, characters: int, error: Exception | None = None) -> None:
    with keyed.app.test_request_context():
        g.principal = principal
        with admission.admit(characters):
            if error is not None:
                raise error


def usage_of(keyed: Keyed, principal: Principal) -> int:
    with keyed.runtime.services.database.read() as session:
        return usage.used(session, principal.key_id, datetime.now(UTC).date())


def test_the_keys_own_quota_wins_over_the_configured_one(keyed: Keyed) -> None:
    admit(keyed, ONE, 50)
    with pytest.raises(Problem) as refused:
        admit(keyed, ONE, 1)
    assert refused.value.kind.code == "quota_exceeded"
    with pytest.raises(Problem):
        admit(keyed, LOCAL, 41)
    admit(keyed, LOCAL, 40)


def test_it_says_when_the_day_ends(keyed: Keyed) -> None:
    with pytest.raises(Problem) as refused:
        admit(keyed, ONE, 51)
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 86_400
    now = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
    assert quotas.day_after(now) == datetime(2027, 1, 1, tzinfo=UTC)
    assert quotas.day_after(datetime(2027, 1, 1, tzinfo=UTC)) == datetime(2027, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("error", [Busy("full", 3.0), RuntimeError(), Problem("summary_failed", "no")])
def test_what_fails_is_given_back(keyed: Keyed, error: Exception) -> None:
    admit(keyed, ONE, 20)
    with pytest.raises(type(error)):
        admit(keyed, ONE, 30, error)
    assert usage_of(keyed, ONE) == 20


def test_a_store_that_fails_as_well_hides_no_error(keyed: Keyed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise StoreUnavailable("gone")

    monkeypatch.setattr("service.store.usage.refund", broken)
    with pytest.raises(RuntimeError, match="first"):
        admit(keyed, ONE, 5, RuntimeError("first"))


def test_a_request_at_the_quota_is_refused_and_said_so_in_usage(keyed: Keyed) -> None:
    caller = keyed.caller()
    pages = [caller.open("/", "POST", data={"text": TEXT, "length": "1"}) for _ in range(3)]
    assert [page.status_code for page in pages] == [200, 200, 429]
    assert int(pages[2].headers["Retry-After"]) <= 86_400
    answer = caller.open("/v1/usage").get_json()
    assert (answer["used"], answer["daily_characters"], answer["left"]) == (34, 40, 6)
    assert answer["items"] == [{"day": datetime.now(UTC).date().isoformat(), "characters": 34, "requests": 2}]
    other = keyed.caller(daily_characters=100)
    assert other.open("/", "POST", data={"text": TEXT, "length": "1"}).status_code == 200
    assert used(other) == 17


def test_each_key_has_its_own_share_of_the_threads(keyed: Keyed) -> None:
    keyed.pipeline.gate = threading.Event()
    crowd, quiet = keyed.caller(daily_characters=1000), keyed.caller()
    answers: list[int] = []
    number = itertools.count()

    def ask(caller: Caller) -> None:
        data = {"text": f"{TEXT} {next(number)}", "length": "1"}  # identical work is done once
        answers.append(caller.open("/", "POST", data=data).status_code)

    threads = [threading.Thread(target=ask, args=(who,)) for who in (crowd, crowd, quiet)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert keyed.pipeline.entered.acquire(timeout=10)
    refused = crowd.open("/", "POST", data={"text": TEXT, "length": "1"})
    assert refused.status_code == 429
    assert "2 requests of this key" in refused.get_data(as_text=True)
    assert refused.headers["Retry-After"]
    keyed.pipeline.gate.set()
    for thread in threads:
        thread.join()
    assert answers == [200, 200, 200]
    assert crowd.open("/", "POST", data={"text": TEXT, "length": "1"}).status_code == 200
    assert keyed.runtime.services.concurrency._running == {}
