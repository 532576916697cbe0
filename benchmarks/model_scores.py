"""Scores of a model on development sets: what its card states, and the floors that must not be lost.

    python -m benchmarks.model_scores [--dev FOLDER] [--model FOLDER] [--sets NAME,...] [--limit N]
        [--beam 4] [--length-penalty 1] [--repetition-penalty 1] [--cut TOKENS] [--service] [--json FILE]
        [--floors]

For each set, and apart for Arabic over 40 words: chrF and BLEU (sacreBLEU, signatures printed); the share of
source numbers found in the output; the share of names found (capitalised inside the reference); the shares
of outputs that are empty, loop, or hold Arabic. `--cut` translates in chunks of at most that many source
tokens, as the service does; without it every text is one chunk. `--service` translates as the service does
with the settings of the model's manifest: it chooses among hypotheses and repairs (no glossary, and each text
is one segment). No cache, one process, all cores.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import table
from benchmarks.systems import translator
from benchmarks.texts import spread
from models import arabic, chunk
from models.joining import join
from models.manifest import InstalledModel
from models.quality import repetition
from models.translator import TranslateOptions

Translate = Callable[[Sequence[str]], list[str]]

HERE = Path(__file__).parent
DEV = HERE.parent.parent / "shared" / "starter" / "data" / "dev"
SETS = ("flores200_devtest", "pud_wiki", "mt_geneval_test", "news_written", "tatoeba_test_2021_msa")
LONG = 40  # words
#: chrF of whole sets at beam 4, length penalty 1.6, repetition penalty 1.15, chunks of 48 tokens, less half a
#: point for other machines' rounding.
FLOORS = HERE / "model_floors.json"

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w'-]+")  # inside a sentence, so not capital for standing first
_SMALL = re.findall(r"\w+", "zero one two three four five six seven eight nine ten eleven twelve")
_WEEK = re.findall(r"\w+", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday")


@dataclass(frozen=True, slots=True)
class Pair:
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class Search:
    """Decoding settings."""

    beam: int = 4
    length_penalty: float = 1.0
    repetition_penalty: float = 1.0
    cut: int = 0


#: Those of the bundled model's manifest, and its chunks.
BUNDLED = Search(beam=4, length_penalty=1.6, repetition_penalty=1.15, cut=48)


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares are of 1; None where there was nothing to count."""

    pairs: int
    chrf: float
    bleu: float
    numbers: float | None
    names: float | None
    empty: float
    looping: float
    arabic_left: float


class Model:
    """CTranslate2 with the model's own SentencePiece; nothing in between but cutting, if asked for."""

    def __init__(self, folder: Path, search: Search) -> None:
        import ctranslate2
        import sentencepiece

        self._search = search
        self._translator: Any = ctranslate2.Translator(str(folder / "ct2-int8"), compute_type="int8")
        self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder / "hf" / "source.spm"))
        self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder / "hf" / "target.spm"))

    def translate(self, texts: Sequence[str]) -> list[str]:
        """One output a text, in order."""
        texts = [arabic.for_model(text).text for text in texts]
        if not self._search.cut:
            return self._decode(texts)
        spans = [chunk.cut(text, self._search.cut, self._count) for text in texts]
        outputs = iter(self._decode([s.of(t) for t, cuts in zip(texts, spans, strict=True) for s in cuts]))
        return [join(t, cuts, [next(outputs) for _ in cuts])[0] for t, cuts in zip(texts, spans, strict=True)]

    def _count(self, texts: Sequence[str]) -> list[int]:
        return [len(pieces) for pieces in self._source.encode(list(texts))]

    def _decode(self, texts: Sequence[str]) -> list[str]:
        search = self._search
        results = self._translator.translate_batch(
            [[*pieces, "</s>"] for pieces in self._source.encode(list(texts), out_type=str)],
            beam_size=search.beam, length_penalty=search.length_penalty,
            repetition_penalty=search.repetition_penalty, disable_unk=True, max_input_length=0,
            max_decoding_length=250, max_batch_size=1024, batch_type="tokens",
        )  # fmt: skip
        return [self._target.decode(result.hypotheses[0]) for result in results]


def read(path: Path, limit: int) -> list[Pair]:
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [Pair(*line.split("\t")) for line in lines if line.count("\t") == 1]
    return spread(pairs, limit) if limit else pairs


def numbers_right(pairs: Sequence[Pair], outputs: Sequence[str]) -> float | None:
    """Share of the numbers in digits that the output has, in digits or, up to twelve, in a word."""
    right = total = 0
    for pair, output in zip(pairs, outputs, strict=True):
        have = [_plain(n) for n in _NUMBER.findall(output)]
        words = set(re.findall(r"\w+", output.lower()))
        for number in map(_plain, _NUMBER.findall(arabic.for_model(pair.source).text)):
            total += 1
            small = number.isdigit() and int(number) < len(_SMALL) and _SMALL[int(number)] in words
            right += number in have or small
    return right / total if total else None


def _plain(number: str) -> str:
    """Without thousands separators, with a point for decimals: a mark before three digits is no decimal."""
    whole = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number)
    return whole.replace(",", ".").lstrip("0") or "0"


