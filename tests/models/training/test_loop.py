from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from models.training import checkpoint
from models.training.batches import BatchOptions, Example
from models.training.errors import DataError, TrainingError
from models.training.loop import Data, LoopOptions, Progress, Trainer, Watch
from models.training.schedule import Bounds, Schedule
from models.training.vocabulary import Vocabulary

pytestmark = pytest.mark.torch

OPTIONS = LoopOptions(
    batch=BatchOptions(tokens=500, sampling=0.5),
    schedule=Schedule(peak=3e-3, warmup=5),
    bounds=Bounds(steps=24),
    average=0.9,
    measure_every=8,
    report_every=0.0,
)


def still() -> float:
    return 0.0


@pytest.fixture
def data(vocabulary: Vocabulary, examples: list[Example]) -> Data:
    return Data(examples[:300], examples[300:], vocabulary)


def new(data: Data, folder: Path, options: LoopOptions = OPTIONS, dropout: float = 0.1) -> Trainer:
    import torch

    from models.training import network

    torch.manual_seed(3)
    model = network.build(network.SIZES["micro"], len(data.vocabulary), dropout)
    network.bar_all_but(model, data.vocabulary.target_ids())
    return Trainer(model, data, options, folder, "same")


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    import torch

    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("stop_at", [1, 9, 16])
def test_a_resumed_run_equals_an_unbroken_one(data: Data, tmp_path: Path, stop_at: int) -> None:
    import torch

    whole = new(data, tmp_path)
    whole.run(Watch(still))
    expected = {name: value.clone() for name, value in whole._model.state_dict().items()}

    broken = new(data, tmp_path)
    stop = (n >= stop_at for n in count())
    outcome = broken.run(Watch(still, should_stop=lambda: next(stop)))
    assert (outcome.reason, outcome.step) == ("stopped", stop_at)

    torch.manual_seed(99)  # a new process knows nothing of the old generator
    resumed = Trainer(broken._model, data, OPTIONS, tmp_path, "same")
    for value in broken._model.parameters():
        value.data.zero_()
    resumed.resume()
    assert resumed.run(Watch(still)).reason == "steps"
    assert same(expected, resumed._model.state_dict())
    assert same(whole.averaged, resumed.averaged)
    assert whole.standing == resumed.standing


def test_it_learns(data: Data, tmp_path: Path) -> None:
    options = replace(OPTIONS, bounds=Bounds(steps=150), measure_every=50)
    trainer = new(data, tmp_path, options, dropout=0.0)
    before = trainer.development_loss(trainer.averaged)
    trainer.run(Watch(still))
    assert trainer.development_loss(trainer.averaged) < 0.6 * before


def test_progress_is_told(data: Data, tmp_path: Path) -> None:
    told: list[Progress] = []
    ticks = count()
    new(data, tmp_path).run(Watch(lambda: float(next(ticks)), told.append))
    assert [p.step for p in told] == list(range(1, 25))
    last = told[-1]
    assert last.development is not None
    assert last.tokens_per_second > 0
    assert last.remaining == pytest.approx(0.0)
    assert told[11].remaining == pytest.approx(told[11].elapsed)
    assert told[0].rate < told[4].rate


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        (Bounds(steps=3), "steps"),
        (Bounds(seconds=5.0), "time"),
        (Bounds(steps=500, patience=2), "patience"),
    ],
)
def test_each_bound_ends_the_run(data: Data, tmp_path: Path, bounds: Bounds, reason: str) -> None:
    # a rate of 1 spoils the weights, so that the development loss can't go on improving
    schedule = Schedule(peak=1.0, warmup=1) if reason == "patience" else OPTIONS.schedule
    options = replace(OPTIONS, bounds=bounds, schedule=schedule, measure_every=2)
    ticks = count()
    outcome = new(data, tmp_path, options).run(Watch(lambda: float(next(ticks))))
    assert outcome.reason == reason
    assert checkpoint.exists(tmp_path)


def test_elapsed_adds_up_over_sittings(data: Data, tmp_path: Path) -> None:
    options = replace(OPTIONS, bounds=Bounds(seconds=30.0))
    ticks, stop = count(), (n >= 5 for n in count())
    first = new(data, tmp_path, options)
    first.run(Watch(lambda: float(next(ticks)), should_stop=lambda: next(stop)))
    spent = first.standing.elapsed
    assert spent > 0
    second = new(data, tmp_path, options)
    second.resume()
    later = count(1_000_000)
    outcome = second.run(Watch(lambda: float(next(later))))
    assert outcome.reason == "time"
    assert 30.0 <= outcome.elapsed < 40.0


def test_a_foreign_checkpoint_is_refused(data: Data, tmp_path: Path) -> None:
    trainer = new(data, tmp_path, replace(OPTIONS, bounds=Bounds(steps=1)))
    trainer.run(Watch(still))
    other = Trainer(trainer._model, data, OPTIONS, tmp_path, "other")
    with pytest.raises(TrainingError, match="other data or options"):
        other.resume()


def test_a_damaged_checkpoint_is_named(data: Data, tmp_path: Path) -> None:
    (tmp_path / checkpoint.NAME).write_bytes(b"PK\x03\x04 not whole")
    with pytest.raises(TrainingError, match="cannot be read"):
        new(data, tmp_path).resume()


def test_no_pairs_no_training(data: Data, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="rejects"):
        new(replace(data, training=[]), tmp_path)


def test_pad_stays_zero(data: Data, tmp_path: Path) -> None:
    trainer = new(data, tmp_path)
    trainer.run(Watch(still))
    pad = trainer._model.config.pad_token_id
    assert not trainer.averaged["model.shared.weight"][pad].any()


def test_a_run_gone_astray_keeps_the_last_sound_checkpoint(data: Data, tmp_path: Path) -> None:
    import torch

    trainer = new(data, tmp_path, replace(OPTIONS, bounds=Bounds(steps=2)))
    trainer.run(Watch(still))
    sound = (tmp_path / checkpoint.NAME).read_bytes()
    with torch.no_grad():
        next(trainer._model.parameters()).fill_(float("nan"))
    trainer._options = OPTIONS
    with pytest.raises(TrainingError, match="not finite"):
        trainer.run(Watch(still))
    assert (tmp_path / checkpoint.NAME).read_bytes() == sound
