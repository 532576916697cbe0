"""/v1/articles: stored by POST /v1/summaries, read, listed, searched and deleted; nobody else's."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from service.config import Config, StoreConfig
from service.store import articles
from service.store.database import Database
from service.store.errors import StoreFull
from service.store.tables import ArticleRow, SegmentRow, SummaryRow, WordsRow
from tests.service.keyed import Keyed

TEXT = "أعلنت وزارة الصحة اليوم تطعيم ٣٥٠ ألف طفل.\n\nوقال الوزير: «سنصل». BBC 😀"


@pytest.fixture
def api(client_of: Callable[[Config], FlaskClient], store_url: str) -> FlaskClient:
    """A client over a database of each kind."""
    return client_of(Config(store=StoreConfig(url=store_url)))


def summarise(client: FlaskClient, text: str = TEXT, **fields: Any) -> Any:
    response = client.post("/v1/summaries", json={"text": text, **fields})
    assert response.status_code == 200, response.text
    return response.get_json()


def listed(client: FlaskClient, query: str = "") -> Any:
    response = client.get(f"/v1/articles{query}")
    assert response.status_code == 200, response.text
    return response.get_json()


def code(response: Any) -> str:
    return str(response.get_json()["type"]).partition("#")[2]


REQUESTS: tuple[dict[str, Any], ...] = (
    {},
    {"title": "عنوان"},
    {"title": "عنوان", "alignments": True, "sentences": 1},
    {"text": "سطر\x00 أول \x1a\x1a0000 \x1a0000\n\n\u200fثانٍ\U0010fffe", "title": "ع\x00ن"},
    {"text": "x" * 90_000},
)


def test_an_article_is_read_as_it_was_answered(api: FlaskClient) -> None:
    for fields in REQUESTS:
        posted = api.post("/v1/summaries", json={"text": TEXT, **fields}).get_json()
        response = api.get(f"/v1/articles/{posted['id']}")
        assert response.status_code == 200
        # Also the order of the keys is the same.
        assert json.dumps(response.get_json()) == json.dumps({**posted, "timing": None})


def test_a_page_keeps_what_was_found_on_it(client: FlaskClient) -> None:
    page = f"""<html><head><title>عنوان الصفحة</title><link rel="canonical" href="https://example.org/a">
    <meta name="author" content="ليلى حداد"><meta property="article:published_time" content="2026-03-04">
    </head><body><article><h1>عنوان الصفحة</h1><p>{TEXT}</p></article></body></html>"""
    posted = client.post("/v1/summaries", json={"html": page}).get_json()
    assert posted["article"]["published"] == "2026-03-04"
    assert client.get(f"/v1/articles/{posted['id']}").get_json()["article"] == posted["article"]


def test_nothing_is_kept_when_not_wanted(client: FlaskClient) -> None:
    assert summarise(client, store=False)["id"] is None
    assert listed(client) == {"items": [], "next": None}


def test_the_same_work_is_stored_once(api: FlaskClient) -> None:
    first = summarise(api)
    assert summarise(api)["id"] == first["id"]
    others = [
        summarise(api, sentences=2), summarise(api, title="عنوان"), summarise(api, alignments=True),
        summarise(api, TEXT + " "), summarise(api, method="abstractive"),
    ]  # fmt: skip
    assert len({first["id"], *(other["id"] for other in others)}) == 6
    assert len(listed(api)["items"]) == 6


def test_a_list_tells_what_there_is(api: FlaskClient) -> None:
    posted = summarise(api, title="عنوان")
    [item] = listed(api)["items"]
    assert item.pop("created").endswith("Z")
    assert item == {
        "id": posted["id"],
        "title": {"ar": "عنوان", "en": "EN:عنوان"},
        "url": None,
        "language": "ar",
        "published": None,
        "characters": len(TEXT),
        "flags": 3,  # the fake flags each segment once, and the title
    }
    summarise(api, "بلا عنوان")
    assert listed(api)["items"][0]["title"] is None


def test_pages_go_from_the_newest_to_the_oldest(api: FlaskClient) -> None:
    ids = [summarise(api, f"سطر {n}")["id"] for n in range(7)]
    found, after = [], ""
    while True:
        page = listed(api, f"?limit=3{after}")
        found += [item["id"] for item in page["items"]]
        assert len(page["items"]) <= 3
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(found, reverse=True) == found
    assert sorted(ids) == sorted(found)


def test_search_pages_too(client: FlaskClient) -> None:
    for n in range(5):
        summarise(client, f"أسعار القمح {n}")
        summarise(client, f"أسعار الذهب {n}")
    page = listed(client, "?q=القمح&limit=3")
    rest = listed(client, f"?q=القمح&limit=3&after={page['next']}")
    assert (len(page["items"]), len(rest["items"]), rest["next"]) == (3, 2, None)


def test_an_empty_search_box_is_no_search(client: FlaskClient) -> None:
    summarise(client)
    assert len(listed(client, "?q=")["items"]) == 1


def test_what_is_deleted_is_gone(client: FlaskClient) -> None:
    article_id = summarise(client)["id"]
    response = client.delete(f"/v1/articles/{article_id}")
    assert (response.status_code, response.data) == (204, b"")
    assert code(client.get(f"/v1/articles/{article_id}")) == "not_found"
    assert code(client.delete(f"/v1/articles/{article_id}")) == "not_found"
    assert listed(client, "?q=الصحة")["items"] == []
    assert summarise(client)["id"] != article_id


def test_nothing_of_it_stays_in_the_database(api: FlaskClient, store_url: str) -> None:
    api.delete(f"/v1/articles/{summarise(api)['id']}")
    database = Database(store_url)
    with database.read() as session:
        for table in (ArticleRow, SegmentRow, SummaryRow, WordsRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
    database.close()


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("?q=؟!", "/q"), (f"?q={'a' * 1001}", "/q"), ("?limit=0", "/limit"),
     ("?limit=201", "/limit"), ("?query=a", "/query")],
)  # fmt: skip
def test_refused(client: FlaskClient, query: str, pointer: str) -> None:
    response = client.get(f"/v1/articles{query}")
    assert response.status_code == 422
    assert [e["pointer"] for e in response.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize("article_id", ["art_1", "a b", "%00", "' OR 1=1"])
def test_an_unknown_id(client: FlaskClient, article_id: str) -> None:
    assert code(client.get(f"/v1/articles/{article_id}")) == "not_found"


@pytest.fixture
def keyed() -> Iterator[Keyed]:
    made = Keyed()
    yield made
    made.close()


def test_a_team_sees_its_own(keyed: Keyed) -> None:
    mine, mate = keyed.caller("a", "desk"), keyed.caller("b", "desk")
    stranger = keyed.caller("c")
    posted = mine.open("/v1/summaries", "POST", json={"text": TEXT}).get_json()
    path = f"/v1/articles/{posted['id']}"
    for caller, seen in ((mine, True), (mate, True), (stranger, False)):
        assert bool(caller.open("/v1/articles").get_json()["items"]) == seen
        assert bool(caller.open("/v1/articles?q=الصحة").get_json()["items"]) == seen
        assert caller.open(path).status_code == (200 if seen else 404)
    assert stranger.open(path, "DELETE").status_code == 404
    again = stranger.open("/v1/summaries", "POST", json={"text": TEXT}).get_json()
    assert again["id"] != posted["id"]
    assert mate.open(path, "DELETE").status_code == 204
    assert stranger.open(f"/v1/articles/{again['id']}").status_code == 200


def test_routes_need_a_key(keyed: Keyed) -> None:
    for method, path in (("GET", "/v1/articles"), ("GET", "/v1/articles/a"), ("DELETE", "/v1/articles/a")):
        assert keyed.client.open(path, method=method).status_code == 401
        feeds_only = keyed.caller("d", scopes=("feeds",))
        assert feeds_only.open(path, method).status_code == 403


def test_a_full_disk_is_told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> str:
        raise StoreFull("The disk of the database is full; nothing of this was written.")

    monkeypatch.setattr(articles, "add", full)
    response = client.post("/v1/summaries", json={"text": TEXT})
    assert (response.status_code, code(response)) == (507, "store_full")
    assert client.post("/v1/summaries", json={"text": TEXT, "store": False}).status_code == 200
