"""The page of a story and of a stored article, as the server sends them."""

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from models.document import BilingualSummary, Notice
from models.errors import TooLong
from service.api import render, stored
from service.context import runtime_of
from service.rows import page_view
from service.store import articles, entries, stories
from service.ui.articles import restored
from tests.service.results import PIECES, make
from tests.service.ui.newsroom import HEADLINES, NOW, Newsroom, morning
from tests.service.ui.test_page import Page


@pytest.fixture
def room(client: FlaskClient) -> Newsroom:
    return morning(runtime_of(client.application).services.database)


def unread(room: Newsroom, story: str) -> bool:
    with room.database.read() as session:
        found = stories.get(session, "local", story)
        assert found is not None
        return stories.marks(session, "local", [found])[story].unread


def test_both_titles_and_the_timeline(client, room):
    page = client.get(f"/stories/{room.stories[0]}").text
    assert f'<h1 id="story-title" lang="en" dir="ltr">{HEADLINES[0][1]}</h1>' in page
    assert f'<p class="headline-ar" lang="ar" dir="rtl">{HEADLINES[0][0]}</p>' in page
    moments = re.findall(r'<li class="moment[^"]*" id="(\w+)"', page)
    assert moments == room.entries[room.stories[0]]
    assert "3 articles from 3 sources" in page
    assert re.findall(r"<span>(first report|copy)</span>", page) == ["first report", "copy", "copy"]
    links = [a["href"] for a in Page(page).all("a")]
    assert f"/articles/{room.articles[moments[1]]}" in links
    outside = [a for a in Page(page).all("a") if a["href"].startswith("https://")]
    assert len(outside) == 3
    assert all("noreferrer" in a["rel"] for a in outside)


def test_every_sentence_shows_where_it_comes_from(client, room):
    page = client.get(f"/stories/{room.stories[0]}").text
    second = re.search(r'<li class="brief-line" id="s2">.*?</li>', page, re.DOTALL)[0]
    assert second.count(PIECES[1][1].split()[-1]) == 4, (
        "the sentence, and the segment in each of three articles"
    )
    assert '<span class="cited lit">وقال الوزير: «سنصل إلى كل قرية».</span>' in second
    article = room.articles[room.entries[room.stories[0]][0]]
    assert f'href="/articles/{article}#segment-2"' in second
    first = re.search(r'<li class="brief-line" id="s1">.*?</li>', page, re.DOTALL)[0]
    assert "Numbers differ" in first


def test_of_many_copies_the_first_show_their_words_and_the_others_the_way(client, room):
    story = room.stories[0]
    for number in range(4):
        room.report(story, "نسخة", "A copy", NOW + timedelta(minutes=number))
    page = client.get(f"/stories/{story}").text
    second = re.search(r'<li class="brief-line" id="s2">.*?</div>\s*</li>', page, re.DOTALL)[0]
    assert second.count('class="rest-pair"') == 3
    assert "and 4 more articles" in second
    linked = {a["href"] for a in Page(second).all("a")}
    assert linked == {f"/articles/{room.articles[entry]}#segment-2" for entry in room.entries[story]}


def test_without_its_articles_a_story_still_has_a_page(client, room):
    with room.database.write() as session:
        for id in room.articles.values():
            articles.remove(session, "local", id)
    page = client.get(f"/stories/{room.stories[0]}")
    assert page.status_code == 200
    assert "brief-line" not in page.text
    assert "Read in English" not in page.text


def test_a_link_that_is_no_web_address_is_no_link(client, room):
    from service.store.feed_tables import EntryRow

    with room.database.write() as session:
        session.get_one(EntryRow, room.entries[room.stories[1]][0]).url = "javascript:alert(1)"
    assert "javascript:" not in client.get(f"/stories/{room.stories[1]}").text


def test_opening_marks_as_read_what_is_there_then(client, room):
    story = room.stories[1]
    client.get(f"/stories/{story}")
    assert not unread(room, story)
    room.report(story, "خبر آخر", "More news", NOW, seen=NOW + timedelta(hours=1))
    assert unread(room, story)
    page = client.get(f"/stories/{story}").text
    assert "1 article is new or changed since you read this story." in page
    assert re.findall(r'<li class="moment is-fresh" id="(\w+)"', page) == [room.entries[story][-1]]
    assert "new or changed since" not in client.get(f"/stories/{story}").text


