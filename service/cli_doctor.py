"""`mujaz doctor`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from service.cli import Choices
from service.cli_errors import FAILED, MODEL, USAGE

if TYPE_CHECKING:
    from service.doctor import Finding

_SIGNS = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "fail": ("FAIL", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what works, what doesn't and what to do about it."""
    findings = []
    for finding in _findings(ctx.obj):
        findings.append(finding)
        if not as_json:
            _print(finding)
    failed = [finding for finding in findings if finding.status == "fail"]
    if as_json:
        answer = {"works": not failed, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        click.echo("")
        click.echo(
            f"{len(failed)} of {len(findings)} checks failed." if failed else "Everything needed works."
        )
    ctx.exit(_code(failed))


def _findings(choices: Choices) -> "Iterator[Finding]":
    from service.config import ConfigError
    from service.doctor import Finding, examine

    try:
        config = choices.load()
    except ConfigError as error:
        yield Finding(
            "Configuration", "fail", str(error), "Correct it; docs/configuration.md lists all options."
        )
        return
    yield Finding("Configuration", "ok", f"model {config.model.name}, engine {config.model.engine}")
    yield from examine(config)


def _print(finding: "Finding") -> None:
    word, colour = _SIGNS[finding.status]
    click.echo(f"{click.style(word, fg=colour)}  {finding.name}: {finding.detail}")
    if finding.remedy:
        click.echo(f"      {finding.remedy}")


def _code(failed: "Iterable[Finding]") -> int:
    """The code of the gravest failure: nothing runs with a wrong configuration, then without a model."""
    names = {finding.name for finding in failed}
    if not names:
        return 0
    if "Configuration" in names:
        return USAGE
    return MODEL if names & {"Model files", "Self test"} else FAILED
