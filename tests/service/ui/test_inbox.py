"""The inbox as the server sends it."""

import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.config import Config, LimitsConfig
from service.context import runtime_of
from service.store import stories
from service.ui import PAGES, inbox, inbox_events
from service.ui.pages import local
from tests.service.keyed import Keyed
from tests.service.ui.newsroom import HEADLINES, NOW, Newsroom, morning
from tests.service.ui.test_page import Page


@pytest.fixture
def room(client: FlaskClient) -> Newsroom:
    return morning(runtime_of(client.application).services.database)


def listed(markup: str) -> list[str]:
    """The ids of the stories on a page."""
    return re.findall(r'<li class="story[^"]*" id="(\w+)"', markup)


def story_of(markup: str, id: str) -> str:
    found = re.search(rf'<li class="story[^"]*" id="{id}".*?</li>', markup, re.DOTALL)
    assert found is not None
    return found[0]


def test_a_story_shows_what_an_editor_chooses_by(client, room):
    shown = story_of(client.get("/inbox").text, room.stories[0])
    page = Page(shown)
    title, arabic = HEADLINES[0][1], HEADLINES[0][0]
    assert title in shown
    assert re.search(rf'<p class="story-ar" lang="ar" dir="rtl">{arabic}</p>', shown)
    assert page.all("time")[0]["datetime"] == "2026-11-27T09:14:00Z"
    assert "<bdi>الشرق الأوسط</bdi> and 2 other sources" in shown
    assert "The Health Ministry announced vaccinating 530,000 children. We will reach every village" in shown
    assert page.all("span", role="img")[0]["aria-label"] == "Unread: "
    assert [button["value"] for button in page.all("button")] == ["read", "star"]
    assert "2 places to check" in story_of(client.get("/inbox").text, room.stories[1])


def test_a_title_that_opens_with_a_latin_name_still_runs_from_right_to_left(client, room):
    assert 'lang="ar" dir="rtl">NASA' in client.get("/inbox").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [0, 1, 2, 3, 4, 5]),
        ("folder=Newspapers", [0, 1, 2, 3, 4, 5]),
        ("folder=Agencies", [0]),
        ("folder=Nothing", []),
        ("feed={1}", [0, 3]),
        ("feed={2}&folder=Agencies", [0]),
        ("feed=feed_nobody", []),
        ("show=unread", [0, 1, 3, 4, 5]),
        ("show=starred", [3]),
        ("show=starred&feed={2}", []),
        ("show=everything", [0, 1, 2, 3, 4, 5]),
        ("after=2026-11-27T09:00:00~sto_a", [1, 2, 3, 4, 5]),
    ],
)
def test_filters(client, room, query, expected):
    with room.database.write() as session:
        stories.mark_read(session, "local", room.stories[2], 1)
        stories.star(session, "local", room.stories[3], NOW)
    for number, id in enumerate(room.feeds):
        query = query.replace(f"{{{number}}}", id)
    assert listed(client.get(f"/inbox?{query}").text) == [room.stories[n] for n in expected]


@pytest.mark.parametrize("after", ["nonsense", "2026-11-27T09:00:00", "0001-01-01T00:00:00%2B23:59~sto_a"])
def test_a_place_that_is_none_is_refused(client, room, after):
    """The newest stories in its stead would look like the older ones that were asked for."""
    assert client.get(f"/inbox?after={after}").status_code == 422


def test_a_filter_stays_in_every_address_of_the_page(client, room):
    page = Page(client.get("/inbox?folder=Newspapers&show=unread").text)
    opened = [a["href"] for a in page.all("a") if a.get("class") == "open"]
    assert all("show=unread" in href and "folder=Newspapers" in href for href in opened)
    [starred] = [a["href"] for a in page.all("a") if "show=starred" in a.get("href", "")]
    assert "folder=Newspapers" in starred
    backs = {field["value"].partition("#")[0] for field in page.all("input", name="back")}
    assert backs == {"/inbox?folder=Newspapers&show=unread"}
    assert page.all("input", name="show")[0]["value"] == "unread"


