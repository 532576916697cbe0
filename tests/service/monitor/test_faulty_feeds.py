"""A list of faulty feeds is imported, as a new user would, and looked at by the poller: what can be read is
read, what can't is told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.service.monitor import faulty_feeds
from tests.service.monitor.faulty_feeds import ALL
from tests.service.monitor.feed_server import FeedServer, allowed, serve
from tests.service.monitor.following import Following, following, wait_for

NAMES = tuple(ALL)


def host(name: str) -> str:
    return f"127.6.0.{NAMES.index(name) + 1}"


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    with serve() as running:
        for name, case in ALL.items():
            for path, page in {case.path: case.page, **case.beside}.items():
                running.put(host(name), path, page)
        yield running


@pytest.fixture(scope="module")
def service(server: FeedServer) -> Iterator[Following]:
    """All are followed, looked at, and read."""
    with following(allowed(server), timeout=2) as running:
        outlines = "".join(
            f'<outline text="{name}"><outline text="" xmlUrl="{server.url(host(name), case.path)}"/></outline>'
            for name, case in ALL.items()
        )
        data = f"<opml><body>{outlines}</body></opml>".encode()
        sent = running.client.post("/v1/feeds.opml", data=data, content_type="text/x-opml")
        assert sent.get_json() == {"added": len(ALL), "known": 0, "wrong": []}
        wait_for(
            lambda: all(feed["last_poll"] for feed in feeds(running).values()), "some aren't looked at", 120
        )
        wait_for(lambda: not running.get("/v1/entries?state=waiting")["items"], "entries stay waiting", 120)
        yield running


def feeds(service: Following) -> dict[str, Any]:
    return {feed["folder"]: feed for feed in service.get("/v1/feeds?limit=200")["items"]}


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 60
    assert len(ALL) == sum(
        map(len, (faulty_feeds.CHARSETS, faulty_feeds.MARKUP, faulty_feeds.DATES, faulty_feeds.LINKS,
                  faulty_feeds.FORMATS, faulty_feeds.SERVERS))
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_faulty_feed(server: FeedServer, service: Following, name: str) -> None:
    case, feed = ALL[name], feeds(service)[name]
    assert (feed["health"], feed["title"]) == (case.health, case.feed), feed["error"]
    if case.error is None:
        assert feed["error"] is None
    else:
        assert case.error in feed["error"]
        assert feed["error"].endswith("."), "an error is a sentence"
    if case.remark is not None:
        assert any(case.remark in remark for remark in feed["remarks"]), feed["remarks"]
    found = service.entries(feed["id"])
    assert tuple(sorted(entry["title"]["ar"] for entry in found)) == case.titles
    assert tuple(sorted(entry["state"] for entry in found)) == (case.states if case.titles else ())
    if case.titles:
        _check_entry(server, service, name, found[0])


def _check_entry(server: FeedServer, service: Following, name: str, entry: dict[str, Any]) -> None:
    case = ALL[name]
    wanted = case.link and (case.link if "://" in case.link else server.url(host(name), case.link))
    if wanted is not None or "script" in name:
        assert entry["link"] == wanted
    published = datetime.fromisoformat(entry["published"])
    assert published <= datetime.fromisoformat(entry["seen"])
    if case.published is not None:
        assert published == datetime.fromisoformat(case.published)
    if case.text is not None:
        article = service.get(f"/v1/articles/{entry['article_id']}")
        assert article["article"]["text"].strip() == case.text


def test_what_servers_ask_is_obeyed(service: Following) -> None:
    for name, seconds in (("busy", 3600), ("too many requests", 7200)):
        feed = feeds(service)[name]
        asked = datetime.fromisoformat(feed["next_poll"]) - datetime.fromisoformat(feed["last_poll"])
        assert seconds <= asked.total_seconds() <= 1.2 * seconds


def test_what_has_moved_for_good_is_there_from_now_on(server: FeedServer, service: Following) -> None:
    assert feeds(service)["moved for good"]["url"] == server.url(host("moved for good"), "/b")
    assert feeds(service)["a page that names its feed"]["url"].endswith("/rss")
