"""What the job of an entry does, in the cases that need no server of feeds."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.errors import TooLong
from models.pipeline import SummaryOptions
from service.ingest import feeds as reading
from service.monitor import polling, work
from service.monitor.arrivals import Arrived, arrived
from service.monitor.polling import Look
from service.monitor.schedule import Wishes
from service.store import articles, entries, feeds, jobs
from service.store.entries import Entry
from service.store.feeds import Policy
from tests.service.fakes import FakePipeline
from tests.service.monitor.feed_server import item, rss
from tests.service.monitor.following import Following, following, wait_for

TEXT = "أعلنت وزارة الصحة اليوم أن حملة التطعيم ستبدأ في جميع المحافظات مطلع الشهر المقبل. " * 6
LONG = "ن" * work.STUB


@pytest.mark.parametrize(
    ("text", "stub"),
    [
        (LONG, False),
        (LONG[1:], True),
        ("", True),
        (f"{LONG}…", True),
        (f"{LONG}...", True),
        (f"{LONG} […]", True),
        (f"{LONG} [...]", True),
        (f"{LONG} اقرأ المزيد", True),
        (f"{LONG} إقرأ المزيد »", True),
        (f"{LONG} لقراءة المزيد...", True),
        (f"{LONG} Read more", True),
        (f"{LONG} قال إنه يريد المزيد من الوقت.", False),
        (f"… {LONG}", False),
    ],
)
def test_what_is_a_stub(text: str, stub: bool) -> None:
    assert work.is_stub(text) is stub


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def service(pipeline: FakePipeline) -> Iterator[Following]:
    with following((), pipeline) as running:
        yield running


def bring(service: Following, *items: str, policy: Policy | None = None) -> str:
    """As a look does it; answers the feed's id."""
    found = reading.parse(rss(*items), "http://127.0.0.1/")
    now = datetime.now(UTC)
    with service.runtime.services.database.write() as session:
        feed, _ = feeds.add(session, "local", "http://127.0.0.1/", now, policy=policy or Policy())
        polling.record(session, feed, Look(feed.url, found), now, random.Random(1))
    service.runtime.services.executor.notify()
    return feed.id


def kept(service: Following, feed_id: str) -> Entry:
    with service.runtime.services.database.read() as session:
        [entry] = entries.page(session, "local", entries.Filter(feed_id), 10)
    return entry


def test_a_failure_is_told(service: Following, pipeline: FakePipeline) -> None:
    pipeline.error = TooLong("600,000 characters are over the limit of 500,000.")
    [entry] = service.entries(bring(service, item(1, "خبر", TEXT)))
    assert (entry["state"], entry["article_id"]) == ("failed", None)
    assert "over the limit" in entry["remark"]


def test_an_entry_that_changes_at_work_is_translated_as_it_is_then(
    service: Following, pipeline: FakePipeline
) -> None:
    pipeline.gate = threading.Event()
    feed_id = bring(service, item(1, "قديم", TEXT))
    assert pipeline.entered.acquire(timeout=10)
    bring(service, item(1, "جديد", TEXT))
    pipeline.gate.set()
    [entry] = service.entries(feed_id)
    assert (entry["title"], entry["revision"]) == ({"ar": "جديد", "en": "EN:جديد"}, 2)
    with service.runtime.services.database.read() as session:
        assert [a.title for a in articles.newest(session, "local", 10)] == ["جديد"]


def test_a_feed_that_is_deleted_at_work(service: Following, pipeline: FakePipeline) -> None:
    pipeline.gate = threading.Event()
    feed_id = bring(service, item(1, "خبر", TEXT))
    assert pipeline.entered.acquire(timeout=10)
    assert service.client.delete(f"/v1/feeds/{feed_id}").status_code == 204
    pipeline.gate.set()
    wait_for(lambda: not service.get("/v1/jobs?state=running&kind=entry")["items"], "the job does not end")
    [job] = service.get("/v1/jobs?kind=entry")["items"]
    assert (job["kind"], job["state"]) == ("entry", "succeeded")
    assert service.get("/v1/articles")["items"] == []


