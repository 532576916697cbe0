"""`mujaz stories` on a store of its own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.store import entry_search, migrate
from service.store.database import Database
from tests.service.editions.news import HOUR, NUMBERS, News


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[News]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'mujaz.db'}")
    migrate.upgrade(database)
    made, now = News(database, "local"), datetime.now(UTC)
    made.feed("ahram", "Egypt")
    story = made.story()
    made.report("ahram", story, now - HOUR, title_en="Wheat prices rise", flags=[NUMBERS])
    made.report("nahar", story, now - HOUR / 2, title_en="Wheat dearer")
    made.report("nahar", made.story(), now - 30 * HOUR, title_en="Oil falls")
    with database.write() as session:
        assert entry_search.refresh(session, 100) == 3
    yield made
    database.close()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["stories", *arguments])


def test_lines(news: News) -> None:
    shown = call()
    assert shown.exit_code == 0, shown.output
    [line] = [line for line in shown.stdout.splitlines() if not line.startswith(" ")]
    assert "Wheat prices rise | " in line
    assert "(2 in 2 feeds, 1 flagged)" in line
    assert call("--since", "2d").stdout.count("Oil falls") == 1


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (("--since", "2d"), ["Wheat prices rise", "Oil falls"]),
        (("--since", "2d", "--limit", "1"), ["Wheat prices rise"]),
        (("--since", "2d", "--folder", "Egypt"), ["Wheat prices rise"]),
        (("--since", "2d", "oil", "-title:wheat"), ["Oil falls"]),
        (("--team", "others"), []),
    ],
)
def test_which(news: News, arguments: tuple[str, ...], titles: list[str]) -> None:
    shown = call("--json", *arguments)
    assert shown.exit_code == 0, shown.output
    assert [json.loads(line)["title"]["en"] for line in shown.stdout.splitlines()] == titles
    assert ("There is no such story." in shown.stderr) == (not titles)


def test_a_query_that_cannot_be_read(news: News) -> None:
    refused = call("wheat", "OR")
    assert refused.exit_code == 4
    assert "Nothing stands after OR" in refused.stderr
