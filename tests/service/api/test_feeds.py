"""/v1/feeds and /v1/entries: what isn't about polling, which tests/service/monitor tries."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.config import Config, MonitoringConfig
from service.context import runtime_of
from service.store import entries, feeds, jobs
from service.store.database import Database
from service.store.feeds import Policy
from service.store.ids import new_id
from service.store.jobs import NewJob
from tests.service.keyed import Keyed

OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="مصر"><outline text="الأهرام" xmlUrl="http://a.invalid/rss" htmlUrl="http://a.invalid/"/></outline>
<outline text="قدس" xmlUrl="http://b.invalid/rss"/><outline text="قدس" xmlUrl="http://b.invalid/rss"/>
<outline text="خطأ" xmlUrl="ftp://c.invalid/"/></body></opml>""".encode()
LATER = datetime.now(UTC) + timedelta(days=1)


def database_of(client: FlaskClient) -> Database:
    return runtime_of(client.application).services.database


def follow(client: FlaskClient, url: str, folder: str = "") -> str:
    """Followed, and not due."""
    with database_of(client).write() as session:
        return feeds.add(session, "local", url, LATER, policy=Policy(folder))[0].id


def take_in(client: FlaskClient, feed_id: str, *titles: str) -> list[str]:
    """Entries without jobs: they stay waiting."""
    now = datetime.now(UTC)
    arrived = [entries.Arrival(title, None, title, "نص", None, now) for title in titles]
    with database_of(client).write() as session:
        return [e.id for e in entries.take_in(session, feed_id, "local", arrived, now)]


@pytest.mark.parametrize("way", ["file", "text/x-opml", "application/xml", "text/xml"])
def test_opml_in_and_out(client: FlaskClient, way: str) -> None:
    def send(**options: Any) -> Any:
        if way == "file":
            return client.post("/v1/feeds.opml", data={"file": (io.BytesIO(OPML), "feeds.opml"), **options})
        return client.post("/v1/feeds.opml", data=OPML, content_type=way, query_string=options)

    answer = send(depth="title", sentences="4").get_json()
    assert (answer["added"], answer["known"]) == (2, 1)
    [wrong] = answer["wrong"]
    assert (wrong["url"], wrong["title"]) == ("ftp://c.invalid/", "خطأ")
    followed = {feed["title"]: feed for feed in client.get("/v1/feeds").get_json()["items"]}
    assert {(f["folder"], f["depth"], f["sentences"]) for f in followed.values()} == {
        ("مصر", "title", 4),
        ("", "title", 4),
    }
    assert followed["الأهرام"]["site"] == "http://a.invalid/"
    again = send().get_json()
    assert (again["added"], again["known"]) == (0, 3)
    exported = client.get("/v1/feeds.opml")
    assert exported.mimetype == "text/x-opml"
    assert 'text="مصر"' in exported.get_data(as_text=True)
    for feed in followed.values():
        assert client.delete(f"/v1/feeds/{feed['id']}").status_code == 204
    back = client.post("/v1/feeds.opml", data=exported.data, content_type="text/x-opml").get_json()
    assert back == {"added": 2, "known": 0, "wrong": []}


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"data": b"<rss/>", "content_type": "text/xml"}, 422, "unreadable_file"),
        ({"data": b"nonsense", "content_type": "text/x-opml"}, 422, "unreadable_file"),
        ({"data": {"depth": "title"}, "content_type": "multipart/form-data"}, 422, "invalid"),
        ({"data": OPML, "content_type": "text/xml", "query_string": {"depth": "x"}}, 422, "invalid"),
        ({"data": OPML, "content_type": "text/plain"}, 415, "unsupported_media_type"),
    ],
)
def test_files_that_are_refused(client: FlaskClient, options: Any, status: int, code: str) -> None:
    response = client.post("/v1/feeds.opml", **options)
    assert (response.status_code, response.get_json()["type"].split("#")[1]) == (status, code)
    assert client.get("/v1/feeds").get_json()["items"] == []


def test_pages_of_feeds(client: FlaskClient) -> None:
    ids = {follow(client, f"http://a.invalid/{n}", "عالم" if n % 2 else "") for n in range(5)}
    seen: list[str] = []
    path = "/v1/feeds?limit=2"
    while path:
        answer = client.get(path).get_json()
        seen += [feed["id"] for feed in answer["items"]]
        path = f"/v1/feeds?limit=2&after={answer['next']}" if answer["next"] else ""
    assert (len(seen), set(seen)) == (5, ids)
    assert len(client.get("/v1/feeds", query_string={"folder": "عالم"}).get_json()["items"]) == 2
    new = client.get("/v1/feeds?limit=1").get_json()["items"][0]
    assert (new["health"], new["last_poll"], new["entries"]) == ("new", None, {"day": 0, "week": 0})