def test_paging_shows_every_story_once(client, room, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    seen, address = [], "/inbox?show=unread"
    for _ in range(3):
        text = client.get(address).text
        seen += listed(text)
        older = [a["href"] for a in Page(text).all("a") if a.get("rel") == "next"]
        address = older[0] if older else ""
    assert seen == room.stories
    assert not address
    assert "Newest stories" in text


def test_marks(client, room):
    story, back = room.stories[1], "/inbox?folder=Newspapers#x"
    for do, (unread, starred) in (
        ("star", (True, True)),
        ("read", (False, True)),
        ("unstar", (False, False)),
        ("unread", (True, False)),
    ):
        answer = client.post(f"/stories/{story}/marks", data={"do": do, "back": back})
        assert (answer.status_code, answer.headers["Location"]) == (303, back)
        shown = story_of(client.get("/inbox").text, story)
        assert ('class="story unread' in shown, 'aria-pressed="true"' in shown) == (unread, starred)


def test_marks_for_a_script(client, room):
    sent = {"data": {"do": "read", "back": "/inbox"}, "headers": {"Accept": "application/json"}}
    answer = client.post(f"/stories/{room.stories[1]}/marks", **sent)
    assert answer.get_json() == {"unread": False, "starred": False, "count": 5}


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/stories/sto_nothing/marks", {"do": "read"}, 404),
        ("/stories/{}/marks", {"do": "burn"}, 422),
        ("/stories/{}/marks", {}, 422),
        ("/stories/{}/marks", {"do": ["read", "star"]}, 303),
        ("/inbox/read", {}, 303),
        ("/inbox/read", {"story": ["x", "sto_nothing:1", "sto_a:b"], "back": "//evil.example"}, 303),
    ],
)
def test_forms_that_make_no_sense(client, room, path, data, status):
    answer = client.post(path.format(room.stories[0]), data=data)
    assert answer.status_code == status
    if status == 303:
        assert answer.headers["Location"] == "/inbox"
    else:
        assert Page(answer.text).all("h1")


