"""/v1/search: what was found, where it hits, and what is wrong with a query."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.context import runtime_of
from service.store import articles, entries, entry_search, feeds
from service.store.entries import Arrival, Outcome
from service.store.feeds import Policy
from service.store.story_tables import PlacementRow, StoryRow
from tests.service.store.rows import NOW, content

ARABIC = "افتتح رئيس البلدية الجسر. " * 20 + "قال الوزيرُ إنّ أسعار القمح ارتفعت. " + "وحضر الحفل كثيرون. " * 20
ENGLISH = (
    "The mayor opened the bridge. " * 20 + "The minister said wheat prices rose. " + "Many attended. " * 20
)


def add(client: FlaskClient, guid: str, title: str, stub: str = "", days: int = 0, **article: str) -> str:
    """An entry, translated and indexed; with an article where its fields are given."""
    services = runtime_of(client.application).services
    with services.database.write() as session:
        feed, _ = feeds.add(session, "local", "https://wire.example/rss", NOW, "The Wire", Policy())
        arrival = Arrival(guid, None, title, stub, None, NOW - timedelta(days=days))
        [entry] = entries.take_in(session, feed.id, "local", [arrival], NOW)
        article_id = articles.add(session, "local", guid, content(**article), NOW) if article else None
        entries.finish(session, entry.id, entry.digest, Outcome("translated", f"EN {guid}", article_id))
        item = entry_search.Item(
            entry.id, "local", feed.id, arrival.published, title, f"EN {guid}",
            article.get("text", stub), article.get("english", ""),
        )  # fmt: skip
        entry_search.index(session, item)
    return entry.id


def ask(client: FlaskClient, q: str, **query: Any) -> dict[str, Any]:
    response = client.get("/v1/search", query_string={"q": q, **query})
    assert response.status_code == 200, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def shown(snippet: dict[str, Any]) -> list[str]:
    return [snippet["text"][span["start"] : span["end"]] for span in snippet["highlights"]]


def test_a_hit_shows_where_it_hits(client: FlaskClient) -> None:
    add(client, "bridge", "الجسر", "خبر آخر")
    id = add(client, "wheat", "أسعارُ القمح", "قصير", text=ARABIC, english=ENGLISH)
    [hit] = ask(client, '"اسعار قمح" OR "wheat prices"')["items"]
    assert hit["id"] == id
    assert hit["article_id"] is not None
    assert hit["story_id"] is None
    [span] = hit["title_highlights"]["ar"]
    assert hit["title"]["ar"][span["start"] : span["end"]] == "أسعارُ القمح"
    assert hit["title_highlights"]["en"] == []
    assert shown(hit["snippet"]["ar"]) == ["أسعار القمح"]
    assert shown(hit["snippet"]["en"]) == ["wheat prices"]
    for side, whole in (("ar", ARABIC), ("en", ENGLISH)):
        piece = hit["snippet"][side]
        assert piece["text"] in whole
        assert len(piece["text"]) <= 240
        assert (piece["cut_before"], piece["cut_after"]) == (True, True)


def test_an_entry_without_an_article_shows_what_the_feed_had(client: FlaskClient) -> None:
    add(client, "stub", "عنوان", "نصّ الخبر")
    [hit] = ask(client, "source:wire")["items"]
    assert hit["snippet"] == {
        "ar": {"text": "نصّ الخبر", "highlights": [], "cut_before": False, "cut_after": False},
        "en": None,
    }


def test_the_story_is_named(client: FlaskClient) -> None:
    id = add(client, "one", "خبر")
    with runtime_of(client.application).services.database.write() as session:
        session.add(
            StoryRow(
                id="sto_1", owner="local", title="خبر", title_en=None, first_entry_id=id, first_published=NOW,
                last_published=NOW, entries=1, sources=1, revision=1, created=NOW, updated=NOW,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            PlacementRow(
                entry_id=id, owner="local", story_id="sto_1", feed_id="f", published=NOW, kind="first"
            )
        )
    assert ask(client, "خبر")["items"][0]["story_id"] == "sto_1"


def test_pages(client: FlaskClient) -> None:
    ids = [add(client, f"n{n}", "خبر", days=n // 2) for n in range(5)]
    seen: list[str] = []
    after: dict[str, str] = {}
    for _ in range(3):
        page = ask(client, "خبر", limit=2, **after)
        seen += [hit["id"] for hit in page["items"]]
        after = {"after": page["next"]}
    assert page["next"] is None
    assert sorted(seen) == sorted(ids)
    assert set(seen[:2]) == set(ids[:2])


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("(خبر", "at character 1: This bracket is not closed"),
        ("خبر OR", "at character 5: Nothing stands after OR"),
        ("after:soon", "at character 7: after: takes a day"),
        ("؟!", "no letters or digits"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/search", "/v1/articles"])
def test_what_is_wrong_is_said_with_its_place(client: FlaskClient, path: str, q: str, said: str) -> None:
    response = client.get(path, query_string={"q": q})
    assert response.status_code == 422
    [error] = response.get_json()["errors"]
    assert error["pointer"] == "/q"
    assert said in error["detail"]


@pytest.mark.parametrize(
    "query", [{}, {"q": "خبر", "after": "ent_1"}, {"q": "خبر", "limit": 0}, {"q": "a" * 1001}]
)
def test_wrong_parameters_are_refused(client: FlaskClient, query: dict[str, Any]) -> None:
    assert client.get("/v1/search", query_string=query).status_code == 422
