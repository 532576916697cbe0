"""`mujaz finetune`: adapts a Marian model to the user's own pairs without losing what it could do.

Forgetting is held back in three ways: replay text from the general domain takes a fixed share of the tokens,
early stopping watches a development set of both kinds, and the result may be drawn back towards the base
weights (Wortsman et al. 2022, "Robust fine-tuning").
"""

import logging
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.errors import ModelNotFound
from models.manifest import Manifest
from models.training import export, network, scoring
from models.training.batches import BatchOptions, Example
from models.training.errors import DataError
from models.training.loop import Data, LoopOptions, Outcome, Trainer, Watch
from models.training.pairs import Pair, PairLimits, Reject
from models.training.prepare import (
    encoded,
    fingerprint,
    list_rejects,
    normalised,
    read_all,
    sides,
    split,
)
from models.training.schedule import Bounds, Schedule
from models.training.scoring import Comparison
from models.training.scratch import WORK, check_resume, save_model, usual_longest
from models.training.vocabulary import Vocabulary

log = logging.getLogger(__name__)
REPLAY = "replay.tsv.gz"  # general text that a model folder may bring along
_FEWEST = 50
LOOP = LoopOptions(
    batch=BatchOptions(tokens=1024, sampling=0.3),
    schedule=Schedule(peak=3e-4, warmup=40, hold=0.3),
    bounds=Bounds(seconds=300.0, patience=4),
    average=0.98,
    measure_every=40,
)


@dataclass(frozen=True, slots=True)
class FinetuneOptions:
    """A fine-tuning job.

    `base`: a model folder. `held_out`: pairs drawn from the user's for the score, unless `held_out_files`
    are given. `replay`: general pairs; the model's own `replay.tsv.gz` when empty. `general`: development
    files on which forgetting is measured. `pull`: share of the base weights in the result, 0 to 1.
    """

    base: Path
    pairs: tuple[Path, ...]
    out: Path
    held_out: int = 100
    held_out_files: tuple[Path, ...] = ()
    replay: tuple[Path, ...] = ()
    replay_share: float = 0.5
    general: tuple[Path, ...] = ()
    pull: float = 0.5
    dropout: float = 0.1
    limits: PairLimits = field(default_factory=PairLimits)
    loop: LoopOptions = LOOP
    device: str = "auto"
    beam: int = 4
    resume: bool = False


@dataclass(frozen=True, slots=True)
class FinetuneReport:
    """What came out. The comparisons are None when the run was stopped, or for want of general text."""

    outcome: Outcome
    pairs: int
    replay: int
    rejects: dict[str, int]
    rejects_file: Path
    held_out: Comparison | None
    general: Comparison | None


@dataclass(frozen=True, slots=True)
class _Material:
    training: list[Pair]
    development: list[Pair]
    held_out: list[Pair]
    replay: list[Pair]
    general: list[Pair]
    rejects: list[Reject]


def finetune(options: FinetuneOptions, watch: Watch) -> FinetuneReport:
    """Adapts the model, writes `out/hf` and `out/ct2-int8`, and compares both on held-out pairs."""
    import torch

    work = options.out / WORK
    work.mkdir(parents=True, exist_ok=True)
    check_resume(work, options.resume)
    torch.manual_seed(options.loop.batch.seed)
    base = export.transformers_folder(options.base)
    vocabulary = Vocabulary(base)
    material = _material(options)
    data, rejects = _mixed(material, vocabulary, options)
    rejects_file = list_rejects([*material.rejects, *rejects], options.out)
    model = network.load(base, options.dropout).to(network.pick_device(options.device))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    trainer = Trainer(
        model, data, options.loop, work, fingerprint(data.training, {"batch": asdict(options.loop.batch)})
    )
    if options.resume:
        trainer.resume()
    outcome = trainer.run(watch)
    held_out = general = None
    if outcome.reason != "stopped":
        model.load_state_dict(_drawn_back(trainer.averaged, before, options.pull))
        save_model(model, vocabulary, options.out)
        _describe(options, data.training)
        held_out, general = _compare(options, base, material)
    counts: dict[str, int] = {}
    for reject in [*material.rejects, *rejects]:
        counts[reject.reason] = counts.get(reject.reason, 0) + 1
    return FinetuneReport(
        outcome, len(material.training), len(material.replay), counts, rejects_file, held_out, general
    )