def test_pages_and_filters_of_entries(client: FlaskClient) -> None:
    one, two = follow(client, "http://a.invalid/", "مصر"), follow(client, "http://b.invalid/")
    first = take_in(client, one, "أ", "ب", "ج")
    [second] = take_in(client, two, "د")
    with database_of(client).write() as session:
        kept = entries.get(session, "local", second)
        assert kept is not None
        entries.finish(session, second, kept.digest, entries.Outcome("skipped", remark="why"))

    def listed(**query: Any) -> set[str]:
        return {e["id"] for e in client.get("/v1/entries", query_string=query).get_json()["items"]}

    assert listed() == {*first, second}
    assert listed(feed_id=one) == listed(folder="مصر") == listed(state="waiting") == set(first)
    assert listed(state="skipped") == {second}
    assert listed(state="failed") == listed(feed_id="feed_nobody") == set()
    page = client.get("/v1/entries?limit=3").get_json()
    assert len(page["items"]) == 3
    assert len(client.get(f"/v1/entries?limit=3&after={page['next']}").get_json()["items"]) == 1
    entry = client.get(f"/v1/entries/{second}").get_json()
    assert entry["title"] == {"ar": "د", "en": None}
    assert (entry["remark"], entry["summary"], entry["article_id"]) == ("why", None, None)


def test_nothing_of_a_null_changes(client: FlaskClient) -> None:
    path = f"/v1/feeds/{follow(client, 'http://a.invalid/', 'مصر')}"
    before = client.get(path).get_json()
    assert client.patch(path, json={"folder": None, "depth": None, "title": None}).get_json() == before
    assert client.patch(path, json={"url": "http://b.invalid/"}).status_code == 422


def test_zones(client: FlaskClient) -> None:
    path = f"/v1/feeds/{follow(client, 'http://a.invalid/')}"
    assert client.get(path).get_json()["zone"] is None
    assert client.patch(path, json={"zone": "Africa/Cairo"}).get_json()["zone"] == "Africa/Cairo"
    assert client.patch(path, json={"title": "x"}).get_json()["zone"] == "Africa/Cairo"
    for wrong in ("Cairo", "", "../etc/passwd", "Africa", "/etc/localtime", "x" * 101):
        response = client.patch(path, json={"zone": wrong})
        assert (response.status_code, response.get_json()["errors"][0]["pointer"]) == (422, "/zone"), wrong
    assert client.patch(path, json={"zone": None}).get_json()["zone"] is None
    sent = client.post("/v1/feeds.opml?zone=Asia/Riyadh", data=OPML, content_type="text/xml")
    assert sent.get_json()["added"] == 2
    zones = [feed["zone"] for feed in client.get("/v1/feeds").get_json()["items"]]
    assert sorted(zones, key=str) == ["Asia/Riyadh", "Asia/Riyadh", None]


def test_a_team_follows_so_many_feeds(client_of: Callable[[Config], FlaskClient]) -> None:
    client = client_of(Config(monitoring=MonitoringConfig(max_feeds=2)))
    follow(client, "http://b.invalid/rss")
    answer = client.post("/v1/feeds.opml", data=OPML, content_type="text/xml").get_json()
    assert (answer["added"], answer["known"]) == (1, 2)
    more = OPML.replace(b"a.invalid", b"d.invalid")
    answer = client.post("/v1/feeds.opml", data=more, content_type="text/xml").get_json()
    assert (answer["added"], answer["known"]) == (0, 2)
    assert "2 feeds" in {wrong["url"]: wrong["reason"] for wrong in answer["wrong"]}["http://d.invalid/rss"]
    for url, status in (("http://e.invalid/", 422), ("http://b.invalid/rss", 200)):
        assert client.post("/v1/feeds", json={"url": url}).status_code == status
    problem = client.post("/v1/feeds", json={"url": "http://e.invalid/"}).get_json()
    assert problem["type"].endswith("#too_many_feeds")
    assert len(client.get("/v1/feeds").get_json()["items"]) == 2


def test_jobs_of_entries_are_shown_to_who_asks(client: FlaskClient) -> None:
    with database_of(client).write() as session:
        for kind in ("entry", "summary"):
            new = NewJob(new_id("job"), "local", "", kind, "bulk", {"entry_id": "", "digest": ""}, 1)
            jobs.add(session, [new], LATER)

    def kinds(query: str = "") -> list[str]:
        return [job["kind"] for job in client.get(f"/v1/jobs{query}").get_json()["items"]]

    assert kinds() == kinds("?kind=summary") == ["summary"]
    assert kinds("?kind=entry") == ["entry"]
    assert client.get("/v1/jobs?kind=x").status_code == 422


def test_feeds_need_their_scope() -> None:
    keyed = Keyed()
    try:
        caller = keyed.caller(scopes=("translate",))
        for path in ("/v1/feeds", "/v1/feeds.opml", "/v1/entries", "/v1/feeds/x", "/v1/entries/x"):
            assert caller.open(path).status_code == 403
        assert keyed.caller(scopes=("feeds",)).open("/v1/feeds").status_code == 200
    finally:
        keyed.close()
