"""`mujaz search` on a store of its own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.store import migrate
from service.store.database import Database
from tests.service.store import searching


@pytest.fixture
def _filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path))
    database = Database(f"sqlite:///{tmp_path / 'mujaz.db'}")
    migrate.upgrade(database)
    searching.Entries(database, "local").fill(searching.TEXTS)
    database.close()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["search", *arguments])


@pytest.mark.usefixtures("_filled")
def test_lines() -> None:
    found = call("القمح")
    assert (found.exit_code, found.stdout) == (0, "2026-03-04 05:06  ارتفاعُ الأسعار\n")
    assert call("minister", "-wheat", "-bbc").stdout.startswith("2026-02-22 05:06  قاعة")
    assert call('"prime minister"').stdout.count("\n") == 1
    assert call("--limit", "2", "minister").stdout.count("\n") == 2
    nothing = call("zebra")
    assert (nothing.exit_code, nothing.stdout) == (0, "")
    assert "No entry" in nothing.stderr
    assert call("--team", "others", "القمح").stdout == ""


@pytest.mark.usefixtures("_filled")
def test_json_lines() -> None:
    found = call("--json", "wheat OR hariri")
    titles = [json.loads(line)["title"]["ar"] for line in found.stdout.splitlines()]
    assert titles == ["ارتفاعُ الأسعار", "قاعة"]


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize(
    ("typed", "said"), [("wheat OR", "OR: Nothing stands after OR"), ("؟", "no letters")]
)
def test_what_is_wrong_is_said(typed: str, said: str) -> None:
    refused = call(typed)
    assert refused.exit_code == 4
    assert said in refused.stderr
