"""/v1/stories, asked as any caller does."""

from collections.abc import Iterator
from typing import Any

import pytest

from models.document import Span
from service.context import runtime_of
from service.monitor import grouping
from service.store import articles, entries, entry_search
from service.store.articles import StoredSegment
from service.store.entries import Outcome
from tests.service.keyed import Caller, Keyed
from tests.service.store.rows import NOW, content
from tests.service.store.story_rows import HOUR, arrived, entry, feed

LEAD = "اندلع حريق كبير في مستودع للأخشاب بمدينة طرابلس وأصيب سبعة عمال بحروق متفاوتة نقلوا إلى المستشفى."
OTHER = (
    "فاز فريق الوداد البيضاوي على ضيفه حسنية أكادير بهدفين مقابل هدف ضمن الجولة التاسعة من الدوري المغربي."
)


@pytest.fixture(scope="module")
def keyed() -> Iterator[Keyed]:
    service = Keyed()
    yield service
    service.close()


class Desk:
    """A key of a team of its own, with entries that it placed."""

    def __init__(self, keyed: Keyed) -> None:
        self.caller: Caller = keyed.caller()
        self.database = runtime_of(self.caller.client.application).services.database

    def place(self, source: str, title: str, text: str, hours: int = 0) -> tuple[str, str]:
        """An entry with a stored article; its id and its story's."""
        feed_id = feed(self.database, source, self.caller.owner, folder=source)
        with self.database.write() as session:
            owner, when = self.caller.owner, NOW + hours * HOUR
            new = entry(session, feed_id, title, text, when, owner)
            english = f"EN:{text}"
            whole = (StoredSegment(0, Span(0, len(text)), Span(0, len(english)), 0.9, [], None),)
            kept = content(title=title, text=text, english=english, segments=whole, sentences=[])
            article = articles.add(session, owner, title, kept, NOW)
            outcome = Outcome("translated", f"EN:{title}", article)
            assert entries.finish(session, new.id, new.digest, outcome)
            words = entry_search.Item(new.id, owner, feed_id, when, title, f"EN:{title}", text, english)
            entry_search.index(session, words)
            return new.id, grouping.place(session, arrived(new, flags=1), NOW)

    def ask(self, path: str = "", method: str = "GET", **options: Any) -> tuple[int, Any]:
        response = self.caller.open(f"/v1/stories{path}", method, **options)
        return response.status_code, response.get_json()


@pytest.fixture
def desk(keyed: Keyed) -> Desk:
    return Desk(keyed)


def test_a_story_with_its_timeline_and_summary(desk: Desk) -> None:
    first, story = desk.place("a", "حريق", LEAD)
    second, same = desk.place("b", "نيران في طرابلس", LEAD, 1)
    assert same == story
    status, found = desk.ask(f"/{story}")
    assert status == 200
    assert found["title"] == {"ar": "حريق", "en": "EN:حريق"}
    assert (found["entries"], found["sources"], found["flags"], found["revision"]) == (2, 2, 2, 2)
    assert [(e["id"], e["source"], e["kind"], e["by_hand"]) for e in found["timeline"]] == [
        (first, "a", "first", False),
        (second, "b", "copy", False),
    ]
    [sentence] = found["summary"]["sentences"]
    assert (sentence["ar"], sentence["en"]) == (LEAD, f"EN:{LEAD}")
    assert {s["entry_id"] for s in sentence["sources"]} == {first, second}
    assert desk.ask(f"/{story}")[1]["summary"] == found["summary"]


def test_the_list_and_its_filters(desk: Desk) -> None:
    _, fire = desk.place("a", "حريق", LEAD)
    _, match = desk.place("b", "مباراة", OTHER, 2)

    def ids(query: str = "") -> list[str]:
        status, answer = desk.ask(f"?{query}")
        assert status == 200, answer
        return [item["id"] for item in answer["items"]]

    assert ids() == [match, fire]
    assert ids("folder=a") == [fire]
    assert ids("q=مستودع") == ids("q=مستودعات+OR+title:حريق") == [fire]
    assert ids("q=EN") == [match, fire]
    assert ids("q=EN&folder=b") == ids("q=EN+-حريق&unread=true") == [match]
    assert ids("q=مستودع&folder=b") == []
    assert ids("since=2026-03-04T06:00:00Z") == [match]
    assert ids("until=2026-03-04T08:00:00%2B02:00") == [fire]
    _, first = desk.ask("?limit=1")
    _, second = desk.ask("", query_string={"limit": 1, "after": first["next"]})
    assert [i["id"] for i in first["items"] + second["items"]] == [match, fire]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["after=x", "after=2026-01-01T00:00:00~sto", "since=2026-01-01T00:00:00",
                                   "since=0001-01-01T00:00:00%2B14:00", "unread=perhaps", "q=(", "q=..."])  # fmt: skip
def test_what_cannot_be_asked_for(desk: Desk, query: str) -> None:
    status, problem = desk.ask(f"?{query}")
    assert status == 422
    assert problem["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_marks_are_the_keys_own(desk: Desk, keyed: Keyed) -> None:
    _, story = desk.place("a", "حريق", LEAD)
    status, marked = desk.ask(f"/{story}", "PATCH", json={"read": True, "starred": True})
    assert status == 200
    assert (marked["unread"], marked["starred"]) == (False, True)
    assert desk.ask("?unread=true")[1]["items"] == []
    assert len(desk.ask("?starred=true")[1]["items"]) == 1
    desk.place("b", "نيران", LEAD, 1)
    assert desk.ask(f"/{story}")[1]["unread"]
    _, marked = desk.ask(f"/{story}", "PATCH", json={"read": False, "starred": False})
    assert (marked["unread"], marked["starred"]) == (True, False)


def test_putting_right_by_hand(desk: Desk) -> None:
    _, fire = desk.place("a", "حريق", LEAD)
    moved, match = desk.place("b", "مباراة", OTHER, 2)
    status, merged = desk.ask(f"/{fire}/merge", "POST", json={"other": match})
    assert status == 200
    assert (merged["id"], merged["entries"]) == (fire, 2)
    response = desk.caller.open(f"/v1/stories/{match}")
    assert (response.status_code, response.headers["Location"]) == (308, f"/v1/stories/{fire}")
    status, problem = desk.ask(f"/{match}", "PATCH", json={"read": True})
    assert (status, problem["detail"]) == (
        404,
        f"There is no story with this id any more: it was merged into {fire}.",
    )
    assert [member["kind"] for member in desk.ask(f"/{fire}")[1]["timeline"]] == ["first", "related"]
    assert desk.ask(f"/{fire}/merge", "POST", json={"other": fire})[0] == 422
    status, new = desk.ask(f"/{fire}/split", "POST", json={"entries": [moved]})
    assert (status, new["entries"], new["title"]["ar"]) == (201, 1, "مباراة")
    assert desk.ask(f"/{new['id']}")[1]["timeline"][0]["by_hand"]
    status, problem = desk.ask(f"/{new['id']}/split", "POST", json={"entries": [moved]})
    assert (status, problem["errors"][0]["pointer"]) == (422, "/entries")
