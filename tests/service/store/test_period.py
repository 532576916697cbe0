"""What came in within a period, on both databases."""

from datetime import timedelta

import pytest

from service.store import period as periods
from service.store.database import Database
from service.store.period import Period, Weight
from tests.service.editions.news import DAY, HOUR, NAME, NOW, NUMBERS, QUOTES, News

TODAY = Period(NOW - DAY, NOW)


@pytest.fixture
def news(database: Database) -> News:
    return News(database)


def weights(news: News, period: Period = TODAY, limit: int = 10, owner: str = "o") -> list[Weight]:
    with news.database.read() as session:
        return periods.weights(session, owner, period, limit)


def test_what_most_feeds_report_comes_first(news: News) -> None:
    wide, deep, small = news.story(), news.story(), news.story()
    for feed in ("a", "b", "c"):
        news.report(feed, wide)
    for _ in range(5):
        news.report("a", deep)
    news.report("a", deep, NOW - DAY - HOUR)
    news.report("b", small)
    assert weights(news) == [Weight(wide, 3, 3, 0), Weight(deep, 5, 1, 1), Weight(small, 1, 1, 0)]
    assert [w.story_id for w in weights(news, limit=1)] == [wide]
    assert weights(news, owner="p") == []


def test_a_period_is_one_of_arrival(news: News) -> None:
    """What is published just before an edition and comes in just after belongs to the next one."""
    story = news.story()
    news.report("a", story, NOW + timedelta(minutes=1), published=NOW - timedelta(minutes=10))
    assert weights(news) == []
    assert weights(news, Period(NOW, NOW + DAY)) == [Weight(story, 1, 1, 0)]


def test_periods_meet_without_a_gap_or_an_overlap(news: News) -> None:
    edge, story = NOW - DAY, news.story()
    news.report("a", story, edge)
    assert weights(news, Period(edge - DAY, edge)) == []
    assert weights(news, Period(edge, NOW)) == [Weight(story, 1, 1, 0)]


def test_what_was_old_when_it_came_in_is_no_news(news: News) -> None:
    old = news.story()
    news.report("new feed", old, NOW - HOUR, published=NOW - 30 * DAY)
    assert weights(news) == []
    with news.database.read() as session:
        assert periods.totals(session, "o", TODAY).entries == 0


@pytest.mark.parametrize(
    ("folder", "count"), [(None, 3), ("world", 2), ("world/asia", 1), ("wor", 0), ("w%", 0), ("World", 0)]
)
def test_folders_hold_those_within_them(news: News, folder: str | None, count: int) -> None:
    news.feed("a", "world")
    news.feed("b", "world/asia")
    story = news.story()
    for feed in ("a", "b", "c"):
        news.report(feed, story)
    assert sum(w.entries for w in weights(news, Period(NOW - DAY, NOW, folder))) == count
    with news.database.read() as session:
        assert periods.totals(session, "o", Period(NOW - DAY, NOW, folder)).entries == count


def test_rising_is_what_was_there_and_grew(news: News) -> None:
    new, grew, shrank, most = (news.story() for _ in range(4))
    for story, before, now in ((new, 0, 9), (grew, 1, 3), (shrank, 3, 2), (most, 2, 6)):
        for _ in range(before):
            news.report("a", story, NOW - DAY - HOUR)
        for _ in range(now):
            news.report("a", story)
    with news.database.read() as session:
        found = periods.rising(session, "o", TODAY, 10)
        assert found == [Weight(most, 6, 1, 2), Weight(grew, 3, 1, 1)]
        assert periods.rising(session, "o", TODAY, 1) == found[:1]


def test_flagged_stories_the_gravest_first(news: News) -> None:
    minor, major, critical, before = (news.story() for _ in range(4))
    news.report("a", minor, flags=[QUOTES])
    for _ in range(3):
        news.report("a", major, flags=[NAME, QUOTES])
    news.report("a", critical, flags=[QUOTES, NUMBERS, NAME])
    news.report("b", critical, flags=[NUMBERS])
    news.report("a", before, NOW - 2 * DAY, flags=[NUMBERS])
    with news.database.read() as session:
        found = periods.flagged(session, "o", TODAY, ("critical", "major"), 10)
        assert periods.flagged(session, "p", TODAY, ("critical", "major"), 10) == []
    assert [f.story_id for f in found] == [critical, major]
    assert found[0].counts == {("number_mismatch", "critical"): 2, ("name_lost", "major"): 1}
    assert found[1].counts == {("name_lost", "major"): 3}
    # The same place in a copy is shown once.
    assert [p.code for p in found[0].places] == ["number_mismatch", "name_lost"]
    assert found[0].places[0].en.startswith("The minister said")
    assert found[0].places[0].ar.startswith("قال الوزير")


def test_totals(news: News) -> None:
    story, other = news.story(), news.story()
    news.report("a", story)
    news.report("b", story)
    news.report("a", other)
    news.report("a", other, NOW - DAY - HOUR)
    first = NOW - 3 * HOUR
    news.report("a", None, NOW - HOUR)
    news.report("a", None, first)
    with news.database.read() as session:
        found = periods.totals(session, "o", TODAY)
    assert (found.entries, found.stories, found.sources, found.before) == (3, 2, 2, 1)
    assert (found.waiting, found.waiting_since) == (2, first)
