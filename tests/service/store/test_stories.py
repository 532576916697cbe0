"""Stories in the store, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from models.document import Span
from service.monitor import grouping
from service.store import articles, feeds, placements, stories, story_changes
from service.store.database import Database
from service.store.feed_tables import EntryRow
from service.store.stories import Mark, NotSplit, Story, StoryFilter
from service.store.story_tables import ApartRow, BandRow, PlacementRow, StoryRow
from tests.service.store.rows import CONTENT, NOW
from tests.service.store.story_rows import HOUR, arrived, entry, feed, story

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
    a, b = feed(database, "a", folder="war/near"), feed(database, "b", folder="sport")
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


def test_where_a_merged_story_is_now(database: Database) -> None:
    a, p = feed(database, "a"), feed(database, "p", owner="p")
    for n, id in enumerate(("sto_a", "sto_b", "sto_c")):
        story(database, [a], id, published=NOW + n * HOUR)
    story(database, [p], "sto_p", owner="p")
    with database.write() as session:
        assert stories.merge(session, "o", "sto_b", "sto_a", LATER)
        assert stories.became(session, "o", "sto_a") == "sto_b"
        assert stories.merge(session, "o", "sto_c", "sto_b", LATER)
        assert [stories.became(session, "o", id) for id in ("sto_a", "sto_b")] == ["sto_c", "sto_c"]
        assert [stories.became(session, "o", id) for id in ("sto_c", "sto_x")] == [None, None]
        assert stories.became(session, "p", "sto_a") is None
        feeds.delete(session, "o", a)  # and with it the story
        assert stories.became(session, "o", "sto_a") is None


def test_there_is_one_first_even_before_stories_are_mended(database: Database) -> None:
    a = feed(database, "a")
    made = story(database, [a, a, a])
    with database.write() as session:
        session.execute(update(PlacementRow).values(kind="first"))  # as older versions left them
        assert [m.kind for m in stories.members(session, "sto_a")] == ["first", "related", "related"]
        session.execute(delete(EntryRow).where(EntryRow.id == made[0]))
        assert [m.kind for m in stories.members(session, "sto_a")] == ["first", "related"]


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
        feeds.delete(session, "o", a)
    assert listed(database) == ["sto_both"]
    found = got(database, "sto_both")
    assert (found.entries, found.sources, found.title, found.revision) == (1, 1, "sto_both 1", 2)
    assert found.first_published == NOW + HOUR


def test_stories_are_mended_whose_entries_were_deleted_by_age(database: Database) -> None:
    a = feed(database, "a")
    kept = story(database, [a, a], "sto_some")
    gone = story(database, [a], "sto_none") + story(database, [a], "sto_nothing")
    story(database, [a], "sto_all")
    with database.write() as session:
        session.execute(delete(EntryRow).where(EntryRow.id.in_([kept[0], *gone])))
        assert [story_changes.mend(session, LATER, limit=2) for _ in range(3)] == [2, 1, 0]
        assert set(session.scalars(select(StoryRow.id))) == {"sto_some", "sto_all"}
    found = got(database, "sto_some")
    assert (found.entries, found.title, found.first_entry_id, found.updated) == (
        1,
        "sto_some 1",
        kept[1],
        LATER,
    )


def test_old_entries_are_no_longer_compared(database: Database) -> None:
    a = feed(database, "a")
    with database.write() as session:
        for n in range(3):
            new = entry(session, a, f"عنوان {n}", f"نص الخبر رقم {n} عن أمور أخرى تماما", NOW + n * HOUR)
            grouping.place(session, arrived(new), NOW)
        assert placements.forget(session, NOW + HOUR, limit=1) == 1
        assert placements.forget(session, NOW + HOUR) == 0
        compared = select(PlacementRow.entry_id).where(PlacementRow.sketch.is_not(None))
        left = set(session.scalars(compared))
        assert len(left) == 2
        assert set(session.scalars(select(BandRow.entry_id))) == left
        assert (
            set(session.scalars(select(PlacementRow.entry_id).where(PlacementRow.terms.is_not(None)))) == left
        )


def test_what_was_common_long_ago_fades(database: Database) -> None:
    with database.write() as session:
        for terms in (["war", "peace"], ["war"], ["war"]):
            placements.count_terms(session, "o", terms)
        placements.count_terms(session, "p", ["war"])
        assert placements.fade(session, most=3) == 0
        assert placements.fade(session, most=2) == 3
        assert placements.occurrences(session, "o", ["war", "peace", "x"]) == ({"war": 1}, 1)
        assert placements.occurrences(session, "p", ["war"]) == ({"war": 1}, 1)
        assert placements.fade(session, most=2) == 0


@pytest.mark.parametrize(("method", "ends"), [("extractive", "."), ("abstractive", "")])
def test_a_clause_of_an_excerpt_ends_as_in_its_articles_summary(
    database: Database, method: str, ends: str
) -> None:
    ids = story(database, [feed(database, "a")], "sto_a")
    bare = CONTENT.english.rstrip(".")
    line = {"ar": CONTENT.text, "en": f"{bare}.", "score": 0.5, "flags": [],
            "sources": [{"segment": 0, "start": 0, "end": 33}]}  # fmt: skip
    place = replace(CONTENT.segments[0], en=Span(0, len(bare)))
    excerpt = replace(CONTENT, english=bare, segments=(place,), sentences=[line], method=method)
    with database.write() as session:
        article = articles.add(session, "o", "f", excerpt, NOW)
        session.execute(update(EntryRow).where(EntryRow.id.in_(ids)).values(article_id=article))
        made = stories.summary_of(session, "o", "sto_a")
    assert made is not None
    assert [sentence["en"] for sentence in made["sentences"]] == [bare + ends]


def test_a_summary_is_made_once_for_each_revision(database: Database) -> None:
    a = feed(database, "a")
    ids = story(database, [a, a], "sto_a")
    with database.write() as session:
        article = articles.add(session, "o", "f", CONTENT, NOW)
        session.execute(update(EntryRow).where(EntryRow.id.in_(ids)).values(article_id=article))
        assert stories.summary_of(session, "p", "sto_a") is None
        made = stories.summary_of(session, "o", "sto_a")
    assert made is not None
    [sentence] = made["sentences"]
    assert (sentence["ar"], sentence["en"]) == (CONTENT.text, CONTENT.english)
    place = {"article_id": article, "entry_id": ids[0], "segment": 0, "start": 0, "end": 33}
    assert sentence["sources"] == [place]
    assert (got(database).summary, got(database).summary_revision) == (made, 1)
    with database.write() as session:
        session.execute(update(EntryRow).values(article_id=None))
        assert stories.summary_of(session, "o", "sto_a") == made
        story_changes.recount(session, ["sto_a"], LATER)
        anew = stories.summary_of(session, "o", "sto_a")
    assert anew is not None
    assert anew["sentences"] == []
