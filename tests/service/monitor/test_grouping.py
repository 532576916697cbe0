"""Entries find their story, on both databases, also when two processes place at the same moment."""

from datetime import timedelta

from service.monitor import grouping
from service.store import stories
from service.store.database import Database
from tests.models.stories.made_set import reports
from tests.models.stories.measuring import measure
from tests.service.store.rows import NOW
from tests.service.store.story_rows import HOUR, arrived, entry, feed

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
