"""What each part of the bundled model's training is worth: runs that differ from one recipe in one thing.

    python -m benchmarks.ablation train --text FOLDER --start MODEL --characters 3_000_000 ARM [ARM ...]
    python -m benchmarks.ablation table

Every run begins with the weights of `--start`, sees the same number of English characters once, on one
thread, and is decoded alike (CTranslate2 int8, the settings of the bundled model). `--text` is a folder with
the shared starter's layout (`train/`, `written/`); this project's own pairs are read from
`models/starter/written`. Runs are kept in `--out`; `table` compares each with the run that its arm names as
its base, by paired bootstrap on all sentences of the sets together. The loss tells more than chrF in short
runs: nats per character of English, of the running mean of the weights.
"""

import argparse
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.measure import table
from benchmarks.model_scores import BUNDLED, DEV, HERE, Model, Pair, read
from models.training import network, scoring
from models.training.batches import BatchOptions, Example, plan, with_neighbours
from models.training.export import transformers_folder
from models.training.loop import Data, LoopOptions, Progress, Trainer, Watch
from models.training.network import Size
from models.training.pairs import Pair as TrainingPair
from models.training.pairs import PairLimits
from models.training.prepare import encoded, normalised, read_all
from models.training.schedule import Bounds, Schedule
from models.training.scratch import save_model
from models.training.vocabulary import Vocabulary

OWN = HERE.parent / "models" / "starter" / "written"
OUT = HERE.parent / "build" / "ablation"
SETS = ("flores200_devtest", "pud_wiki", "mt_geneval_test")
SENTENCES = 300  # of each set

_FIRST = (
    "arab_local", "economy2", "encyclo2", "geography", "headlines", "headlines2", "history", "long2", "mixed",
    "names", "science", "society2", "statements", "worldnews",
)  # fmt: skip
_SECOND = (
    "arab_local2", "arts_biographies", "history2", "prose", "science2", "travel", "travel_health", "worldnews2",
)  # fmt: skip
_THIRD = (
    *(f"vocabulary{n}" for n in range(1, 9)), "arab_local3", "arts2", "history3", "nature", "science3",
    "technology", "travel2", "worldnews3",
)  # fmt: skip
_NEWS = (
    "economy", "encyclopaedia", "gulf_maghreb", "levant", "politics", "quotes", "reports", "society", "world",
    "world2",
)  # fmt: skip

#: Groups of files. `own:` is this project's text; the others lie in the folder of `--text`.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "own, first part": tuple(f"own:{name}" for name in _FIRST),
    "own, second part": tuple(f"own:{name}" for name in _SECOND),
    "own, third part": tuple(f"own:{name}" for name in _THIRD),
    "news": tuple(f"written/{name}" for name in _NEWS),
    "long": ("written/long",),
    "words": ("written/verbs", "written/lexicon", "written/templates"),
    "software": tuple(
        f"train/msdocs_{name}"
        for name in ("alchemy_ht", "customer_insights", "d365_operations", "d365_project")
    ),
    "everyday": ("train/tatoeba_manythings", "train/student_nmt_truecased"),
    "xquad": ("train/xquad",),
    "geneval": ("train/mt_geneval_dev",),
    "web": ("train/mozilla_www", "train/sdg_translations", "train/covid_terms"),
}
#: Parts of the English characters, as in the training of the bundled model before there was a third part.
SHARES: Mapping[str, float] = {
    "own, first part": 0.29, "own, second part": 0.25, "news": 0.145, "long": 0.04, "words": 0.05,
    "software": 0.05, "everyday": 0.055, "xquad": 0.035, "geneval": 0.035, "web": 0.03,
}  # fmt: skip


