"""Articles whose length isn't known when they are ordered count against the quota like others."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from models.document import Article
from service.config import LimitsConfig
from service.runtime import Runtime
from service.store import entries, feeds
from tests.service.keyed import Caller, Keyed

TEXT = "أعلنت وزارة الصحة"  # 17 characters
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keyed]:
    """Every URL leads to `TEXT`; a day has room for two of them."""

    def read_url(self: Runtime, url: str, *, background: bool = False) -> Article:
        return Article(TEXT, url=url)

    monkeypatch.setattr(Runtime, "read_url", read_url)
    made = Keyed(LimitsConfig(daily_characters=40))
    yield made
    made.close()


def ended(caller: Caller, at: str) -> Any:
    for _ in range(1500):
        found = caller.open(at).get_json()
        if found.get("finished"):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def used(caller: Caller) -> int:
    return int(caller.open("/v1/usage").get_json()["used"])


def test_a_url_is_charged_when_its_article_is_known(keyed: Keyed) -> None:
    caller, states = keyed.caller(), []
    for number in range(3):
        url = f"http://a.example/{number}"
        answer = caller.open("/v1/summaries", "POST", json={"url": url}, headers=ASYNC)
        states.append(ended(caller, answer.headers["Location"]))
    assert [job["state"] for job in states] == ["succeeded", "succeeded", "failed"]
    assert (states[2]["problem"]["status"], states[2]["problem"]["title"]) == (429, "Quota used up")
    assert used(caller) == 34


def test_so_are_those_of_a_batch(keyed: Keyed) -> None:
    caller = keyed.caller()
    items = [{"url": f"http://a.example/{n}"} for n in range(5)]
    answer = caller.open("/v1/batches", "POST", json={"items": items})
    counts = ended(caller, f"/v1/batches/{answer.get_json()['id']}")["counts"]
    assert (counts["succeeded"], counts["failed"]) == (2, 3)
    assert used(caller) == 34


def test_what_fails_after_that_is_given_back(keyed: Keyed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(keyed.pipeline, "run", broken)
    caller = keyed.caller()
    answer = caller.open("/v1/summaries", "POST", json={"url": "http://a.example/"}, headers=ASYNC)
    assert ended(caller, answer.headers["Location"])["state"] == "failed"
    assert used(caller) == 0


@pytest.mark.parametrize(("quota", "state", "counted"), [(10, "failed", 0), (100, "succeeded", 20)])
def test_an_entry_of_which_the_feed_has_a_stub(keyed: Keyed, quota: int, state: str, counted: int) -> None:
    caller, now = keyed.caller(daily_characters=quota), datetime.now(UTC)
    with keyed.runtime.services.database.write() as session:
        feed, _ = feeds.add(session, caller.owner, "http://a.example/feed", now)
        arrival = entries.Arrival("1", "http://a.example/1", "خبر", "نص", None, now)
        [entry] = entries.take_in(session, feed.id, caller.owner, [arrival], now)
    answer = caller.open(f"/v1/entries/{entry.id}/translation", "POST")
    assert ended(caller, answer.headers["Location"])["state"] == state
    assert used(caller) == counted
