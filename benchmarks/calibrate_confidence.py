"""Fits a model's confidence: weights of the features, table from score to probability, threshold of the flag.

    python -m benchmarks.calibrate_confidence DEV.tsv [DEV…] [--model FOLDER] [--per-set N] [--write]

Every development set (Arabic<TAB>English) is translated by the model through the product's own `Translator`.

1. *Ranking*: ridge regression from the features to sentence chrF, within sets (each set's means are taken
   off, chrF is divided by its spread). Judged by leaving one set out: AUROC for telling that set's worst-chrF
   quarter from the rest, weights fitted on the other sets only. chrF hardly sees a wrong number or a lost
   name, so the weight of a critical or major flag is not fitted: it is FLAG_WEIGHT.
2. *Meaning*: `labelled_outputs.jsonl` holds real outputs with a hand-made "an editor would leave it" and
   their chrF; logistic regression gives P(leave | chrF) of those without a critical or major flag (their
   references count as left), and those with one get a share of it. The held-out scores of step 1 are binned,
   each bin gets the mean of its sentences' chances, and the table is made monotone (pool adjacent violators).
3. *Threshold*: `low_confidence` marks the model's worst quarter, unless even that is above MAX_LOW.

Prints the calibration as JSON and the tables of docs/quality.md; `--write` puts it into the model's manifest.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics import CHRF

from benchmarks.labels import labelled
from benchmarks.reliability import Bin, reliability, svg
from benchmarks.systems import translator
from models.arabic import for_matching
from models.document import Rendering
from models.manifest import STARTER, InstalledModel
from models.quality import Calibration, check, confidence, dictionary
from models.translator import TranslateOptions

Array = NDArray[np.float64]
RIDGE = 3.0
#: Where the bins of the table end, as shares of the sentences; finer where good translations are.
EDGES = (0.12, 0.24, 0.36, 0.48, 0.6, 0.7, 0.8, 0.88, 0.94, 0.975, 1.0)
#: The table rises by this much at least from bin to bin, so that the confidence orders all sentences.
STEP = 0.0005
MAX_LOW = 0.3
#: In standard deviations of chrF: enough to order equals, too little to drown what the other features say.
FLAG_WEIGHT = -0.3


def translate(model: InstalledModel, texts: Sequence[str]) -> list[Rendering]:
    with translator(model) as ours:
        return ours.translate(texts, TranslateOptions(lane="bulk"))


def describe(rendering: Rendering) -> dict[str, float]:
    covered = dictionary.coverage(for_matching(rendering.source), rendering.text)
    flags = [f for f in check(rendering).flags if f.code != confidence.CODE]
    return confidence.features(rendering, flags, covered)


def matrix(renderings: Sequence[Rendering]) -> tuple[list[str], Array]:
    rows = [describe(r) for r in renderings]
    names = list(rows[0])
    return names, np.array([[row[name] for name in names] for row in rows])


def ridge(names: Sequence[str], x: Sequence[Array], y: Sequence[Array]) -> Array:
    """Weights over the raw features from what varies within the sets; penalised after standardising."""
    free = [i for i, name in enumerate(names) if name not in ("bias", "flagged")]
    rows = np.concatenate([one[:, free] - one[:, free].mean(0) for one in x])
    goal = np.concatenate([(one - one.mean()) / one.std() for one in y])
    spread = rows.std(0) + 1e-9
    z = rows / spread
    weights = np.zeros(len(names))
    weights[free] = np.linalg.solve(z.T @ z + RIDGE * np.eye(len(free)), z.T @ goal) / spread
    weights[list(names).index("flagged")] = FLAG_WEIGHT
    return weights


def logistic(x: Array, y: Array, steps: int = 50) -> Callable[[Array], Array]:
    """P(y = 1) as a function of one variable, by Newton's method."""
    design = np.stack([np.ones_like(x), x], 1)
    w = np.zeros(2)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-design @ w))
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        w += np.linalg.solve(hessian, design.T @ (y - p))
    return lambda value: 1 / (1 + np.exp(-(w[0] + w[1] * value)))


