"""Entries find their story, on both databases, also when two processes place at the same moment."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

from service.monitor import grouping
from service.store import stories
from service.store.database import Database
from service.store.stories import StoryFilter
from tests.models.stories.made_set import reports
from tests.models.stories.measuring import measure
from tests.service.store.rows import NOW
from tests.service.store.story_rows import HOUR, arrived, entry, feed

#: Times that two copies arrive at the same moment.
ROUNDS = 6
FIRE = (
    "اندلع حريق كبير في مستودع للأخشاب بمدينة طرابلس شمال لبنان فجر الأحد، وأصيب سبعة عمال بحروق متفاوتة نقلوا إلى "
    "المستشفى الحكومي. وقال قائد فوج الإطفاء العميد سامر الخطيب إن النيران أتت على ثلاثة آلاف متر مربع من المخزن، وإن "
    "عشرين سيارة إطفاء شاركت في إخماد الحريق الذي استمر ست ساعات. ولم تعرف أسباب الحريق بعد، وفتحت الشرطة تحقيقا."
)
MATCH = (
    "فاز فريق الوداد البيضاوي على ضيفه حسنية أكادير بهدفين مقابل هدف في مباراة أقيمت مساء السبت على ملعب محمد "
    "الخامس ضمن الجولة التاسعة من الدوري المغربي لكرة القدم. وسجل هدفي الوداد المهاجم أيوب الكعبي في الدقيقتين "
    "الثانية عشرة والسبعين، ورفع الفريق رصيده إلى إحدى وعشرين نقطة في المركز الأول."
)


def place(database: Database, feed_id: str, title: str, text: str, after: timedelta = timedelta()) -> str:
    with database.write() as session:
        found = entry(session, feed_id, title, text, NOW + after, guid=title)
        return grouping.place(session, arrived(found), NOW)


def test_a_copy_under_another_headline_joins_and_another_event_does_not(database: Database) -> None:
    a, b = feed(database, "a"), feed(database, "b")
    fire = place(database, a, "حريق في طرابلس", FIRE)
    match = place(database, a, "الوداد يتصدر", MATCH)
    copy = place(database, b, "النيران تلتهم مستودعا للأخشاب", FIRE, HOUR)
    assert copy == fire != match
    with database.read() as session:
        kept = stories.get(session, "o", fire)
        assert kept is not None
        assert (kept.entries, kept.sources, kept.revision, kept.title_en) == (2, 2, 2, "EN:حريق في طرابلس")
        assert [m.kind for m in stories.members(session, fire)] == ["first", "copy"]


def test_the_made_set_through_the_store(database: Database) -> None:
    """Candidates are found by their keys alone here; nearly nothing may be missed by that."""
    feeds = [feed(database, f"f{n}") for n in range(7)]
    made = reports()
    found = []
    with database.write() as session:
        for n, report in enumerate(made):
            new = entry(session, feeds[n % 7], report.title, report.text, report.published, guid=str(n))
            found.append(grouping.place(session, arrived(new), NOW))
    measured = measure(made, found)
    assert measured.precision >= 0.98, measured
    assert measured.recall >= 0.95, measured


def standing(database: Database, story_id: str) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(m.entry.title, m.kind) for m in stories.members(session, story_id)]


def ids(database: Database, story_id: str) -> list[str]:
    with database.read() as session:
        return [m.entry.id for m in stories.members(session, story_id)]


def test_a_changed_entry_goes_where_it_belongs_now(database: Database) -> None:
    a, b = feed(database, "a"), feed(database, "b")
    fire = place(database, a, "حريق", FIRE)
    match = place(database, a, "الوداد", MATCH)
    stub = place(database, b, "عاجل", "خبر عاجل يتبع بعد قليل.", HOUR)
    assert stub not in (fire, match)
    assert place(database, b, "عاجل", FIRE, HOUR) == fire
    assert standing(database, fire) == [("حريق", "first"), ("عاجل", "copy")]
    with database.read() as session:
        assert stories.get(session, "o", stub) is None  # nothing is left of it
    corrected = FIRE.replace("سبعة", "تسعة")
    assert place(database, b, "عاجل", corrected, HOUR) == fire
    assert standing(database, fire)[1] == ("عاجل", "correction")
    alone = place(database, b, "عاجل", "نص آخر تماما عن اجتماع لجنة الميزانية في البرلمان.", HOUR)
    assert alone not in (fire, match)
    assert place(database, b, "عاجل", "نص ثالث عن أحوال الطقس في الجبال.", HOUR) == alone


def test_the_first_is_the_earliest_and_the_others_are_told_by_it(database: Database) -> None:
    """Whatever the order in which they come in."""
    feeds = [feed(database, name) for name in "abc"]
    cut = FIRE[: FIRE.index(".") + 1]
    story = place(database, feeds[0], "مقتطع", cut, 2 * HOUR)
    assert place(database, feeds[1], "كامل", FIRE, HOUR) == story
    assert standing(database, story) == [("كامل", "first"), ("مقتطع", "part")]
    assert place(database, feeds[2], "عاجل", cut) == story
    assert standing(database, story) == [("عاجل", "first"), ("كامل", "fuller"), ("مقتطع", "copy")]


def test_of_reports_of_one_moment_the_fullest_is_the_first(database: Database) -> None:
    a, b = feed(database, "a"), feed(database, "b")
    story = place(database, a, "مقتطع", FIRE[: FIRE.index(".") + 1])
    assert place(database, b, "كامل", FIRE) == story
    assert standing(database, story) == [("كامل", "first"), ("مقتطع", "part")]


def test_merging_and_splitting_leave_one_first_each(database: Database) -> None:
    a, b, c = feed(database, "a"), feed(database, "b"), feed(database, "c")
    fire, match = place(database, a, "حريق", FIRE, HOUR), place(database, b, "الوداد", MATCH)
    assert place(database, c, "نيران", FIRE, 2 * HOUR) == fire
    with database.write() as session:
        assert stories.merge(session, "o", fire, match, NOW)
    assert standing(database, fire) == [("الوداد", "first"), ("حريق", "related"), ("نيران", "related")]
    with database.write() as session:
        new = stories.split(session, "o", fire, ids(database, fire)[1:], NOW)
    assert new is not None
    assert standing(database, fire) == [("الوداد", "first")]
    assert standing(database, new) == [("حريق", "first"), ("نيران", "copy")]


def test_what_was_parted_by_hand_stays_apart(database: Database) -> None:
    a, b, c = feed(database, "a"), feed(database, "b"), feed(database, "c")
    fire = place(database, a, "حريق", FIRE)
    assert place(database, b, "نيران", FIRE, HOUR) == fire
    with database.write() as session:
        new = stories.split(session, "o", fire, ids(database, fire)[1:], NOW)
    assert new is not None
    assert place(database, b, "نيران", FIRE + " وانتهى الخبر.", HOUR) == new  # moved by hand
    assert place(database, a, "حريق", FIRE + " وعلق المحافظ.") == fire  # though it is as like the other
    assert place(database, c, "طرابلس", FIRE, 2 * HOUR) in (fire, new)


def test_what_was_merged_by_hand_stays_together(database: Database) -> None:
    a = feed(database, "a")
    fire, match = place(database, a, "حريق", FIRE), place(database, a, "الوداد", MATCH)
    with database.write() as session:
        assert stories.merge(session, "o", fire, match, NOW)
    assert place(database, a, "الوداد", MATCH + " وانتهت المباراة.") == fire
    assert place(database, a, "الوداد يفوز", MATCH, HOUR) == fire


def test_a_story_has_the_title_of_its_page_where_the_feed_has_none(database: Database) -> None:
    a = feed(database, "a")
    with database.write() as session:
        found = entry(session, a, "", FIRE, guid="1")
        item = replace(arrived(found), title="حريق في طرابلس", title_en="Fire in Tripoli")
        story = stories.get(session, "o", grouping.place(session, item, NOW))
    assert story is not None
    assert (story.title, story.title_en) == ("حريق في طرابلس", "Fire in Tripoli")


def test_owners_have_stories_of_their_own(database: Database) -> None:
    mine, theirs = feed(database, "a"), feed(database, "a", owner="p")
    fire = place(database, mine, "حريق", FIRE)
    with database.write() as session:
        found = entry(session, theirs, "حريق", FIRE, owner="p")
        assert grouping.place(session, arrived(found), NOW) != fire


def test_reports_too_far_apart_are_of_two_events(database: Database) -> None:
    a = feed(database, "a")
    assert place(database, a, "حريق", FIRE) != place(database, a, "حريق آخر", FIRE, 49 * HOUR)


def test_an_entry_of_nothing_but_a_title(database: Database) -> None:
    a, b = feed(database, "a"), feed(database, "b")
    title = "اندلاع حريق كبير في مستودع للأخشاب بمدينة طرابلس شمال لبنان وإصابة سبعة عمال بحروق متفاوتة"
    first = place(database, a, title, "")
    assert place(database, b, title, "", HOUR) == first
    assert place(database, b, "", "", HOUR) not in (first, "")


def test_copies_that_arrive_at_the_same_moment_are_one_story(store_url: str) -> None:
    """As two processes would: a database of its own each."""
    databases = [Database(store_url) for _ in range(2)]
    feeds = [feed(databases[0], name) for name in "ab"]
    start, found = threading.Barrier(2), [["", ""] for _ in range(ROUNDS)]

    def work(n: int) -> None:
        for turn in range(ROUNDS):
            text = FIRE.replace("طرابلس", f"المدينة {turn * 1000}").replace("سبعة", f"{turn + 30}")
            start.wait(30)
            with databases[n].write() as session:
                new = entry(session, feeds[n], f"{n} {turn}", text)
                found[turn][n] = grouping.place(session, arrived(new), NOW)
                time.sleep(0.1)  # neither sees the other's work before it is committed

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert all(one == other != "" for one, other in found), found
        assert len({one for one, _ in found}) == ROUNDS
        with databases[0].read() as session:
            kept = stories.page(session, "o", StoryFilter(), 50)
        assert [(s.entries, s.sources) for s in kept] == [(2, 2)] * ROUNDS
    finally:
        for database in databases:
            database.close()
