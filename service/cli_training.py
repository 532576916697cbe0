"""`mujaz train` and `mujaz finetune`: options, progress lines and reports of `models.training`."""

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType

import click

from models.errors import MujazError
from models.training.finetune import LOOP, FinetuneOptions, FinetuneReport, finetune
from models.training.loop import LoopOptions, Outcome, Progress, Watch
from models.training.schedule import Bounds
from models.training.scoring import Comparison
from models.training.scratch import TrainOptions, TrainReport, train
from models.training.vocabulary import VocabularyOptions

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)
# glibc's mallopt: a training step frees and takes the same hundred megabytes; giving them back to the kernel
# each time cost a quarter of the time in page faults.
_MALLOPT = {
    "M_MMAP_THRESHOLD": (-3, 1 << 30),
    "M_TRIM_THRESHOLD": (-1, (1 << 31) - 1),
    "M_TOP_PAD": (-2, 1 << 28),
}


def common(command: Callable[..., None]) -> Callable[..., None]:
    """Options that both commands have."""
    options = [
        click.option("--out", type=_FOLDER, required=True, help="Folder for the model and its checkpoint."),
        click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Time budget."),
        click.option("--steps", type=click.IntRange(min=1), help="Step budget."),
        click.option("--rate", type=click.FloatRange(min=0, min_open=True), help="Peak learning rate."),
        click.option("--batch-tokens", type=click.IntRange(min=16), default=1024, show_default=True,
                     help="Tokens in a batch, padding included. Small ones learn faster on a CPU."),
        click.option("--dropout", type=click.FloatRange(0, 0.9), default=0.1, show_default=True),
        click.option("--device", default="auto", show_default=True, help="auto, cpu or cuda."),
        click.option("--precision", type=click.Choice(["auto", "float32", "bfloat16"]), default="auto",
                     show_default=True, help="auto: bfloat16 where the hardware computes it."),
        click.option("--seed", type=int, default=1, show_default=True),
        click.option("--resume", is_flag=True, help="Go on from the checkpoint in --out."),
        click.option("--json", "as_json", is_flag=True, help="Report as JSON on standard output."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command("train")
@click.option(
    "--train",
    "training",
    type=str,
    multiple=True,
    required=True,
    metavar="FILE[=WEIGHT]",
    help="Parallel text, TSV (Arabic<TAB>English) or TMX, plain or .gz; =3 repeats it three times.",
)
@click.option(
    "--dev", type=_FILE, multiple=True, help="Development text; else 2% of the pairs are held back."
)
@click.option(
    "--init", "start", type=_FOLDER, help="Model folder whose weights and vocabulary to start from."
)
@click.option("--size", default="tiny", show_default=True, help="tiny, small or base.")
@click.option("--vocab", type=click.IntRange(min=300), default=8000, show_default=True, help="Pieces a side.")
@click.option(
    "--patience", type=click.IntRange(min=1), help="Stop after this many measurements without a gain."
)
@click.option(
    "--neighbours",
    type=click.FloatRange(0, 1),
    default=0.15,
    show_default=True,
    help="Share of pairs also joined with those that follow, for long sentences.",
)
@click.option(
    "--sampling",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help="Share of the Arabic segmented anew at random each epoch.",
)
@click.option("--licence", default="unstated", show_default=True, help="Licence to record in the manifest.")
@common
def train_command(
    training: tuple[str, ...], dev: tuple[Path, ...], start: Path | None, size: str, vocab: int,
    patience: int | None, neighbours: float, sampling: float, licence: str, **given: object,
) -> None:  # fmt: skip
    """Train an Arabic-to-English Marian model from parallel text."""
    files, weights = _weighted_files(training)
    loop = _loop(LoopOptions(), given, patience)
    loop = replace(loop, batch=replace(loop.batch, sampling=sampling))
    options = TrainOptions(
        files, Path(str(given["out"])), dev, weights, start, size, VocabularyOptions(vocab), loop=loop,
        dropout=float(str(given["dropout"])), neighbours=neighbours, device=str(given["device"]),
        licence=licence, resume=bool(given["resume"]),
    )  # fmt: skip
    _run(lambda watch: _show_training(train(options, watch), bool(given["as_json"])), files)


@click.command("finetune")
@click.option(
    "--model", "base", default="starter", show_default=True, help="A catalogue name or a model folder."
)
@click.option(
    "--pairs", type=_FILE, multiple=True, required=True, help="Your pairs, TSV or TMX, plain or .gz."
)
@click.option(
    "--held-out",
    default="100",
    show_default=True,
    help="A number of your pairs to hold out for the score, or a file with such pairs.",
)
@click.option("--replay", type=_FILE, multiple=True, help="General pairs against forgetting.")
@click.option("--replay-share", type=click.FloatRange(0, 0.95), default=0.5, show_default=True)
@click.option(
    "--general", type=_FILE, multiple=True, help="Development text on which forgetting is measured."
)
@click.option(
    "--pull",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Draw the result back to the base weights by this share.",
)
@click.option(
    "--patience",
    type=click.IntRange(min=1),
    default=LOOP.bounds.patience,
    show_default=True,
    help="Stop after this many measurements without a gain.",
)
@common
def finetune_command(
    base: str, pairs: tuple[Path, ...], held_out: str, replay: tuple[Path, ...], replay_share: float,
    general: tuple[Path, ...], pull: float, patience: int, **given: object,
) -> None:  # fmt: skip
    """Adapt a model to your own translations, and show the gain on pairs held out."""
    count, files = (int(held_out), ()) if held_out.isdigit() else (0, (_existing(held_out),))
    options = FinetuneOptions(
        _base_folder(base), pairs, Path(str(given["out"])), count, files, replay, replay_share, general, pull,
        float(str(given["dropout"])), loop=_loop(LOOP, given, patience), device=str(given["device"]),
        resume=bool(given["resume"]),
    )  # fmt: skip
    _run(lambda watch: _show_finetuning(finetune(options, watch), bool(given["as_json"])), pairs)


def _base_folder(name: str) -> Path:
    if (folder := Path(name)).is_dir():
        return folder
    from models import catalog
    from service.config import load_config

    return catalog.find(name, load_config().data_path).path


def _existing(name: str) -> Path:
    if not Path(name).is_file():
        raise click.BadParameter(f"{name} is neither a number nor a file", param_hint="--held-out")
    return Path(name)


def _weighted_files(given: tuple[str, ...]) -> tuple[tuple[Path, ...], dict[str, float]]:
    files, weights = [], {}
    for item in given:
        name, _, weight = item.partition("=")
        path = Path(name)
        if not path.is_file():
            raise click.BadParameter(f"{name} is no file", param_hint="--train")
        try:
            weights[path.name] = float(weight or 1)
        except ValueError as error:
            raise click.BadParameter(f"{weight!r} is no weight", param_hint="--train") from error
        files.append(path)
    return tuple(files), weights


def _loop(defaults: LoopOptions, given: dict[str, object], patience: int | None) -> LoopOptions:
    minutes, steps, rate = given["minutes"], given["steps"], given["rate"]
    seconds = float(str(minutes)) * 60 if minutes is not None else None
    if minutes is None and steps is None:
        seconds = defaults.bounds.seconds
    return replace(
        defaults,
        bounds=Bounds(int(str(steps)) if steps is not None else None, seconds, patience),
        schedule=replace(defaults.schedule, peak=float(str(rate))) if rate is not None else defaults.schedule,
        batch=replace(defaults.batch, tokens=int(str(given["batch_tokens"])), seed=int(str(given["seed"]))),
        precision=str(given["precision"]),
    )


def _run(job: Callable[[Watch], None], files: tuple[Path, ...]) -> None:
    """Runs a job; an interrupt ends it at the next step, with a checkpoint."""
    _prepare_process()
    stopping: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.append(number)
        click.echo("stopping after this step; a checkpoint is being written", err=True)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    click.echo(f"reading {', '.join(path.name for path in files)}", err=True)
    try:
        job(Watch(time.monotonic, _print_progress, lambda: bool(stopping)))
    except MujazError as error:
        raise click.ClickException(str(error)) from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopping:
        raise click.exceptions.Exit(128 + stopping[0])


def _prepare_process() -> None:
    """Before torch is imported: its threads wait asleep, not spinning. On a machine that serves beside the
    training, spinning threads took the very core that they waited for (steps took 2.5 times as long)."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc has it, musl has not
        if mallopt is not None:
            for parameter, value in _MALLOPT.values():
                mallopt(parameter, value)


def _print_progress(progress: Progress) -> None:
    development = "" if progress.development is None else f"  dev {progress.development:.3f}"
    end = "" if progress.remaining is None else f"  left {_span(progress.remaining)}"
    parts = [
        _span(progress.elapsed),
        f"step {progress.step}",
        f"epoch {progress.epoch + 1}",
        f"loss {progress.loss:.3f}{development}",
        f"rate {progress.rate:.1e}",
        f"{progress.tokens_per_second:,.0f} tokens/s{end}",
    ]
    click.echo("  ".join(parts), err=True)


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def _show_training(report: TrainReport, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(report), default=str, ensure_ascii=False))
        return
    _show_outcome(report.outcome, report.pairs, report.rejects, report.rejects_file)
    click.echo(f"parameters: {report.parameters / 1e6:.1f} million")
    if report.chrf is not None:
        click.echo(f"development chrF: {report.chrf:.1f} (CTranslate2 int8, beam 4)")


def _show_finetuning(report: FinetuneReport, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(report), default=str, ensure_ascii=False))
        return
    _show_outcome(report.outcome, report.pairs, report.rejects, report.rejects_file)
    click.echo(f"replay pairs: {report.replay:,}")
    for name, comparison in (("held-out pairs", report.held_out), ("general text", report.general)):
        if comparison is not None:
            click.echo(f"{name}: {_compared(comparison)}")


def _compared(comparison: Comparison) -> str:
    return (
        f"chrF {comparison.before:.1f} before, {comparison.after:.1f} after ({comparison.gain:+.1f}, "
        f"p = {comparison.p:.3f}, paired bootstrap over {comparison.pairs} pairs)"
    )


def _show_outcome(outcome: Outcome, pairs: int, rejects: dict[str, int], listed: Path) -> None:
    ends = {"steps": "all steps done", "time": "time is up", "patience": "no gain any more",
            "stopped": "stopped; go on with --resume"}  # fmt: skip
    click.echo(f"{ends[outcome.reason]}: step {outcome.step}, {_span(outcome.elapsed)}")
    click.echo(f"pairs used: {pairs:,}; rejected: {sum(rejects.values()):,}, listed in {listed}")
    for reason, count in sorted(rejects.items(), key=lambda item: -item[1]):
        click.echo(f"  {count:,} {reason}")
