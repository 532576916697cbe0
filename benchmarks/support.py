"""The support check on hand-written cases: accuracy, and precision and recall of "unsupported".

    python -m benchmarks.support [--set tune|test|other|fresh|all] [--errors]

The cases were written before the rules. `tune` was used while they were made; the figures of `test` and
`other` decided what was worked on next, so they flatter; `fresh` was written last and measured once, after the
last change. With `--errors` every wrong judgement is listed (not to be used on `fresh`).
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import table
from models.summarize.support import Support, check

#: Sentences about whole small articles (`tune`, `test`, `fresh`), and about single passages (`other`).
ARTICLES = Path(__file__).parent / "data" / "support_articles.jsonl"
CASES = Path(__file__).parent / "support_cases.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, the article it claims to summarise, and whether it follows from it."""

    language: str
    part: str
    article: tuple[str, ...]
    kind: str
    sentence: str
    supported: bool


def read_cases() -> Iterator[Case]:
    """All cases; the part is `tune`, `test`, `fresh` or `other` (the single sentences)."""
    for line in ARTICLES.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        article = tuple(record["article"])
        for case in record["cases"]:
            yield Case(
                record["language"],
                record["set"],
                article,
                case["kind"],
                case["sentence"],
                case["supported"],
            )
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        spans = tuple(case["spans"])
        yield Case(case["lang"], "other", spans, case["kind"], case["sentence"], case["supported"])


def scores(judged: Sequence[tuple[Case, Support]]) -> dict[str, str]:
    """Accuracy over all; precision and recall of calling a sentence unsupported; cases behind each."""
    right = sum(c.supported == s.supported for c, s in judged)
    flagged = [c for c, s in judged if not s.supported]
    wrong = [s for c, s in judged if not c.supported]
    caught = sum(not c.supported for c in flagged)
    return {
        "cases": str(len(judged)),
        "accuracy": f"{100 * right / len(judged):.0f}%",
        "precision": f"{caught}/{len(flagged)}",
        "recall": f"{sum(not s.supported for s in wrong)}/{len(wrong)}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=["tune", "test", "other", "fresh", "all"], default="all")
    parser.add_argument("--errors", action="store_true")
    given = parser.parse_args()
    parts = ["tune", "test", "other", "fresh"] if given.set == "all" else [given.set]
    judged = [(c, check(c.sentence, c.article)) for c in read_cases() if c.part in parts]
    groups: dict[str, list[tuple[Case, Support]]] = defaultdict(list)
    for case, support in judged:
        groups[case.part].append((case, support))
        groups[f"{case.part}, {case.language}"].append((case, support))
    for case, support in judged:
        groups[f"{'supported' if case.supported else 'not supported'}: {case.kind}"].append((case, support))
    rows = [[name, *scores(group).values()] for name, group in groups.items()]
    print(table(["cases of", "cases", "accuracy", "precision", "recall"], rows))
    if given.errors:
        for case, support in judged:
            if case.supported != support.supported:
                why = "; ".join(r.message for r in support.reasons)
                print(
                    f"\n{case.kind}, supported: {case.supported}\n  {case.sentence}\n  covered {support.covered}: {why}"
                )


if __name__ == "__main__":
    main()
