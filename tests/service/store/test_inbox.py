"""A reader's list of stories, on both databases."""

from datetime import timedelta

import pytest

from service.store import inbox, stories
from service.store.database import Database
from service.store.inbox import Place
from service.store.stories import StoryFilter
from tests.service.store.rows import NOW
from tests.service.store.story_rows import HOUR, feed, story

READER = "key_a"


@pytest.fixture
def filled(database: Database) -> Database:
    """Three stories: `sto_a` of two feeds, oldest; `sto_b` and `sto_c` of one moment."""
    press, radio = feed(database, "press", folder="Papers"), feed(database, "radio", folder="Air/صوت")
    story(database, [press, radio], "sto_a", published=NOW - 5 * HOUR)
    story(database, [radio], "sto_b")
    story(database, [press], "sto_c")
    story(database, [feed(database, "other", owner="x")], "sto_x", owner="x")
    return database


ALL = StoryFilter()


def ids(database: Database, wanted: StoryFilter = ALL, limit: int = 10, **options) -> list[str]:
    with database.read() as session:
        return [line.story.id for line in inbox.lines(session, "o", READER, wanted, limit, **options)]


def test_newest_first_and_only_the_owners(filled: Database) -> None:
    assert ids(filled) == ["sto_c", "sto_b", "sto_a"]
    assert ids(filled, limit=2) == ["sto_c", "sto_b"]


def test_going_on_both_ways_from_each_story(filled: Database) -> None:
    order = ids(filled)
    for at, id in enumerate(order):
        with filled.read() as session:
            found = stories.get(session, "o", id)
        assert found is not None
        assert ids(filled, beside=Place.of(found)) == order[at + 1 :]
        assert ids(filled, beside=Place.of(found), newer=True) == order[:at][::-1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"folder": "Papers"}, ["sto_c", "sto_a"]),
        ({"folder": "Air"}, ["sto_b", "sto_a"]),
        ({"folder": "Air/صوت"}, ["sto_b", "sto_a"]),
        ({"folder": "Ai"}, []),
        ({"folder": "air"}, []),
        ({"folder": "Nothing"}, []),
        ({"unread": True}, ["sto_c", "sto_a"]),
        ({"starred": True}, ["sto_b", "sto_a"]),
        ({"starred": True, "unread": True, "folder": "Papers"}, ["sto_a"]),
    ],
)
def test_what_is_wanted(filled: Database, wanted: dict, expected: list[str]) -> None:
    with filled.write() as session:
        stories.mark_read(session, READER, "sto_b", 1)
        stories.mark_read(session, "key_other", "sto_c", 1)
        stories.star(session, READER, "sto_b", NOW)
        stories.star(session, READER, "sto_a", NOW)
        stories.star(session, "key_other", "sto_c", NOW)
    assert ids(filled, StoryFilter(reader=READER, **wanted)) == expected


def test_one_feed_and_some_ids(filled: Database) -> None:
    with filled.read() as session:
        shelf = inbox.shelf(session, "o")
    assert shelf.folders == ("Air", "Air/صوت", "Papers")
    assert [(title, folder) for _, title, folder in shelf.feeds] == [
        ("radio", "Air/صوت"),
        ("press", "Papers"),
    ]
    press = shelf.feeds[1][0]
    assert ids(filled, StoryFilter(feed_id=press)) == ["sto_c", "sto_a"]
    assert ids(filled, only=["sto_a", "sto_x", "sto_b"]) == ["sto_b", "sto_a"]


def test_a_story_that_grew_is_unread_again_and_says_by_how_much(filled: Database) -> None:
    with filled.write() as session:
        stories.mark_read(session, READER, "sto_b", 1)
        assert inbox.unread(session, "o", READER) == 2
        assert inbox.unread(session, "o", "key_other") == 3
        assert stories.merge(session, "o", "sto_b", "sto_c", NOW)
    with filled.read() as session:
        line = inbox.line(session, "o", READER, "sto_b")
        assert inbox.unread(session, "o", READER) == 2
        assert inbox.line(session, "x", READER, "sto_b") is None
    assert line is not None
    assert (line.unread, line.fresh, line.story.entries) == (True, 1, 2)


def test_a_story_never_read_has_nothing_to_count(filled: Database) -> None:
    with filled.write() as session:
        stories.mark_read(session, READER, "sto_a", 1)
        stories.mark_unread(session, READER, "sto_a")
        line = inbox.line(session, "o", READER, "sto_a")
    assert line is not None
    assert (line.unread, line.fresh, line.source) == (True, 0, "press")


def test_unread_are_counted_up_to_a_limit(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    with filled.read() as session:
        assert inbox.unread(session, "o", READER) == 2


def test_stories_of_the_same_time_come_nearest_first(filled: Database) -> None:
    with filled.read() as session:
        found = stories.get(session, "o", "sto_a")
        assert found is not None
        assert {s.id for s in inbox.near(session, found, 10)} == {"sto_b", "sto_c"}
        middle = stories.get(session, "o", "sto_b")
        assert middle is not None
        assert [s.id for s in inbox.near(session, middle, 10)] == ["sto_c", "sto_a"]


def test_when_something_changed_last(filled: Database) -> None:
    later = NOW + timedelta(hours=3)
    with filled.write() as session:
        stories.merge(session, "o", "sto_b", "sto_c", later)
        assert inbox.latest_change(session, "o") == later
        assert inbox.latest_change(session, "nobody").year == 1970