@pytest.mark.parametrize(
    ("method", "headers"),
    [("HEAD", {}), ("GET", {"Sec-Purpose": "prefetch;prerender"}), ("GET", {"Purpose": "prefetch"})],
)
def test_what_nobody_looks_at_stays_unread(client, room, method, headers):
    assert client.open(f"/stories/{room.stories[1]}", method=method, headers=headers).status_code == 200
    assert unread(room, room.stories[1])


def test_a_star_set_on_the_page_leads_back_to_it(client, room):
    page = Page(client.get(f"/stories/{room.stories[1]}?folder=Newspapers").text)
    backs = [field["value"] for field in page.all("input", name="back")]
    assert f"/stories/{room.stories[1]}?folder=Newspapers" in backs
    assert f"/inbox?folder=Newspapers#{room.stories[1]}" in backs


def ways(markup: str) -> dict[str, str]:
    return {a["rel"]: a["href"] for a in Page(markup).all("a") if a.get("rel") in ("prev", "next")}


def test_the_neighbours_are_those_of_the_list(client, room):
    first, second, last = room.stories[0], room.stories[1], room.stories[-1]
    assert ways(client.get(f"/stories/{first}").text) == {"next": f"/stories/{second}"}
    assert set(ways(client.get(f"/stories/{last}").text)) == {"prev"}
    found = ways(client.get(f"/stories/{room.stories[2]}?feed={room.feeds[1]}").text)
    assert found["prev"] == f"/stories/{first}?feed={room.feeds[1]}"
    assert found["next"] == f"/stories/{room.stories[3]}?feed={room.feeds[1]}"