def names_right(pairs: Sequence[Pair], outputs: Sequence[str]) -> float | None:
    """Share of the names of the reference that the output has, letter for letter."""
    right = total = 0
    for pair, output in zip(pairs, outputs, strict=True):
        names = set(_NAME.findall(pair.reference)) - set(_WEEK)
        have = set(re.findall(r"[\w'-]+", output))
        total += len(names)
        right += len(names & have)
    return right / total if total else None


def loops(source: str, output: str) -> bool:
    """As the service's own check sees it, trifles left out."""
    flags = repetition.check(source, output, arabic.for_matching(source))
    return any(flag.severity != "minor" for flag in flags)


@contextmanager
def as_the_service(folder: Path) -> Iterator[Translate]:
    """What users get: the product's own translator with the settings of the model's manifest."""
    with translator(InstalledModel.at(folder)) as ours:
        yield lambda texts: [r.text for r in ours.translate(texts, TranslateOptions(lane="bulk"))]


def score(pairs: Sequence[Pair], outputs: Sequence[str]) -> Scores:
    """All figures of one set."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    references, count = [[pair.reference for pair in pairs]], len(pairs)

    def share(hits: Iterable[bool]) -> float:
        return sum(hits) / count

    return Scores(
        count, CHRF().corpus_score(list(outputs), references).score,
        BLEU().corpus_score(list(outputs), references).score, numbers_right(pairs, outputs),
        names_right(pairs, outputs), share(not o.strip() for o in outputs),
        share(loops(p.source, o) for p, o in zip(pairs, outputs, strict=True)),
        share(arabic.has_arabic(o) for o in outputs),
    )  # fmt: skip


def evaluate(translate: Translate, sets: dict[str, list[Pair]]) -> dict[str, Scores]:
    """Scores by set, then of all pairs over `LONG` words, of whichever set."""
    result, long = {}, []
    for name, pairs in sets.items():
        outputs = translate([pair.source for pair in pairs])
        result[name] = score(pairs, outputs)
        long += [(p, o) for p, o in zip(pairs, outputs, strict=True) if len(p.source.split()) > LONG]
    if long:
        result[f"over {LONG} words"] = score([p for p, _ in long], [o for _, o in long])
    return result


def signatures() -> list[str]:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    made = []
    for metric in (CHRF(), BLEU()):
        name = metric.corpus_score(["a"], [["a"]]).name
        made.append(f"{name}|{metric.get_signature()}")
    return made


def below_floors(results: dict[str, Scores]) -> list[str]:
    """Sets whose chrF is under the pinned floor."""
    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return [
        f"{name}: chrF {results[name].chrf:.2f}, floor {floor}"
        for name, floor in floors.items()
        if name in results and results[name].chrf < floor
    ]


def show(results: dict[str, Scores]) -> str:
    def percent(value: float | None) -> str:
        return "–" if value is None else f"{100 * value:.1f}"

    rows = [
        [name, str(s.pairs), f"{s.chrf:.2f}", f"{s.bleu:.2f}",
         *(percent(v) for v in (s.numbers, s.names, s.empty, s.looping, s.arabic_left))]
        for name, s in results.items()
    ]  # fmt: skip
    header = ["set", "pairs", "chrF", "BLEU", "numbers %", "names %", "empty %", "looping %", "Arabic left %"]
    return table(header, rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", type=Path, default=DEV)
    parser.add_argument("--model", type=Path, default=HERE.parent / "models" / "starter")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--limit", type=int, default=0, help="pairs of each set, spread over it")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--length-penalty", type=float, default=1.0)
    parser.add_argument("--repetition-penalty", type=float, default=1.0)
    parser.add_argument("--cut", type=int, default=0)
    parser.add_argument(
        "--service", action="store_true", help="as the service does; the search is the manifest's"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--floors", action="store_true", help="fail below the floors of model_floors.json")
    given = parser.parse_args()
    if given.service and given.floors:
        parser.error("--floors are those of the bare search; leave --service out")
    if not given.dev.is_dir():
        sys.exit(f"no development sets in {given.dev}; name their folder with --dev")
    search = Search(given.beam, given.length_penalty, given.repetition_penalty, given.cut)
    sets = {name: read(given.dev / f"{name}.tsv", given.limit) for name in given.sets.split(",")}
    started = time.perf_counter()
    with (
        as_the_service(given.model)
        if given.service
        else nullcontext(Model(given.model, search).translate) as ours
    ):
        results = evaluate(ours, sets)
    how = "as the service translates" if given.service else f"CTranslate2 int8, {search}"
    print(f"{given.model.name}, {how}, {time.perf_counter() - started:.0f} s\n")
    print(show(results), "\n".join(signatures()), sep="\n\n")
    if given.json:
        given.json.write_text(json.dumps({name: asdict(s) for name, s in results.items()}, indent=1))
    failed = below_floors(results) if given.floors else []
    sys.exit("\n".join(["below the floor:", *failed]) if failed else 0)


if __name__ == "__main__":
    main()
