"""`mujaz digest` on a store of its own."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.store import digests, migrate
from service.store.database import Database
from tests.service.editions.news import HOUR, News


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> News:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'mujaz.db'}")
    migrate.upgrade(database)
    made = News(database, "local")
    made.report("a", made.story(), datetime.now(UTC) - HOUR, title_en="Wheat prices rise")
    yield made
    database.close()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["digest", *arguments])


@pytest.mark.parametrize(
    ("format", "begins"),
    [("md", "# Digest: "), ("html", "<!doctype html>"), ("txt", "Digest: "), ("json", "{")],
)
def test_a_digest_on_the_screen(news: News, format: str, begins: str) -> None:
    result = call("--format", format)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(begins)
    assert "Wheat prices rise" in result.stdout
    if format == "json":
        assert json.loads(result.stdout)["counts"]["entries"] == 1
    with news.database.read() as session:
        assert digests.page(session, "local", 9) == []


def test_what_it_covers(news: News) -> None:
    assert "Wheat" not in call("--since", "30m").stdout
    assert "Wheat" in call("--since", "2d").stdout
    assert "Wheat" not in call("--folder", "Egypt").stdout
    assert "Wheat" not in call("--team", "others").stdout


@pytest.mark.parametrize(
    "arguments", [("--since", "1w"), ("--since", "0h"), ("--since", "99d"), ("--zone", "Mars")]
)
def test_what_is_refused(news: News, arguments: tuple[str, str]) -> None:
    result = call(*arguments)
    assert result.exit_code in (2, 4)
    assert result.stdout == ""


def test_plans(news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJAZ_MAIL__HOST", "mail.example.org")
    monkeypatch.setenv("MUJAZ_MAIL__SENDER", "mujaz@example.org")
    added = call(
        "plan", "add", "18:00", "07:00", "--zone", "Asia/Riyadh", "--email", "a@example.org", "--folder", "F"
    )
    assert added.exit_code == 0, added.output
    id = added.stdout.strip()
    with news.database.read() as session:
        plan = digests.plan(session, "local", id)
    assert plan is not None
    assert (plan.hours, plan.emails, plan.folder) == (("07:00", "18:00"), ("a@example.org",), "F")
    assert timedelta() < plan.next_due - datetime.now(UTC) < timedelta(hours=13)
    [line] = call("plan", "list").stdout.splitlines()
    assert line.startswith(f"{id}  Digest: 07:00 18:00 Asia/Riyadh, next 20")
    assert line.endswith("folder F  to a@example.org")
    assert call("plan", "list", "--team", "others").stdout == ""
    assert call("plan", "remove", id).exit_code == 0
    assert call("plan", "remove", id).exit_code == 4
    assert call("plan", "list").stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [("7:00",), ("07:00", "--zone", "Mars"), ("07:00", "--email", "nobody"), ("07:00", "--name", " "), ()],
)
def test_plans_that_are_refused(news: News, arguments: tuple[str, ...]) -> None:
    result = call("plan", "add", *arguments)
    assert result.exit_code in (2, 4)
    assert result.stdout == ""