def monotone(values: Array) -> Array:
    """Pool adjacent violators: the closest rising sequence."""
    blocks: list[list[float]] = []
    for value in values:
        blocks.append([float(value), 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [[(a * n + b * m) / (n + m), n + m]]
    return np.concatenate([np.full(int(n), mean) for mean, n in blocks])


def auroc(score: Array, positive: NDArray[np.bool_]) -> float:
    """Chance that a positive has a higher score than a negative; ties count half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n1, n0 = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def table(scores: Array, chances: Array) -> tuple[tuple[float, float], ...]:
    """Points (score, probability): the bins' means, and the ends of the range on the outermost slopes."""
    order = np.argsort(scores, kind="stable")
    bins = np.split(order, [int(edge * len(order)) for edge in EDGES[:-1]])
    values = monotone(np.array([chances[b].mean() for b in bins]))
    values = np.maximum(values, values[0]) + STEP * np.arange(1, len(values) + 1)
    points = [(float(scores[b].mean()), float(v)) for b, v in zip(bins, values, strict=True)]
    slope = (points[-1][1] - points[-2][1]) / (points[-1][0] - points[-2][0])
    highest = float(scores.max())
    points.append((highest, min(points[-1][1] + slope * (highest - points[-1][0]), 0.95)))
    points.insert(0, (float(scores.min()) - 1e-3, STEP))
    return tuple((round(score, 4), round(chance, 5)) for score, chance in points)


def read(path: Path, limit: int) -> list[tuple[str, str]]:
    rows = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines()]
    step = max(len(rows) / limit, 1.0) if limit else 1.0
    return [(rows[int(i * step)][0], rows[int(i * step)][1]) for i in range(int(len(rows) / step))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--per-set", type=int, default=1000, help="sentences of each set (0: all)")
    parser.add_argument("--write", action="store_true", help="into the model's manifest.json")
    parser.add_argument("--plot", type=Path, help="where to write the reliability plot")
    arguments = parser.parse_args()
    model = InstalledModel.at(arguments.model)

    chrf = CHRF()
    names: list[str] = []
    x: list[Array] = []
    y: list[Array] = []
    for path in arguments.sets:
        pairs = read(path, arguments.per_set)
        renderings = translate(model, [arabic for arabic, _ in pairs])
        kept = [(r, ref) for r, (_, ref) in zip(renderings, pairs, strict=True) if r.chunks]
        y.append(np.array([chrf.sentence_score(r.text, [ref]).score / 100 for r, ref in kept]))
        names, features = matrix([r for r, _ in kept])
        x.append(features)

    held_out = ranking(arguments.sets, names, x, y)
    flagged = np.concatenate(x)[:, names.index("flagged")] > 0
    curve, factor = leave_curve(chrf)
    chances = curve(np.concatenate(y)) * np.where(flagged, factor, 1.0)
    weights = ridge(names, x, y)
    calibration = Calibration(
        tuple((name, round(float(w), 5)) for name, w in zip(names, weights, strict=True)),
        table(held_out, chances),
        0.0,
    )
    predicted = np.array([calibration.probability(s) for s in held_out])
    calibration = replace(calibration, low=round(min(float(np.quantile(predicted, 0.25)), MAX_LOW), 4))
    report(calibration, predicted, chances, arguments.plot)
    print(json.dumps(calibration.to_dict()))
    if arguments.write:
        replace(model.manifest, confidence=calibration.to_dict()).write(model.path)


def ranking(sets: Sequence[Path], names: Sequence[str], x: Sequence[Array], y: Sequence[Array]) -> Array:
    """Scores of every sentence from weights fitted on the other sets; prints what they are worth."""
    print(
        "| development set | sentences | mean chrF | AUROC, log-probability alone | AUROC, held-out score |"
    )
    print("|---|---|---|---|---|")
    scores = []
    for k, path in enumerate(sets):
        others = [i for i in range(len(sets)) if i != k] or [k]
        weights = ridge(names, [x[i] for i in others], [y[i] for i in others])
        score = x[k] @ weights
        worst = y[k] <= np.quantile(y[k], 0.25)
        alone = auroc(-x[k][:, names.index("score")], worst)
        print(
            f"| {path.stem} | {len(y[k])} | {100 * y[k].mean():.1f} | {alone:.3f} "
            f"| {auroc(-score, worst):.3f} |"
        )
        scores.append(score)
    return np.concatenate(scores)


def leave_curve(chrf: CHRF) -> tuple[Callable[[Array], Array], float]:
    """From the labelled outputs: P(an editor leaves it | chrF) of those without a critical or major flag, and
    by what factor a flag lowers the share that is left (half a sentence added, since hardly any is)."""
    _, examples = labelled()
    flagged = np.array([describe(e.rendering)["flagged"] > 0 for e in examples])
    left = np.array([float(e.leave) for e in examples])
    values = np.array([chrf.sentence_score(e.output, [e.reference]).score / 100 for e in examples])
    references = np.ones((~flagged).sum())
    curve = logistic(np.append(values[~flagged], references), np.append(left[~flagged], references))
    shares = [(left[kind].sum() + 0.5) / (kind.sum() + 1) for kind in (flagged, ~flagged)]
    shown = np.array([0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    told = ", ".join(f"{100 * v:.0f}: {p:.2f}" for v, p in zip(shown, curve(shown), strict=True))
    print(f"\nP(leave | chrF), not flagged: {told}")
    print(f"left: {shares[0]:.3f} of {flagged.sum()} flagged, {shares[1]:.3f} of {(~flagged).sum()} others")
    return curve, float(shares[0] / shares[1])


def report(calibration: Calibration, predicted: Array, chances: Array, plot: Path | None) -> None:
    """Reliability on the development sets (held out, against P(leave | chrF)) and on the labelled outputs."""
    _, examples = labelled()
    said = np.array([check(e.rendering, calibration).confidence for e in examples])
    left = np.array([float(e.leave) for e in examples])
    groups: dict[str, list[Bin]] = {
        "development sets": reliability(predicted, chances),
        "labelled outputs": reliability(said, left, bins=5),
    }
    for title, bins in groups.items():
        print(f"\nReliability, {title}:\n\n| said | happened | sentences |\n|---|---|---|")
        for one in bins:
            print(f"| {one.said:.3f} | {one.happened:.3f} | {one.size} |")
    print(f"\nAUROC for 'left as it is' on the labelled outputs: {auroc(said, left > 0.5):.3f}")
    if plot is not None:
        plot.parent.mkdir(parents=True, exist_ok=True)
        plot.write_text(svg(groups), encoding="utf-8")


if __name__ == "__main__":
    main()
