"""A key sees what its team made and nothing else, on every route there is.

A route that is in none of the tables fails the first test: whoever adds one decides here whose rows it shows.
A route with a parameter needs a maker for what the parameter names; a list needs one for what it lists.
"""

import io
import re
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from service.api import ROUTES
from service.api.routes import Route
from service.context import runtime_of
from service.monitor import arrivals, grouping
from service.monitor.arrivals import Arrived
from service.store import entries, entry_search, feeds, mails, stories
from service.store.database import Database
from tests.service.editions.news import News
from tests.service.keyed import Caller, Keyed

NOW = datetime.now(UTC)
TEXT = "أعلنت وزارة الصحة اليوم.\nوقال الوزير."

#: Routes that show no team's rows, each with the reason.
ROWLESS = {
    "POST /v1/summaries": "makes rows of the caller's own; see the tests at the end",
    "POST /v1/translations": "the same",
    "POST /v1/detect": "keeps nothing",
    "GET /v1/models": "the same for everyone",
    "POST /v1/glossaries": "makes a row of the caller's own",
    "POST /v1/batches": "makes rows of the caller's own",
    "POST /v1/webhooks": "makes a row of the caller's own",
    "POST /v1/watches": "makes a row of the caller's own",
    "POST /v1/watch-preview": "the caller's own entries, not listed by id; see the tests at the end",
    "POST /v1/feeds": "makes a row of the caller's own",
    "POST /v1/digests": "makes a row of the caller's own, out of the caller's own stories",
    "POST /v1/digest-plans": "makes a row of the caller's own",
    "POST /v1/outlets": "makes a row of the caller's own",
    "POST /v1/feeds.opml": "makes rows of the caller's own",
    "GET /v1/feeds.opml": "the caller's own feeds, not as JSON; see the tests at the end",
    "GET /v1/search": "asks for a query; see the tests at the end",
    "POST /v1/keys": "for admins, who manage the keys of all teams",
    "GET /v1/keys": "the same",
    "DELETE /v1/keys/<key_id>": "the same",
    "GET /v1/usage": "the caller's own numbers; see the tests at the end",
    "GET /healthz": "the same for everyone",
    "GET /readyz": "the same for everyone",
    "GET /metrics": "for admins; sums over everyone",
}