def _describe(options: FinetuneOptions, examples: Sequence[Example]) -> None:
    """Licence and chunk length come from the base, whose child this is."""
    try:
        base = Manifest.read(options.base)
    except ModelNotFound:
        export.describe(
            options.out, f"fine-tuned from {options.base.name}", "that of the base", usual_longest(examples)
        )
    else:
        export.describe(options.out, f"fine-tuned from {base.id}", base.licence, base.max_source_tokens)


def _material(options: FinetuneOptions) -> _Material:
    held = read_all(options.held_out_files, options.limits)
    general = read_all(options.general, options.limits)
    apart = sides(held.pairs) | sides(general.pairs)
    own = read_all(options.pairs, options.limits, apart)
    rejects = [*held.rejects, *general.rejects, *own.rejects]
    pairs, held_out, seed = list(own.pairs), list(held.pairs), options.loop.batch.seed
    if len(pairs) < _FEWEST:
        raise DataError(f"{len(pairs)} usable pairs are too few; give {_FEWEST} or more ({own.reasons()})")
    if not held_out:
        pairs, held_out = split(pairs, options.held_out, seed)
    pairs, development = split(pairs, max(10, len(pairs) // 10), seed + 1)
    replay = read_all(_replay_files(options), options.limits, apart | sides(own.pairs))
    return _Material(
        normalised(pairs), normalised(development), normalised(held_out), normalised(replay.pairs),
        normalised(general.pairs), [*rejects, *replay.rejects],
    )  # fmt: skip


def _replay_files(options: FinetuneOptions) -> tuple[Path, ...]:
    bundled = options.base / REPLAY
    if options.replay:
        return options.replay
    if bundled.exists():
        return (bundled,)
    log.warning("no replay text: give some with --replay, or the model will forget general text")
    return ()


def _mixed(
    material: _Material, vocabulary: Vocabulary, options: FinetuneOptions
) -> tuple[Data, list[Reject]]:
    """The user's pairs repeated until they hold their share of the tokens; so is development text."""
    longest, seed = options.loop.batch.max_length, options.loop.batch.seed
    own = encoded(material.training, vocabulary, longest)
    own_dev = encoded(material.development, vocabulary, longest)
    replay = encoded(material.replay, vocabulary, longest)
    general = replay.examples
    random.Random(seed).shuffle(general)
    tokens_for_dev = _tokens(own_dev.examples) if options.replay_share > 0 else 0
    general_dev, general = _cut(general, min(tokens_for_dev, _tokens(general) // 5))
    if not general or options.replay_share <= 0:
        training = own.examples
    else:
        share = options.replay_share / (1.0 - options.replay_share)
        times = max(1, min(10, round(_tokens(general) / share / max(1, _tokens(own.examples)))))
        used, _ = _cut(general, int(times * _tokens(own.examples) * share))
        training = own.examples * times + used
    data = Data(training, [*own_dev.examples, *general_dev], vocabulary)
    return data, [*own.rejects, *own_dev.rejects, *replay.rejects]


def _tokens(examples: Sequence[Example]) -> int:
    return sum(len(example.target) for example in examples)


def _cut(examples: Sequence[Example], tokens: int) -> tuple[list[Example], list[Example]]:
    """The first examples, up to `tokens` target tokens, and the rest."""
    count = 0
    for index, example in enumerate(examples):
        count += len(example.target)
        if count > tokens:
            return list(examples[:index]), list(examples[index:])
    return list(examples), []


def _drawn_back(tuned: dict[str, Any], base: dict[str, Any], pull: float) -> dict[str, Any]:
    return {
        name: value.lerp(base[name].to(value.device), pull) if value.dtype.is_floating_point else value
        for name, value in tuned.items()
    }


def _compare(
    options: FinetuneOptions, base: Path, material: _Material
) -> tuple[Comparison, Comparison | None]:
    """Base and result, both converted to CTranslate2 int8, on held-out and on general pairs."""
    with TemporaryDirectory() as temporary:
        converted = Path(temporary) / export.CT2
        export.convert(base, converted)

        def score(pairs: Sequence[Pair]) -> Comparison:
            sources = [pair.source for pair in pairs]
            before = scoring.translate(base, converted, sources, options.beam)
            after = scoring.translate(
                options.out / export.HF, options.out / export.CT2, sources, options.beam
            )
            return scoring.compare(before, after, [pair.target for pair in pairs])

        return score(material.held_out), score(material.general) if material.general else None
