"""Do the engines say the same? CTranslate2 float32 and int8 against transformers float32, same weights, same beam.

    python -m benchmarks.engine_parity [FILE.tsv ...] [--model starter|FOLDER] [--limit 400] [--beam 4]

Each line: Arabic, a tab, English. Without files: the project's own small set. The texts are cut into chunks as the
service cuts them, then each engine gets the same chunks, sorted by length, in batches of 32: no repairs, no cache.
With the model's own settings, its repetition penalty too: the transformers engine applies it as CTranslate2 does.
Columns: chrF with transformers' output as the reference, chunks that are equal to the letter, chrF and BLEU
with the human reference.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.environment import describe
from benchmarks.measure import table
from benchmarks.quality import OWN_SET, metrics, read_pairs
from benchmarks.systems import model_at, say
from models import chunk
from models.arabic import for_model
from models.engines.base import DecodingOptions, Engine
from models.engines.registry import EngineOptions, create
from models.manifest import InstalledModel
from models.weights.convert import convert

ENGINES = (
    EngineOptions("transformers", "float32", "cpu"),
    EngineOptions("ct2", "float32", "cpu"),
    EngineOptions("ct2", "int8", "cpu"),
)
BATCH = 32


@dataclass(frozen=True, slots=True)
class Said:
    """One engine's output: of each chunk, and joined for each text."""

    name: str
    chunks: list[str]
    texts: list[str]
    seconds: float


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.engine_parity", description=__doc__.splitlines()[0]
    )
    parser.add_argument("files", nargs="*", type=Path, help="pairs, tab-separated")
    parser.add_argument("--model", default="starter", help="the bundled model or a model's folder")
    parser.add_argument("--limit", type=int, default=400, help="pairs of each file")
    parser.add_argument("--beam", type=int, default=4)
    return parser.parse_args()


def with_float32(model: InstalledModel, folder: Path) -> InstalledModel:
    """The model with its float32 conversion beside the int8 one, made in `folder`."""
    (folder / "hf").symlink_to(model.tokenizer.resolve())
    (folder / "ct2-int8").symlink_to(model.converted("int8").resolve())
    convert(folder / "hf", folder / "ct2-float32", "float32")
    return replace(model, path=folder)


def pieces_of(engine: Engine, texts: Sequence[str]) -> list[list[list[str]]]:
    """The chunks of each text, as pieces."""

    def count(parts: Sequence[str]) -> list[int]:
        return [len(found) for found in engine.encode(parts)]

    cut = []
    for text in (for_model(raw).text for raw in texts):
        spans = chunk.cut(text, engine.info.max_source_tokens, count)
        cut.append(engine.encode([span.of(text) for span in spans]))
    return cut


def run(engine: Engine, texts: Sequence[str], decoding: DecodingOptions) -> Said:
    cut = pieces_of(engine, texts)
    flat = [pieces for chunks in cut for pieces in chunks]
    order = sorted(range(len(flat)), key=lambda n: len(flat[n]))
    found: dict[int, str] = {}
    started = time.perf_counter()
    for at in range(0, len(order), BATCH):
        part = order[at : at + BATCH]
        answers = engine.translate([flat[n] for n in part], decoding)
        found.update(zip(part, engine.decode([a[0].pieces for a in answers]), strict=True))
    seconds = time.perf_counter() - started
    outputs = [found[n] for n in range(len(flat))]
    rest = iter(outputs)
    joined = [" ".join(next(rest) for _ in chunks) for chunks in cut]
    return Said(f"{engine.info.engine} {engine.info.compute_type}", outputs, joined, seconds)


def compare(path: Path, model: InstalledModel, limit: int, decoding: DecodingOptions) -> str:
    pairs = read_pairs(path, limit)
    said = []
    for choice in ENGINES:
        engine = create(model, choice)
        said.append(run(engine, [arabic for arabic, _ in pairs], decoding))
        engine.close()
        say(f"{path.name}: {said[-1].name} {said[-1].seconds:.1f} s")
    chrf, bleu = metrics()
    references = [[english for _, english in pairs]]
    reference = said[0]
    rows = [
        (
            s.name,
            f"{chrf.corpus_score(s.texts, [reference.texts]).score:.2f}",
            f"{sum(a == b for a, b in zip(s.chunks, reference.chunks, strict=True))}/{len(s.chunks)}",
            f"{chrf.corpus_score(s.texts, references).score:.2f}",
            f"{bleu.corpus_score(s.texts, references).score:.2f}",
        )
        for s in said
    ]
    header = ("engine", "chrF to transformers", "equal chunks", "chrF", "BLEU")
    return f"\n### {path.name}, {len(pairs)} pairs\n\n" + table(header, rows)


def main() -> None:
    given = options()
    model = model_at(given.model)
    decoding = model.manifest.decoding_options().with_(beam_size=given.beam)
    print(describe(model, {"beam": given.beam, "repetition penalty": decoding.repetition_penalty}))
    with tempfile.TemporaryDirectory() as folder:
        both = with_float32(model, Path(folder))
        for path in given.files or [OWN_SET]:
            print(compare(path, both, given.limit, decoding), flush=True)


if __name__ == "__main__":
    main()
