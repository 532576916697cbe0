"""`mujaz keys` on a store of its own."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.keyring import Keyring
from service.store.database import Database


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments])


def test_create_shows_the_secret_alone_on_standard_output(data: Path) -> None:
    result = call("create", "Cairo desk", "--team", "news", "--scope", "feeds", "--scope", "translate",
                  "--daily-characters", "5000")  # fmt: skip
    assert result.exit_code == 0
    secret = result.stdout.strip()
    assert re.fullmatch(r"mjz_[a-z2-7]{52}", secret)
    assert "curl http://127.0.0.1:8000/v1/translations" in result.stderr
    assert f"Bearer {secret}" in result.stderr
    database = Database(f"sqlite:///{data / 'mujaz.db'}")
    found = Keyring(database).find(secret)
    database.close()
    assert found is not None
    assert (found.owner, found.scopes, found.daily_characters) == ("news", {"translate", "feeds"}, 5000)


def test_list_and_revoke(data: Path) -> None:
    first = json.loads(call("create", "one", "--json").stdout)
    second = json.loads(call("create", "two", "--team", "news", "--json").stdout)
    listed = call("list").stdout.splitlines()
    assert {line.split()[0] for line in listed} == {first["id"], second["id"]}
    assert "team news" in "\n".join(listed)
    assert call("revoke", first["id"]).exit_code == 0
    rows = {row["id"]: row for row in map(json.loads, call("list", "--json").stdout.splitlines())}
    assert rows[first["id"]]["revoked"].endswith("Z")
    assert rows[second["id"]]["revoked"] is None
    assert first["secret"] not in call("list").stdout + call("list", "--json").stdout
    assert re.search(rf"{first['id']}.* revoked \d{{4}}-", call("list").stdout)


def test_json_of_create_is_the_answer_of_the_api(data: Path) -> None:
    from service.api.key_schemas import KeyJson

    made = json.loads(call("create", "مكتب", "--json").stdout)
    assert KeyJson.model_validate(made).secret == made["secret"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["revoke", "key_nobody"], 4, "There is no key key_nobody"),
        (["create"], 2, "Missing argument"),
        (["create", ""], 2, "NAME"),
        (["create", "a" * 101], 2, "NAME"),
        (["create", "a\nb"], 2, "NAME"),
        (["create", "a", "--team", "x/y"], 2, "--team"),
        (["create", "a", "--scope", "root"], 2, "translate"),
        (["create", "a", "--daily-characters", "0"], 2, "0 is not in the range"),
    ],
)
def test_what_goes_wrong(data: Path, arguments: list[str], code: int, says: str) -> None:
    result = call(*arguments)
    assert result.exit_code == code
    assert says in result.stderr
    assert result.stdout == ""


def test_a_store_that_cannot_be_opened_is_one_line(data: Path) -> None:
    data.write_text("a file where the folder should be")
    result = call("list")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
