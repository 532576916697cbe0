"""`mujaz train`: a Marian model from parallel text, anew or going on from given weights."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.training import checkpoint, export, network, shortlist
from models.training.batches import Example, with_neighbours
from models.training.errors import DataError, TrainingError
from models.training.loop import Data, LoopOptions, Outcome, Trainer, Watch
from models.training.pairs import PairLimits, Reject
from models.training.prepare import (
    encoded,
    fingerprint,
    list_rejects,
    normalised,
    read_all,
    sides,
    split,
    weighted,
)
from models.training.scoring import chrf, translate
from models.training.vocabulary import Vocabulary, VocabularyOptions, train_vocabulary

WORK = "work"
_SPLIT_OFF = 0.02  # share of the pairs that becomes development text when none is given
_SCORED = 500  # development pairs that are translated at the end


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """A training job. `weights` repeats files by name; `start` is a model folder whose weights and vocabulary
    are the beginning; `neighbours` is the share of pairs that are also joined with those that follow."""

    training: tuple[Path, ...]
    out: Path
    development: tuple[Path, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    start: Path | None = None
    size: str = "tiny"
    vocabulary: VocabularyOptions = field(default_factory=VocabularyOptions)
    limits: PairLimits = field(default_factory=PairLimits)
    loop: LoopOptions = field(default_factory=LoopOptions)
    dropout: float = 0.1
    neighbours: float = 0.15
    device: str = "auto"
    licence: str = "unstated"
    resume: bool = False


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What came out. `chrf` is None when the run was stopped before its end and nothing was exported."""

    outcome: Outcome
    pairs: int
    rejects: dict[str, int]
    rejects_file: Path
    parameters: int
    chrf: float | None


def train(options: TrainOptions, watch: Watch) -> TrainReport:
    """Reads, trains, exports to `out/hf` and `out/ct2-int8`, and scores the development text.

    Raises `TrainingError` when there is a checkpoint and `resume` is off, or none and it is on.
    """
    import torch

    work = options.out / WORK
    work.mkdir(parents=True, exist_ok=True)
    check_resume(work, options.resume)
    torch.manual_seed(options.loop.batch.seed)
    data, rejects, pairs = _data(options, work)
    rejects_file = list_rejects(rejects, options.out)
    model = _model(options, data.vocabulary).to(network.pick_device(options.device))
    bound = fingerprint(data.training, {"size": options.size, "batch": asdict(options.loop.batch)})
    trainer = Trainer(model, data, options.loop, work, bound)
    if options.resume:
        trainer.resume()
    outcome = trainer.run(watch)
    score = None
    if outcome.reason != "stopped":
        model.load_state_dict(trainer.averaged)
        save_model(model, data.vocabulary, options.out)
        shortlist.add(data.training, data.vocabulary, options.out / export.CT2)
        export.describe(options.out, "trained on own text", options.licence, usual_longest(data.training))
        score = _score(options, data)
    counts = _counted(rejects)
    return TrainReport(outcome, pairs, counts, rejects_file, network.parameter_count(model), score)


def check_resume(work: Path, resume: bool) -> None:
    """A run is neither overwritten nor begun anew by mistake."""
    if resume and not checkpoint.exists(work):
        raise TrainingError(f"there is nothing to resume in {work}; start without --resume")
    if not resume and checkpoint.exists(work):
        raise TrainingError(f"{work} holds a checkpoint; add --resume to go on, or choose another --out")


def save_model(model: Any, vocabulary: Vocabulary, out: Path) -> None:
    """Writes the layout that every model folder has."""
    export.save_transformers(model, vocabulary, out / export.HF)
    export.convert(out / export.HF, out / export.CT2)


def usual_longest(examples: Sequence[Example]) -> int:
    """Source tokens, without end-of-sentence, that 99% of the examples stay under."""
    lengths = sorted(len(example.source) - 1 for example in examples)
    return max(8, lengths[int(0.99 * (len(lengths) - 1))])


def _data(options: TrainOptions, work: Path) -> tuple[Data, list[Reject], int]:
    development = read_all(options.development, options.limits)
    reading = read_all(options.training, options.limits, sides(development.pairs))
    pairs, held = list(reading.pairs), list(development.pairs)
    if len(pairs) < 2:
        raise DataError(f"{len(pairs)} usable pairs are too few to train on (rejected: {reading.reasons()})")
    if not held:
        pairs, held = split(pairs, max(1, min(1000, int(len(pairs) * _SPLIT_OFF))), options.loop.batch.seed)
    pairs, held = normalised(pairs), normalised(held)
    vocabulary = _vocabulary(options, work, [p.source for p in pairs], [p.target for p in pairs])
    seed, longest = options.loop.batch.seed, options.loop.batch.max_length
    mixture = weighted(with_neighbours(pairs, options.neighbours, seed), options.weights, seed)
    training, dev = encoded(mixture, vocabulary, longest), encoded(held, vocabulary, longest)
    rejects = [*development.rejects, *reading.rejects, *training.rejects, *dev.rejects]
    return Data(training.examples, dev.examples, vocabulary), rejects, len(pairs)


def _vocabulary(options: TrainOptions, work: Path, sources: list[str], targets: list[str]) -> Vocabulary:
    if options.start is not None:
        return Vocabulary(export.transformers_folder(options.start))
    if options.resume:
        return Vocabulary(work)
    return train_vocabulary(sources, targets, work, options.vocabulary)


def _model(options: TrainOptions, vocabulary: Vocabulary) -> Any:
    if options.start is not None:
        return network.load(export.transformers_folder(options.start), options.dropout)
    if options.size not in network.SIZES:
        raise TrainingError(f"unknown size {options.size!r}; sizes are {', '.join(network.SIZES)}")
    model = network.build(network.SIZES[options.size], len(vocabulary), options.dropout)
    network.bar_all_but(model, vocabulary.target_ids())
    return model


def _score(options: TrainOptions, data: Data) -> float | None:
    held = [example for example in data.development if example.reference][:_SCORED]
    if not held:
        return None
    outputs = translate(options.out / export.HF, options.out / export.CT2, [example.text for example in held])
    return chrf(outputs, [example.reference for example in held])


def _counted(rejects: list[Reject]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for reject in rejects:
        counts[reject.reason] = counts.get(reject.reason, 0) + 1
    return counts
