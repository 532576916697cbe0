"""The text commands on the bundled model, as a user calls them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.api.schemas import SummaryResponse, TranslationResponse
from service.cli import main

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT / "service" / "ui" / "samples" / "news.txt"
ENVIRONMENT = {
    **os.environ,
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "LC_ALL": "C",
}


def call(*arguments, given=None):
    result = CliRunner().invoke(main, [*map(str, arguments)], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_summarize_json_is_that_of_the_api():
    result = call("summarize", "--json", "--sentences", "2", "--title", "عنوان", NEWS)
    answer = SummaryResponse.model_validate_json(result.stdout)
    assert len(answer.summary.sentences) == 2
    assert answer.article.text == NEWS.read_text(encoding="utf-8")
    assert answer.title.ar == "عنوان"
    assert 0 <= answer.title.confidence <= 1
    text = answer.article.text
    for segment in answer.translation.segments:
        assert text[segment.ar.start : segment.ar.end] == segment.ar.text
        assert answer.translation.text[segment.en.start : segment.en.end] == segment.en.text


@pytest.mark.parametrize(("format_", "begins"), [("md", "# "), ("html", "<!doctype html>"), ("txt", "")])
def test_summarize_formats(format_, begins):
    result = call("summarize", "--format", format_, "--title", "عنوان", NEWS)
    assert result.exit_code == 0
    assert result.stdout.startswith(begins)
    assert "طنجة" in result.stdout


def test_limits_are_said_on_standard_error_unless_quiet():
    assert "Note: " in call("summarize", NEWS).stderr
    assert call("summarize", "--quiet", NEWS).stderr == ""


def test_translate_writes_english_alone():
    result = call("translate", "-q", "-", given="وصل الوفد إلى القاهرة.")
    assert result.stdout.count("\n") == 1
    assert "delegation" in result.stdout.lower()


def test_translate_json_is_that_of_the_api():
    result = call("translate", "--json", "-", given="وصل الوفد إلى القاهرة.")
    [translation] = TranslationResponse.model_validate_json(result.stdout).translations
    assert translation.language == "ar"


def test_translate_as_a_bilingual_document():
    result = call("translate", "-q", "--format", "md", "-", given="وصل الوفد إلى القاهرة.")
    assert "وصل الوفد إلى القاهرة." in result.stdout
    assert "## Summary" not in result.stdout


LINES = ["وصل الوفد.", "", "Hello", "١٢٣", "  ", "😀", "قال: نعم.\u2028وغادر.\x0bثم عاد.", "وصل الوفد."]


def test_lines_one_in_one_out():
    result = call("translate", "--lines", "-q", "-", given="\n".join(LINES) + "\n")
    answers = result.stdout.removesuffix("\n").split("\n")
    assert len(answers) == len(LINES)
    assert len(result.stdout.splitlines()) == len(LINES), "no other line end either"
    assert (answers[1], answers[2], answers[3], answers[5]) == ("", "Hello", "١٢٣", "😀")
    assert answers[0] == answers[-1] != ""


def test_lines_as_json():
    result = call("translate", "--lines", "--json", "-q", "-", given="وصل الوفد.\n\n")
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["segments"]
    assert second["text"] == ""


def test_lines_are_answered_as_they_come():
    """A writer that waits for each answer gets it, and a pipe gets UTF-8 whatever the locale."""
    with subprocess.Popen(
        ["mujaz", "translate", "--lines", "-q", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT, cwd=ROOT,
    ) as run:  # fmt: skip
        for line in ("وصل الوفد.", "“quoted”"):
            run.stdin.write(line.encode() + b"\n")
            run.stdin.flush()
            answer = run.stdout.readline().decode("utf-8")
            assert answer.endswith("\n")
        assert answer == "“quoted”\n"
        run.stdin.close()
    assert run.returncode == 0


def test_an_unknown_model_is_one_line_and_its_code():
    result = call("--model", "nothere", "summarize", NEWS)
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 1
