"""The page of feeds that go out, by its forms alone: no script runs here."""

import pytest
from flask.testing import FlaskClient

from service.context import runtime_of
from service.store import outlets, watches
from tests.service.ui.markup import Page, check
from tests.service.ui.newsroom import NOW, Newsroom, morning


@pytest.fixture
def room(client: FlaskClient) -> Newsroom:
    return morning(runtime_of(client.application).services.database)


@pytest.fixture
def watch_id(room: Newsroom) -> str:
    with room.database.write() as session:
        return watches.add(session, "local", NOW, {"name": "قمح", "query": "القمح"}).id


def get(client: FlaskClient, path: str, **query: str) -> Page:
    response = client.get(path, query_string=query or None)
    assert response.status_code == 200, response.text
    return check(response.text)


def kept(room: Newsroom) -> list[outlets.Outlet]:
    with room.database.read() as session:
        return outlets.page(session, "local", 100)


@pytest.mark.parametrize(
    ("fields", "title", "kind", "target", "says"),
    [
        ({"what": "stories"}, "Stories in English", "stories", "", "Of all stories"),
        ({"what": "folder:Agencies"}, "Agencies", "folder", "Agencies", "Of the folder Agencies"),
        ({"what": "watch:WATCH"}, "قمح", "watch", "WATCH", "Of what the watch “قمح” finds"),
        ({"what": "search", "query": " القمح OR wheat "}, "القمح OR wheat", "search", "القمح OR wheat",
         "Of the search القمح OR wheat"),
        ({"what": "stories", "query": "left over", "title": "أخبار"}, "أخبار", "stories", "", "أخبار"),
    ],
)  # fmt: skip
def test_one_is_made_and_can_be_read(client, room, watch_id, fields, title, kind, target, says):
    fields = {name: value.replace("WATCH", watch_id) for name, value in fields.items()}
    answer = client.post("/outlets", data=fields)
    assert answer.status_code == 303
    page = get(client, answer.location.partition("#")[0])
    assert "Made." in page.text
    assert says in page.text
    [made] = kept(room)
    assert (made.title, made.kind, made.target) == (title, kind, target.replace("WATCH", watch_id))
    assert answer.location.endswith(f"#{made.id}")
    assert page.all("li", id=made.id)
    addresses = [a["href"] for a in page.all("a") if "/out/" in a["href"]]
    assert [at.rpartition("/")[2] for at in addresses] == ["rss.xml", "atom.xml", "feed.json"]
    assert {client.get(at).status_code for at in addresses} == {200}


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"what": "search"}, "make-query", "needs one"),
        ({"what": "search", "query": "("}, "make-query", ""),
        ({"what": "search", "query": "..."}, "make-query", "nothing to look for"),
        ({"what": "watch:gone"}, "make-query", "no watch"),
        ({"what": "stories", "title": "x" * 201}, "make-title", "at most 200"),
        ({}, "make-title", ""),
    ],
)
def test_what_is_wrong_stands_at_its_field(client, room, fields, field, says):
    answer = client.post("/outlets", data={"title": "أخبار", **fields})
    assert answer.status_code == 422
    page = check(answer.text)
    [wrong] = [a for a in page.all("input") if a.get("aria-invalid") == "true"]
    assert wrong["id"] == field
    assert says in page.text
    assert page.one("input", id="make-title")["value"] == fields.get("title", "أخبار"), "what was typed stays"
    assert not kept(room)


def test_new_addresses_and_the_end(client, room):
    client.post("/outlets", data={"what": "stories"})
    [made] = kept(room)
    old = f"/out/{made.secret}/rss.xml"
    assert (
        "new addresses"
        in get(client, client.post(f"/outlets/{made.id}", data={"do": "rotate"}).location).text
    )
    [changed] = kept(room)
    new = f"/out/{changed.secret}/rss.xml"
    assert [client.get(at).status_code for at in (old, new)] == [404, 200]
    asked = client.get(f"/outlets/{made.id}/end").text
    assert "can't be had again" in asked
    assert client.get(new).status_code == 200, "nothing has ended yet"
    assert "Ended." in get(client, client.post(f"/outlets/{made.id}", data={"do": "end"}).location).text
    assert client.get(new).status_code == 404
    assert not kept(room)


@pytest.mark.parametrize("do", ["rotate", "end", "other"])
def test_of_one_that_is_not_there(client, do):
    assert client.post("/outlets/out_gone", data={"do": do}).status_code == 404
    assert client.get("/outlets/out_gone/end").status_code == 404


def test_of_a_watch_that_was_deleted(client, room):
    watch = client.post("/v1/watches", json={"name": "قمح", "query": "قمح"}).get_json()
    client.post("/outlets", data={"what": f"watch:{watch['id']}"})
    assert "what the watch “قمح” finds" in client.get("/outlets").text
    assert "Feeds that go out of it stay empty" in client.get(f"/watches/{watch['id']}/remove").text
    client.delete(f"/v1/watches/{watch['id']}")
    assert "a watch that was deleted: it stays empty" in client.get("/outlets").text


def test_what_makes_no_sense(client, room):
    client.post("/outlets", data={"what": "stories"})
    [made] = kept(room)
    assert client.post(f"/outlets/{made.id}", data={"do": "other"}).status_code == 422
    assert kept(room) == [made]


@pytest.mark.parametrize(
    ("page", "choice"),
    [
        ("/inbox", "stories"),
        ("/inbox?folder=Agencies", "folder:Agencies"),
        ("/inbox?q=سد", "search"),
        ("/watches/WATCH", "watch:WATCH"),
    ],
)
def test_pages_lead_to_the_form_with_their_choice(client, room, watch_id, page, choice):
    room.index()
    links = [a["href"] for a in Page(client.get(page.replace("WATCH", watch_id)).text).all("a")]
    [link] = [at for at in links if at.startswith("/outlets")]
    form = get(client, link)
    chosen = choice.replace("WATCH", watch_id)
    selected = [a["value"] for a in form.all("option") if "selected" in a]
    assert selected == ([] if chosen == "stories" else [chosen])
    assert form.one("details", id="make").get("open") == ""
    if choice == "search":
        assert form.one("input", name="query")["value"] == "سد"


def test_a_list_that_no_feed_can_show_has_no_link(client, room):
    for query in ("show=unread", f"feed={room.feeds[0]}", "folder=Agencies&q=سد"):
        links = [a["href"] for a in Page(client.get(f"/inbox?{query}").text).all("a")]
        assert not [at for at in links if at.startswith("/outlets")]
