"""Of one report watches are told once, whatever its publisher or a reader does with it; on both databases."""

import pytest

from service.monitor import arrivals
from service.store import alerts, entries, stories, watch_overview, watches
from service.store.database import Database
from service.store.entries import Arrival, Outcome
from tests.service.store.rows import NOW
from tests.service.store.story_rows import HOUR, arrived, feed

#: Two sentences, 28 words: one changed word is in three of the 26 shingles.
LOAN = (
    "أعلنت وزارة المالية أن قيمة القرض الجديد من البنك الدولي تبلغ 60 مليون دولار تصرف على ثلاث دفعات. "
    "وقال الوزير إن المال سيذهب إلى مشاريع المياه في الجنوب."
)
CORRECTED = LOAN.replace("60", "65")
MATCH = (
    "فاز فريق الوداد البيضاوي على ضيفه حسنية أكادير بهدفين مقابل هدف ضمن الجولة التاسعة من الدوري المغربي. "
    "وسجل هدفي الوداد المهاجم أيوب الكعبي من القرض."
)


class Newsroom:
    """A watch on a word of all the reports, and their feeds."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.feeds = [feed(database, name) for name in "abcd"]
        with database.write() as session:
            self.watch = watches.add(session, "o", NOW, {"name": "قرض", "query": "القرض"}).id

    def report(self, number: int, title: str, text: str, guid: str = "1") -> tuple[str, str]:
        """An entry of a feed comes in, or comes in changed; its id and its story's."""
        with self.database.write() as session:
            listed = Arrival(guid, None, title, text, None, NOW + number * HOUR)
            [new] = entries.take_in(session, self.feeds[number], "o", [listed], NOW)
            entries.finish(session, new.id, new.digest, Outcome("translated", f"EN:{title}"))
            arrivals.arrived(session, arrived(new), NOW)
            return new.id, stories.of_entries(session, [new.id])[new.id]

    def told(self) -> list[str]:
        """The stories of which the watch was told, as the API lists them."""
        with self.database.read() as session:
            found = alerts.page(session, "o", self.watch, 100)
            known = watch_overview.found(session, "o")
            assert known[self.watch].alerts == len(found) == len(alerts.waiting(session, self.watch, NOW, 9))
        return [alert.story_id for alert in found]

    def split(self, story: str, *entry_ids: str) -> str:
        with self.database.write() as session:
            new = stories.split(session, "o", story, entry_ids, NOW)
        assert new is not None
        return new

    def merge(self, into: str, other: str) -> None:
        with self.database.write() as session:
            assert stories.merge(session, "o", into, other, NOW)


@pytest.fixture
def room(database: Database) -> Newsroom:
    return Newsroom(database)


def test_a_correction_of_a_short_report_stays_in_its_story(room: Newsroom) -> None:
    found = {room.report(n, f"قرض جديد {n}", LOAN)[1] for n in range(4)}
    assert len(found) == 1
    assert room.report(2, "تصحيح: قرض جديد", CORRECTED)[1] in found
    assert room.told() == list(found)
    with room.database.read() as session:
        kinds = [member.kind for member in stories.members(session, *found)]
    assert kinds == ["first", "copy", "correction", "copy"]


def test_a_correction_of_the_first_report_makes_no_corrections_of_its_copies(room: Newsroom) -> None:
    _, story = room.report(0, "قرض جديد", LOAN)
    room.report(1, "البنك الدولي", LOAN)
    assert room.report(0, "تصحيح: قرض جديد", CORRECTED)[1] == story
    with room.database.read() as session:
        assert [member.kind for member in stories.members(session, story)] == ["first", "copy"]
    assert room.told() == [story]


def test_what_is_another_report_now_leaves_its_story(room: Newsroom) -> None:
    _, story = room.report(0, "قرض جديد", LOAN)
    room.report(1, "البنك الدولي", LOAN)
    _, other = room.report(1, "الوداد يفوز", MATCH)
    assert other != story
    assert sorted(room.told()) == sorted([story, other])


def test_a_stub_that_grows_into_another_story_is_not_told_again(room: Newsroom) -> None:
    stub = "أعلنت وزارة المالية عن القرض الجديد وقالت إن التفاصيل ستنشر في وقت لاحق من اليوم."
    _, first = room.report(0, "قرض", LOAN)
    _, alone = room.report(1, "عاجل", stub)
    assert alone != first
    assert room.report(1, "عاجل", f"{LOAN} {stub}")[1] == first
    assert len(room.told()) == 2  # of each before they were one
    with room.database.read() as session:
        assert stories.became(session, "o", alone) == first


def test_merging_and_splitting_again_is_no_news(room: Newsroom) -> None:
    _, loan = room.report(0, "قرض", LOAN)
    moved, match = room.report(1, "الوداد", MATCH)
    assert len(room.told()) == 2
    room.merge(loan, match)
    new = room.split(loan, moved)
    assert room.report(1, "الوداد", f"{MATCH} وانتهت المباراة.") == (moved, new)
    assert len(room.told()) == 2


def test_what_was_split_off_is_no_news_when_it_is_corrected(room: Newsroom) -> None:
    _, story = room.report(0, "قرض", LOAN)
    moved, same = room.report(1, "البنك الدولي", LOAN)
    assert same == story
    new = room.split(story, moved)
    assert room.report(1, "تصحيح", CORRECTED) == (moved, new)
    assert room.told() == [story]
    room.merge(new, story)
    assert room.report(1, "تصحيح آخر", LOAN) == (moved, new)
    assert len(room.told()) == 1