@pytest.mark.parametrize("written", ["{}", "http://localhost/stories/{}?folder=x", " {} "])
def test_merging(client, room, written):
    into, other = room.stories[0], room.stories[1]
    answer = client.post(
        f"/stories/{into}/merge", data={"other": written.format(other), "folder": "Newspapers"}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/stories/{into}?done=merged&folder=Newspapers"
    page = client.get(answer.headers["Location"]).text
    assert "Merged" in page
    assert "4 articles" in page
    assert "placed by hand" in page
    assert page.count("<span>first report</span>") == 1
    old = client.get(f"/stories/{other}?folder=Newspapers")  # as it stands in mails
    assert (old.status_code, old.headers["Location"]) == (308, f"/stories/{into}?folder=Newspapers")


def test_splitting(client, room):
    story = room.stories[0]
    answer = client.post(f"/stories/{story}/split", data={"entry": room.entries[story][1:]})
    new = re.match(r"/stories/(sto_\w+)\?done=split", answer.headers["Location"])[1]
    assert new != story
    page = client.get(answer.headers["Location"]).text
    assert "2 articles from 2 sources" in page
    assert "Split:" in page
    assert "1 article from 1 source" in client.get(f"/stories/{story}").text


@pytest.mark.parametrize(
    ("action", "data", "status", "says"),
    [
        ("merge", {}, 422, "Choose another story"),
        ("merge", {"other": "sto_nothing"}, 422, "Choose another story"),
        ("merge", {"other": "itself"}, 422, "Choose another story"),
        ("split", {}, 422, "Tick some of the articles, but not all"),
        ("split", {"entry": "ent_nothing"}, 422, "Tick some"),
        ("split", {"entry": "all"}, 422, "Tick some"),
    ],
)
def test_regrouping_that_makes_no_sense(client, room, action, data, status, says):
    story = room.stories[0]
    meant = {"itself": story, "all": room.entries[story]}
    data = {name: meant.get(value, value) for name, value in data.items()}
    answer = client.post(f"/stories/{story}/{action}", data=data)
    assert answer.status_code == status
    assert says in answer.text
    assert (
        client.post(f"/stories/sto_nothing/{action}", data={"other": story, "entry": "x"}).status_code == 404
    )
    assert "3 articles" in client.get(f"/stories/{story}").text


@pytest.mark.parametrize("number", [1, 0])
def test_nothing_to_put_right_where_there_is_nothing_else(client, number):
    room = Newsroom(runtime_of(client.application).services.database, "local")
    room.follow()
    story = room.story("خبر", "News")
    assert ("Grouped wrongly" in client.get(f"/stories/{story}").text) is False
    room.story("خبر آخر", "More")
    assert "Grouped wrongly" in client.get(f"/stories/{story}").text


def test_a_story_whose_title_is_not_translated(client, room):
    story = room.story("عنوان بلا ترجمة", None)
    page = client.get(f"/stories/{story}").text
    assert '<h1 id="story-title" lang="ar" dir="rtl">عنوان بلا ترجمة</h1>' in page
    assert "headline-ar" not in page
    assert 'lang="ar" dir="rtl"><span class="dot"' in client.get("/inbox").text


@pytest.mark.parametrize("path", ["/stories/sto_nothing", "/articles/art_nothing"])
def test_what_is_not_there_is_told_on_a_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1" in answer.text
    assert 'aria-label="Sections"' in answer.text


class TestArticle:
    def test_side_by_side_with_flags_and_its_story(self, client, room):
        entry = room.entries[room.stories[0]][0]
        page = Page(client.get(f"/articles/{room.articles[entry]}").text)
        for number, (arabic, english, *_) in enumerate(PIECES, 1):
            assert english.split()[0] in page.texts[f"segment-{number}"]
            assert arabic.split()[-1] in page.texts[f"segment-{number}"]
        assert page.all("mark")
        assert "source-2-1" in page.ids()
        assert f"/stories/{room.stories[0]}" in [a["href"] for a in page.all("a")]
        assert not page.all("form"), "nothing here is translated again"

    def test_of_an_excerpt_the_rest_can_be_had(self, client, room):
        only = Notice("summary_only", "Only the title and the sentences of the summary were translated.")
        entry = room.report(
            room.stories[0], "خبر", "News", NOW, result=replace(make(), warnings=(only,))
        )  # fmt: skip
        page = Page(client.get(f"/articles/{room.articles[entry]}").text)
        [form] = page.all("form")
        answer = client.post(form["action"], headers={"Origin": "http://localhost"})
        assert answer.status_code == 303
        assert answer.location.startswith("/articles/art_")
        assert answer.location != f"/articles/{room.articles[entry]}"
        after = Page(client.get(answer.location).text)
        assert after.texts["result-title"].startswith("EN:خ")  # then the flag that the fake has there
        assert not after.all("form"), "all of it is there"

    def test_what_takes_long_is_looked_at_later(self, client, room, monkeypatch):
        monkeypatch.setattr("service.ui.articles.PATIENCE", 0.0)
        entry = room.entries[room.stories[0]][0]
        answer = client.post(f"/entries/{entry}/whole", headers={"Origin": "http://localhost"})
        assert answer.location == f"/stories/{room.stories[0]}?done=whole"
        assert "is being translated" in client.get(answer.location).text

    def test_nobody_waits_where_many_wait(self, client, room):
        """Each holds a thread of the server, and no work slot."""
        runtime_of(client.application).services.joining._free = threading.Semaphore(0)
        entry = room.entries[room.stories[0]][0]
        answer = client.post(f"/entries/{entry}/whole", headers={"Origin": "http://localhost"})
        assert answer.location == f"/stories/{room.stories[0]}?done=whole"

    def test_a_title_alone_has_a_button_in_the_story(self, client, room):
        [entry, *_] = room.entries[room.stories[0]]
        at = f"/entries/{entry}/whole"
        story = f"/stories/{room.stories[0]}"
        assert at not in [form.get("action") for form in Page(client.get(story).text).all("form")]
        with room.database.write() as session:
            articles.remove(session, "local", room.articles[entry])
        assert at in [form.get("action") for form in Page(client.get(story).text).all("form")]

    def test_there_may_be_nothing_more(self, client, room):
        with room.database.write() as session:
            arrival = entries.Arrival("title", None, "خبر", "", None, NOW)
            [entry] = entries.take_in(session, room.feeds[0], "local", [arrival], NOW)
        answer = client.post(f"/entries/{entry.id}/whole", headers={"Origin": "http://localhost"})
        assert (answer.status_code, "done=nothing-whole" in answer.location) == (303, True)

    def test_what_fails_is_told(self, client, room):
        runtime_of(client.application).pipeline.error = TooLong("It is too long.")
        entry = room.entries[room.stories[0]][0]
        answer = client.post(f"/entries/{entry}/whole", headers={"Origin": "http://localhost"})
        assert (answer.status_code, "It is too long." in answer.text) == (422, True)

    @pytest.mark.parametrize("result", [make(), make(title=False), make(flagged=False, sentences=False)])
    def test_what_was_stored_is_shown_as_it_was_made(self, result: BilingualSummary):
        kept = stored.content(render.summary(result, "starter"))
        again = restored(kept)
        assert page_view(again) == page_view(result)
        assert (again.article, again.title, again.english_spans) == (
            result.article,
            result.title,
            result.english_spans,
        )
