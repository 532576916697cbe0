"""Which normalisation the model likes: chrF of each rule of the model-input policy, on the inputs it touches.

    python -m benchmarks.normalisation_rules --data FOLDER [--model models/starter] [--out table.md]

Each row switches one rule and is scored on those pairs only where that changes the input: `without`, `with`
are chrF there (sacreBLEU, corpus level). Presentation forms, tatweel and Arabic digits are rare in
development sets, so the inputs are rewritten as a PDF, a headline or another keyboard has them.
"""

import argparse
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from sacrebleu.metrics import CHRF

from benchmarks.chunk_rules import read
from benchmarks.direct import DirectModel
from benchmarks.measure import table
from models import arabic

Rewrite = Callable[[str], str]

_FATHATAN, _SHADDA = "\u064b", "\u0651"
_INITIAL_FORMS = {
    unicodedata.normalize("NFKC", chr(c)): chr(c)
    for c in range(0xFE80, 0xFEF5)
    if "INITIAL FORM" in unicodedata.name(chr(c), "")
}
_BEFORE_LETTER = re.compile(f"[{''.join(_INITIAL_FORMS)}](?=[{arabic.LETTERS}])")
_WITHOUT_MARKS = re.compile(f"[{arabic.TASHKEEL}]")


def clean(text: str) -> str:
    """The policy without its optional rules: diacritics, digits and quotes stay as they are."""
    text = re.sub(f"[{arabic.TATWEEL}{arabic.INVISIBLE}]", "", unicodedata.normalize("NFC", text))
    return re.sub(f"[{arabic.FORMS}]", lambda m: unicodedata.normalize("NFKC", m[0]), text)


def without(*kept: str) -> Rewrite:
    """Strips all diacritics but those in `kept`."""
    return lambda text: _WITHOUT_MARKS.sub(lambda m: m[0] if m[0] in kept else "", text)


def plain_quotes(text: str) -> str:
    return re.sub("[“”„«»]", '"', re.sub("[‘’]", "'", text))


def presented(text: str) -> str:
    """As a PDF might give it: initial letters as presentation forms."""
    return _BEFORE_LETTER.sub(lambda m: _INITIAL_FORMS[m[0]], text)


def stretched(text: str) -> str:
    """As a headline might be set: a tatweel in every long word."""
    return re.sub(f"([بتثسشصضطظعغفقكلمنهي])(?=[{arabic.LETTERS}]{{3}})", r"\1ـ", text)


def in_arabic_digits(text: str) -> str:
    return text.translate({0x30 + d: 0x660 + d for d in range(10)})


#: name -> (input without the rule, input with it)
RULES: dict[str, tuple[Rewrite, Rewrite]] = {
    "strip all diacritics": (clean, lambda t: without()(clean(t))),
    "strip all but shadda": (clean, lambda t: without(_SHADDA)(clean(t))),
    "strip all but fathatan": (clean, lambda t: without(_FATHATAN)(clean(t))),
    "fathatan goes too": (lambda t: without(_FATHATAN)(clean(t)), lambda t: without()(clean(t))),
    "shadda goes too": (lambda t: without(_SHADDA)(clean(t)), lambda t: without()(clean(t))),
    "Western digits": (clean, lambda t: arabic.to_western_digits(clean(t))),
    "Western digits (all numbers Arabic)": (
        lambda t: in_arabic_digits(clean(t)), lambda t: arabic.to_western_digits(in_arabic_digits(clean(t)))
    ),
    "plain quotes": (clean, lambda t: plain_quotes(clean(t))),
    "tatweel": (stretched, lambda t: clean(stretched(t))),
    "presentation forms": (presented, lambda t: clean(presented(t))),
    "whole policy": (lambda t: t, lambda t: arabic.for_model(t).text),
}  # fmt: skip


def compare(model: DirectModel, pairs: Sequence[tuple[str, str]], rule: tuple[Rewrite, Rewrite]) -> list[str]:
    """`[inputs touched, chrF without, chrF with]`."""
    before, after = rule
    touched = [(a, b, e) for ar, e in pairs if (a := before(ar)) != (b := after(ar))]
    if not touched:
        return ["0", "-", "-"]
    references = [[e for _, _, e in touched]]
    scores = [
        CHRF().corpus_score(model.translate([t[side] for t in touched]), references).score for side in (0, 1)
    ]
    return [str(len(touched)), *(f"{s:.2f}" for s in scores)]


def main() -> None:
    """See the module docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/starter"))
    parser.add_argument("--every", type=int, default=3, help="take one pair in so many")
    parser.add_argument("--rules", nargs="*", choices=RULES, default=list(RULES))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    model = DirectModel(options.model)
    pairs = [p for f in sorted(options.data.glob("*.tsv")) for p in read(f)[:: options.every]]
    rows = []
    for name in options.rules:
        rows.append([name, *compare(model, pairs, RULES[name])])
        print(" | ".join(rows[-1]), flush=True)
    if options.out:
        options.out.write_text(table(["rule", "inputs", "without", "with"], rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
