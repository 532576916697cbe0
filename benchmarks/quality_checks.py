"""How often each check is wrong on human translations, and what it finds: the tables of docs/quality.md.

    python -m benchmarks.quality_checks DEV.tsv [DEV…] [--per-set N]

*False alarms*: share of human reference pairs (Arabic<TAB>English) on which a rule fires; exit status 1 when
one is above LIMIT on any set. *Recall*: share of the damaged references of `corruptions.py` on which an
expected rule fires. *Labelled outputs*: precision and recall on a hundred real outputs. *Speed*: CPU time
per segment.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks import corruptions
from benchmarks.labels import Example, labelled
from models.document import Rendering
from models.quality import CHECK_VERSION, check

CODES = (
    "number_mismatch", "unit_mismatch", "negation", "question", "name_lost", "untranslated", "repetition", "omission",
    "addition", "quotes", "emoji_lost",
)  # fmt: skip
LIMIT = 0.03
Pairs = Sequence[corruptions.Pair]


def codes(arabic: str, english: str) -> set[str]:
    """The flags of a text without evidence of an engine: only the rules that read the texts can fire."""
    return {flag.code for flag in check(Rendering(arabic, english)).flags}


def read(path: Path, limit: int) -> list[corruptions.Pair]:
    rows = [line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines()]
    step = max(len(rows) / limit, 1.0) if limit else 1.0
    return [(rows[int(i * step)][0], rows[int(i * step)][1]) for i in range(int(len(rows) / step))]


def false_alarms(sets: dict[str, Pairs]) -> bool:
    """Prints the table; True when every rule stays within LIMIT on every set."""
    print("| rule | " + " | ".join(f"{name} ({len(pairs)})" for name, pairs in sets.items()) + " |")
    print("|---|" + "---|" * len(sets))
    found = {name: Counter(c for pair in pairs for c in codes(*pair)) for name, pairs in sets.items()}
    shares = {c: [found[name][c] / len(pairs) for name, pairs in sets.items()] for c in CODES}
    for code, row in shares.items():
        print(f"| `{code}` | " + " | ".join(f"{100 * share:.1f}%" for share in row) + " |")
    return all(share <= LIMIT for row in shares.values() for share in row)


def recall(sets: dict[str, Pairs]) -> None:
    print("\n| corruption | expected | " + " | ".join(sets) + " |")
    print("|---|---|" + "---|" * len(sets))
    for corruption in corruptions.CORRUPTIONS:
        cells = []
        for pairs in sets.values():
            damaged = [
                (pairs[i][0], d) for i in range(len(pairs)) if (d := corruption.apply(i, pairs)) is not None
            ]
            hits = sum(bool(codes(*pair) & set(corruption.expected)) for pair in damaged)
            cells.append(f"{100 * hits / len(damaged):.0f}% of {len(damaged)}" if damaged else "none")
        print(f"| {corruption.name} | {', '.join(corruption.expected)} | " + " | ".join(cells) + " |")


def outputs() -> None:
    """Precision counts a flag right when the label has the same code; `right or bad` when the sentence was
    labelled as one that an editor would change for whatever reason."""
    head, examples = labelled()
    print(
        f"\n{len(examples)} outputs of weights {head['weights_sha256'][:16]}, "
        f"{sum(e.leave for e in examples)} left as they are"
    )
    print("\n| rule | flagged | right | precision | flagged and bad | labelled | recall |")
    print("|---|---|---|---|---|---|---|")
    fired = [codes(e.rendering.source, e.output) for e in examples]
    for code in CODES:
        print(f"| `{code}` | {_row(code, examples, fired)} |")
    flagged = [bool(f) for f in fired]
    bad = [not e.leave for e in examples]
    caught = sum(f and b for f, b in zip(flagged, bad, strict=True))
    precision, share = caught / max(sum(flagged), 1), caught / sum(bad)
    print(f"| any | {sum(flagged)} | {caught} | {precision:.2f} | {caught} | {sum(bad)} | {share:.2f} |")


def _row(code: str, examples: Sequence[Example], fired: Sequence[set[str]]) -> str:
    flagged = [code in f for f in fired]
    labels = [code in e.errors for e in examples]
    right = sum(f and y for f, y in zip(flagged, labels, strict=True))
    bad = sum(f and not e.leave for f, e in zip(flagged, examples, strict=True))
    precision = f"{right / sum(flagged):.2f}" if any(flagged) else "–"
    share = f"{right / sum(labels):.2f}" if any(labels) else "–"
    return f"{sum(flagged)} | {right} | {precision} | {bad} | {sum(labels)} | {share}"


def speed(pairs: Pairs) -> None:
    renderings = [Rendering(*pair) for pair in pairs]
    check(renderings[0])
    start = time.process_time()
    for rendering in renderings:
        check(rendering)
    each = (time.process_time() - start) / len(renderings)
    print(f"\n{1e3 * each:.2f} ms of CPU time per segment ({len(pairs)} segments, version {CHECK_VERSION})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--per-set", type=int, default=0, help="pairs of each set (0: all)")
    arguments = parser.parse_args()
    sets: dict[str, Pairs] = {path.stem: read(path, arguments.per_set) for path in arguments.sets}
    within = false_alarms(sets)
    recall(sets)
    outputs()
    speed(next(iter(sets.values())))
    if not within:
        sys.exit(f"A rule fires on more than {LIMIT:.0%} of the references of a set.")


if __name__ == "__main__":
    main()
