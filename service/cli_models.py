"""`mujaz models`: list, fetch, verify and remove models."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from service.cli import Choices

if TYPE_CHECKING:
    from models.weights.pull import Progress, Step
    from service.model_list import ModelFacts

#: Plain progress lines are this many seconds apart at least.
LINE_EVERY = 5.0


@click.group()
def models() -> None:
    """List, fetch, verify and remove models."""


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything that is known.")
@click.pass_obj
def list_command(choices: Choices, as_json: bool) -> None:
    """Show the known and the installed models; * marks the configured one."""
    from service import model_list

    facts = model_list.items(choices.load())
    if as_json:
        click.echo(json.dumps([asdict(f) for f in facts], ensure_ascii=False, indent=2))
        return
    rows = [("", "TIER", "MODEL", "INSTALLED", "SIZE", "REVISION", "LICENCE"), *map(_row, facts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _row(facts: "ModelFacts") -> tuple[str, ...]:
    return (
        "*" if facts.active else "",
        facts.tier,
        facts.id,
        "yes" if facts.installed else "no",
        _size(facts.size_bytes) if facts.installed and facts.size_bytes else "-",
        (facts.revision or "-")[:12],
        facts.licence or "-",
    )


@models.command("pull")
@click.argument("name")
@click.option("--revision", help="Commit, branch or tag of the repository [default: the newest].")
@click.option(
    "--compute-type",
    type=click.Choice(["int8", "float32"]),
    default="int8",
    show_default=True,
    help="float32: make these weights too, for exact results or half precision on a GPU.",
)
@click.option("--update", is_flag=True, help="Look for a newer revision of an installed model.")
@click.pass_obj
def pull_command(choices: Choices, name: str, revision: str | None, compute_type: str, update: bool) -> None:
    """Fetch a model, convert it and check it.

    NAME is one of `mujaz models list`, a Hugging Face repository (owner/name) or a folder.
    """
    from models.weights.pull import Request, pull

    request = Request(name, revision, compute_type, update)
    with _progress() as progress:
        model = pull(request, choices.load().data_path, progress)
    size = _size(model.manifest.size_bytes)
    click.echo(f"{model.id} is ready: revision {model.manifest.revision[:12]}, {size}, {model.path}")


@models.command("verify")
@click.argument("name", required=False)
@click.pass_obj
def verify_command(choices: Choices, name: str | None) -> None:
    """Check a model's files against its manifest, and its output against reference translations.

    Without NAME: every installed model.
    """
    from models import catalog
    from models.errors import ModelError
    from models.weights.verify import verify
    from service.cli_errors import MODEL

    data = choices.load().data_path
    broken = 0
    for model in [catalog.find(name, data)] if name else catalog.installed(data):
        try:
            found = verify(model)
        except ModelError as error:
            broken += 1
            click.echo(f"{model.id}: {error}", err=True)
            continue
        click.echo(
            f"{model.id}: {found.files} files, {_size(found.size_bytes)}, as installed; "
            f"self-check chrF {found.chrf:.1f} (at least {found.floor:.0f})"
        )
    if broken:
        raise click.exceptions.Exit(MODEL)


@models.command("remove")
@click.argument("name")
@click.option("--yes", "-y", is_flag=True, help="Don't ask.")
@click.pass_obj
def remove_command(choices: Choices, name: str, yes: bool) -> None:
    """Delete a pulled model."""
    from models import catalog
    from models.weights.verify import remove
    from service.cli_errors import MODEL, Failure

    config = choices.load()
    name_id = catalog.model_id(name)
    if name_id != "starter" and catalog.model_id(config.model.name) == name_id:
        raise Failure(f"{name} is the configured model; set model.name to another one first.", MODEL)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete {name} from {catalog.folder(config.data_path)}?", abort=True)
    for folder in remove(name, config.data_path):
        click.echo(f"removed {folder}")


def _size(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


@contextmanager
def _progress() -> Iterator["Progress"]:
    """A bar where somebody watches, else lines on standard error."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Bars(*columns, console=Console(stderr=True)) as bars:
        yield _bar(bars)


def _bar(bars: Any) -> Callable[["Step"], None]:
    tasks: dict[str, Any] = {}

    def show(step: "Step") -> None:
        """One bar for the whole download, one line for every other step."""
        key = "download" if step.total else step.what
        if key not in tasks:
            for task in tasks.values():
                bars.stop_task(task)
            tasks[key] = bars.add_task(step.what, total=step.total or None)
        bars.update(tasks[key], description=step.what, completed=step.done, total=step.total or None)

    return show


def _lines() -> Callable[["Step"], None]:
    last_what, last_time = "", 0.0

    def show(step: "Step") -> None:
        nonlocal last_what, last_time
        now = time.monotonic()
        if step.what == last_what and now - last_time < LINE_EVERY and step.done < step.total:
            return
        if step.what == last_what and not step.total:
            return
        last_what, last_time = step.what, now
        share = f" {100 * step.done // step.total}%" if step.total else ""
        click.echo(f"{step.what}{share}", err=True)

    return show
