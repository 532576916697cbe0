"""Words that Arabic text uses often and training pairs hardly have: what to translate or write next.

    python -m benchmarks.rare_words PAIRS.tsv[.gz] [PAIRS…] --text FILE[.gz] [--seldom 30] [--often 8]

Words are counted by their core (`models.query.cores`: without what leans on them). Prints a word a line, in
its commonest form, with its counts in the text and in the pairs; those with the widest gap come first. Three
quarters of the bundled model's newest pairs were written from such a list.
"""

import argparse
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from models.arabic import for_matching
from models.query.cores import core

_WORD = re.compile("[\u0621-\u064a]{3,}")


def lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
        yield from (line.decode() for line in stream)


def forms(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each Arabic word as its core and as it is written."""
    for text in texts:
        folded = for_matching(text)
        for found in _WORD.finditer(folded.text):
            yield core(found[0]), folded.to_original(*found.span()).of(text)


def lacking(text: Iterable[str], pairs: Iterable[str], often: int, seldom: int) -> list[tuple[str, int, int]]:
    """(commonest form, times in the text, times in the Arabic of the pairs), the widest gap first."""
    there = Counter(key for key, _ in forms(pairs))
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for key, form in forms(text):
        written[key][form] += 1
    found = [
        (spellings.most_common(1)[0][0], spellings.total(), there[key])
        for key, spellings in written.items()
        if spellings.total() >= often and there[key] < seldom
    ]
    return sorted(found, key=lambda row: (-row[1] / (1 + row[2]), row[0]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--often", type=int, default=8, help="times in the text at least")
    parser.add_argument("--seldom", type=int, default=30, help="times in the pairs at most")
    given = parser.parse_args()
    arabic = (line.split("\t")[0] for path in given.pairs for line in lines(path))
    with suppress(BrokenPipeError):
        for word, here, there in lacking(lines(given.text), arabic, given.often, given.seldom):
            print(word, here, there, sep="\t")


if __name__ == "__main__":
    main()
