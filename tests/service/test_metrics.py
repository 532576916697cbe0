"""What Prometheus reads: right numbers, few labels, nobody's name."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.config import LimitsConfig
from service.context import runtime_of
from service.metrics import LOOKS, OTHER, REASONS, Metrics
from service.store import entries, feeds
from tests.service.keyed import Caller, Keyed

LATER = datetime.now(UTC) + timedelta(days=1)
TEXT = "أعلنت وزارة الصحة.\nوقال الوزير."


@pytest.fixture
def keyed() -> Iterator[Keyed]:
    made = Keyed(LimitsConfig(daily_characters=len(TEXT), requests_per_minute=40))
    yield made
    made.close()


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(caller: Caller) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    response = caller.open("/metrics")
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return samples(response.get_data(as_text=True))


def value(found: dict[tuple[str, tuple[tuple[str, str], ...]], float], name: str, **labels: str) -> float:
    return found[(name, tuple(sorted(labels.items())))]


def test_answers_are_counted_by_route_method_and_status(keyed: Keyed) -> None:
    admin = keyed.caller()
    for path in ("/v1/models", "/v1/models", "/nowhere", "/v1/secret-article-42", "/v1/keys/abc"):
        admin.open(path)
    keyed.client.get("/v1/models")
    keyed.client.open("/v1/models", method="BREW")
    found = read(admin)
    requests = "mujaz_requests_total"
    assert value(found, requests, route="/v1/models", method="GET", status="200") == 2
    assert value(found, requests, route="/v1/models", method="GET", status="401") == 1
    assert value(found, requests, route=OTHER, method="GET", status="404") == 2
    assert value(found, requests, route=OTHER, method=OTHER, status="405") == 1
    assert value(found, "mujaz_request_seconds_count", route="/v1/models") == 3


def test_feeds_have_their_numbers(keyed: Keyed) -> None:
    """From the start, with labels that are known beforehand."""
    admin = keyed.caller()
    runtime = runtime_of(keyed.client.application)
    with runtime.services.database.write() as session:
        feed, _ = feeds.add(session, "a", "http://a.invalid/", LATER)
        entries.take_in(session, feed.id, "a", [entries.Arrival("1", None, "ع", "", None, LATER)], LATER)
    runtime.services.metrics.looked("failed")
    found = read(admin)
    assert [value(found, "mujaz_feeds", health=h) for h in ("new", "ok", "failing", "dead", "retired")] == [
        1, 0, 0, 0, 0
    ]  # fmt: skip
    states = ("waiting", "translated", "skipped", "failed")
    assert [value(found, "mujaz_entries", state=s) for s in states] == [1, 0, 0, 0]
    assert [value(found, "mujaz_feed_looks_total", result=r) for r in LOOKS] == [0, 0, 1, 0]
    assert value(found, "mujaz_leads", work="scheduler") in (0, 1)


def test_work_is_counted_once_it_is_done(keyed: Keyed) -> None:
    admin = keyed.caller()
    admin.open("/", "POST", data={"text": TEXT, "length": "1"})
    found = read(admin)
    assert value(found, "mujaz_segments_total") == 2
    assert value(found, "mujaz_source_characters_total") == len(TEXT)
    assert value(found, "mujaz_cached_segments_total") == 0


def test_refusals_and_states(keyed: Keyed) -> None:
    admin, poor = keyed.caller(), keyed.caller()
    for _ in range(2):
        poor.open("/", "POST", data={"text": TEXT, "length": "1"})
    for _ in range(40):
        poor.open("/v1/usage")
    found = read(admin)
    assert value(found, "mujaz_refusals_total", reason="quota") == 1
    assert value(found, "mujaz_refusals_total", reason="rate") == 2
    assert {dict(labels)["state"] for name, labels in found if name == "mujaz_jobs"} >= {"queued", "failed"}
    assert value(found, "mujaz_event_streams") == 0
    assert found[("process_resident_memory_bytes", ())] > 0


def test_nobody_is_named(keyed: Keyed) -> None:
    caller = keyed.caller(name="Salma", team="newsroom")
    caller.open("/", "POST", data={"text": TEXT, "length": "1"}, headers={"X-Forwarded-For": "203.0.113.7"})
    caller.open("/v1/keys/key_private", "DELETE")
    text = caller.open("/metrics").get_data(as_text=True)
    for private in (caller.secret, caller.secret[:10], caller.id, "Salma", "newsroom", "203.0.113.7", "127.0.0.1",
                    "key_private", "وزارة"):  # fmt: skip
        assert private not in text


def test_callers_cannot_make_new_series(keyed: Keyed) -> None:
    admin = keyed.caller()
    before = len(read(admin))
    admin.open("/a-404")
    between = len(read(admin))
    for number in range(30):
        keyed.client.open(f"/a-404/{number}", method=f"M{number}")
    after = len(read(admin))
    assert after - between <= 2  # "other" once, and the status of an unknown method
    assert between - before < 40


def test_only_admins_read_them(keyed: Keyed) -> None:
    assert keyed.client.get("/metrics").status_code == 401
    assert keyed.caller(scopes=["translate"]).open("/metrics").status_code == 403


def test_gauges_are_asked_when_somebody_reads() -> None:
    metrics = Metrics()
    waiting = {"interactive": 3, "bulk": 0}
    metrics.ask("queue_tokens", "Waiting.", "lane", lambda: waiting)
    assert 'mujaz_queue_tokens{lane="interactive"} 3.0' in metrics.text().decode()
    waiting["interactive"] = 8
    assert 'mujaz_queue_tokens{lane="interactive"} 8.0' in metrics.text().decode()


def test_every_metric_is_documented(keyed: Keyed) -> None:
    page = (Path(__file__).parents[2] / "docs" / "keys.md").read_text(encoding="utf-8")
    names = set(
        re.findall(r"^# TYPE (mujaz_\w+)", keyed.caller().open("/metrics").get_data(as_text=True), re.M)
    )
    assert len(names) >= 8
    assert {name for name in names if name not in page} == set()


def test_a_refusal_that_never_happened_is_a_zero() -> None:
    text = Metrics().text().decode()
    for reason in REASONS:
        assert f'mujaz_refusals_total{{reason="{reason}"}} 0.0' in text
    assert "_created" not in text
