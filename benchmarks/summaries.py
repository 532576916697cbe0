"""The extractive summarizer against the opening of the article, by ROUGE, at equal length in words.

    python -m benchmarks.summaries [FILE.jsonl.gz]

FILE holds `{"title", "text", "abstract"}` a line. Weights may be tuned on the even lines (`--half tune`);
what is reported is the odd ones. The opening ("lead") is cut to exactly as many words as the summary has.

In many articles the abstract is the first paragraph itself; there no summary can beat the opening. So all
figures stand twice: for all articles, and for those whose abstract is another text (ROUGE-1 of an opening as
long as the abstract is below 0.5).
"""

import argparse
import gzip
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.rouge import rouge_l, rouge_n, tokens
from models.segment import segment
from models.summarize import Length, SummaryInput
from models.summarize.extractive import ExtractiveOptions, ExtractiveSummarizer

#: ROUGE-1 of the opening from which on the abstract counts as the opening.
SAME = 0.5
DEFAULT = Path("../shared/summaries/news_dev.jsonl.gz")
METRICS: dict[str, Callable[[Sequence[str], Sequence[str]], float]] = {
    "R-1": lambda c, r: rouge_n(c, r, 1),
    "R-2": lambda c, r: rouge_n(c, r, 2),
    "R-L": rouge_l,
}


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def summary_and_lead(
    record: dict[str, Any], length: Length, options: ExtractiveOptions, titled: bool
) -> tuple[list[str], list[str]]:
    """Words of our summary and of an opening of the same length."""
    text = record["text"]
    segments = segment(text)
    title = record["title"] if titled else None
    picks = ExtractiveSummarizer(options).summarize(SummaryInput(text, segments, [], title, length))
    ours = [word for pick in picks for word in tokens(pick.ar)]
    return ours, tokens(text)[: len(ours)]


def bootstrap(pairs: Sequence[tuple[float, float]], rounds: int = 2000) -> float:
    """Paired bootstrap (Koehn 2004): share of resamples in which ours is better."""
    rng = random.Random(1)
    wins = 0
    for _ in range(rounds):
        sample = [pairs[rng.randrange(len(pairs))] for _ in pairs]
        wins += sum(a for a, _ in sample) > sum(b for _, b in sample)
    return wins / rounds


def own_abstract(record: dict[str, Any]) -> bool:
    """Was the abstract written, rather than taken from the beginning of the article?"""
    reference = tokens(record["abstract"])
    return rouge_n(tokens(record["text"])[: len(reference)], reference, 1) < SAME


def report(records: Sequence[dict[str, Any]], options: ExtractiveOptions, titled: bool) -> None:
    """Rows of a Markdown table for one and three sentences."""
    for sentences in (1, 3):
        started = time.perf_counter()
        texts = [summary_and_lead(r, Length(sentences=sentences), options, titled) for r in records]
        took = 1000 * (time.perf_counter() - started) / len(records)
        references = [tokens(r["abstract"]) for r in records]
        words = sum(len(ours) for ours, _ in texts) / len(texts)
        for name, metric in METRICS.items():
            pairs = [
                (metric(o, r), metric(opening, r)) for (o, opening), r in zip(texts, references, strict=True)
            ]
            ours, lead = (100 * sum(p[k] for p in pairs) / len(pairs) for k in (0, 1))
            print(f"| {sentences} ({words:.0f} words) | {'yes' if titled else 'no'} | {name} | {ours:.2f} | {lead:.2f} "
                  f"| {verdict(pairs)} | {took:.0f} |")  # fmt: skip


def verdict(pairs: Sequence[tuple[float, float]]) -> str:
    """In how many articles ours is better and worse, and in what share of the resamples."""
    better, worse = sum(a > b + 1e-9 for a, b in pairs), sum(a < b - 1e-9 for a, b in pairs)
    return f"{better} : {worse}, {100 * bootstrap(pairs):.0f}%"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?", default=DEFAULT)
    parser.add_argument("--half", choices=["tune", "report", "all"], default="report")
    given = parser.parse_args()
    records = read(given.file)
    records = {"tune": records[::2], "report": records[1::2], "all": records}[given.half]
    groups = {"all": records, "abstract isn't the opening": [r for r in records if own_abstract(r)]}
    for name, group in groups.items():
        print(f"\n{len(group)} articles ({given.half}; {name})\n")
        print(
            "| sentences | title given | metric | ours | lead | better : worse, resamples won | ms an article |"
        )
        print("|---|---|---|---|---|---|---|")
        for titled in (True, False):
            report(group, ExtractiveOptions(), titled)


if __name__ == "__main__":
    main()
