"""The pages of feeds, by their forms alone: no script runs here."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.context import runtime_of
from service.store import entries, feeds
from service.store.database import Database
from service.store.feeds import Policy
from service.ui.feed_lines import lines
from tests.service.keyed import Keyed
from tests.service.monitor.feed_server import FeedServer, allowed, item, rss, serve
from tests.service.monitor.feed_server import Page as Answer
from tests.service.monitor.following import Following, following
from tests.service.ui.markup import Page, check

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=1)
OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="مصر"><outline text="الأهرام" xmlUrl="http://a.invalid/rss"/></outline>
<outline text="قدس" xmlUrl="http://b.invalid/rss"/></body></opml>""".encode()


def database_of(client: FlaskClient) -> Database:
    return runtime_of(client.application).services.database


def follow(client: FlaskClient, url: str, title: str = "", folder: str = "", **values: Any) -> str:
    with database_of(client).write() as session:
        feed, _ = feeds.add(session, "local", url, LATER, title, Policy(folder))
        feeds.change(session, "local", feed.id, values)
    return feed.id


def get(client: FlaskClient, path: str, **query: str) -> Page:
    response = client.get(path, query_string=query or None)
    assert response.status_code == 200, response.text
    return check(response.text)


def send(client: FlaskClient, path: str, **fields: Any) -> Page:
    """Sends a form and goes where its answer leads."""
    response = client.post(path, data=fields)
    assert response.status_code == 303, response.text
    return get(client, response.headers["Location"])


def test_somebody_new_sees_how_to_begin(client: FlaskClient) -> None:
    page = get(client, "/feeds")
    assert "Follow your first feed" in page.text
    assert [a.get("open") for a in page.all("details", id="add")] == [""]
    assert page.one("form", action="/feeds")["method"] == "post"
    assert "Export" not in page.text


def test_worst_first_and_in_words(client: FlaskClient) -> None:
    fine = follow(client, "http://fine.invalid/", "نشرة", last_success=NOW, created=NOW - timedelta(days=30))
    with database_of(client).write() as session:
        entries.take_in(session, fine, "local", [entries.Arrival("1", None, "خبر", "", None, NOW)], NOW)
    follow(client, "http://silent.invalid/", "صامت", last_success=NOW, created=NOW - timedelta(days=30))
    follow(client, "http://new.invalid/", "جديد")
    follow(client, "http://failing.invalid/", "متعثر", failures=3, last_success=NOW, error="Status 503.")
    gone = {"failures": 9, "last_success": NOW - timedelta(days=12), "error": "No such host."}
    follow(client, "http://dead.invalid/", "ميت", **gone)
    follow(client, "http://retired.invalid/", "متقاعد", state="retired", error="It is gone.")
    page = get(client, "/feeds")
    order = [page.text.index(name) for name in ("ميت", "متعثر", "متقاعد", "جديد", "صامت", "نشرة")]
    assert order == sorted(order)
    for words in ("No answer for 12 days", "No such host.", "Failed 3 times in a row.", "Status 503.",
                  "brought nothing new in 14 days", "Not looked at yet.", "4 need a look"):  # fmt: skip
        assert words in page.text
    [chart] = [a for a in page.all("svg") if a["aria-label"].endswith(", 1")]
    assert chart["aria-label"] == "Entries a day, 14 days up to today: " + "0, " * 13 + "1"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"الأهرام", "النهار", "Reuters"}),
        ({"folder": "مصر"}, {"الأهرام"}),
        ({"folder": "لبنان"}, {"النهار"}),
        ({"health": "dead"}, {"Reuters"}),
        ({"health": "trouble"}, {"Reuters"}),
        ({"health": "nonsense"}, {"الأهرام", "النهار", "Reuters"}),
        ({"q": "reut"}, {"Reuters"}),
        ({"q": "nahar.invalid"}, {"النهار"}),
        ({"q": "nothing like it"}, set()),
        ({"page": "2"}, set()),
        ({"page": "-1"}, {"الأهرام", "النهار", "Reuters"}),
    ],
)
def test_choosing(client: FlaskClient, query: dict[str, str], names: set[str]) -> None:
    follow(client, "http://ahram.invalid/", "الأهرام", "مصر")
    follow(client, "http://nahar.invalid/", "النهار", "لبنان/بيروت")
    follow(client, "http://r.invalid/", "Reuters", failures=1, created=NOW - timedelta(days=9))
    page = get(client, "/feeds", **query)
    assert {name for name in ("الأهرام", "النهار", "Reuters") if f" {name} " in f" {page.text} "} == names