@pytest.mark.parametrize(
    "path", ["/stories/{}/marks", "/stories/{}/merge", "/stories/{}/split", "/inbox/read"]
)
def test_other_sites_send_no_forms(client, room, path):
    answer = client.post(
        path.format(room.stories[0]), data={"do": "star"}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


def test_what_stood_on_the_page_is_marked_read_as_it_stood_there(client, room):
    page = Page(client.get("/inbox").text)
    seen = [field["value"] for field in page.all("input", name="story")]
    assert len(seen) == 6
    room.report(room.stories[1], "خبر", "News", NOW)  # meanwhile
    client.post("/inbox/read", data={"story": seen})
    assert listed(client.get("/inbox?show=unread").text) == [room.stories[1]]
    assert "1 new" in story_of(client.get("/inbox").text, room.stories[1])


def test_a_hand_made_revision_marks_no_future_ones(client, room):
    client.post("/inbox/read", data={"story": f"{room.stories[1]}:999"})
    room.report(room.stories[1], "خبر", "News", NOW)
    assert room.stories[1] in listed(client.get("/inbox?show=unread").text)


@pytest.mark.parametrize(
    ("path", "otherwise"),
    [("/inbox?q=%D8%AE#sto_1", False), ("/", False), ("//evil.example", True), ("https://evil.example", True),
     ("/\\evil.example", True), ("/a\nb", True), ("", True), ("inbox", True)],
)  # fmt: skip
def test_where_a_form_may_lead(path, otherwise):
    assert local(path, "/other") == ("/other" if otherwise else path)


class TestEmpty:
    """What somebody reads who finds no story."""

    def text(self, client, query=""):
        page = client.get(f"/inbox{query}")
        assert page.status_code == 200
        return unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", "", page.text)))

    @pytest.fixture
    def room(self, client):
        return Newsroom(runtime_of(client.application).services.database, "local")

    def test_no_feeds(self, client):
        text = self.text(client)
        assert "No feeds yet" in text
        assert "mujaz feeds import subscriptions.opml" in text

    def test_nothing_came_in(self, client, room):
        room.follow()
        assert "3 feeds are followed" in self.text(client)

    def test_nothing_is_translated_yet(self, client, room):
        room.follow()
        room.wait(1200)
        assert "1,200 entries wait for translation" in self.text(client)
        assert Page(client.get("/inbox").text).all("progress", max="1200", value="0")

    def test_nothing_fits(self, client, room):
        room.follow()
        room.story("خبر", "News")
        assert "No story fits" in self.text(client, "?show=starred&folder=Newspapers")
        assert "in the folder Newspapers" in self.text(client, "?show=starred&folder=Newspapers")

    def test_all_read(self, client, room):
        room.follow()
        story = room.story("خبر", "News")
        client.post(f"/stories/{story}/marks", data={"do": "read"})
        assert "All read" in self.text(client, "?show=unread")


class TestTitle:
    @pytest.mark.parametrize(("number", "shown"), [(0, "Inbox"), (1, "(1) Inbox"), (1000, "(999+) Inbox")])
    def test_counts_what_is_unread(self, client, monkeypatch, number, shown):
        monkeypatch.setattr(inbox.kept, "unread", lambda *_: number)
        assert f"<title>{shown} · Mujaz</title>" in client.get("/inbox").text


@pytest.mark.parametrize(
    "path", ["/inbox", "/inbox?show=unread", "/stories/{}", "/articles/{}", "/stories/none"]
)
def test_pages_hold_to_the_policy_and_name_each_place_once(client, room, path):
    article = room.articles[room.entries[room.stories[0]][0]]
    answer = client.get(path.format(article if "articles" in path else room.stories[0]))
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert not any(name.startswith("on") or name == "style" for _, a in page.elements for name in a)
    assert not page.all("style")
    assert all(a["src"].startswith("/ui/") for a in page.all("script"))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    inner = [a["href"][1:] for a in page.all("a") if a.get("href", "").startswith("#")]
    pointed = [
        a[name] for _, a in page.elements for name in ("aria-labelledby", "aria-describedby") if name in a
    ]
    assert set(inner + pointed + [a["for"] for a in page.all("label") if "for" in a]) <= set(ids)
    for address in {a.get("src") or a["href"] for a in page.all("script") + page.all("link")}:
        with client.get(address) as file:
            assert file.status_code == 200


def test_the_current_section_is_marked(client, room):
    for path, name in (("/", "Translate"), ("/inbox", "Inbox"), (f"/stories/{room.stories[0]}", "Inbox")):
        assert re.findall(r'aria-current="page">(\w+)<', client.get(path).text) == [name]


def test_what_a_stranger_wrote_is_shown_as_text(client, room):
    evil = "</title><script>alert(1)</script>"
    story = room.story(evil, evil)
    for path in ("/inbox", f"/stories/{story}"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    made = Keyed()
    yield made
    made.close()


class TestKeys:
    """With keys: who sees what."""

    def test_every_page_needs_its_scope(self, keyed):
        assert {page.scope for page in PAGES} == {"feeds"}
        translator, monitor = keyed.caller("t", scopes=["translate"]), keyed.caller("m", scopes=["feeds"])
        for page in PAGES:
            path = re.sub("<[^>]+>", "x", page.path)
            if path == "/inbox/events":
                continue
            assert translator.open(path, page.method).status_code == 403, path
            assert monitor.open(path, page.method).status_code not in (401, 403), path
            bare = keyed.client.open(path, method=page.method)
            assert bare.status_code == 401
            assert bare.headers["WWW-Authenticate"].startswith("Basic ")

    def test_the_navigation_shows_what_may_be_opened(self, keyed):
        page = keyed.caller("t", scopes=["translate"]).open("/").text
        assert ">Translate</a>" in page
        assert ">Inbox</a>" not in page

    def test_a_team_sees_its_own_and_each_reader_has_marks(self, keyed):
        one, two, other = (keyed.caller(n, team) for n, team in (("1", "news"), ("2", "news"), ("3", None)))
        room = morning(keyed.runtime.services.database, "news")
        story, entry = room.stories[0], room.entries[room.stories[0]][0]
        one.open(f"/stories/{story}")
        assert story not in listed(one.open("/inbox?show=unread").text)
        assert story in listed(two.open("/inbox?show=unread").text)
        assert not listed(other.open("/inbox").text)
        for path in (f"/stories/{story}", f"/articles/{room.articles[entry]}"):
            assert one.open(path).status_code == 200
            assert other.open(path).status_code == 404
        for path, data in (
            ("marks", {"do": "star"}),
            ("merge", {"other": room.stories[1]}),
            ("split", {"entry": entry}),
        ):
            refused = other.open(f"/stories/{story}/{path}", "POST", data=data)
            assert refused.status_code in (404, 422)
        assert HEADLINES[0][1] not in other.open("/inbox").text


class TestEvents:
    """News while the page is open."""

    def news(self, client, query=""):
        """The first event that a listener gets."""
        response = client.get(f"/inbox/events{query}", buffered=False)
        assert response.mimetype == "text/event-stream"
        with response:
            told = "".join(itertools.islice((part.decode() for part in response.response), 2))
        assert told.startswith("retry: ")
        return json.loads(re.search("^data: (.*)$", told, re.MULTILINE)[1])

    def since(self, client):
        return unescape(re.search('data-events="([^"]*)"', client.get("/inbox").text)[1]).partition("?")[2]

    def test_nothing_new(self, client, room):
        assert self.news(client, f"?{self.since(client)}") == {"new": 0, "changed": 0, "unread": 6}

    def test_new_and_changed_stories(self, client, room):
        since = self.since(client)
        later = datetime.now(UTC) + timedelta(minutes=1)
        room.story("خبر", "News", later)
        room.report(room.stories[1], "خبر", "News", later)
        assert self.news(client, f"?{since}") == {"new": 1, "changed": 1, "unread": 7}
        assert self.news(client, f"?{since}&show=starred") == {"new": 0, "changed": 0, "unread": 7}
        assert self.news(client, f"?{since}&folder=Agencies") == {"new": 0, "changed": 0, "unread": 7}
        assert self.news(client, f"?{self.since(client)}") == {"new": 0, "changed": 0, "unread": 7}

    def test_without_a_time_it_begins_now(self, client, room):
        assert self.news(client, "?since=yesterday")["new"] == 0

    def test_only_so_many_at_once(self, client_of):
        client = client_of(Config(limits=LimitsConfig(event_streams=1)))
        with client.get("/inbox/events", buffered=False) as open:
            next(iter(open.response))
            refused = client.get("/inbox/events")
            assert refused.status_code == 429
            assert refused.headers["Retry-After"] == "30"
        with client.get("/inbox/events", buffered=False) as again:
            assert again.status_code == 200

    def test_a_comment_now_and_then_and_an_end(self, monkeypatch, room):
        monkeypatch.setattr(inbox_events, "LOOK_EVERY", 0.01)
        monkeypatch.setattr(inbox_events, "BEAT", 0.02)
        monkeypatch.setattr(inbox_events, "LONGEST", 0.1)
        looks = inbox_events.Looks(room.database, "local", "local", stories.StoryFilter(), None, NOW)
        told = list(inbox_events.told(looks, lambda: False))
        assert sum(part.startswith("event: news") for part in told) == 1
        assert ": nothing new\n\n" in told

    def test_it_ends_when_the_service_does(self, room):
        looks = inbox_events.Looks(room.database, "local", "local", stories.StoryFilter(), None, NOW)
        assert list(inbox_events.told(looks, lambda: True)) == ["retry: 5000\n\n"]


class TestSearch:
    """The search box; what a query means is tested with `models.query`."""

    @pytest.fixture
    def room(self, client):
        room = Newsroom(runtime_of(client.application).services.database, "local")
        room.follow()
        for ar, en, ago in HEADLINES:
            room.story(ar, en, NOW - timedelta(minutes=ago))
        room.index()
        return room

    @pytest.mark.parametrize(
        ("q", "expected"),
        [
            ("title:مفاوضات", [5]),
            ("title:المفاوضات", [5]),
            ("title:station", [2]),
            ("title:(NASA OR desalination)", [2, 4]),
            ("minister", [0, 1, 2, 3, 4, 5]),
            ("minister after:2026-11-27", [0, 1, 2, 3, 4]),
            ("zebra", []),
            ("   ", [0, 1, 2, 3, 4, 5]),
        ],
    )
    def test_finds_stories(self, client, room, q, expected):
        answer = client.get("/inbox", query_string={"q": q})
        assert listed(answer.text) == [room.stories[n] for n in expected]
        assert Page(answer.text).all("input", name="q")[0]["value"] == q.strip()

    def test_goes_with_the_other_filters(self, client, room):
        client.post(f"/stories/{room.stories[2]}/marks", data={"do": "star"})
        assert listed(client.get("/inbox?q=minister&show=starred").text) == [room.stories[2]]
        assert listed(client.get("/inbox?q=minister&folder=Agencies").text) == []

    def test_shows_what_was_hit(self, client, room):
        page = client.get("/inbox", query_string={"q": "title:محطة OR station"}).text
        assert '<mark class="hit">محطة</mark>' in page
        assert '<mark class="hit">station</mark>' in page

    def test_says_what_is_wrong_with_it(self, client, room):
        page = Page(client.get("/inbox", query_string={"q": "title:"}).text)
        assert "can't be read" in page.texts["wrong-query"]
        assert page.all("input", name="q", **{"aria-invalid": "true", "aria-describedby": "wrong-query"})
        assert not page.all("ol", id="stories")

    def test_the_neighbours_of_a_story_are_those_found(self, client, room):
        page = client.get(
            f"/stories/{room.stories[2]}", query_string={"q": "title:(NASA OR desalination)"}
        ).text
        rels = {a["rel"]: a["href"] for a in Page(page).all("a") if a.get("rel") in ("prev", "next")}
        assert set(rels) == {"next"}
        assert rels["next"].startswith(f"/stories/{room.stories[4]}?q=")

    def test_news_are_those_that_fit(self, client, room):
        events = TestEvents()
        since = events.since(client)
        room.story("خبر عن الحمار", "News of a donkey", datetime.now(UTC) + timedelta(minutes=1))
        room.index()
        assert events.news(client, f"?{since}&q=donkey")["new"] == 1
        assert events.news(client, f"?{since}&q=zebra")["new"] == 0
        assert events.news(client, f"?{since}&q=title:")["new"] == 1, "what can't be read narrows nothing"