def test_a_cancelled_translation_is_told(service: Following, pipeline: FakePipeline) -> None:
    pipeline.gate = threading.Event()
    first = bring(service, *(item(n, f"خبر {n}", TEXT) for n in range(4)))  # both workers are at work
    for _ in range(2):
        assert pipeline.entered.acquire(timeout=10)
    with service.runtime.services.database.read() as session:
        [last, *_] = jobs.page(session, "local", jobs.Filter("queued"), 10)
    assert service.client.delete(f"/v1/jobs/{last.id}").status_code == 200
    pipeline.gate.set()
    states = sorted(entry["state"] for entry in service.entries(first))
    assert states == ["failed", "translated", "translated", "translated"]


def test_nobody_is_charged_for_feeds(service: Following) -> None:
    service.entries(bring(service, item(1, "خبر", TEXT)))
    assert service.get("/v1/usage")["used"] == 0


def test_everything_is_in_the_bulk_lane(service: Following, pipeline: FakePipeline) -> None:
    service.entries(bring(service, item(1, "خبر", TEXT)))
    assert pipeline.options.translate.lane == "bulk"  # type: ignore[attr-defined]


def test_the_same_text_in_two_feeds_is_one_article(service: Following) -> None:
    entry = item(1, "خبر", TEXT, "Sat, 21 Nov 2026 10:00:00 +0300", "http://127.0.0.1/1")
    one = bring(service, entry)
    service.entries(one)
    now = datetime.now(UTC)
    with service.runtime.services.database.write() as session:
        feed, _ = feeds.add(session, "local", "http://127.0.0.2/", now)
        found = reading.parse(rss(entry), "http://127.0.0.2/")
        polling.record(session, feed, Look(feed.url, found), now, random.Random(1))
    service.entries(feed.id)
    assert kept(service, one).article_id == kept(service, feed.id).article_id is not None


def bring_to(service: Following, host: str, *items: str, **policy: Any) -> str:
    """To a feed of its own."""
    now = datetime.now(UTC)
    with service.runtime.services.database.write() as session:
        feed, _ = feeds.add(session, "local", f"http://{host}/", now, policy=Policy(**policy))
        found = reading.parse(rss(*items), f"http://{host}/")
        polling.record(session, feed, Look(feed.url, found), now, random.Random(1))
    service.runtime.services.executor.notify()
    return feed.id


COPY = TEXT.replace("أعلنت", "أَعْلَنَتْ").replace("الصحة", "الصحـــة").replace(" في ", "  في\n")


@pytest.mark.parametrize(
    ("text", "title", "policy", "calls"),
    [
        (TEXT, "خبر", {}, 0),
        (COPY, "خبــر", {}, 0),
        (COPY, "عنوان آخر", {}, 1),  # of the headline alone
        (TEXT + "تصحيح.", "خبر", {}, 1),
        (TEXT, "خبر", {"sentences": 5}, 1),
        (TEXT, "خبر", {"depth": "article"}, 1),
    ],
)
def test_a_copy_is_not_translated_again(
    service: Following, pipeline: FakePipeline, text: str, title: str, policy: dict[str, Any], calls: int
) -> None:
    one = bring_to(service, "127.0.0.1", item(1, "خبر", TEXT, link="http://127.0.0.1/1"))
    service.entries(one)
    while pipeline.entered.acquire(blocking=False):
        pass
    two = bring_to(service, "127.0.0.2", item("a", title, text, link="http://127.0.0.2/a"), **policy)
    [shown] = service.entries(two)
    assert sum(pipeline.entered.acquire(blocking=False) for _ in range(5)) == calls
    first, second = kept(service, one), kept(service, two)
    same = not policy and text in (TEXT, COPY)
    assert (first.article_id == second.article_id) is same
    assert (second.state, second.url, second.title) == ("translated", "http://127.0.0.2/a", title)
    assert shown["summary"][0].startswith("EN:أعلنت")
    assert second.title_en == ("EN:خبر" if calls == 0 else f"EN:{title}")


