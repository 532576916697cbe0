"""What fine-tuning on a small memory of a new domain gains, and what it costs on general text.

    python -m benchmarks.finetune [--model models/starter] [--general FILE.tsv] [--replay FILE.tsv.gz]

The domain is recipes: `finetune_domain.tsv`, written for this purpose, without a sentence in common with any
training text. A fifth is held out; the rest is what a user would bring. General text is `--general`, or the
development set of the shared material when it is there. The floors below are those the feature must keep.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from models.training.finetune import LOOP, FinetuneOptions, FinetuneReport, finetune
from models.training.loop import Progress, Watch

HERE = Path(__file__).parent
DOMAIN = HERE / "finetune_domain.tsv"
GENERAL = HERE.parent.parent / "shared" / "starter" / "data" / "dev" / "flores200_devtest.tsv"
HELD_OUT = 107  # a fifth
LEAST_GAIN, LARGEST_P, LARGEST_LOSS = 3.0, 0.05, 1.0


def measure(
    model: Path, general: Path | None, replay: Path | None, keep: Path | None, minutes: float
) -> FinetuneReport:
    """Fine-tunes in a temporary folder, or in `keep`."""

    def report(progress: Progress) -> None:
        print(f"  {progress.elapsed:5.0f} s  step {progress.step}  loss {progress.loss:.3f}"
              f"  dev {progress.development or float('nan'):.3f}", flush=True)  # fmt: skip

    with TemporaryDirectory() as temporary:
        options = FinetuneOptions(
            base=model, pairs=(DOMAIN,), out=keep or Path(temporary) / "recipes", held_out=HELD_OUT,
            replay=(replay,) if replay else (), general=(general,) if general else (),
            loop=replace(LOOP, bounds=replace(LOOP.bounds, seconds=60 * minutes)),
        )  # fmt: skip
        return finetune(options, Watch(time.monotonic, report))


def failures(result: FinetuneReport) -> list[str]:
    """Floors that the result stays below."""
    if result.held_out is None:
        return ["the run did not finish"]
    failed = []
    if result.held_out.gain < LEAST_GAIN or result.held_out.p >= LARGEST_P:
        failed.append(f"held-out gain under {LEAST_GAIN} chrF, or p not under {LARGEST_P}")
    if result.general is not None and result.general.gain < -LARGEST_LOSS:
        failed.append(f"general text loses more than {LARGEST_LOSS} chrF")
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=HERE.parent / "models" / "starter")
    parser.add_argument("--general", type=Path, default=GENERAL if GENERAL.exists() else None)
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for the tuned model")
    parser.add_argument("--minutes", type=float, default=5, help="of training at most")
    given = parser.parse_args()
    started = time.monotonic()
    result = measure(given.model, given.general, given.replay, given.keep, given.minutes)
    print(f"{result.pairs} pairs and {result.replay} of replay, {result.outcome.step} steps, "
          f"{result.outcome.elapsed:.0f} s of training, {time.monotonic() - started:.0f} s in all; "
          f"ended for {result.outcome.reason}")  # fmt: skip
    for name, score in (("held-out recipes", result.held_out), ("general", result.general)):
        if score is not None:
            change = f"chrF {score.before:.2f} -> {score.after:.2f} ({score.gain:+.2f}, p {score.p:.4f})"
            print(f"{name}: {change}, {score.pairs} pairs, {score.signature}")
    for failure in failures(result):
        print(f"BELOW THE FLOOR: {failure}")
    raise SystemExit(1 if failures(result) else 0)


if __name__ == "__main__":
    main()
