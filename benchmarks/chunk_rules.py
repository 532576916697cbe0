"""Where to cut long sentences: chrF of cutting rules, chunk lengths and joints on long development inputs.

    python -m benchmarks.chunk_rules --data FOLDER_OF_DEV_TSV [--model models/starter] [--out table.md]

Two kinds of input. *natural*: pairs of every set with more than 30 Arabic words. *joined*: neighbouring pairs
of the news, PUD and FLORES sets made one sentence with `، و`, `،` or `؛`. chrF is sacreBLEU's, over the whole
kind; `lc` is the same on lower-cased text, so that a joint's capital does not decide between cutting rules.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from sacrebleu.metrics import CHRF

from benchmarks.direct import DirectModel
from benchmarks.measure import table
from models import arabic, chunk
from models.chunk import CutRules
from models.clause_marks import GapCosts
from models.document import Span
from models.joining import join
from models.wordlists import SENTENCE_STARTERS

JOINED_SETS = ("news_written", "pud_wiki", "flores200_devtest")
LIMITS = (16, 24, 32, 40, 48, 64, 96)
NATURAL_WORDS = 30

_FLAT = GapCosts(**{f.name: 1.0 for f in fields(GapCosts) if f.name not in ("glued", "inside")}, inside=0.0)
_MARKS_ONLY = replace(
    _FLAT,
    stop=0.0,
    semicolon=0.0,
    comma=0.0,
    comma_connective=0.0,
    space=4.5,
    connective=4.5,
    conjunction=4.5,
    after_leaning=4.5,
    number=4.5,
    before_number=4.5,
    before_opening=4.5,
    inside=0.0,
)
RULES = {
    "spaces": CutRules(gaps=_FLAT),
    "marks": CutRules(gaps=_MARKS_ONLY),
    "clauses": chunk.DEFAULT_RULES,
}
Joiner = Callable[[str, Sequence[Span], Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Inputs:
    """Arabic (as the model reads it) and English, one sentence per line."""

    name: str
    sources: list[str]
    references: list[str]


def read(path: Path) -> list[tuple[str, str]]:
    """The pairs of a tab-separated file."""
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(f[0].strip(), f[1].strip()) for f in lines if len(f) >= 2]


def natural(folder: Path, most: int) -> Inputs:
    """At most `most` pairs that are long by themselves, evenly chosen from all sets."""
    pairs = [p for f in sorted(folder.glob("*.tsv")) for p in read(f) if len(p[0].split()) > NATURAL_WORDS]
    pairs = pairs[:: -(-len(pairs) // most)]
    return Inputs("natural", [arabic.for_model(a).text for a, _ in pairs], [e for _, e in pairs])


def joined(folder: Path, most: int) -> Inputs:
    """At most `most` neighbouring pairs of each set as one sentence, the three joints in turn."""
    sources: list[str] = []
    references: list[str] = []
    for name in JOINED_SETS:
        pairs = read(folder / f"{name}.tsv")
        step = max(1, len(pairs) // 2 // most)
        for n, i in enumerate(range(0, len(pairs) - 1, 2 * step)):
            (first, first_en), (second, second_en) = pairs[i], pairs[i + 1]
            if first[-1:] not in "." or second[-1:] not in ".":
                continue
            mark, mark_en = (("، و", ", and "), ("، ", ", "), ("؛ ", "; "))[n % 3]
            if mark == "، و" and second.startswith("و"):
                mark, mark_en = "، ", ", "
            sources.append(arabic.for_model(first[:-1] + mark + second).text)
            word = second_en.split()[0]
            lowered = second_en[0].lower() + second_en[1:] if word.lower() in SENTENCE_STARTERS else second_en
            references.append(first_en.rstrip(".") + mark_en + lowered)
    return Inputs("joined", sources, references)


def with_joints(source: str, spans: Sequence[Span], outputs: Sequence[str]) -> str:
    """The product's way."""
    return join(source, spans, outputs)[0]


def side_by_side(source: str, spans: Sequence[Span], outputs: Sequence[str]) -> str:
    """Outputs with a space between."""
    return " ".join(outputs)


class Bench:
    """Runs settings on inputs and keeps the rows of the table."""

    def __init__(self, model: DirectModel, kinds: Sequence[Inputs]) -> None:
        self.model = model
        self.kinds = kinds
        self.rows: list[list[str]] = []

    def run(self, name: str, limit: int, rules: CutRules, joiner: Joiner = with_joints) -> None:
        """Adds one row; prints it at once, since a whole run takes a while."""
        row = [name, str(limit) if limit < 10_000 else "none"]
        started = time.perf_counter()
        for kind in self.kinds:
            cuts = [chunk.cut(s, limit, self.model.count, rules) for s in kind.sources]
            flat = [span.of(s) for s, spans in zip(kind.sources, cuts, strict=True) for span in spans]
            outputs = iter(self.model.translate(flat))
            english = [
                joiner(s, spans, [next(outputs) for _ in spans])
                for s, spans in zip(kind.sources, cuts, strict=True)
            ]
            row += [f"{len(flat) / len(english):.2f}", *_scores(english, kind.references)]
        self.rows.append([*row, f"{time.perf_counter() - started:.0f}"])
        print(" | ".join(self.rows[-1]), flush=True)

    def table(self) -> str:
        columns = [f"{k.name} {c}" for k in self.kinds for c in ("chunks", "chrF", "lc")]
        return table(["rule", "limit", *columns, "s"], self.rows)


def _scores(english: list[str], references: list[str]) -> list[str]:
    lower = CHRF(lowercase=True).corpus_score(english, [references]).score
    return [f"{CHRF().corpus_score(english, [references]).score:.2f}", f"{lower:.2f}"]


def variations(bench: Bench, limit: int) -> None:
    """One weight changed at a time, at one limit."""
    base = chunk.DEFAULT_RULES
    for balance in (0.0, 1.0, 16.0):
        bench.run(f"balance {balance:g}", limit, replace(base, balance=balance))
    for per_chunk in (0.0, 3.0):
        bench.run(f"per chunk {per_chunk:g}", limit, replace(base, per_chunk=per_chunk))
    weights = {
        "inside": (0.0,), "after_leaning": (4.5,), "number": (4.5,), "conjunction": (1.0, 4.5),
        "connective": (4.5,), "comma": (0.3, 2.5),
    }  # fmt: skip
    for name, values in weights.items():
        for value in values:
            gaps = replace(base.gaps, **{name: value})
            bench.run(f"{name} {value:g}", limit, replace(base, gaps=gaps))


def main() -> None:
    """See the module docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/starter"))
    parser.add_argument("--most", type=int, default=150, help="joined inputs per set; natural: 3 times that")
    parser.add_argument("--beam", type=int, default=2)
    parser.add_argument("--variations", type=int, default=0, metavar="LIMIT", help="also vary single weights")
    parser.add_argument("--limits", type=int, nargs="*", default=LIMITS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    kinds = [natural(options.data, 3 * options.most), joined(options.data, options.most)]
    bench = Bench(DirectModel(options.model, beam_size=options.beam), kinds)
    print(", ".join(f"{k.name}: {len(k.sources)} inputs" for k in kinds), flush=True)
    bench.run("whole", 100_000, chunk.DEFAULT_RULES)
    for limit in options.limits:
        for name, rules in RULES.items():
            bench.run(name, limit, rules)
        bench.run("clauses, no joints", limit, chunk.DEFAULT_RULES, side_by_side)
    if options.variations:
        variations(bench, options.variations)
    if options.out:
        options.out.write_text(bench.table() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