def without(*groups: str) -> dict[str, float]:
    """The parts with these groups left out; the others fill their place."""
    return {name: share for name, share in SHARES.items() if name not in groups}


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to train. `shares`: of the characters for each group, None for every pair equally often.
    `layers` of the encoder and the decoder, where they are to be others than those of the beginning. `extra`
    is a file of pairs in the folder of the runs that takes `extra_share` of the characters from the others."""

    base: str = "recipe"
    shares: Mapping[str, float] | None = field(default_factory=lambda: SHARES)
    neighbours: float = 0.2
    sampling: float = 0.5
    dropout: float = 0.1
    smoothing: float = 0.1
    average: float = 0.99
    rate: float = 5e-4
    layers: tuple[int, int] | None = None
    extra: str | None = None
    extra_share: float = 0.35
    seed: int = 1


_CONTROL = Arm(base="control", rate=3e-4)

ARMS: Mapping[str, Arm] = {
    "recipe": Arm(),
    "another seed": Arm(seed=2),
    "no text of our own": Arm(shares=without("own, first part", "own, second part")),
    "first part of our own only": Arm(shares=without("own, second part")),
    "third part of our own too": Arm(shares=SHARES | {"own, third part": 0.42}),
    "our own text only": Arm(shares={"own, first part": 0.54, "own, second part": 0.46}),
    "every pair equally often": Arm(shares=None),
    "no neighbours joined": Arm(neighbours=0.0),
    "no long pairs, none joined": Arm(neighbours=0.0, shares=without("long")),
    "no sampling of segmentations": Arm(sampling=0.0),
    "no dropout": Arm(dropout=0.0),
    "dropout 0.2": Arm(dropout=0.2),
    "no label smoothing": Arm(smoothing=0.0),
    "rate 2e-4": Arm(rate=2e-4),
    "rate 1e-3": Arm(rate=1e-3),
    "6 + 2 layers": Arm(layers=(6, 2)),
    "4 + 1 layers": Arm(layers=(4, 1)),
    "control": _CONTROL,
    "self-training": replace(_CONTROL, extra="self.tsv"),
    "self-training, confident third": replace(_CONTROL, extra="self_confident.tsv"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run finds its text and leaves what it made."""

    text: Path
    start: Path
    out: Path


@cache
def _group(text: Path, name: str) -> tuple[TrainingPair, ...]:
    files = [
        OWN / f"{file[4:]}.tsv.gz" if file.startswith("own:") else text / f"{file}.tsv.gz"
        for file in GROUPS[name]
    ]
    return tuple(normalised(read_all(files, PairLimits()).pairs))


def draw(pairs: Sequence[TrainingPair], characters: float, rng: random.Random) -> list[TrainingPair]:
    """Pairs in random order, over and over, until their English has so many characters."""
    drawn: list[TrainingPair] = []
    count = 0.0
    while pairs and count < characters:
        for pair in rng.sample(pairs, len(pairs)):
            if count >= characters:
                break
            drawn.append(pair)
            count += len(pair.target)
    return drawn


def mixture(arm: Arm, place: Place, characters: int) -> list[TrainingPair]:
    """The text of a run."""
    rng = random.Random(arm.seed)
    groups = {
        name: with_neighbours(_group(place.text, name), arm.neighbours, arm.seed)
        for name in arm.shares or SHARES
    }
    sizes = {name: sum(len(pair.target) for pair in pairs) for name, pairs in groups.items()}
    shares = arm.shares or {name: size / sum(sizes.values()) for name, size in sizes.items()}
    drawn: list[TrainingPair] = []
    if arm.extra:
        extra = normalised(read_all([place.out / arm.extra], PairLimits()).pairs)
        drawn = draw(extra, characters * arm.extra_share, rng)
        characters = round(characters * (1 - arm.extra_share))
    for name, share in shares.items():
        drawn += draw(groups[name], characters * share / sum(shares.values()), rng)
    return drawn


def relayered(model: Any, layers: tuple[int, int], dropout: float) -> Any:
    """The network with so many layers: the last ones left out, or new ones put on top that at first pass
    on what they get."""
    import torch

    config = model.config
    size = Size(config.d_model, config.encoder_ffn_dim, config.encoder_attention_heads, *layers)
    made = network.build(size, config.vocab_size, dropout)
    made.load_state_dict(model.state_dict(), strict=False)
    old = {"encoder": config.encoder_layers, "decoder": config.decoder_layers}
    with torch.no_grad():
        for side, count in old.items():
            stack = getattr(made.model, side).layers
            for layer in stack[count:]:
                for name, module in layer.named_modules():
                    if isinstance(module, torch.nn.LayerNorm):
                        module.load_state_dict(stack[count - 1].final_layer_norm.state_dict())
                    elif name.endswith(("out_proj", "fc2")):
                        module.weight.zero_()
                        module.bias.zero_()
    return made