def test_the_flags_of_the_headline_count(service: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake has one flag for a headline with its article, another for one that is translated alone."""
    seen: list[Arrived] = []

    def told(session: Session, found: Arrived, now: datetime) -> None:
        seen.append(found)
        arrived(session, found, now)

    monkeypatch.setattr(work, "arrived", told)
    for host, title in (("127.0.0.1", "خبر"), ("127.0.0.2", "خبر"), ("127.0.0.3", "عنوان آخر")):
        service.entries(bring_to(service, host, item(host, title, TEXT, link=f"http://{host}/1")))
    assert [Counter(found.flag_codes)["name_lost"] for found in seen] == [1, 1, 0]
    assert len({found.flags for found in seen}) == 1
    assert len({found.checked.segments for found in seen}) == 1


def test_the_copy_of_an_article_that_was_deleted_is_translated(service: Following) -> None:
    one = kept(service, bring_and_wait(service, "127.0.0.1"))
    assert service.client.delete(f"/v1/articles/{one.article_id}").status_code == 204
    two = kept(service, bring_and_wait(service, "127.0.0.2"))
    assert two.article_id not in (None, one.article_id)
    assert kept(service, one.feed_id).article_id is None


def test_copies_that_are_translated_at_the_same_time_share_an_article(
    service: Following, pipeline: FakePipeline
) -> None:
    pipeline.gate = threading.Event()
    both = [
        bring_to(service, host, item(host, "خبر", TEXT, link=f"http://{host}/1"))
        for host in ("127.0.0.1", "127.0.0.2")
    ]
    for _ in both:
        assert pipeline.entered.acquire(timeout=10)
    pipeline.gate.set()
    for feed_id in both:
        service.entries(feed_id)
    assert len({kept(service, feed_id).article_id for feed_id in both}) == 1
    assert len(service.get("/v1/articles")["items"]) == 1


def bring_and_wait(service: Following, host: str) -> str:
    feed_id = bring_to(service, host, item(1, "خبر", TEXT))
    service.entries(feed_id)
    return feed_id


@pytest.mark.parametrize(("depth", "whole"), [("summary", False), ("article", True)])
def test_only_the_summary_is_translated_unless_more_is_wanted(
    service: Following, pipeline: FakePipeline, depth: str, whole: bool
) -> None:
    feed_id = bring_to(service, "127.0.0.1", item(1, "خبر", TEXT), depth=depth)
    service.entries(feed_id)
    assert pipeline.options.whole is whole  # type: ignore[attr-defined]


def test_wishes_are_kept() -> None:
    found = reading.parse(
        rss(more="<ttl>90</ttl><skipHours><hour>3</hour><hour>4</hour></skipHours>"
                 "<skipDays><day>Friday</day></skipDays>"),
        "http://127.0.0.1/",
    )  # fmt: skip
    wishes = polling._wishes(found)
    assert wishes == Wishes.of(wishes.to_json())
    assert (wishes.skip_hours, wishes.skip_days) == ({3, 4}, {"friday"})
    assert Wishes.of({}) == Wishes()


class TestAllOfAnEntry:
    """What is ordered with POST /v1/entries/…/translation."""

    def asked(self, service: Following, entry_id: str) -> dict[str, Any]:
        """Asks for all of an entry; answers the job when it has ended."""
        answer = service.client.post(f"/v1/entries/{entry_id}/translation")
        assert answer.status_code == 202, answer.text
        at = answer.headers["Location"]
        wait_for(lambda: service.get(at)["state"] in jobs.ENDED, "the job does not end")
        job: dict[str, Any] = service.get(at)
        return job

    def last_options(self, pipeline: FakePipeline) -> SummaryOptions:
        assert isinstance(pipeline.options, SummaryOptions)
        return pipeline.options

    def test_takes_the_place_of_its_summary(self, service: Following, pipeline: FakePipeline) -> None:
        feed_id = bring(service, item(1, "خبر", TEXT))
        [before] = service.entries(feed_id)
        options = self.last_options(pipeline)
        assert (options.whole, options.translate.lane) == (False, "bulk")
        [story] = service.get("/v1/stories")["items"]

        assert self.asked(service, before["id"])["state"] == "succeeded"

        [after] = service.entries(feed_id)
        options = self.last_options(pipeline)
        assert (options.whole, options.translate.lane) == (True, "interactive")
        assert after["article_id"] not in (None, before["article_id"])
        assert {**after, "article_id": None} == {**before, "article_id": None}
        [same] = service.get("/v1/stories")["items"]
        assert (same["id"], same["entries"]) == (story["id"], 1)

    @pytest.mark.parametrize("state", ["translated", "skipped"])
    def test_where_there_was_only_a_title(self, service: Following, state: str) -> None:
        feed_id = bring(service, item(1, "خبر", TEXT), policy=Policy(depth="title"))
        [entry] = service.entries(feed_id)
        assert entry["article_id"] is None
        if state == "skipped":  # as those that were old when the feed was first looked at
            before = kept(service, feed_id)
            with service.runtime.services.database.write() as session:
                entries.finish(session, before.id, before.digest, entries.Outcome(state, remark="older"))
        assert self.asked(service, entry["id"])["state"] == "succeeded"
        [entry] = service.entries(feed_id)
        assert (entry["state"], entry["remark"]) == ("translated", None)
        assert service.get(f"/v1/articles/{entry['article_id']}")["title"]["en"] == "EN:خبر"

    def test_a_failure_leaves_the_entry_as_it_was(self, service: Following, pipeline: FakePipeline) -> None:
        feed_id = bring(service, item(1, "خبر", TEXT))
        before = service.entries(feed_id)
        pipeline.error = TooLong("600,000 characters are over the limit of 500,000.")
        job = self.asked(service, before[0]["id"])
        assert (job["state"], job["problem"]["status"]) == ("failed", 422)
        assert service.entries(feed_id) == before

    def test_what_the_feed_ordered_does_not_come_after_it(
        self, service: Following, pipeline: FakePipeline
    ) -> None:
        pipeline.gate = threading.Event()
        feed_id = bring(service, *(item(n, f"خبر {n}", f"{n} {TEXT}") for n in range(6)))
        for _ in range(2):  # both workers are at work, the other entries wait
            assert pipeline.entered.acquire(timeout=10)
        with service.runtime.services.database.read() as session:
            [job, *_] = jobs.page(session, "local", jobs.Filter("queued"), 10)
        answer = service.client.post(f"/v1/entries/{job.request['entry_id']}/translation")
        pipeline.gate.set()
        service.entries(feed_id)
        whole = answer.headers["Location"]
        for at in (whole, f"/v1/jobs/{job.id}"):
            wait_for(lambda at=at: service.get(at)["state"] == "succeeded", "a job does not end")
        assert service.get(f"/v1/jobs/{job.id}/result") == {"entry": "translated meanwhile"}

    @pytest.mark.parametrize("depth", ["summary", "title"])
    def test_nor_what_was_at_work_already(
        self, service: Following, pipeline: FakePipeline, depth: str
    ) -> None:
        gate = pipeline.gate = threading.Event()
        feed_id = bring(service, item(1, "خبر", TEXT), policy=Policy(depth=depth))
        assert pipeline.entered.acquire(timeout=10)  # the feed's job has its text and is held up
        pipeline.gate = None
        entry = kept(service, feed_id)
        assert self.asked(service, entry.id)["state"] == "succeeded"
        whole = kept(service, feed_id)
        gate.set()
        wait_for(lambda: not service.get("/v1/jobs?state=running&kind=entry")["items"], "a job does not end")
        assert kept(service, feed_id) == whole
        assert whole.article_id is not None

    def test_of_an_entry_that_is_not_there(self, service: Following) -> None:
        assert service.client.post("/v1/entries/ent_nothing/translation").status_code == 404
