"""The dashboard's numbers, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from service.store import entries, feeds, trends
from service.store.database import Database
from service.store.entries import Arrival
from service.store.feeds import Policy
from service.store.trend_tables import WordDayRow
from service.store.trends import Checked, Headline, Rising, Share

NOW = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)
TODAY = NOW.date()
LATER = NOW + timedelta(days=1)


def feed(database: Database, owner: str = "team_a", url: str = "http://a.invalid/", folder: str = "") -> str:
    with database.write() as session:
        return feeds.add(session, owner, url, LATER, policy=Policy(folder))[0].id


def publish(database: Database, feed_id: str, owner: str, times: list[datetime]) -> list[str]:
    arrivals = [Arrival(f"{n}-{t}", None, f"خبر {n}", "نص", None, t) for n, t in enumerate(times)]
    with database.write() as session:
        return [e.id for e in entries.take_in(session, feed_id, owner, arrivals, NOW)]


def translated(
    database: Database, feed_id: str, days_ago: int, title: str, title_en: str, times: int = 1
) -> None:
    when = NOW - timedelta(days=days_ago)
    seconds = len(title)  # another title is another entry
    moments = [when - timedelta(seconds=seconds, microseconds=n) for n in range(times)]
    ids = publish(database, feed_id, "team_a", moments)
    with database.write() as session:
        for id in ids:
            trends.count(session, Headline(id, "team_a", when, title, title_en), Checked(4, 2, 1), NOW)


def test_volumes_by_hour_by_source_and_by_day(database: Database) -> None:
    one, two = feed(database), feed(database, url="http://b.invalid/", folder="مصر")
    other = feed(database, "team_b")
    publish(database, one, "team_a", [NOW, NOW + timedelta(minutes=29), NOW - timedelta(days=1)])
    publish(database, other, "team_b", [NOW])
    with database.read() as session:
        hours = trends.by_hour(session, "team_a", NOW - timedelta(days=7))
        sources = trends.by_source(session, "team_a", NOW - timedelta(days=7))
        days = trends.by_feed_and_day(session, "team_a", NOW - timedelta(days=7))
        recent = trends.by_hour(session, "team_a", NOW - timedelta(hours=2))
    hour = NOW.replace(minute=0)
    assert hours == {hour: 2, hour - timedelta(days=1): 1}
    assert recent == {hour: 2}
    assert [(s.feed_id, s.title, s.folder, s.entries) for s in sources] == [
        (one, "http://a.invalid/", "", 3),
        (two, "http://b.invalid/", "مصر", 0),
    ]
    assert days == {one: {TODAY: 2, TODAY - timedelta(days=1): 1}}


def test_shares_of_what_is_flagged(database: Database) -> None:
    one = feed(database)
    first, second = publish(database, one, "team_a", [NOW, NOW])
    with database.write() as session:
        trends.count(session, Headline(first, "team_a", NOW, "", ""), Checked(10, 3, 1), NOW)
        trends.count(session, Headline(second, "team_a", NOW, "", ""), Checked(5, 1, 0), NOW)
    with database.read() as session:
        assert trends.shares(session, "team_a", TODAY) == [Share(TODAY, 2, 1, 15, 4, 1)]
        assert trends.shares(session, "team_b", TODAY) == []
        assert trends.shares(session, "team_a", TODAY + timedelta(days=1)) == []
    with database.write() as session:
        trends.count(session, Headline(first, "team_a", NOW, "", ""), Checked(11, 0, 0), NOW)
    with database.read() as session:
        assert trends.shares(session, "team_a", TODAY) == [Share(TODAY, 2, 0, 16, 1, 0)], "translated again"


def test_words_that_rise(database: Database) -> None:
    one = feed(database)
    for days_ago in range(7, 35):
        translated(database, one, days_ago, "مجلس الوزراء يجتمع", "Cabinet meets")
    translated(database, one, 10, "زلزال", "Earthquake", times=4)
    translated(database, one, 0, "والزلزال يضرب المدينة", "Earthquake hits the city", times=6)
    translated(database, one, 1, "زِلزال جديد", "New earthquakes", times=4)
    translated(database, one, 2, "مجلس الوزراء يجتمع", "Cabinet meets", times=2)
    translated(database, one, 40, "المدينة", "city", times=50)
    with database.read() as session:
        arabic = trends.rising(session, "team_a", "ar", TODAY, 5)
        english = trends.rising(session, "team_a", "en", TODAY, 5)
        assert trends.rising(session, "team_b", "ar", TODAY, 5) == []
        assert len(trends.rising(session, "team_a", "ar", TODAY, 1)) == 1
    assert arabic[0] == Rising("زلزال", 10, 1.0)
    assert english[0] == Rising("Earthquake", 10, 1.0)
    assert {word.form for word in arabic[1:3]} == {"يضرب", "المدينة"}, (
        "what is new; 40 days ago is too long ago"
    )
    assert "Cabinet" not in {word.form for word in english}


def test_without_a_past_nothing_rises(database: Database) -> None:
    translated(database, feed(database), 0, "زلزال", "Earthquake", times=5)
    with database.read() as session:
        assert trends.rising(session, "team_a", "ar", TODAY, 5) == []


def test_a_headline_counts_once_though_its_entry_is_translated_again(database: Database) -> None:
    [entry] = publish(database, feed(database), "team_a", [NOW])
    for title in ("زلزال", "زلزال قوي"):
        with database.write() as session:
            trends.count(session, Headline(entry, "team_a", NOW, title, title), Checked(1), NOW)
    with database.read() as session:
        assert session.scalar(select(func.sum(WordDayRow.entries))) == 2, "once in each language"


def test_old_words_go(database: Database) -> None:
    one = feed(database)
    translated(database, one, 0, "زلزال", "Earthquake")
    translated(database, one, 90, "فيضان", "Flood")
    translated(database, one, 101, "بركان", "Volcano")

    def days() -> set[date]:
        with database.read() as session:
            return set(session.scalars(select(WordDayRow.day)))

    assert days() == {TODAY, TODAY - timedelta(days=90)}, "what is older is never counted"
    with database.write() as session:
        assert trends.expire(session, TODAY - timedelta(days=30)) == 2
    assert days() == {TODAY}
    with database.write() as session:
        assert trends.expire(session, TODAY - timedelta(days=30)) == 0


@pytest.mark.parametrize("hour", [0, 23])
def test_the_edges_of_a_day_are_utc(database: Database, hour: int) -> None:
    when = datetime(2026, 11, 20, hour, 59, 59, tzinfo=UTC)
    one = feed(database)
    publish(database, one, "team_a", [when.astimezone()])
    with database.read() as session:
        assert trends.by_feed_and_day(session, "team_a", when - timedelta(days=1)) == {one: {when.date(): 1}}
