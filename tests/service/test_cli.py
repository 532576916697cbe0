import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from models import errors
from service import cli, cli_errors
from service.cli import COMMANDS, Choices, main

ROOT = Path(__file__).resolve().parents[2]
#: What `mujaz --help` has no use for.
SLOW = ("pydantic", "flask", "yaml", "rich", "numpy", "ctranslate2", "sentencepiece", "torch", "transformers",
        "huggingface_hub", "trafilatura", "lxml", "jinja2", "models")  # fmt: skip


def test_help_imports_nothing_slow():
    code = (
        "import sys; from service.cli import main\n"
        "try: main(['--help'])\n"
        f"finally: print([m for m in {SLOW!r} if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
    for name in COMMANDS:
        assert name in run.stdout


def test_help_answers_at_once():
    """Processor time, not time on the clock: the machine may be doing something else."""
    code = "import time; from service.cli import main\ntry: main(['--help'])\nfinally: print(time.process_time())"
    taken = [
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
            ).stdout.splitlines()[-1]
        )
        for _ in range(3)
    ]
    assert min(taken) < 0.2


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name):
    where, line = COMMANDS[name]
    module, _, attribute = where.partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.get_short_help_str(limit=200) == line


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "Usage:"),
        (["--help"], 0, "doctor"),
        (["--version"], 0, "mujaz, version"),
        (["nonsense"], 2, "No such command"),
        (["summarize"], 2, "Missing argument"),
        (["summarize", "--sentences", "0", "-"], 2, "0 is not in the range"),
        (["summarize", "--sentences", "2", "--words", "9", "-"], 2, "not both"),
        (["translate", "--lines", "--format", "md", "-"], 2, "don't go together"),
        (["translate", "--encoding", "klingon", "-"], 2, "klingon"),
        (["summarize", "no/such/file.txt"], 4, "No such file"),
        (["translate", "--lines", "no/such/file.txt"], 4, "No such file"),
        (["translate", "-"], 4, "Standard input is empty"),
        (["--config", "no/such/config.yaml", "config", "show"], 2, "no/such/config.yaml"),
    ],
)
def test_usage(arguments, code, says):
    result = CliRunner().invoke(main, arguments, input="")
    assert (result.exit_code, says in result.output) == (code, True), result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ModelNotFound("no such model"), cli_errors.MODEL),
        (errors.ModelBroken("checksum"), cli_errors.MODEL),
        (errors.EngineUnavailable("no GPU"), cli_errors.MODEL),
        (errors.PullFailed("no network"), cli_errors.DOWNLOAD),
        (errors.TooLong("too long"), cli_errors.INPUT),
        (errors.Busy("full", 2.0), cli_errors.BUSY),
        (errors.Closed("closing"), cli_errors.BUSY),
        (errors.SummaryFailed("nothing"), cli_errors.FAILED),
        (KeyboardInterrupt(), cli_errors.INTERRUPTED),
        (click.UsageError("wrong"), cli_errors.USAGE),
        (cli_errors.Failure("unreadable", cli_errors.INPUT), cli_errors.INPUT),
    ],
)
def test_errors_become_one_line_and_a_code(error, code, monkeypatch):
    @click.command()
    def failing():
        raise error

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: failing)
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == code
    assert str(error) in result.output
    assert "Traceback" not in result.output


def test_a_bug_keeps_its_traceback(monkeypatch):
    @click.command()
    def failing():
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: failing)
    assert isinstance(CliRunner().invoke(main, ["doctor"]).exception, ZeroDivisionError)


def test_a_reader_that_has_enough_is_no_error():
    code = (
        "import click, service.cli as c\n"
        "@click.command()\n"
        "def flood():\n"
        "    for _ in range(100000): click.echo('x' * 80)\n"
        "c.LazyGroup.get_command = lambda *_: flood\n"
        "c.main(['doctor'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as run:
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == cli_errors.BROKEN_PIPE


def test_the_model_named_last_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Choices().load().model.name == "starter"
    assert Choices(model="fast").load().model.name == "fast"
    assert Choices(model="fast").load(model__name="quality").model.name == "quality"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("server: {port: 8100}\n", 0, "The configuration is fine"),
        ("server: {prot: 8100}\n", 2, "prot"),
        ("server: {port: eight}\n", 2, "port"),
    ],
)
def test_config_check(text, code, says, tmp_path):
    file = tmp_path / "ضبط.yaml"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["--config", str(file), "config", "check"])
    assert (result.exit_code, says in result.output) == (code, True), result.output


def test_config_show_can_be_read_back(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("server: {port: 8100}\n", encoding="utf-8")
    shown = CliRunner().invoke(main, ["--config", str(file), "--model", "fast", "config", "show"]).output
    again = tmp_path / "again.yaml"
    again.write_text(shown, encoding="utf-8")
    loaded = Choices(again).load()
    assert (loaded.server.port, loaded.model.name) == (8100, "fast")


def test_documentation_names_every_command_and_exit_code():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    codes = [value for name, value in vars(cli_errors).items() if name.isupper()]
    assert len(codes) == 9
    for code in codes:
        assert f"| {code} |" in text
    for name in COMMANDS:
        assert f"mujaz {name}" in text