def test_many_feeds_are_on_several_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.ui.feeds.PER_PAGE", 2)
    for n in range(5):
        follow(client, f"http://{n}.invalid/", f"feed-{n}", "مصر")
    seen: list[str] = []
    path = "/feeds?folder=مصر"
    while path:
        page = get(client, path)
        seen += dict.fromkeys(word for word in page.text.split() if word.startswith("feed-"))
        path = next((a["href"] for a in page.all("a", rel="next")), "")
    assert seen == [f"feed-{n}" for n in range(5)]


def test_import_and_export(client: FlaskClient) -> None:
    page = send(client, "/feeds/import", file=(io.BytesIO(OPML), "feeds.opml"), depth="title", sentences="2")
    assert "2 new feeds." in page.text
    assert "الأهرام" in page.text
    [link] = page.all("a", download="feeds.opml")
    assert "http://a.invalid/rss" in client.get(link["href"]).text
    again = send(client, "/feeds/import", file=(io.BytesIO(OPML), "feeds.opml"))
    assert "No new feed; 2 followed already, or twice in the file." in again.text
    with database_of(client).read() as session:
        assert {feed.policy.depth for feed in feeds.page(session, "local", 9)} == {"title"}


def test_lines_of_a_file_that_are_no_feeds_are_told(client: FlaskClient) -> None:
    data = OPML.replace(b"http://b.invalid", b"ftp://b.invalid")
    response = client.post("/feeds/import", data={"file": (io.BytesIO(data), "feeds.opml")})
    page = check(response.text)
    assert "1 new feed." in page.text
    assert "1 line of the file is not followed" in page.text
    assert "ftp://b.invalid/rss" in page.text


