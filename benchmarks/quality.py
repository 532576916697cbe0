"""chrF and BLEU of what the service answers, on files of sentence pairs.

    python -m benchmarks.quality [FILE.tsv ...] [--model starter|FOLDER] [--limit 400] [--beam 4]

Each line: Arabic, a tab, English. Without files: the project's own small set, and the development sets where
they lie next to the checkout. Whole pipeline (segments, chunks, repairs, joints), caches off, in file order.
sacreBLEU's signatures are printed.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.environment import describe
from benchmarks.measure import table
from benchmarks.systems import model_at, pipeline, say
from models.pipeline import Pipeline

OWN_SET = Path(__file__).parent / "data" / "gate.tsv"
DEVELOPMENT = Path(__file__).parent.parent.parent / "shared" / "starter" / "data" / "dev"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    pairs: int
    chrf: float
    bleu: float
    seconds: float


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="pairs, tab-separated")
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--limit", type=int, default=400, help="pairs of each file")
    parser.add_argument("--beam", type=int)
    return parser.parse_args()


def read_pairs(path: Path, limit: int | None = None) -> list[Pair]:
    """The first `limit` pairs. Raises `ValueError` naming the line that isn't one."""
    pairs: list[Pair] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[:limit], 1):
        arabic, tab, english = line.partition("\t")
        if not (tab and arabic.strip() and english.strip()):
            raise ValueError(f"{path}:{number} is not Arabic, a tab, English")
        pairs.append((arabic, english.split("\t")[0]))
    return pairs


def metrics() -> tuple[Any, Any]:
    """sacreBLEU's chrF and BLEU with their standard settings."""
    from sacrebleu.metrics import BLEU, CHRF

    return CHRF(), BLEU()


def score(ours: Pipeline, pairs: Sequence[Pair]) -> Score:
    started = time.perf_counter()
    english = [result.english for result in ours.translate([arabic for arabic, _ in pairs])]
    seconds = time.perf_counter() - started
    references = [[reference for _, reference in pairs]]
    chrf, bleu = (metric.corpus_score(english, references).score for metric in metrics())
    return Score(len(pairs), chrf, bleu, seconds)


def main() -> None:
    chosen = options()
    files = chosen.files or [OWN_SET, *sorted(DEVELOPMENT.glob("*.tsv"))]
    settings = {"MUJAZ_MODEL__NAME": chosen.model}
    if chosen.beam:
        settings["MUJAZ_MODEL__BEAM_SIZE"] = str(chosen.beam)
    say(describe(model_at(chosen.model), {"beam": chosen.beam} if chosen.beam else {}))
    with pipeline(settings) as ours:
        rows = []
        for path in files:
            found = score(ours, read_pairs(path, chosen.limit))
            speed = f"{found.pairs / found.seconds:.1f}"
            rows.append([path.stem, str(found.pairs), f"{found.chrf:.1f}", f"{found.bleu:.1f}", speed])
    say("- signatures: " + " · ".join(str(metric.get_signature()) for metric in _used()) + "\n")
    say(table(("set", "pairs", "chrF", "BLEU", "pairs/s"), rows))


def _used() -> tuple[Any, Any]:
    """Metrics that have scored something: only then do they know their signature."""
    used = metrics()
    for metric in used:
        metric.corpus_score(["a"], [["a"]])
    return used


if __name__ == "__main__":
    main()
