"""/v1/outlets, and the feeds at their addresses, as a reader asks for them."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import jsonschema
import pytest
from flask.testing import FlaskClient

from service.config import Config, ServerConfig
from service.context import runtime_of
from service.ingest import feeds as reading
from service.store import alerts, entry_search, feeds, story_changes, watches
from tests.service.editions.news import HOUR, NAME, News
from tests.service.editions.test_feed_formats import SCHEMA
from tests.service.keyed import Keyed

NOW = datetime.now(UTC) - HOUR
FORMATS = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json_feed": "application/feed+json",
}


@pytest.fixture
def news(client: FlaskClient) -> News:
    return News(runtime_of(client.application).services.database, "local")


def make(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = client.post("/v1/outlets", json={"title": "All of it", **body})
    assert response.status_code == 201, response.get_data(as_text=True)
    made: dict[str, Any] = response.get_json()
    return made


def path(address: str) -> str:
    return address.removeprefix("http://localhost")


def titles(client: FlaskClient, made: dict[str, Any]) -> list[str]:
    feed = client.get(path(made["addresses"]["json_feed"])).get_json()
    jsonschema.validate(feed, SCHEMA)
    return [item["title"] for item in feed["items"]]


@pytest.mark.parametrize("format", FORMATS)
def test_a_reader_shows_arabic_news_in_english(client: FlaskClient, news: News, format: str) -> None:
    story = news.story()
    news.report("ahram", story, NOW, title="ارتفاع أسعار القمح", title_en="Wheat prices rise", flags=[NAME])
    news.report("wafa", story, NOW + timedelta(minutes=5))
    made = make(client)
    address = made["addresses"][format]
    response = client.get(path(address))
    assert (response.status_code, response.mimetype) == (200, FORMATS[format])
    found = reading.parse(response.data, address, response.content_type)
    [entry] = found.entries
    assert (found.title, found.language, entry.title, entry.author) == (
        "All of it", "en", "Wheat prices rise", "ليلى حداد",
    )  # fmt: skip
    assert entry.link is not None
    assert entry.link.startswith("https://ahram.example/")
    assert entry.published == NOW.replace(microsecond=0)
    assert "wheat prices rose" in entry.text
    assert "أسعار القمح ارتفعت" in entry.text
    text = response.get_data(as_text=True)
    assert address in text  # the link to itself
    assert "hidden" not in text  # what a followed feed's address may hold
    if format != "json_feed":
        parsed = feedparser.parse(response.data, sanitize_html=False)
        assert not parsed.bozo
        assert '<p dir="rtl" lang="ar">' in parsed.entries[0].content[0].value  # feedparser sorts attributes
        assert parsed.entries[0].id == (story if format == "rss" else parsed.entries[0].id)


@pytest.mark.parametrize("format", FORMATS)
def test_who_asks_again_gets_304_until_there_is_news(client: FlaskClient, news: News, format: str) -> None:
    story = news.story()
    news.report("a", story, NOW)
    address = path(make(client)["addresses"][format])
    first = client.get(address)
    assert "private" in first.headers["Cache-Control"]
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_time = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (by_tag, by_time, by_tag | by_time):
        again = client.get(address, headers=headers)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert client.head(address).data == b""
    news.report("b", story, NOW + timedelta(minutes=1))
    for headers in (by_tag, by_time):
        assert client.get(address, headers=headers).status_code == 200
    assert client.get(address, headers={"If-None-Match": "*"}).status_code == 304


@pytest.mark.parametrize("values", [{"title": "اسم آخر"}, {"site": "https://other.example/"}])
def test_another_name_of_a_feed_is_news(client: FlaskClient, news: News, values: dict[str, str]) -> None:
    news.report("a", news.story(), NOW)
    address = path(make(client)["addresses"]["rss"])
    tag = {"If-None-Match": client.get(address).headers["ETag"]}
    with news.database.write() as session:
        [feed] = feeds.page(session, "local", 10)
        feeds.change(session, "local", feed.id, values)
    assert client.get(address, headers=tag).status_code == 200


def test_a_change_of_this_moment_has_no_time_yet(client: FlaskClient, news: News) -> None:
    """Another one within the same second would look unchanged."""
    news.report("a", news.story(), datetime.now(UTC))
    answer = client.get(path(make(client)["addresses"]["rss"]))
    assert "Last-Modified" not in answer.headers
    assert "ETag" in answer.headers


def test_guids_stay_when_a_story_grows(client: FlaskClient, news: News) -> None:
    story = news.story()
    news.report("a", story, NOW)
    address = path(make(client)["addresses"]["atom"])
    [before] = feedparser.parse(client.get(address).data).entries
    news.report("b", story, NOW - HOUR, title="أول", title_en="The first one")
    [after] = feedparser.parse(client.get(address).data).entries
    assert (before.id, before.title, after.title) == (after.id, "Wheat prices", "The first one")
    assert after.updated != before.updated


def test_folder_watch_and_all(client: FlaskClient, news: News) -> None:
    news.feed("a", "world")
    one, other = news.story(), news.story()
    entry = news.report("a", one, NOW, title_en="One")
    news.report("b", other, NOW + timedelta(minutes=1), title_en="Other")
    with news.database.write() as session:
        watch = watches.add(session, "local", NOW, {"name": "w", "query": "القمح"})
        alerts.add(session, "local", one, entry, {watch.id: []}, NOW)
        entry_search.refresh(session, 10)
    assert titles(client, make(client)) == ["Other", "One"]
    assert titles(client, make(client, kind="search", target="source:world wheat")) == ["One"]
    assert titles(client, make(client, kind="search", target="للقمح")) == ["Other", "One"]
    assert titles(client, make(client, kind="search", target="barley")) == []
    assert titles(client, make(client, kind="folder", target="world")) == ["One"]
    assert titles(client, make(client, kind="folder", target="nothing here")) == []
    watched = make(client, kind="watch", target=watch.id)
    assert titles(client, watched) == ["One"]
    with news.database.write() as session:
        story_changes.merge(session, "local", other, one, NOW)
    assert titles(client, watched) == ["One"]  # in the story that it became a part of


def test_a_new_address_ends_the_old_one(client: FlaskClient) -> None:
    made = make(client)
    turned = client.post(f"/v1/outlets/{made['id']}/rotate").get_json()
    for format in FORMATS:
        assert client.get(path(made["addresses"][format])).status_code == 404
        assert client.get(path(turned["addresses"][format])).status_code == 200
    assert client.delete(f"/v1/outlets/{made['id']}").status_code == 204
    assert client.get(path(turned["addresses"]["rss"])).status_code == 404


def test_renaming(client: FlaskClient) -> None:
    made = make(client)
    assert client.patch(f"/v1/outlets/{made['id']}", json={"title": "Egypt"}).get_json()["title"] == "Egypt"
    assert client.patch(f"/v1/outlets/{made['id']}", json={}).get_json()["title"] == "Egypt"
    assert client.get(path(made["addresses"]["json_feed"])).get_json()["title"] == "Egypt"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": "  "}, "/title"),
        ({"title": "x", "kind": "everything"}, "/kind"),
        ({"title": "x", "target": "y"}, "/target"),
        ({"title": "x", "kind": "folder"}, "/target"),
        ({"title": "x", "kind": "watch", "target": "wat_nobody"}, "/target"),
        ({"title": "x", "kind": "search", "target": "(وزير"}, "/target"),
        ({"title": "x", "kind": "search", "target": "..."}, "/target"),
    ],
)
def test_what_is_refused(client: FlaskClient, body: dict[str, Any], pointer: str) -> None:
    response = client.post("/v1/outlets", json=body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.get_json()["errors"]] == [pointer]


def test_the_address_is_the_secret(caplog: pytest.LogCaptureFixture) -> None:
    """It needs no key where everything else does, tells nothing of other teams, and is not in the log."""
    service = Keyed()
    try:
        caller = service.caller()
        made = caller.open("/v1/outlets", "POST", json={"title": "x"}).get_json()
        address = path(made["addresses"]["rss"])
        secret = address.split("/")[2]
        with caplog.at_level(logging.DEBUG):
            answer = service.client.get(address)
            assert answer.status_code == 200
            for wrong in (
                address[:-9] + "x/rss.xml",
                f"/OUT/{secret}/rss.xml",
                f"/out/{secret}/x",
            ):
                assert service.client.get(wrong).status_code in (401, 404, 308)
            assert service.client.post(address).status_code == 405
        assert secret not in caplog.text
        assert "/out/*/rss.xml" in caplog.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert service.client.get("/v1/outlets").status_code == 401
    finally:
        service.close()


def test_addresses_are_those_by_which_people_reach_it(client_of: Any) -> None:
    config = Config(server=ServerConfig(public_url="https://mujaz.example.org/news/", root_path="/news"))
    client = client_of(config)
    made = make(client)
    address = made["addresses"]["rss"]
    assert address.startswith("https://mujaz.example.org/news/out/")
    text = client.get(address.removeprefix("https://mujaz.example.org")).get_data(as_text=True)
    assert address in text
    assert "https://mujaz.example.org/news/inbox" in text
