"""`mujaz models` as a user calls it: what it prints where, and its exit codes."""

import io
import json
import shutil
import socket
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from models import catalog
from models.manifest import STARTER, Manifest
from models.weights import pull as pulling
from models.weights.pull import Step
from service import cli_models
from service.cli import main
from service.cli_errors import DOWNLOAD, MODEL, OK, USAGE
from tests.hub_server import serving

REPO = "newsroom/marian-ar-en"
ID = "newsroom--marian-ar-en"


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder of its own, and no configuration file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUJAZ_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def hub(monkeypatch):
    """A Hub with the bundled weights; the conversion is copied instead of made."""

    def copy(folder, out, kind="int8"):
        shutil.copytree(STARTER / "ct2-int8", out, dirs_exist_ok=True)

    monkeypatch.setattr(pulling, "convert", copy)
    files = {path.name: path.read_bytes() for path in (STARTER / "hf").iterdir()}
    with serving({REPO: files}) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield served


def call(*arguments, code=OK):
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    return result


def test_list_shows_the_catalogue_and_marks_the_configured_model(data):
    lines = [line.split() for line in call("models", "list").stdout.splitlines()]
    assert lines[0] == ["TIER", "MODEL", "INSTALLED", "SIZE", "REVISION", "LICENCE"]
    assert lines[1][:4] == ["*", "starter", "starter", "yes"]
    assert lines[2:] == [
        ["fast", "fast", "no", "-", "-", "Apache-2.0"],
        ["quality", "quality", "no", "-", "-", "CC-BY-4.0"],
    ]


def test_list_works_when_the_configured_model_is_not_there(data):
    """It is how one finds out what to do."""
    lines = call("--model", "quality", "models", "list").stdout.splitlines()
    assert [line.split()[:3] for line in lines if line.startswith("*")] == [["*", "quality", "quality"]]


def test_list_as_json(data):
    known = json.loads(call("models", "list", "--json").stdout)
    assert [(m["id"], m["installed"], m["active"]) for m in known] == [
        ("starter", True, True),
        ("fast", False, False),
        ("quality", False, False),
    ]
    bundled = Manifest.read(STARTER)
    assert (known[0]["revision"], known[0]["size_bytes"]) == (bundled.revision, bundled.size_bytes)
    assert known[1]["revision"] is None


def test_pull_list_verify_remove(data, hub):
    pulled = call("models", "pull", REPO)
    assert pulled.stdout.startswith(f"{ID} is ready: revision {hub.commit[:12]}, ")
    assert len(pulled.stdout.splitlines()) == 1
    said = pulled.stderr.splitlines()
    assert said[0] == f"looking for {REPO}"
    assert said[-2:] == ["converting to CTranslate2 int8", "checking against reference translations"]
    assert "model.safetensors 100%" in said

    listed = json.loads(call("--model", REPO, "models", "list", "--json").stdout)
    assert [(m["id"], m["active"]) for m in listed if m["installed"]] == [("starter", False), (ID, True)]
    verified = call("models", "verify").stdout.splitlines()
    assert [line.split(":")[0] for line in verified] == ["starter", ID]
    assert all("as installed; self-check chrF" in line for line in verified)

    assert call("models", "remove", REPO).stdout == f"removed {data / 'models' / ID}\n"
    assert [m.id for m in catalog.installed(data)] == ["starter"]
    assert "`mujaz models list`" in call("models", "remove", REPO, code=MODEL).stderr


def test_pull_of_an_installed_model_is_done_at_once(data, hub):
    call("models", "pull", REPO)
    hub.requests.clear()
    again = call("models", "pull", REPO)
    assert again.stdout.startswith(f"{ID} is ready")
    assert again.stderr == ""
    assert hub.requests == []


def test_verify_finds_one_altered_byte_and_still_looks_at_the_others(data, hub):
    call("models", "pull", REPO)
    weights = data / "models" / ID / "ct2-int8" / "model.bin"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    result = call("models", "verify", code=MODEL)
    assert f"{ID}: " in result.stderr
    assert "ct2-int8/model.bin was altered" in result.stderr
    assert result.stdout.startswith("starter: ")
    call("models", "verify", "starter")
    call("models", "verify", REPO, code=MODEL)


def test_no_network_is_one_line_within_seconds_and_the_starter_stays(data, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{unused.getsockname()[1]}")
        started = time.monotonic()
        result = call("models", "pull", "quality", code=DOWNLOAD)
    assert time.monotonic() - started < 15
    assert result.stdout == ""
    first, error = result.stderr.splitlines()
    assert first.startswith("looking for Helsinki-NLP/")
    assert error.startswith("Error: ")
    assert "can't be reached" in error
    assert [m.id for m in catalog.installed(data)] == ["starter"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["pull", REPO], DOWNLOAD, "wrong checksum"),
        (["pull", "nobody/nothing"], MODEL, "no repository nobody/nothing"),
        (["pull", "nonsense"], MODEL, "neither in the catalogue"),
        (["pull", REPO, "--compute-type", "int3"], USAGE, "int3"),
        (["pull"], USAGE, "Missing argument"),
        (["verify", "quality"], MODEL, "`mujaz models pull quality`"),
        (["remove", "starter"], MODEL, "can't be removed"),
        (["remove", "fast"], MODEL, "no pulled model fast"),
        (["remove", "../.."], MODEL, "no pulled model"),
    ],
)
def test_what_goes_wrong_is_said_on_standard_error(data, hub, arguments, code, says):
    hub.corrupt = {"source.spm"}
    result = call("models", *arguments, code=code)
    assert says in result.stderr
    assert result.stdout == ""


def test_the_configured_model_is_not_removed(data, hub):
    call("models", "pull", REPO)
    assert "is the configured model" in call("--model", REPO, "models", "remove", REPO, code=MODEL).stderr
    assert catalog.find(REPO, data).id == ID


def test_plain_progress_says_what_is_new_and_no_more(capsys, monkeypatch):
    show = cli_models._lines()
    clock = iter([0.0, 1.0, 2.0, 6.0, 7.0, 8.0, 9.0])
    monkeypatch.setattr(cli_models.time, "monotonic", lambda: next(clock))
    for done in (0, 10, 20, 60, 100):
        show(Step("model.bin", done, 100))
    show(Step("converting"))
    show(Step("converting"))
    assert capsys.readouterr().err.splitlines() == [
        "model.bin 0%",
        "model.bin 60%",
        "model.bin 100%",
        "converting",
    ]


def test_one_bar_for_the_download_and_a_line_for_each_other_step():
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(file=io.StringIO(), force_terminal=True)) as bars:
        show = cli_models._bar(bars)
        for step in (Step("looking"), Step("a.spm", 5, 100), Step("b.bin", 100, 100), Step("converting")):
            show(step)
        tasks = [(task.description, task.completed, task.total) for task in bars.tasks]
    assert tasks == [("looking", 0, None), ("b.bin", 100, 100), ("converting", 0, None)]


def test_a_local_folder_can_be_pulled(data, hub, tmp_path):
    folder = tmp_path / "نموذجنا ours"
    shutil.copytree(STARTER / "hf", folder)
    said = call("models", "pull", f"./{folder.name}")
    name = said.stdout.split(" ", 1)[0]
    assert Path(data / "models" / name / "manifest.json").is_file()
    assert hub.requests == []
