import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli_training import finetune_command, train_command
from tests.models.training.conftest import sentences

SMALL = ["--size", "micro", "--vocab", "330", "--steps", "3", "--device", "cpu", "--neighbours", "0"]


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    path = tmp_path / "memory.tsv"
    path.write_text(
        "".join(f"{p.source}\t{p.target}\n" for p in sentences()[:150]) + "بلا\t\n", encoding="utf-8"
    )
    return path


@pytest.mark.torch
def test_train_then_finetune(memory: Path, tmp_path: Path) -> None:
    import torch

    torch.set_num_threads(1)
    model, tuned = tmp_path / "model", tmp_path / "tuned"
    run = CliRunner().invoke(train_command, ["--train", f"{memory}=2", "--out", str(model), *SMALL, "--json"])
    assert run.exit_code == 0, run.output
    report = json.loads(run.stdout)
    assert report["outcome"]["reason"] == "steps"
    assert report["rejects"] == {"empty target": 1}

    again = CliRunner().invoke(train_command, ["--train", str(memory), "--out", str(model), *SMALL])
    assert again.exit_code == 1
    assert "--resume" in again.stderr

    run = CliRunner().invoke(
        finetune_command,
        ["--model", str(model), "--pairs", str(memory), "--out", str(tuned), "--held-out", "20",
         "--steps", "2", "--device", "cpu", "--general", str(memory)],
    )  # fmt: skip
    assert run.exit_code == 1  # the general text is the user's own: nothing is left to learn from
    assert "too few" in run.stderr

    run = CliRunner().invoke(
        finetune_command,
        ["--model", str(model), "--pairs", str(memory), "--out", str(tuned), "--held-out", "20",
         "--steps", "2", "--device", "cpu"],
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    assert "rejected: 1, listed in" in run.stdout
    assert "paired bootstrap over 20 pairs" in run.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--train", "gone.tsv", "--out", "x"], "gone.tsv is no file"),
        (["--train", "{memory}=much", "--out", "x"], "'much' is no weight"),
        (["--out", "x"], "--train"),
        (["--train", "{memory}", "--out", "x", "--minutes", "0"], "--minutes"),
    ],
)
def test_wrong_options_are_named(memory: Path, arguments: list[str], message: str) -> None:
    run = CliRunner().invoke(train_command, [part.format(memory=memory) for part in arguments])
    assert run.exit_code == 2
    assert message in run.stderr


def test_held_out_is_a_number_or_a_file(memory: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke(
        finetune_command,
        ["--model", str(tmp_path), "--pairs", str(memory), "--out", "x", "--held-out", "some.tsv"],
    )
    assert run.exit_code == 2
    assert "neither a number nor a file" in run.stderr
