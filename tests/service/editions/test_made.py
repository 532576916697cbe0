"""Digests by plan: each once, whoever makes it, whatever the clock does; on both databases."""

import json
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service.editions import digest, made
from service.editions.digest import Content, Wanted
from service.editions.maker import DigestMaker
from service.editions.schedule import next_due
from service.store import digests, mails, webhooks
from service.store.database import Database
from service.store.digests import Digest, Plan
from service.store.period import Period
from service.store.tables import DeliveryRow
from service.store.webhooks import Webhook
from tests.service.editions.news import DAY, HOUR, NAME, NOW, NUMBERS, News

#: 07:00 in Riyadh, at which the plan's digest is due.
DUE = NOW
BASE = "https://mujaz.example.org"


@pytest.fixture
def news(database: Database) -> News:
    return News(database)


def plan(
    database: Database,
    hours: tuple[str, ...] = ("07:00",),
    zone: str = "Asia/Riyadh",
    at: datetime = DUE - DAY,
    emails: tuple[str, ...] = (),
) -> Plan:
    """A plan that was made then."""
    fields = {"name": "Morning", "hours": hours, "zone": zone, "emails": emails}
    with database.write() as session:
        return digests.add_plan(session, "o", at, next_due(hours, ZoneInfo(zone), at), fields)


def kept(database: Database) -> list[Digest]:
    """Oldest first."""
    with database.read() as session:
        return digests.page(session, "o", 1000)[::-1]


def contents(database: Database) -> list[Content]:
    return [digest.from_json(one.content) for one in kept(database)]


def maker(database: Database, now: datetime, told: list[bool] | None = None, may: bool = True) -> DigestMaker:
    def notify() -> None:
        if told is not None:
            told.append(True)

    return DigestMaker(database, BASE, lambda: may, notify, lambda: now)


def run(database: Database, moments: Sequence[datetime]) -> None:
    """Look for what is due at each of these moments."""
    for now in moments:
        maker(database, now).step()


def test_a_digest_has_all_parts(news: News) -> None:
    story = news.story()
    news.report("ahram", story, flags=[NUMBERS])
    news.report("wafa", story)
    news.report("wafa", story, NOW - DAY - HOUR, title="القمح", title_en="Wheat")
    news.report("wafa", None)
    news.fail("silent", NOW - 9 * DAY)
    news.fail("broken", NOW - HOUR)
    wanted = Wanted(Period(NOW - DAY, NOW), zone="Asia/Riyadh")
    digest.prepare(news.database, "o", wanted)
    with news.database.read() as session:
        found = digest.make(session, "o", wanted, NOW)
    assert found.title == "Digest: Saturday 28 November 2026, 07:00"
    assert (found.counts.entries, found.counts.before, found.counts.waiting) == (2, 1, 1)
    [top] = found.top
    assert (top.brief.id, top.brief.headline, top.fresh, top.before) == (story, "Wheat", 2, 1)
    assert [o.title for o in top.brief.origins] == ["wafa", "ahram"]
    assert top.brief.origins[0].site == "https://wafa.example/"
    assert top.brief.author == "ليلى حداد"
    assert top.brief.sentences[0].en.startswith("The minister")
    assert [line.id for line in found.rising] == [story]
    assert [(f.label, f.number) for f in found.flagged[0].flags] == [("Numbers differ", 1)]
    assert [(s.title, s.health) for s in found.silent] == [("silent", "dead"), ("broken", "failing")]
    assert "hidden" not in json.dumps(digest.to_json(found))  # a feed's address may hold a key
    assert digest.from_json(json.loads(json.dumps(digest.to_json(found)))) == found


def test_a_digest_is_made_when_it_is_due(news: News) -> None:
    story = news.story()
    news.report("a", story)
    made_by = plan(news.database)
    told: list[bool] = []
    maker(news.database, DUE - timedelta(seconds=1), told).step()
    assert (kept(news.database), told) == ([], [])
    maker(news.database, DUE, told).step()
    [one] = kept(news.database)
    assert (one.plan_id, one.since, one.until, told) == (made_by.id, DUE - DAY, DUE, [True])
    with news.database.read() as session:
        moved = digests.plan(session, "o", made_by.id)
    assert moved is not None
    assert moved.next_due == DUE + DAY
    maker(news.database, DUE + HOUR, told).step()
    assert len(kept(news.database)) == 1


def test_mail_and_messages_are_written_with_it(news: News) -> None:
    hook = Webhook("whk_a", "o", "https://h.example/", "s", ("digest.made",), NOW)
    with news.database.write() as session:
        webhooks.add(session, hook)
    story = news.story()
    news.report("a", story)
    plan(news.database, emails=("a@example.org", "b@example.org"))
    run(news.database, [DUE, DUE + timedelta(minutes=1)])
    [one] = kept(news.database)
    with news.database.read() as session:
        written = mails.page(session, "o", 9)
        payload = json.loads(session.scalars(select(DeliveryRow.payload)).one())
    assert {mail.recipient for mail in written} == {"a@example.org", "b@example.org"}
    mail = written[0]
    assert mail.subject == "Morning: Saturday 28 November 2026, 07:00"
    assert mail.html is not None
    assert f"{BASE}/digests/{one.id}" in mail.html
    assert f"{BASE}/digests/{one.id}" in mail.text
    assert f"{BASE}/stories/{story}" in mail.html
    assert (payload["event"], payload["data"]["id"]) == ("digest.made", one.id)
    assert payload["data"]["stories"][0]["id"] == story


