"""Stories in the store, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from service.store import feeds, stories, story_changes
from service.store.database import Database
from service.store.stories import Mark, NotSplit, Story, StoryFilter
from service.store.story_tables import ApartRow, PlacementRow, StoryRow
from tests.service.store.rows import NOW
from tests.service.store.story_rows import HOUR, feed, story

LATER = NOW + timedelta(days=1)


def listed(database: Database, limit: int = 50, after: str | None = None, **wanted: object) -> list[str]:
    with database.read() as session:
        found = stories.page(session, "o", StoryFilter(**wanted), limit, after)  # type: ignore[arg-type]
    return [s.id for s in found]


def got(database: Database, id: str = "sto_a") -> Story:
    with database.read() as session:
        found = stories.get(session, "o", id)
    assert found is not None
    return found


def test_only_the_owner_sees_a_story(database: Database) -> None:
    story(database, [feed(database, "a")])
    with database.read() as session:
        assert stories.get(session, "o", "sto_a") is not None
        assert stories.get(session, "p", "sto_a") is None
        assert stories.page(session, "p", StoryFilter(), 9) == []
        assert stories.updated_since(session, "p", NOW - HOUR) == []
        assert stories.top(session, "p", NOW - HOUR, NOW + HOUR, 9) == []


def test_the_latest_come_first_and_pages_go_on(database: Database) -> None:
    a = feed(database, "a")
    for n, id in enumerate(("sto_1", "sto_3", "sto_2")):
        story(database, [a], id, published=NOW + (n // 2) * HOUR)
    assert listed(database) == ["sto_2", "sto_3", "sto_1"]
    first = listed(database, limit=1)
    with database.read() as session:
        [one] = stories.page(session, "o", StoryFilter(), 1)
    assert first + listed(database, after=stories.cursor(one)) == ["sto_2", "sto_3", "sto_1"]
    with pytest.raises(ValueError, match="isoformat"):
        listed(database, after="x")


def test_filters(database: Database) -> None:
    a, b = feed(database, "a", folder="war"), feed(database, "b", folder="sport")
    story(database, [a, b], "sto_both")
    story(database, [b], "sto_b", published=NOW + 5 * HOUR)
    assert listed(database, folder="war") == ["sto_both"]
    assert listed(database, folder="sport") == ["sto_b", "sto_both"]
    assert listed(database, feed_id=a) == ["sto_both"]
    assert listed(database, since=NOW + 2 * HOUR) == ["sto_b"]
    assert listed(database, until=NOW + 2 * HOUR) == ["sto_both"]
    assert listed(database, until=NOW + HOUR) == []


def test_marks(database: Database) -> None:
    a = feed(database, "a")
    story(database, [a], "sto_a")
    story(database, [a], "sto_b", published=NOW + HOUR)
    with database.write() as session:
        stories.mark_read(session, "me", "sto_a", 1)
        stories.star(session, "me", "sto_b", NOW)
        stories.star(session, "me", "sto_b", LATER)
    assert listed(database, reader="me", unread=True) == ["sto_b"]
    assert listed(database, reader="me", starred=True) == ["sto_b"]
    assert listed(database, reader="you", unread=True) == ["sto_b", "sto_a"]
    assert listed(database, reader="you", starred=True) == []
    with database.write() as session:
        found = stories.page(session, "o", StoryFilter(), 9)
        assert stories.marks(session, "me", found) == {
            "sto_a": Mark(unread=False),
            "sto_b": Mark(starred=LATER),
        }
        story_changes.recount(session, ["sto_a"], LATER)  # something came to it
    assert listed(database, reader="me", unread=True) == ["sto_b", "sto_a"]
    with database.write() as session:
        stories.mark_read(session, "me", "sto_a", 2)
        stories.mark_unread(session, "me", "sto_a")
        stories.star(session, "me", "sto_b", None)
    assert listed(database, reader="me", unread=True) == ["sto_b", "sto_a"]
    assert listed(database, reader="me", starred=True) == []


def test_the_timeline(database: Database) -> None:
    a, b = feed(database, "a"), feed(database, "b")
    ids = story(database, [b, a])
    with database.read() as session:
        found = stories.members(session, "sto_a")
        assert stories.of_entries(session, [*ids, "ent_x"]) == dict.fromkeys(ids, "sto_a")
    assert [(m.entry.id, m.feed_title, m.kind, m.by_hand) for m in found] == [
        (ids[0], "b", "first", False),
        (ids[1], "a", "copy", False),
    ]


def test_top_stories_of_a_period(database: Database) -> None:
    a, b = feed(database, "a", folder="war"), feed(database, "b")
    story(database, [a, a, a], "sto_many")
    story(database, [a, b], "sto_sources")
    story(database, [a, b], "sto_old", published=NOW - 3 * HOUR)
    story(database, [b, b], "sto_shrank", published=NOW - HOUR)
    story(database, [b], "sto_one")
    with database.read() as session:
        found = stories.top(session, "o", NOW, NOW + 4 * HOUR, 9)
        assert [(r.story.id, r.entries, r.sources, r.growth) for r in found] == [
            ("sto_sources", 2, 2, 2),
            ("sto_many", 3, 1, 3),
            ("sto_one", 1, 1, 1),
            ("sto_shrank", 1, 1, 0),
        ]
        assert [r.story.id for r in stories.top(session, "o", NOW, NOW + 4 * HOUR, 1)] == ["sto_sources"]
        folder = stories.top(session, "o", NOW, NOW + 4 * HOUR, 9, folder="war")
        assert [(r.story.id, r.entries) for r in folder] == [("sto_many", 3), ("sto_sources", 1)]


def test_what_changed_since(database: Database) -> None:
    a = feed(database, "a")
    story(database, [a], "sto_b", now=NOW)
    story(database, [a], "sto_a", now=NOW + HOUR)
    with database.read() as session:
        assert stories.updated_since(session, "o", NOW - HOUR) == ["sto_b", "sto_a"]
        assert stories.updated_since(session, "o", NOW) == ["sto_a"]


def test_two_stories_become_one(database: Database) -> None:
    a, b, c = feed(database, "a"), feed(database, "b"), feed(database, "c")
    story(database, [a], "sto_a", published=NOW + HOUR)
    moved = story(database, [b], "sto_b")
    story(database, [c], "sto_c")
    with database.write() as session:
        stories.star(session, "me", "sto_b", NOW)
        session.add(ApartRow(one="sto_b", other="sto_c"))
        session.flush()
        assert stories.merge(session, "o", "sto_a", "sto_b", LATER)
    found = got(database)
    assert (found.entries, found.sources, found.revision, found.updated) == (2, 2, 2, LATER)
    assert (found.first_entry_id, found.first_published) == (moved[0], NOW)
    assert found.title == "sto_b 0"
    with database.read() as session:
        assert stories.get(session, "o", "sto_b") is None
        assert session.execute(select(ApartRow.one, ApartRow.other)).all() == [("sto_a", "sto_c")]
        assert session.scalars(select(PlacementRow.entry_id).where(PlacementRow.by_hand)).all() == moved
    assert listed(database, reader="me", starred=True) == ["sto_a"]


@pytest.mark.parametrize(("into", "other"), [("sto_a", "sto_a"), ("sto_a", "sto_x"), ("sto_x", "sto_a"), ("sto_a", "sto_p")])  # fmt: skip
def test_what_cannot_be_merged(database: Database, into: str, other: str) -> None:
    story(database, [feed(database, "a")], "sto_a")
    story(database, [feed(database, "p", owner="p")], "sto_p", owner="p")
    with database.write() as session:
        assert not stories.merge(session, "o", into, other, LATER)
    assert got(database).revision == 1


def test_a_story_becomes_two(database: Database) -> None:
    a, b, c = feed(database, "a"), feed(database, "b"), feed(database, "c")
    ids = story(database, [a, b, c])
    with database.write() as session:
        new = stories.split(session, "o", "sto_a", ids[:1], LATER)
    assert new is not None
    assert (got(database).entries, got(database).title, got(database).revision) == (2, "sto_a 1", 2)
    assert (got(database, new).entries, got(database, new).title) == (1, "sto_a 0")
    with database.write() as session:
        assert session.execute(select(ApartRow.one, ApartRow.other)).all() == [
            (min("sto_a", new), max("sto_a", new))
        ]
        assert stories.split(session, "p", "sto_a", ids[1:2], LATER) is None
        assert stories.split(session, "o", "sto_x", ids[1:2], LATER) is None
        for wrong in ([], ids[:1], [*ids[1:], "ent_x"], ids[1:]):
            with pytest.raises(NotSplit):
                stories.split(session, "o", "sto_a", wrong, LATER)


def test_deleting_a_feed_leaves_right_numbers(database: Database) -> None:
    a, b = feed(database, "a"), feed(database, "b")
    story(database, [a, b], "sto_both")
    story(database, [a], "sto_a")
    with database.write() as session:
        left = story_changes.of_feed(session, a)
        assert sorted(left) == ["sto_a", "sto_both"]
        feeds.delete(session, "o", a)
        session.flush()
        assert story_changes.mend(session, LATER, limit=1) == 1
        assert story_changes.mend(session, LATER) == 1
        assert story_changes.mend(session, LATER) == 0
        assert session.scalars(select(StoryRow.id)).all() == ["sto_both"]
    found = got(database, "sto_both")
    assert (found.entries, found.sources, found.title, found.first_published) == (
        1,
        1,
        "sto_both 1",
        NOW + HOUR,
    )