def made(caller: Caller, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    response = caller.open(path, "POST", json=body, headers=headers)
    assert response.status_code < 300, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def article(caller: Caller) -> str:
    return str(made(caller, "/v1/summaries", {"text": TEXT, "store": True})["id"])


def job(caller: Caller) -> str:
    """A job that is done, so that it has a result."""
    id = str(made(caller, "/v1/summaries", {"text": TEXT, "store": False}, Prefer="respond-async")["id"])
    for _ in range(200):
        if caller.open(f"/v1/jobs/{id}").get_json()["state"] == "succeeded":
            return id
        time.sleep(0.05)
    raise AssertionError("the job does not end")


def batch(caller: Caller) -> str:
    id = str(made(caller, "/v1/batches", {"items": [{"text": TEXT}]})["id"])
    for _ in range(200):
        if caller.open(f"/v1/batches/{id}").get_json()["finished"]:
            return id
        time.sleep(0.05)
    raise AssertionError("the batch does not end")


def glossary(caller: Caller) -> str:
    return str(made(caller, "/v1/glossaries", {"name": "terms", "tsv": "وزارة\tministry"})["id"])


def webhook(caller: Caller) -> str:
    return str(
        made(caller, "/v1/webhooks", {"url": "https://hooks.example.org/", "events": ["job.failed"]})["id"]
    )


def delivery(caller: Caller) -> tuple[str, str]:
    """A webhook's id and a delivery's."""
    id = webhook(caller)
    return id, str(made(caller, f"/v1/webhooks/{id}/test", {})["id"])


def feed(caller: Caller) -> str:
    """Followed, and not due for a long time."""
    with _database(caller).write() as session:
        made, _ = feeds.add(session, caller.owner, "http://feed.example.org/", NOW + timedelta(days=1))
    return made.id


def entry(caller: Caller) -> str:
    feed_id = feed(caller)
    arrival = entries.Arrival(uuid.uuid4().hex, None, "خبر", TEXT, None, NOW)
    with _database(caller).write() as session:
        [made] = entries.take_in(session, feed_id, caller.owner, [arrival], NOW)
    return made.id


def digest(caller: Caller) -> str:
    return str(made(caller, "/v1/digests", {})["id"])


def plan(caller: Caller) -> str:
    return str(made(caller, "/v1/digest-plans", {"hours": ["07:00"]})["id"])


def outlet(caller: Caller) -> str:
    return str(made(caller, "/v1/outlets", {"title": "all"})["id"])


def story(caller: Caller) -> str:
    """Of two entries, and unlike every other."""
    feed_id, words = feed(caller), " ".join(uuid.uuid4().hex for _ in range(20))
    arrivals = [entries.Arrival(words + copy, None, "خبر", words, None, NOW) for copy in "ab"]
    with _database(caller).write() as session:
        made = entries.take_in(session, feed_id, caller.owner, arrivals, NOW)
        [id] = {grouping.place(session, Arrived(e, e.title, "News", words), NOW) for e in made}
    return id


def _another(caller: Caller, path: str) -> dict[str, Any]:
    return {"other": story(caller)}


def _one_of_it(caller: Caller, path: str) -> dict[str, Any]:
    with _database(caller).read() as session:
        members = stories.members(session, path.split("/")[3])
    return {"entries": [member.entry.id for member in members[:1]] or ["ent_nobody"]}


def watch(caller: Caller) -> str:
    return str(
        made(caller, "/v1/watches", {"name": "wheat", "query": "القمح", "emails": ["a@example.org"]})["id"]
    )


def mail(caller: Caller) -> str:
    with _database(caller).write() as session:
        return mails.queue(session, caller.owner, "a@example.org", "subject", "text", None, NOW)


def _database(caller: Caller) -> Database:
    return runtime_of(caller.client.application).services.database


#: What a parameter of a path names -> how a caller makes one; answers its id.
MAKERS: dict[str, Callable[[Caller], str]] = {
    "article_id": article,
    "job_id": job,
    "batch_id": batch,
    "glossary_id": glossary,
    "webhook_id": webhook,
    "feed_id": feed,
    "entry_id": entry,
    "digest_id": digest,
    "plan_id": plan,
    "outlet_id": outlet,
    "story_id": story,
    "watch_id": watch,
    "mail_id": mail,
}
#: The same for paths with several parameters.
PLACES: dict[tuple[str, ...], Callable[[Caller], tuple[str, ...]]] = {("webhook_id", "delivery_id"): delivery}
#: List -> how something gets on it.
LISTS: dict[str, Callable[[Caller], str]] = {
    "GET /v1/articles": article,
    "GET /v1/jobs": job,
    "GET /v1/batches": batch,
    "GET /v1/glossaries": glossary,
    "GET /v1/webhooks": webhook,
    "GET /v1/feeds": feed,
    "GET /v1/entries": entry,
    "GET /v1/digests": digest,
    "GET /v1/digest-plans": plan,
    "GET /v1/outlets": outlet,
    "GET /v1/stories": story,
    "GET /v1/watches": watch,
    "GET /v1/mails": mail,
}
#: A body that is right, for routes with a parameter that take one, or what makes it for a caller and a path.
BODIES: dict[str, Any] = {
    "PATCH /v1/stories/<story_id>": {"read": True},
    "POST /v1/stories/<story_id>/merge": _another,
    "POST /v1/stories/<story_id>/split": _one_of_it,
    "PATCH /v1/digest-plans/<plan_id>": {"name": "other"},
    "PATCH /v1/outlets/<outlet_id>": {"title": "other"},
    "PATCH /v1/watches/<watch_id>": {"name": "other"},
    "PATCH /v1/feeds/<feed_id>": {"folder": "other"},
    "PUT /v1/glossaries/<glossary_id>": {"name": "other", "tsv": "وزير\tminister"},
}


def parameters(route: Route) -> tuple[str, ...]:
    return tuple(re.findall(r"<(\w+)>", route.path))


def path_of(route: Route, ids: tuple[str, ...]) -> str:
    path = route.path
    for parameter, id in zip(parameters(route), ids, strict=True):
        path = path.replace(f"<{parameter}>", id)
    return path


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


NATIVE = [r for r in ROUTES if r.path.startswith("/v1/") or name(r) in ROWLESS]
SHOWN = [r for r in NATIVE if name(r) not in ROWLESS]
ITEMS = [r for r in SHOWN if "<" in r.path]


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    service = Keyed()
    yield service
    service.close()


def team_of_two(keyed: Keyed, team: str) -> tuple[Caller, Caller]:
    return keyed.caller(team=team), keyed.caller(team=team)


def ask(caller: Caller, route: Route, path: str) -> int:
    body = BODIES.get(name(route))
    if callable(body):
        body = body(caller, path)
    with caller.open(path, route.method, json=body) as response:
        response.get_data()
        return response.status_code


@pytest.mark.parametrize("route", NATIVE, ids=name)
def test_every_route_is_in_a_table(route: Route) -> None:
    names = parameters(route)
    listed = name(route) in ROWLESS or name(route) in LISTS
    assert listed or names in PLACES or (len(names) == 1 and names[0] in MAKERS), "whose rows does it show?"


@pytest.mark.parametrize("route", ITEMS, ids=name)
def test_what_another_team_made_does_not_exist(keyed: Keyed, route: Route) -> None:
    maker = keyed.caller(team="makers")
    names = parameters(route)
    ids = PLACES[names](maker) if names in PLACES else (MAKERS[names[0]](maker),)
    path = path_of(route, ids)
    alone, stranger = keyed.caller(), keyed.caller(team="strangers")
    for caller in (alone, stranger):
        assert ask(caller, route, path) == 404
        nobodys = path_of(route, ("art_nobody",) * len(ids))
        assert ask(caller, route, nobodys) == 404  # nothing tells a stranger's from nobody's
    assert ask(keyed.caller(team="makers"), route, path) < 300  # a colleague; and it was still there


@pytest.mark.parametrize("route", [r for r in SHOWN if name(r) in LISTS], ids=name)
def test_lists_show_what_the_team_made(keyed: Keyed, route: Route) -> None:
    maker, colleague = team_of_two(keyed, f"team {route.path.replace('/', '-')}")
    stranger = keyed.caller()
    id = LISTS[name(route)](maker)
    for caller, expected in ((maker, [id]), (colleague, [id]), (stranger, [])):
        answer = caller.open(route.path).get_json()
        assert [item["id"] for item in answer["items"]] == expected
        assert answer["next"] is None


PAIR = "source_lang=ar&target_lang=en"
TERMS = {"source_lang": "ar", "target_lang": "en", "entries": "وزير\tminister", "entries_format": "tsv"}
#: The same for the interfaces that other programs speak: how each is asked about something of another team.
COMPATIBLE: dict[str, dict[str, Any]] = {
    "GET /v2/glossaries/<glossary_id>": {},
    "DELETE /v2/glossaries/<glossary_id>": {},
    "GET /v2/glossaries/<glossary_id>/entries": {"headers": {"Accept": "text/tab-separated-values"}},
    "GET /v3/glossaries/<glossary_id>": {},
    "PATCH /v3/glossaries/<glossary_id>": {"json": {"name": "other"}},
    "DELETE /v3/glossaries/<glossary_id>": {},
    "PUT /v3/glossaries/<glossary_id>/dictionaries": {"json": TERMS},
    "DELETE /v3/glossaries/<glossary_id>/dictionaries": {"query_string": PAIR},
    "GET /v3/glossaries/<glossary_id>/entries": {"query_string": PAIR},
    "POST /v2/document/<document_id>": {"json": {}},
    "POST /v2/document/<document_id>/result": {"json": {}},
}


def deepl_glossary(caller: Caller) -> dict[str, str]:
    made = caller.open("/v2/glossaries", "POST", json={"name": "terms", **TERMS})
    return {"glossary_id": made.get_json()["glossary_id"]}


def deepl_document(caller: Caller) -> dict[str, str]:
    data = {"file": (io.BytesIO(TEXT.encode()), "a.txt"), "source_lang": "AR", "target_lang": "EN-US"}
    made: dict[str, str] = caller.open("/v2/document", "POST", data=data).get_json()
    return made


def pages(app: Flask) -> list[tuple[str, str, str]]:
    """Method, path and parameter of every page about something that a team made."""
    return sorted(
        (method, rule.rule, next(iter(rule.arguments)))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("ui.") and rule.arguments and rule.endpoint != "ui.static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def test_every_page_of_something_keeps_teams_apart(keyed: Keyed) -> None:
    """A colleague may be told that a form lacks something, a stranger that there is nothing."""
    found = pages(keyed.app)
    assert {parameter for _, _, parameter in found} <= MAKERS.keys(), "whose rows does it show?"
    for method, rule, parameter in found:
        maker, colleague = team_of_two(keyed, f"{method} {rule}")
        path = rule.replace(f"<{parameter}>", MAKERS[parameter](maker))
        assert keyed.caller().open(path, method, data={}).status_code == 404, f"{method} {rule}"
        assert colleague.open(path, method, data={}).status_code != 404, f"{method} {rule}"


def test_every_compatible_route_with_a_parameter_is_in_the_table(keyed: Keyed) -> None:
    native = {route.path for route in ROUTES} | {"/docs/assets/<path:name>"}
    found = {
        f"{method} {rule.rule.removeprefix('/deepl')}"
        for rule in keyed.app.url_map.iter_rules()
        if rule.arguments and rule.rule not in native and not rule.rule.endswith("<path:rest>")
        if not rule.endpoint.startswith("ui.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    found.remove("GET /download_file/<name>")  # LibreTranslate's way: who knows the address has the file
    assert found == set(COMPATIBLE)


@pytest.mark.parametrize("route", COMPATIBLE)
@pytest.mark.parametrize("prefix", ["", "/deepl"])
def test_compatible_routes_keep_teams_apart(keyed: Keyed, route: str, prefix: str) -> None:
    maker, stranger = keyed.caller(), keyed.caller()
    made = (deepl_document if "document_id" in route else deepl_glossary)(maker)
    method, path = route.split(" ")
    [parameter] = re.findall(r"<(\w+)>", path)
    options = dict(COMPATIBLE[route])
    if "document_key" in made:
        options["json"] = {"document_key": made["document_key"]}  # even somebody who got hold of it
    path = prefix + path.replace(f"<{parameter}>", made[parameter])
    assert stranger.open(path, method, **options).status_code == 404
    assert maker.open(path, method, **options).status_code in (200, 204, 503)  # 503: not done yet


def test_compatible_lists_show_the_teams_own(keyed: Keyed) -> None:
    maker, stranger = keyed.caller(), keyed.caller()
    id = deepl_glossary(maker)["glossary_id"]
    for path in ("/v2/glossaries", "/v3/glossaries"):
        assert [g["glossary_id"] for g in maker.open(path).get_json()["glossaries"]] == [id]
        assert stranger.open(path).get_json()["glossaries"] == []


def test_a_glossary_of_others_cannot_be_used(keyed: Keyed) -> None:
    maker, colleague = team_of_two(keyed, "with terms")
    id = glossary(maker)
    for path, body in (
        ("/v1/translations", {"texts": [TEXT], "glossary_id": id}),
        ("/v1/summaries", {"text": TEXT, "glossary_id": id}),
    ):
        assert colleague.open(path, "POST", json=body).status_code == 200
        refused = keyed.caller().open(path, "POST", json=body)
        assert (refused.status_code, refused.get_json()["type"].split("#")[1]) == (422, "unknown_glossary")


def test_the_same_article_of_two_teams_is_stored_twice(keyed: Keyed) -> None:
    first, second = keyed.caller(), keyed.caller()
    one, two = article(first), article(second)
    assert one != two
    assert second.open(f"/v1/articles/{two}", "DELETE").status_code == 204
    assert first.open(f"/v1/articles/{one}").status_code == 200


def test_search_finds_the_teams_own_articles(keyed: Keyed) -> None:
    maker, stranger = keyed.caller(), keyed.caller()
    article(maker)
    assert len(maker.open("/v1/articles?q=وزارة").get_json()["items"]) == 1
    assert stranger.open("/v1/articles?q=وزارة").get_json()["items"] == []


def test_search_finds_the_teams_own_entries(keyed: Keyed) -> None:
    maker, colleague = team_of_two(keyed, "searching")
    id = entry(maker)
    with _database(maker).write() as session:
        found = entries.get(session, maker.owner, id)
        assert found is not None
        item = entry_search.Item(id, maker.owner, found.feed_id, NOW, found.title, "News", TEXT, "")
        entry_search.index(session, item)
    for q in ("وزارة", "-zebra", "source:feed.example.org", '"وزارة الصحة"', "after:2020"):
        for caller, expected in ((maker, [id]), (colleague, [id]), (keyed.caller(), [])):
            answer = caller.open("/v1/search", query_string={"q": q}).get_json()
            assert [hit["id"] for hit in answer["items"]] == expected


def test_an_idempotency_key_is_the_teams_own(keyed: Keyed) -> None:
    """The same key of another team must neither answer with the first one's result nor refuse."""
    first, second = keyed.caller(), keyed.caller()
    same = {"Idempotency-Key": "k-1"}
    one = first.open("/v1/translations", "POST", json={"texts": ["سطر"]}, headers=same)
    two = second.open("/v1/translations", "POST", json={"texts": ["آخر"]}, headers=same)
    assert (one.status_code, two.status_code) == (200, 200)
    assert two.get_json()["translations"][0]["text"] == "EN:آخر"


def test_exported_feeds_are_the_teams_own(keyed: Keyed) -> None:
    maker, stranger = keyed.caller(), keyed.caller()
    feed(maker)
    assert "feed.example.org" in maker.open("/v1/feeds.opml").get_data(as_text=True)
    assert "feed.example.org" not in stranger.open("/v1/feeds.opml").get_data(as_text=True)


def test_a_preview_shows_the_teams_own(keyed: Keyed) -> None:
    maker, stranger = keyed.caller(), keyed.caller()
    arrival = entries.Arrival("1", None, "أسعار القمح", TEXT, None, NOW)
    with _database(maker).write() as session:
        followed, _ = feeds.add(session, maker.owner, "http://feed.example.org/", NOW + timedelta(days=1))
        [arrived_entry] = entries.take_in(session, followed.id, maker.owner, [arrival], NOW)
        entries.finish(session, arrived_entry.id, arrival.digest, entries.Outcome("translated", "Wheat"))
        item = arrivals.Arrived(arrived_entry, arrival.title, "Wheat", TEXT, "")
        arrivals.arrived(session, item, NOW)
    for caller, count in ((maker, 1), (stranger, 0)):
        assert made(caller, "/v1/watch-preview", {"query": "القمح"})["count"] == count


def test_a_watch_finds_nothing_of_other_teams(keyed: Keyed) -> None:
    maker, stranger = keyed.caller(), keyed.caller()
    for caller in (maker, stranger):
        id = watch(caller)
        arrival = entries.Arrival("1", None, "أسعار القمح", TEXT, None, NOW)
        if caller is maker:
            with _database(maker).write() as session:
                followed, _ = feeds.add(session, maker.owner, "http://feed.example.org/", NOW)
                [new] = entries.take_in(session, followed.id, maker.owner, [arrival], NOW)
                arrivals.arrived(session, arrivals.Arrived(new, arrival.title, "Wheat", TEXT, ""), NOW)
        found = caller.open(f"/v1/watches/{id}/alerts").get_json()["items"]
        assert len(found) == (1 if caller is maker else 0)


def test_usage_is_the_keys_own(keyed: Keyed) -> None:
    """Quotas are per key, so colleagues don't share a count either."""
    worker, colleague = team_of_two(keyed, "counted")
    made(worker, "/v1/translations", {"texts": [TEXT]})
    assert worker.open("/v1/usage").get_json()["used"] == len(TEXT)
    assert colleague.open("/v1/usage").get_json()["used"] == 0


def test_callers_without_a_key_see_nothing_of_keys(client: Any) -> None:
    """Open mode: `local` is a team like any other; a key made for it sees what was kept before keys."""
    secret = client.post("/v1/keys", json={"name": "a"}).get_json()["secret"]
    keyed = {"Authorization": f"Bearer {secret}"}
    body = {"name": "terms", "tsv": "وزارة\tministry"}
    id = client.post("/v1/glossaries", json=body, headers=keyed).get_json()["id"]
    assert client.get(f"/v1/glossaries/{id}").status_code == 404
    mine = client.post("/v1/glossaries", json=body).get_json()["id"]
    assert client.get(f"/v1/glossaries/{mine}", headers=keyed).status_code == 404
    local = client.post("/v1/keys", json={"name": "b", "team": "local"}).get_json()["secret"]
    heir = {"Authorization": f"Bearer {local}"}
    assert client.get(f"/v1/glossaries/{mine}", headers=heir).status_code == 200


def test_a_feed_that_goes_out_shows_its_teams_stories(keyed: Keyed) -> None:
    """Whoever asks, and nothing of a stranger's."""
    maker, stranger = keyed.caller(), keyed.caller()
    news = {caller.owner: News(_database(caller), caller.owner) for caller in (maker, stranger)}
    ids = {owner: found.story() for owner, found in news.items()}
    for owner, found in news.items():
        found.report("a", ids[owner], NOW)
    address = made(maker, "/v1/outlets", {"title": "all"})["addresses"]["json_feed"]
    for caller in (maker, stranger):
        shown = caller.open(address.removeprefix("http://localhost")).get_json()
        assert [item["id"] for item in shown["items"]] == [ids[maker.owner]]
    [top] = made(maker, "/v1/digests", {})["content"]["top"]
    assert top["brief"]["id"] == ids[maker.owner]
