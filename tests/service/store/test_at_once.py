"""What is counted or compared first and written then, by several at the same moment; on both databases."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from service.ingest.opml import Outline
from service.monitor import subscriptions
from service.store import digests, feeds, glossaries, outlets, watches, webhooks
from service.store.database import Database
from service.store.feeds import Policy
from service.store.webhooks import Webhook
from tests.service.store.rows import NOW

THREADS, MOST = 8, 3


def at_once(database: Database, write: Callable[[Session, int], object]) -> list[object]:
    """What each of several transactions gives, or raises."""
    start, outcomes = threading.Barrier(THREADS), list[object]()

    def work(number: int) -> None:
        start.wait(30)
        try:
            with database.write() as session:
                outcomes.append(write(session, number))
        except Exception as error:  # told by the test
            outcomes.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


ADDING: dict[str, Callable[[Session, int], object]] = {
    "watches": lambda s, n: watches.add(s, "o", NOW, {"name": "n", "query": "q"}),
    "outlets": lambda s, n: outlets.add(s, "o", "t", "stories", "", NOW),
    "digests": lambda s, n: digests.add_plan(s, "o", NOW, NOW, {"name": "n", "hours": (), "zone": "UTC"}),
    "glossaries": lambda s, n: glossaries.add(s, "o", "n", [], NOW),
    "webhooks": lambda s, n: webhooks.add(s, Webhook(f"whk_{n}", "o", "http://a.example", "s", (), NOW)),
}


@pytest.mark.parametrize("topic", ADDING)
def test_nobody_has_more_than_the_most(
    database: Database, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"service.store.{topic}.MOST", MOST)
    outcomes = at_once(database, ADDING[topic])
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert {type(error).__name__[:7] for error in refused} == {"TooMany"}
    assert len(refused) == THREADS - MOST


def test_one_list_of_feeds_is_followed_once(database: Database) -> None:
    """Also when it comes in another order."""
    outlines = [Outline(f"http://f{n}.example/") for n in range(40)]

    def follow(session: Session, number: int) -> object:
        wanted = outlines[:: -1 if number % 2 else 1]
        return subscriptions.follow(session, "o", wanted, Policy(), NOW, 30).added

    assert sorted(map(str, at_once(database, follow))) == [*["0"] * (THREADS - 1), "30"]
    with database.read() as session:
        assert feeds.count(session, "o") == 30


def test_one_feed_is_followed_once(database: Database) -> None:
    def add(session: Session, number: int) -> object:
        return feeds.add(session, "o", "http://a.example/", NOW + timedelta(seconds=number))[1]

    assert sorted(map(str, at_once(database, add))) == [*["False"] * (THREADS - 1), "True"]
