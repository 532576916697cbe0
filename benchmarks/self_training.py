"""Text for self-training: a model's own translations of monolingual Arabic, all and the confident part.

    python -m benchmarks.self_training --out FOLDER [--text FILE.gz] [--sentences 9000] [--model starter]

The sentences of the text (one paragraph a line, by default the news of the shared material) are translated as
the service translates. `self.tsv` gets those without a major or critical flag, `self_confident.tsv` the third
of them that the model's calibration trusts most. `benchmarks.ablation` trains on both.
"""

import argparse
import gzip
from collections.abc import Iterator
from pathlib import Path

from benchmarks.model_scores import DEV
from benchmarks.systems import model_at, translator
from benchmarks.texts import spread
from models.quality import Calibration, check
from models.segment import segment
from models.translator import TranslateOptions

WORDS = range(6, 45)  # shorter ones are headings, longer ones several sentences
GRAVE = ("critical", "major")


def sentences(path: Path, count: int) -> list[str]:
    """Different sentences, spread over the text."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        found = list(dict.fromkeys(s for line in lines for s in _of(line) if len(s.split()) in WORDS))
    return spread(found, count)


def _of(paragraph: str) -> Iterator[str]:
    return (part.span.of(paragraph).strip() for part in segment(paragraph))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text", type=Path, default=DEV.parent / "mono" / "news.ar.txt.gz")
    parser.add_argument("--sentences", type=int, default=9000)
    parser.add_argument("--model", default="starter")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    model = model_at(given.model)
    with translator(model) as ours:
        renderings = ours.translate(sentences(given.text, given.sentences), TranslateOptions(lane="bulk"))
    calibration = Calibration.from_dict(model.manifest.confidence or {})
    judged = [(check(rendering, calibration), rendering) for rendering in renderings]
    kept = [(c, r) for c, r in judged if not any(flag.severity in GRAVE for flag in c.flags)]
    trusted = sorted(kept, key=lambda pair: -pair[0].confidence)[: len(kept) // 3]
    for name, pairs in (("self", kept), ("self_confident", trusted)):
        lines = [f"{r.source}\t{r.text}\n" for _, r in pairs if not set("\t\n") & set(r.source + r.text)]
        (given.out / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")
        print(f"{name}: {len(lines)} of {len(renderings)} sentences")


if __name__ == "__main__":
    main()
