"""Builds `models/data/dictionary.txt.gz`: which English stems an Arabic stem may come out as.

    python -m benchmarks.build_dictionary PAIRS.tsv[.gz] [PAIRS…] --out models/data/dictionary.txt.gz

Input: Arabic<TAB>English lines; a path may end in `:N` to take every N-th line only. IBM Model 1 (Brown et
al. 1993) over stems, in both directions; a pair of stems is kept where either direction is probable enough.
Development sets must not be among the input.
"""

import argparse
import gzip
from collections import Counter
from pathlib import Path

import numpy as np

from models.arabic import for_matching
from models.quality import stems

ITERATIONS = 6
MIN_COUNT = 3
MAX_TRANSLATIONS = 12
#: A translation is kept when t(english | arabic) or t(arabic | english) reaches these.
MIN_FORWARD, MIN_BACKWARD = 0.04, 0.12


def read(argument: str) -> list[tuple[list[str], list[str]]]:
    path, _, every = argument.partition(":")
    opener = gzip.open if path.endswith(".gz") else open
    pairs = []
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            columns = line.rstrip("\n").split("\t")
            if len(columns) < 2 or number % int(every or 1):
                continue
            arabic = [s for _, _, s in stems.arabic_words(for_matching(columns[0]).text)]
            english = [s for _, _, s in stems.english_words(columns[1])]
            if 0 < len(arabic) <= 60 and 0 < len(english) <= 60:
                pairs.append((arabic, english))
    return pairs


def vocabulary(texts: list[list[str]]) -> dict[str, int]:
    counts = Counter(word for text in texts for word in text)
    return {word: i + 1 for i, word in enumerate(w for w, n in counts.items() if n >= MIN_COUNT)}


def model1(source: list[list[int]], target: list[list[int]], size: int) -> tuple[np.ndarray, np.ndarray]:
    """(packed pair ids, t(target | source)); the null word 0 is part of every source sentence."""
    left = np.concatenate([np.repeat([0, *s], len(t)) for s, t in zip(source, target, strict=True)])
    right = np.concatenate([np.tile(t, len(s) + 1) for s, t in zip(source, target, strict=True)])
    sizes = [len(t) for t in target]
    starts = np.cumsum([0, *sizes[:-1]])
    token = np.concatenate(
        [np.tile(np.arange(n) + b, len(s) + 1) for s, n, b in zip(source, sizes, starts, strict=True)]
    )
    packed, where = np.unique(left.astype(np.int64) * size + right, return_inverse=True)
    owner = packed // size
    t = np.ones(len(packed))
    for _ in range(ITERATIONS):
        mass = t[where]
        mass /= np.bincount(token, mass)[token]
        t = np.bincount(where, mass, len(packed))
        t /= np.bincount(owner, t)[owner]
    return packed, t


def build(pairs: list[tuple[list[str], list[str]]]) -> dict[str, list[str]]:
    arabic, english = vocabulary([a for a, _ in pairs]), vocabulary([e for _, e in pairs])
    known = [
        ([arabic[w] for w in a if w in arabic], [english[w] for w in e if w in english]) for a, e in pairs
    ]
    known = [(a, e) for a, e in known if a and e]
    sources, targets = [a for a, _ in known], [e for _, e in known]
    size = max(len(arabic), len(english)) + 1
    forward = dict(zip(*(x.tolist() for x in model1(sources, targets, size)), strict=True))
    backward = dict(zip(*(x.tolist() for x in model1(targets, sources, size)), strict=True))
    names_ar, names_en = ["", *arabic], ["", *english]
    table: dict[str, list[tuple[float, str]]] = {}
    for packed, chance in forward.items():
        a, e = divmod(packed, size)
        reverse = backward.get(e * size + a, 0.0)
        if a and e and (chance >= MIN_FORWARD or (reverse >= MIN_BACKWARD and chance >= MIN_FORWARD / 8)):
            table.setdefault(names_ar[a], []).append((chance, names_en[e]))
    return {
        stem: [e for _, e in sorted(found, reverse=True)[:MAX_TRANSLATIONS]]
        for stem, found in sorted(table.items())
        if max(chance for chance, _ in found) >= 0.08
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    pairs = [pair for argument in arguments.pairs for pair in read(argument)]
    table = build(pairs)
    text = "".join(f"{stem}\t{' '.join(found)}\n" for stem, found in table.items())
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(pairs)} pairs, {len(table)} stems, {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