def train(name: str, place: Place, characters: int) -> dict[str, Any]:
    """Trains the arm over its text once, the rate falling to nothing, and decodes the development sets."""
    import torch

    arm, folder = ARMS[name], place.out / name
    torch.manual_seed(arm.seed)
    pairs = mixture(arm, place, characters)
    hf = transformers_folder(place.start)
    model, vocabulary = network.load(hf, arm.dropout), Vocabulary(hf)
    if arm.layers is not None:
        model = relayered(model, arm.layers, arm.dropout)
    examples = encoded(pairs, vocabulary, 160).examples
    batch = BatchOptions(tokens=1024, sampling=arm.sampling, seed=arm.seed)
    steps = len(plan(examples, batch, epoch=0))
    options = LoopOptions(
        batch=batch, schedule=Schedule(peak=arm.rate, warmup=60, hold=0.3),
        bounds=Bounds(steps=steps), smoothing=arm.smoothing, average=arm.average, measure_every=steps,
        save_every=float("inf"), report_every=60.0,
    )  # fmt: skip

    def report(progress: Progress) -> None:
        print(f"{name}: step {progress.step} of {steps}, loss {progress.loss:.3f}, "
              f"{progress.tokens_per_second:.0f} tokens/s", flush=True)  # fmt: skip

    (folder / "work").mkdir(parents=True, exist_ok=True)
    trainer = Trainer(
        model, Data(examples, _encoded_development(vocabulary), vocabulary), options, folder / "work"
    )
    outcome = trainer.run(Watch(time.process_time, report))
    model.load_state_dict(trainer.averaged)
    save_model(model, vocabulary, folder)
    return decoded(folder, {
        "base": arm.base, "steps": steps, "target_tokens": _tokens(examples), "seconds": outcome.elapsed,
        "parameters": network.parameter_count(model), "loss": _per_character(trainer, vocabulary),
    })  # fmt: skip


def _encoded_development(vocabulary: Vocabulary) -> list[Example]:
    pairs = [TrainingPair(p.source, p.reference) for pairs in development().values() for p in pairs]
    return encoded(normalised(pairs), vocabulary, 160).examples


def _per_character(trainer: Trainer, vocabulary: Vocabulary) -> float:
    """Development loss in nats per character of English, which vocabularies of every size share."""
    examples = _encoded_development(vocabulary)
    loss = trainer.development_loss(trainer.averaged)
    return loss * _tokens(examples) / sum(len(example.reference) for example in examples)


def _tokens(examples: Sequence[Example]) -> int:
    return sum(len(example.target) for example in examples)


def development() -> dict[str, list[Pair]]:
    return {name: read(DEV / f"{name}.tsv", SENTENCES) for name in SETS}


def decoded(folder: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Writes the facts of a run together with what the model makes of the development sets."""
    model, sets = Model(folder, BUNDLED), development().items()
    run = {
        **facts, "outputs": {name: model.translate([p.source for p in pairs]) for name, pairs in sets},
        "megabytes": sum(path.stat().st_size for path in (folder / "ct2-int8").iterdir()) / 1e6,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
    return run


def compared(out: Path) -> str:
    """All runs in the folder as a table."""
    runs = {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(out.glob("*/run.json"))}
    sets = development()
    references = [pair.reference for pairs in sets.values() for pair in pairs]
    rows = []
    for name, run in runs.items():
        each = [f"{scoring.chrf(run['outputs'][s], [p.reference for p in sets[s]]):.1f}" for s in SETS]
        change = _change(runs.get(run["base"]), run, references)
        rows.append([
            name, f"{run['parameters'] / 1e6:.1f} M", f"{run['megabytes']:.0f}",
            f"{run['target_tokens'] / 1e6:.2f} M", f"{run['seconds']:.0f}", f"{run['loss']:.4f}", *each, change,
        ])  # fmt: skip
    header = [
        "run",
        "parameters",
        "int8 MB",
        "target tokens",
        "CPU s",
        "nats per character",
        *SETS,
        "change of chrF",
    ]
    return table(header, rows)


def _change(base: dict[str, Any] | None, run: dict[str, Any], references: Sequence[str]) -> str:
    if base is None or base is run:
        return "–"
    before, after = ([output for name in SETS for output in r["outputs"][name]] for r in (base, run))
    result = scoring.compare(before, after, references)
    return f"{result.gain:+.2f} (p {result.p:.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--text", type=Path, default=DEV.parent)
    parser.add_argument("--start", type=Path, default=HERE.parent / "models" / "starter")
    parser.add_argument("--characters", type=int, default=3_000_000, help="of English in each run")
    parser.add_argument("what", choices=("train", "table"))
    parser.add_argument("names", nargs="*", help=f"arms: {', '.join(ARMS)}")
    given = parser.parse_args()
    place = Place(given.text, given.start, given.out)
    if given.what == "train":
        import torch

        torch.set_num_threads(1)
        for name in given.names:
            train(name, place, given.characters)
    else:
        print(compared(given.out))


if __name__ == "__main__":
    main()
