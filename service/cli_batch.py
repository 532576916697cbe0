"""`mujaz batch`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from service.cli import Choices
from service.cli_errors import FAILED, INPUT, Failure

if TYPE_CHECKING:
    from service.batch_file import Before
    from service.config import Config


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--kind", type=click.Choice(["summary", "translation"]), default="summary", show_default=True,
              help="What is done with each line.")  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks on standard error.")
@click.pass_obj
def batch(
    choices: Choices, /, source: Path, target: Path, kind: Literal["summary", "translation"], quiet: bool
) -> None:
    """Translate a file of JSON Lines into another; goes on where it stopped.

    A line of IN is what POST /v1/batches takes as an item: {"text": "…", "custom_id": "…"}. OUT gets a line
    for each, in the same order, with the result or with what is wrong. Called again, after an end of any
    kind, it does what is missing in OUT.
    """
    if target.exists() and target.samefile(source):
        raise click.UsageError("IN and OUT are the same file.")
    config = choices.load()
    before = _before(target)
    number = before.done.total()
    if number and not quiet:
        click.echo(f"{number:,} lines are done already.", err=True)
    written = {True: 0, False: 0}
    with _bar(source, number, quiet) as step:

        def tell(succeeded: bool) -> None:
            written[succeeded] += 1
            step()

        _translate(config, (source, target), kind, before, tell)
    failed = before.failed + written[False]
    if failed:
        raise Failure(
            f"{failed:,} of {number + sum(written.values()):,} items failed; {target} says why.", FAILED
        )


def _before(target: Path) -> "Before":
    from service import batch_file

    try:
        return batch_file.resume(target)
    except batch_file.NotResumable as error:
        raise Failure(f"{target} can't be gone on with: {error}", INPUT) from error
    except OSError as error:
        raise Failure(f"Can't write {target}: {error.strerror}.", FAILED) from error


def _translate(
    config: "Config",
    files: tuple[Path, Path],
    kind: Literal["summary", "translation"],
    before: "Before",
    written: Callable[[bool], None],
) -> None:
    from service import batch_file
    from service.runtime import Runtime

    source, target = files
    todo = batch_file.left(source, before)
    try:
        with target.open("ab") as out:
            runtime = Runtime.load(config)
            try:
                batch_file.Worker(runtime, kind).run(todo, out, written)
            finally:
                runtime.close()
    except OSError as error:
        raise Failure(f"Can't write {target}: {error.strerror}. Nothing written is lost.", FAILED) from error


@contextmanager
def _bar(source: Path, done: int, quiet: bool) -> Iterator[Callable[[], None]]:
    """A bar over the items on standard error where that is a terminal; nothing otherwise."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from service import batch_file

    total = sum(1 for _ in batch_file.lines(source))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Translating", total=total, completed=done)
        yield lambda: bar.advance(task)