def test_the_first_digest_covers_a_day(news: News) -> None:
    """Also when the plan is made just before it is due, or long before."""
    for at in (DUE - timedelta(minutes=5), DUE - 23 * HOUR):
        plan(news.database, at=at)
    run(news.database, [DUE])
    assert [one.until - one.since for one in kept(news.database)] == [DAY, DAY]


def test_who_is_not_to_makes_none(news: News) -> None:
    plan(news.database)
    maker(news.database, DUE, may=False).step()
    assert kept(news.database) == []


def test_of_several_processes_one_makes_it(news: News) -> None:
    story = news.story()
    news.report("a", story)
    plan(news.database, emails=("a@example.org",))
    ready = threading.Barrier(4)

    def work(database: Database) -> None:
        ready.wait()
        maker(database, DUE).step()

    others = [Database(news.database.url.render_as_string(hide_password=False)) for _ in range(4)]
    threads = [threading.Thread(target=work, args=(database,)) for database in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in others:
        database.close()
    assert len(kept(news.database)) == 1
    with news.database.read() as session:
        assert len(mails.page(session, "o", 9)) == 1


def test_nothing_is_left_of_one_that_failed(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    made_by = plan(news.database, emails=("a@example.org",))
    other = plan(news.database, ("06:00",))

    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(webhooks, "announce", fail)
    broken = maker(news.database, DUE)
    broken.step()
    with news.database.read() as session:
        assert kept(news.database) == mails.page(session, "o", 9) == []
        assert digests.plan(session, "o", made_by.id) == made_by
    monkeypatch.undo()
    broken.step()  # not at once: it would fail again, and again
    assert kept(news.database) == []
    maker(news.database, DUE).step()
    assert {one.plan_id for one in kept(news.database)} == {made_by.id, other.id}


def test_what_was_missed_comes_in_one_digest(news: News) -> None:
    """Twenty days without a process, three digests a day."""
    plan(news.database, ("07:00", "12:00", "18:00"), at=DUE - 20 * DAY)
    first, last = news.story(), news.story()
    news.report("a", first, DUE - 19 * DAY)
    news.report("a", last, DUE - HOUR)
    run(news.database, [DUE + HOUR, DUE + 2 * HOUR, DUE + 5 * HOUR])
    one, following = contents(news.database)
    assert {top.brief.id for top in one.top} == {first, last}
    assert (one.since, one.until) == (DUE - 21 * DAY + 5 * HOUR, DUE + HOUR)
    assert following.until == DUE + 5 * HOUR
    assert following.since == one.until - made.MARGIN


def test_a_year_without_a_process_is_not_all_covered(news: News) -> None:
    plan(news.database, at=DUE - 365 * DAY)
    run(news.database, [DUE + HOUR])
    [one] = contents(news.database)
    assert one.until - one.since == made.LONGEST


def test_what_was_not_translated_in_time_comes_in_the_next(news: News) -> None:
    plan(news.database)
    late = news.report("a", None, DUE - 2 * HOUR)
    story = news.story()
    news.report("a", story, DUE - 3 * HOUR)
    run(news.database, [DUE])
    with news.database.write() as session:  # now it is
        from service.store.feed_tables import EntryRow

        row = session.get_one(EntryRow, late)
        row.state = "skipped"
    after = news.story()
    news.report("a", after, DUE - 2 * HOUR)
    run(news.database, [DUE + DAY])
    first, second = contents(news.database)
    assert [top.brief.id for top in first.top] == [story]
    assert second.since == DUE - 2 * HOUR
    assert [top.brief.id for top in second.top] == [after]


def test_an_entry_that_waits_for_ever_holds_up_nothing(news: News) -> None:
    plan(news.database, at=DUE - 5 * DAY)
    news.report("a", None, DUE - 4 * DAY)
    run(news.database, [DUE - 3 * DAY + n * HOUR for n in range(96)])
    spans = [one.until - one.since for one in kept(news.database)]
    assert len(spans) == 5 - 1
    assert all(span <= 2 * DAY + made.MARGIN for span in spans)


@pytest.mark.parametrize(
    ("day", "hours", "expected"),
    [
        ((2026, 3, 29), ("02:30",), ["03:30"]),  # skipped: 02:00 becomes 03:00
        ((2026, 3, 29), ("02:30", "03:30"), ["03:30"]),
        ((2026, 10, 25), ("02:30",), ["02:30"]),  # there twice: 03:00 becomes 02:00
        ((2026, 10, 25), ("01:30", "02:30", "03:30"), ["01:30", "02:30", "03:30"]),
    ],
)
def test_a_clock_that_jumps_makes_each_digest_once(
    news: News, day: tuple[int, int, int], hours: tuple[str, ...], expected: list[str]
) -> None:
    """Berlin, looked at every ten minutes round the jump."""
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime(*day, tzinfo=zone).astimezone(UTC)
    plan(news.database, hours, "Europe/Berlin", midnight)
    run(news.database, [midnight + n * timedelta(minutes=10) for n in range(6 * 6)])
    assert [f"{one.until.astimezone(zone):%H:%M}" for one in kept(news.database)] == expected


def test_by_hand_nobody_gets_mail(news: News) -> None:
    story = news.story()
    news.report("a", story, flags=[NAME])
    wanted = Wanted(Period(NOW - DAY, NOW))
    one = made.by_hand(news.database, "o", wanted, NOW)
    assert kept(news.database) == [one]
    with news.database.read() as session:
        assert mails.page(session, "o", 9) == []
        assert digests.page(session, "p", 9) == []


def test_the_thread_makes_what_is_due(news: News) -> None:
    plan(news.database)
    told = threading.Event()
    thread = DigestMaker(news.database, None, lambda: True, told.set, lambda: DUE)
    thread.start()
    assert told.wait(20)
    thread.close()
    assert len(kept(news.database)) == 1
