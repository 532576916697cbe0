"""`mujaz watch` on a store of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.monitor import arrivals
from service.store import entries, feeds
from service.store.database import Database

NOW = datetime.now(UTC)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["watch", *arguments])


def arrive(data: Path, title: str, title_en: str) -> None:
    store = Database(f"sqlite:///{data / 'mujaz.db'}")
    with store.write() as session:
        feed, _ = feeds.add(session, "local", "http://feed.example/", NOW + timedelta(days=9), "الأهرام")
        [entry] = entries.take_in(
            session, feed.id, "local", [entries.Arrival(title, None, title, "", None, NOW)], NOW
        )
        entries.finish(session, entry.id, entry.digest, entries.Outcome("translated", title_en))
        arrivals.arrived(session, arrivals.Arrived(entry, title, title_en), NOW)
    store.close()


def test_from_adding_to_alerts(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJAZ_MAIL__HOST", "mail.example.org")
    monkeypatch.setenv("MUJAZ_MAIL__SENDER", "mujaz@example.org")
    added = call("add", "القمح OR wheat", "--name", "قمح", "--email", "a@example.org", "--quiet", "22:00-06:00",
                 "--zone", "Asia/Riyadh", "--throttle", "30", "--no-webhooks")  # fmt: skip
    assert added.exit_code == 0, added.output
    id = added.stdout.strip()
    assert call("list").stdout == f"{id}  قمح  القمح OR wheat\n"
    assert call("list", "--team", "others").stdout == ""
    shown = call("show", id).stdout
    for text in ("a@example.org", "not told", "30 minutes", "22:00-06:00 Asia/Riyadh", "never"):
        assert text in shown
    arrive(data, "أسعار القمح ترتفع", "Wheat prices rise")
    arrive(data, "أسعار النفط", "Oil prices")
    alerts = call("alerts", id).stdout
    assert "Wheat prices rise" in alerts
    assert "Oil" not in alerts
    preview = call("preview", "القمح")
    assert "الأهرام  Wheat prices rise\n    أسعار القمح ترتفع" in preview.stdout
    assert preview.stderr == "1 entries in 1 stories in 7 days.\n"
    assert call("remove", id, "--team", "others").exit_code == 4
    assert call("remove", id).exit_code == 0
    assert call("list").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "(القمح"), "QUERY: at character 1: "),
        (("preview", "القمح AND"), "QUERY: at character "),
        (("add", "القمح", "--email", "a@example.org"), "--email: mail isn't set up here: mail.host is empty"),
        (("add", "القمح", "--zone", "Asia/Riyad"), "--zone: is no time zone; did you mean Asia/Riyadh?"),
        (("add", "القمح", "--quiet", "22:00"), "--quiet: is missing: quiet hours have two ends"),
        (("add", "القمح", "--quiet", "22-6"), "--quiet: is no time of day such as 22:00"),
        (("add", "القمح", "--throttle", "-5"), "--throttle: has to be 0 to 10,080"),
        (("show", "wat_x"), "There is no watch wat_x; see `mujaz watch list`."),
        (("alerts", "wat_x"), "There is no watch wat_x"),
    ],
)
def test_what_is_wrong_is_said(data: Path, arguments: tuple[str, ...], said: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 4
    assert result.stdout == ""
    assert said in result.stderr
