"""The pages of watches, by their forms alone: no script runs here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from models.query import QueryError
from models.query import parse as parse_query
from service.context import runtime_of
from service.monitor.arrivals import Arrived, arrived
from service.store import entries, feeds, watches
from service.store.database import Database
from service.store.entries import Arrival, Outcome
from service.ui.hits import faulty, pieces
from tests.service.keyed import Keyed
from tests.service.ui.markup import Page, check

NOW = datetime.now(UTC)


def database_of(client: FlaskClient) -> Database:
    return runtime_of(client.application).services.database


def bring(database: Database, *headlines: tuple[str, str], owner: str = "local") -> None:
    """Translated entries, filed as they are when they come in."""
    with database.write() as session:
        feed, _ = feeds.add(session, owner, "http://a.invalid/", NOW + timedelta(days=1), "النهار")
        arrivals = [Arrival(title, "http://a.invalid/1", title, title, None, NOW) for title, _ in headlines]
        for entry, (title, title_en) in zip(
            entries.take_in(session, feed.id, owner, arrivals, NOW), headlines, strict=True
        ):
            entries.finish(session, entry.id, entry.digest, Outcome("translated", title_en=title_en))
            arrived(session, Arrived(entry, title, title_en, title, title_en), NOW)


def get(client: FlaskClient, path: str, **query: str) -> Page:
    response = client.get(path, query_string=query or None)
    assert response.status_code == 200, response.text
    return check(response.text)


def send(client: FlaskClient, path: str, **fields: Any) -> Page:
    response = client.post(path, data=fields)
    assert response.status_code == 303, response.text
    return get(client, response.headers["Location"])


def form(**fields: str) -> dict[str, str]:
    usual = {"name": "زلازل", "query": "زلزال OR earthquake", "webhooks": "on", "zone": "UTC", "do": "save"}
    return usual | {"throttle_minutes": "0"} | fields


def only_watch(client: FlaskClient) -> watches.Watch:
    with database_of(client).read() as session:
        [watch] = watches.page(session, "local", 9)
    return watch


def test_somebody_new_sees_how_to_begin(client: FlaskClient) -> None:
    page = get(client, "/watches")
    assert "Be told when it matters" in page.text
    assert [a for a in page.all("a") if a["href"] == "/watches/new"]


def test_from_a_query_to_what_it_found(client: FlaskClient) -> None:
    made = send(client, "/watches", **form(throttle_minutes="30", quiet_from="22:00", quiet_to="06:30"))
    assert "The watch is on" in made.text
    assert "Nothing yet. It looks at what comes in" in made.text
    watch = only_watch(client)
    assert (watch.name, watch.query, watch.throttle_minutes) == ("زلازل", "زلزال OR earthquake", 30)
    assert (watch.quiet_from, watch.quiet_to, watch.webhooks, watch.emails) == ("22:00", "06:30", True, ())
    bring(
        database_of(client),
        ("وقع الزلزال ليلا", "The earthquake came at night"),
        ("أسعار القمح", "Wheat prices"),
    )
    listed = get(client, "/watches")
    assert "1 story" in listed.text
    assert "زلزال OR earthquake" in listed.text
    found = get(client, f"/watches/{watch.id}")
    assert "وقع الزلزال ليلا" in " ".join("".join(found.words).split())
    assert [a["href"] for a in found.all("a") if a["href"].startswith("/stories/")]
    assert found.all("mark", **{"class": "hit"})
    assert "Wheat" not in found.text


def test_a_preview_marks_what_is_hit_in_both_languages(client: FlaskClient) -> None:
    bring(
        database_of(client),
        ("وقع الزلزال ليلا", "The earthquake came at night"),
        ("أسعار القمح", "Wheat prices"),
    )
    for path, fields in (("/watches", form(do="preview", name="")), ("/watches/preview", {})):
        response = (
            client.post(path, data=fields)
            if fields
            else client.get(path, query_string={"query": "زلزال OR earthquake"})
        )
        assert response.status_code == 200
        assert '<mark class="hit">الزلزال</mark>' in response.text
        assert '<mark class="hit">earthquake</mark>' in response.text
        assert "1 entry" in " ".join(Page(response.text).text.split())
        assert "Wheat" not in response.text
    with database_of(client).read() as session:
        assert watches.page(session, "local", 9) == [], "a preview keeps nothing"
    assert "Nothing of the last 30 days" in get(client, "/watches/preview", query="بركان").text


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"query": "زلزال AND"}, "query", "At character"),
        ({"query": "(زلزال"}, "query", "At character"),
        ({"query": ""}, "query", "Has no word to look for."),
        ({"query": "!!!"}, "query", "Has no word to look for."),
        ({"name": ""}, "name", "Has to have 1 to 200 characters."),
        ({"emails": "a@b.example"}, "emails", "Mail isn't set up here"),
        ({"throttle_minutes": "-5"}, "throttle_minutes", "Has to be 0 to 10,080."),
        ({"throttle_minutes": "often"}, "throttle_minutes", "Has to be 0 to 10,080."),
        ({"zone": "Asia/Bayrut"}, "zone", "did you mean Asia/Beirut?"),
        ({"quiet_from": "22:00"}, "quiet_to", "Is missing"),
        ({"quiet_from": "25:00", "quiet_to": "06:00"}, "quiet_from", "Is no time of day"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    client: FlaskClient, changes: dict[str, str], field: str, says: str
) -> None:
    response = client.post("/watches", data=form(**changes))
    assert response.status_code == 422
    page = check(response.text)
    [wrong] = [a for tag in ("input", "textarea") for a in page.all(tag) if "aria-invalid" in a]
    assert wrong["id"] == f"watch-{field}"
    assert says in page.text
    if field != "name":
        assert page.one("input", name="name")["value"] == "زلازل", "what was typed stays"


@pytest.mark.parametrize("query", ["زلزال AND", "(زلزال", "زلزال )", "after:yesterday زلزال", "a*"])
def test_the_place_of_a_fault_is_marked(client: FlaskClient, query: str) -> None:
    with pytest.raises(QueryError) as error:
        parse_query(query)
    [bad] = [text for text, hit in faulty(query, error.value) if hit]
    assert bad
    assert bad == "…" or bad in query
    response = client.get("/watches/preview", query_string={"query": query})
    assert f'<mark class="hit">{bad}</mark>' in response.text
    assert error.value.message.rstrip(".") in Page(response.text).text


def test_changing_pausing_and_removing(client: FlaskClient) -> None:
    send(client, "/watches", **form())
    watch = only_watch(client)
    page = get(client, f"/watches/{watch.id}")
    assert page.one("input", name="name")["value"] == "زلازل"
    changed = send(client, f"/watches/{watch.id}", **form(name="Quakes", webhooks=""))
    assert "Saved." in changed.text
    assert (only_watch(client).name, only_watch(client).webhooks) == ("Quakes", False)
    assert "paused" in send(client, f"/watches/{watch.id}/active", do="pause").text
    assert not only_watch(client).active
    assert "goes on" in send(client, f"/watches/{watch.id}/active", do="resume").text
    asked = get(client, f"/watches/{watch.id}/remove")
    assert "is gone" in send(client, asked.one("form")["action"]).text
    assert client.get(f"/watches/{watch.id}").status_code == 404


def test_a_search_can_become_a_watch(client: FlaskClient) -> None:
    bring(database_of(client), ("وقع الزلزال ليلا", "The earthquake came at night"))
    response = client.get("/watches/new", query_string={"query": "زلزال"})
    assert "زلزال</textarea>" in response.text
    assert '<mark class="hit">الزلزال</mark>' in response.text


def test_texts_of_others_stay_texts(client: FlaskClient) -> None:
    evil = "<script>alert(1)</script> زلزال <img src=x onerror=alert(1)>"
    bring(database_of(client), (evil, evil))
    send(client, "/watches", **form(name=evil))
    for path in ("/watches", f"/watches/{only_watch(client).id}", "/watches/preview?query=زلزال"):
        page = get(client, path)
        assert not page.all("img")


def test_test_mail_needs_a_mail_server(client: FlaskClient) -> None:
    send(client, "/watches", **form())
    response = client.post(f"/watches/{only_watch(client).id}/test", data={"do": "test"})
    assert response.status_code == 422
    assert "mail isn't set up here" in response.text.replace("&#39;", "'")


def test_another_team_sees_nothing_of_it() -> None:
    keyed = Keyed()
    mine, other = keyed.caller("a", "red"), keyed.caller("b", "blue")
    narrow = keyed.caller("c", "red", scopes=("translate",))
    try:
        database = keyed.runtime.services.database
        bring(database, ("وقع الزلزال ليلا", "The earthquake"), owner=mine.owner)
        with database.write() as session:
            watch = watches.add(session, mine.owner, NOW, {"name": "سري", "query": "زلزال"})
        assert "سري" in mine.open("/watches").text
        assert "سري" not in other.open("/watches").text
        assert "ليلا" in mine.open("/watches/preview?query=زلزال").text
        assert "ليلا" not in other.open("/watches/preview?query=زلزال").text
        for method, path in (
            ("GET", ""),
            ("POST", ""),
            ("POST", "/active"),
            ("POST", "/test"),
            ("GET", "/remove"),
            ("POST", "/remove"),
        ):
            assert other.open(f"/watches/{watch.id}{path}", method, data=form()).status_code == 404
        assert narrow.open("/watches").status_code == 403
        assert mine.open(f"/watches/{watch.id}").status_code == 200
    finally:
        keyed.close()


@pytest.mark.parametrize(
    ("spans", "cut"),
    [
        ([], [("abcdef", False)]),
        ([(0, 2), (4, 6)], [("ab", True), ("cd", False), ("ef", True)]),
        ([(1, 1)], [("a", False), ("bcdef", False)]),
    ],
)
def test_pieces(spans: list[tuple[int, int]], cut: list[tuple[str, bool]]) -> None:
    assert pieces("abcdef", [{"start": start, "end": end} for start, end in spans]) == cut
