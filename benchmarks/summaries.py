"""The extractive summarizer against the opening of the article, by ROUGE, at equal length in words.

    python -m benchmarks.summaries [FILE.jsonl.gz]

FILE holds `{"title", "text", "abstract"}` a line. Weights may be tuned on the even lines (`--half tune`);
what is reported is the odd ones. The opening ("lead") is cut to exactly as many words as the summary has.
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


def report(records: Sequence[dict[str, Any]], options: ExtractiveOptions, titled: bool) -> None:
    for sentences in (1, 3):
        started = time.perf_counter()
        texts = [summary_and_lead(r, Length(sentences=sentences), options, titled) for r in records]
        took = (time.perf_counter() - started) / len(records)
        references = [tokens(r["abstract"]) for r in records]
        words = sum(len(ours) for ours, _ in texts) / len(texts)
        print(f"{sentences} sentence(s), {words:.0f} words, title {'given' if titled else 'not given'}, "
              f"{1000 * took:.1f} ms an article")  # fmt: skip
        for name, metric in METRICS.items():
            pairs = [(metric(o, r), metric(l, r)) for (o, l), r in zip(texts, references, strict=True)]
            ours, lead = (100 * sum(p[k] for p in pairs) / len(pairs) for k in (0, 1))
            print(f"  {name}  ours {ours:5.2f}  lead {lead:5.2f}  better in {100 * bootstrap(pairs):.0f}% of resamples")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=DEFAULT)
    parser.add_argument("--half", choices=["tune", "report", "all"], default="report")
    given = parser.parse_args()
    records = read(given.file)
    records = {"tune": records[::2], "report": records[1::2], "all": records}[given.half]
    print(f"{len(records)} articles ({given.half})")
    for titled in (True, False):
        report(records, ExtractiveOptions(), titled)


if __name__ == "__main__":
    main()