@pytest.mark.parametrize(
    ("path", "fields", "says", "field"),
    [
        ("/feeds", {"url": ""}, "Is missing.", "add-url"),
        ("/feeds", {"url": "not an address"}, "", "add-url"),
        ("/feeds", {"url": "http://127.0.0.1/feed"}, "", "add-url"),
        (
            "/feeds",
            {"url": "http://a.invalid/", "sentences": "0"},
            "greater than or equal to 1",
            "add-sentences",
        ),
        ("/feeds/import", {}, "Choose a file first.", "import-file"),
        ("/feeds/import", {"file": (io.BytesIO(b"<rss/>"), "a.opml")}, "The file isn't OPML", "import-file"),
        (
            "/feeds/FEED",
            {"title": "", "folder": "", "keep_days": "0"},
            "greater than or equal to 1",
            "change-keep_days",
        ),
        ("/feeds/FEED", {"title": "", "folder": "", "zone": "Cairo"}, "no time zone", "change-zone"),
        ("/feeds/FEED", {"title": "x" * 501, "folder": ""}, "at most 500", "change-title-field"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    client: FlaskClient, path: str, fields: dict[str, Any], says: str, field: str
) -> None:
    feed_id = follow(client, "http://a.invalid/b", "أ")
    response = client.post(path.replace("FEED", feed_id), data={"folder": "مجلد", **fields},
                           content_type="multipart/form-data" if "import" in path else None)  # fmt: skip
    assert 400 <= response.status_code < 500
    page = check(response.text)
    [wrong] = [a for tag in ("input", "select") for a in page.all(tag) if a.get("aria-invalid") == "true"]
    assert wrong["id"] == field
    assert page.all("p", role="alert", id=wrong["aria-describedby"].split()[0])
    assert says in page.text
    if path == "/feeds":
        assert page.one("input", id="add-url")["value"] == fields["url"]
        assert page.one("input", id="add-folder")["value"] == "مجلد", "what was typed stays"


def test_changing_a_feed(client: FlaskClient) -> None:
    feed_id = follow(client, "http://a.invalid/", "قديم", "مصر", keep_days=30)
    page = get(client, f"/feeds/{feed_id}")
    assert page.one("input", name="title")["value"] == "قديم"
    assert page.one("input", name="keep_days")["value"] == "30"
    fields = {"title": "جديد", "folder": "/لبنان/", "depth": "title", "full_text": "never", "sentences": "3",
              "zone": "Africa/Cairo"}  # fmt: skip
    changed = send(client, f"/feeds/{feed_id}", **fields, keep_days="")
    assert "Saved." in changed.text
    with database_of(client).read() as session:
        feed = feeds.get(session, "local", feed_id)
    assert feed is not None
    assert (feed.title, feed.policy) == ("جديد", Policy("لبنان", "title", "never", 3, None, "Africa/Cairo"))
    assert get(client, f"/feeds/{feed_id}").one("input", name="zone")["value"] == "Africa/Cairo"
    send(client, f"/feeds/{feed_id}", **{**fields, "zone": ""})
    with database_of(client).read() as session:
        feed = feeds.get(session, "local", feed_id)
    assert feed is not None
    assert feed.policy.zone is None


def test_removing_is_asked_first(client: FlaskClient) -> None:
    feed_id = follow(client, "http://a.invalid/", "الأهرام")
    [link] = [a for a in get(client, f"/feeds/{feed_id}").all("a") if a["href"].endswith("/remove")]
    asked = get(client, link["href"])
    assert "Stop following الأهرام ?" in asked.text
    assert client.get(f"/feeds/{feed_id}").status_code == 200
    page = send(client, asked.one("form")["action"])
    assert "not followed any more" in page.text
    assert client.get(f"/feeds/{feed_id}").status_code == 404


def test_looking_now_also_at_one_that_was_retired(client: FlaskClient) -> None:
    feed_id = follow(client, "http://a.invalid/", state="retired")
    assert "is looked at now" in send(client, f"/feeds/{feed_id}/poll", **{"from": "list"}).text
    assert "is looked at now" in send(client, f"/feeds/{feed_id}/poll", **{"from": "feed"}).text


def test_why_a_feed_is_no_longer_looked_at_is_said_once(client: FlaskClient) -> None:
    """Its server's words and ours don't contradict each other."""
    error = "It has moved to http://new.invalid/, which is followed as well."
    feed_id = follow(client, "http://old.invalid/", state="retired", error=error)
    for path in ("/feeds", f"/feeds/{feed_id}"):
        text = get(client, path).text
        assert "It isn't looked at any more." in text.replace("&#39;", "'")
        assert error in text
        assert "gone" not in text.lower()


@pytest.mark.parametrize("way", ["", "/remove"])
def test_unknown_feeds(client: FlaskClient, way: str) -> None:
    assert client.get(f"/feeds/feed_nobody{way}").status_code == 404
    for action in ("", "/poll", "/remove"):
        assert client.post(f"/feeds/feed_nobody{action}", data={"title": "x"}).status_code == 404


def test_texts_of_others_stay_texts(client: FlaskClient) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    feed_id = follow(
        client, "http://a.invalid/", evil, evil, error=evil, failures=1, site="javascript:alert(1)"
    )
    for path in ("/feeds", f"/feeds/{feed_id}", f"/feeds/{feed_id}/remove"):
        page = get(client, path)
        assert not page.all("img")
        assert evil in page.text
        assert not [a for a in page.all("a") if a.get("href", "").startswith("javascript")]


def test_another_team_sees_nothing_of_it() -> None:
    keyed = Keyed()
    mine, other = keyed.caller("a", "red"), keyed.caller("b", "blue")
    narrow = keyed.caller("c", "red", scopes=("translate",))
    with keyed.runtime.services.database.write() as session:
        feed, _ = feeds.add(session, mine.owner, "http://a.invalid/", LATER, "سري")
    try:
        assert "سري" in mine.open("/feeds").text
        assert "سري" not in other.open("/feeds").text
        for method, path in (
            ("GET", ""),
            ("POST", ""),
            ("POST", "/poll"),
            ("GET", "/remove"),
            ("POST", "/remove"),
        ):
            assert other.open(f"/feeds/{feed.id}{path}", method, data={"title": "x"}).status_code == 404
        assert narrow.open("/feeds").status_code == 403
        assert keyed.client.get("/feeds").status_code == 401
        assert mine.open(f"/feeds/{feed.id}").status_code == 200
    finally:
        keyed.close()


def test_forms_of_other_sites_are_refused(client: FlaskClient) -> None:
    feed_id = follow(client, "http://a.invalid/")
    refused = client.post(f"/feeds/{feed_id}/remove", headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert client.get(f"/feeds/{feed_id}").status_code == 200


@pytest.fixture
def served() -> Iterator[tuple[FeedServer, Following]]:
    with serve() as server:
        text = "أعلنت وزارة الصحة اليوم أن حملة التطعيم ستبدأ مطلع الشهر المقبل. " * 8
        server.put("127.0.0.9", "/rss", Answer(rss(item(1, "خبر", text), title="نشرة")))
        page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>"
        server.put("127.0.0.9", "/", Answer(page, "text/html"))
        with following(allowed(server)) as made:
            yield server, made


def test_adding_a_feed_by_the_address_of_its_site(served: tuple[FeedServer, Following]) -> None:
    server, made = served
    page = send(made.client, "/feeds", url=server.url("127.0.0.9", "/"), folder="لبنان")
    assert "The feed is followed." in page.text
    assert "نشرة" in page.text
    assert page.one("input", name="folder")["value"] == "لبنان"
    [feed] = made.get("/v1/feeds")["items"]
    made.entries(feed["id"])
    assert "EN:خبر" in get(made.client, f"/feeds/{feed['id']}").text
    again = send(made.client, "/feeds", url=server.url("127.0.0.9", "/rss"))
    assert "followed already" in again.text


def test_lines_of_no_feeds() -> None:
    assert lines([], {}, NOW) == []
