"""The training loop: one model, one stream of batches, until steps, time or patience run out."""

import copy
import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.training import checkpoint
from models.training.batches import Batch, BatchOptions, Example, batches, collate, plan
from models.training.checkpoint import Standing
from models.training.errors import DataError, TrainingError
from models.training.loss import Loss, SmoothedLoss
from models.training.network import has_bfloat16
from models.training.schedule import Bounds, Schedule
from models.training.vocabulary import Vocabulary

log = logging.getLogger(__name__)
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """`average`: decay of the running mean of the weights per step. `measure_every` and `save_every` are in
    steps and in seconds. `precision`: auto, float32 or bfloat16."""

    batch: BatchOptions = field(default_factory=BatchOptions)
    schedule: Schedule = field(default_factory=Schedule)
    bounds: Bounds = field(default_factory=lambda: Bounds(seconds=3600.0))
    smoothing: float = 0.1
    average: float = 0.999
    weight_decay: float = 0.01
    clip: float = 1.0
    measure_every: int = 500
    save_every: float = 300.0
    report_every: float = 10.0
    precision: str = "auto"


@dataclass(frozen=True, slots=True)
class Progress:
    """What the run tells while it goes on. Losses in nats per target token; `development` is the newest
    measurement of the averaged weights; `remaining` is the expected time to the end in seconds."""

    step: int
    epoch: int
    rate: float
    loss: float
    development: float | None
    tokens_per_second: float
    elapsed: float
    remaining: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `reason`: steps, time, patience or stopped (by the caller; it can be resumed)."""

    reason: str
    step: int
    epoch: int
    elapsed: float
    best: float


@dataclass(frozen=True, slots=True)
class Watch:
    """The caller's side of a run: its clock (seconds), its ears, and its hand on the brake."""

    clock: Clock
    report: Callable[[Progress], None] = lambda progress: None
    should_stop: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class Data:
    """Training and development examples, and the vocabulary they are written in."""

    training: Sequence[Example]
    development: Sequence[Example]
    vocabulary: Vocabulary


class _Meter:
    """Losses since the last report, summed on the device: reading one at each step would make a GPU wait."""

    def __init__(self, since: float = 0.0) -> None:
        self.tokens, self.since = 0, since
        self._total: Any = 0.0

    def add(self, loss: Loss) -> None:
        self._total = self._total + loss.mean.detach() * loss.tokens
        self.tokens += loss.tokens

    def mean(self, step: int) -> float:
        """Mean per token; `TrainingError` when it isn't a number any more."""
        mean = float(self._total) / max(1, self.tokens)
        if not math.isfinite(mean):
            raise TrainingError(f"the loss is not finite at step {step}; lower --rate and resume")
        return mean


class Trainer:
    """Trains `model` in place. After `run`, `averaged` holds the best averaged weights as a state dict."""

    def __init__(
        self, model: Any, data: Data, options: LoopOptions, folder: Path, fingerprint: str = ""
    ) -> None:
        import torch

        if not data.training:
            raise DataError("no usable pair is left to train on; see the list of rejects")
        self._model, self._data, self._options = model, data, options
        self._folder, self._fingerprint = folder, fingerprint
        self._autocast = _autocast(options.precision, model.device.type)
        self._loss = SmoothedLoss(model, options.smoothing, self._autocast)
        self._optimizer = torch.optim.AdamW(
            model.parameters(), lr=options.schedule.peak, betas=(0.9, 0.98), eps=1e-9,
            weight_decay=options.weight_decay, fused=True,
        )  # fmt: skip
        self.standing = Standing()
        self._running = _copied(model)
        self.averaged = self._running
        self._development: float | None = None
        self._meter = _Meter()
        self._saved_at = 0.0

    def resume(self) -> None:
        """Goes back to the checkpoint in the folder."""
        self.standing, state = checkpoint.load(self._folder, self._fingerprint)
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._running = _moved(state["running"], self._model.device)
        self.averaged = _moved(state["averaged"], self._model.device) if state["averaged"] else self._running

    def save(self) -> None:
        """Writes the checkpoint, unless the run has gone astray: then the last sound one stays."""
        self._meter.mean(self.standing.step)
        best = {} if self.averaged is self._running else self.averaged
        tensors = {
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "running": self._running,
            "averaged": best,
        }
        checkpoint.save(self._folder, self.standing, tensors, self._fingerprint)
        self._saved_at = self.standing.elapsed

    def run(self, watch: Watch) -> Outcome:
        """Trains until a bound is reached or the caller stops it, and writes the checkpoint."""
        standing, options = self.standing, self._options
        before, begun = standing.elapsed, watch.clock()
        self._saved_at = before
        self._meter = _Meter(since=before)
        self._model.train()
        reason = self._end(watch)
        stream = batches(
            self._data.training, self._data.vocabulary, options.batch, standing.epoch, standing.position
        )
        while reason is None:
            rate = self._step(next(stream))
            standing.elapsed = before + watch.clock() - begun
            if standing.step % options.measure_every == 0:
                self._measure()
            self._tell(watch, rate)
            if standing.elapsed - self._saved_at >= options.save_every:
                self.save()
            reason = self._end(watch)
        if reason != "stopped" and standing.step % options.measure_every:
            self._measure()
        self.save()
        return Outcome(reason, standing.step, standing.epoch, standing.elapsed, standing.best)

    def _end(self, watch: Watch) -> str | None:
        bounds, standing = self._options.bounds, self.standing
        if bounds.steps is not None and standing.step >= bounds.steps:
            return "steps"
        if bounds.seconds is not None and standing.elapsed >= bounds.seconds:
            return "time"
        if bounds.patience is not None and standing.stale >= bounds.patience:
            return "patience"
        return "stopped" if watch.should_stop() else None

    def _step(self, batch: Batch) -> float:
        import torch

        standing, options = self.standing, self._options
        rate = options.schedule.rate(standing.step, options.bounds.progress(standing.step, standing.elapsed))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        loss = self._loss(batch)
        loss.mean.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), options.clip)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        standing.step += 1
        standing.epoch, standing.position = batch.epoch, batch.position
        self._average()
        self._meter.add(loss)
        return rate

    def _average(self) -> None:
        """Running mean of the weights; the young mean forgets faster, so that it isn't held at the start."""
        import torch

        step = self.standing.step
        decay = min(self._options.average, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in self._model.state_dict().items():
                if value.dtype.is_floating_point:
                    self._running[name].lerp_(value, 1.0 - decay)

    def _measure(self) -> None:
        """Development loss of the averaged weights; the best ones are kept."""
        if not self._data.development:
            return
        loss = self.development_loss(self._running)
        self._development = loss
        if loss < self.standing.best:
            self.standing.best, self.standing.stale = loss, 0
            self.averaged = copy.deepcopy(self._running)
        else:
            self.standing.stale += 1

    def development_loss(self, weights: dict[str, Any]) -> float:
        """Unsmoothed loss of these weights on the development examples, in nats per token."""
        import torch

        present = _copied(self._model)
        self._model.load_state_dict(weights)
        self._model.eval()
        total, tokens = 0.0, 0
        with torch.no_grad():
            for batch in _fixed_batches(self._data.development, self._options.batch):
                loss = self._loss(batch, smooth=False)
                total += float(loss.mean) * loss.tokens
                tokens += loss.tokens
        self._model.load_state_dict(present)
        self._model.train()
        return total / max(1, tokens)

    def _tell(self, watch: Watch, rate: float) -> None:
        standing, meter = self.standing, self._meter
        seconds = standing.elapsed - meter.since
        if seconds < self._options.report_every:
            return
        remaining = self._options.bounds.remaining(standing.step, standing.elapsed)
        watch.report(
            Progress(
                standing.step, standing.epoch, rate, meter.mean(standing.step), self._development,
                meter.tokens / seconds if seconds else 0.0, standing.elapsed, remaining,
            )
        )  # fmt: skip
        self._meter = _Meter(since=standing.elapsed)


def _fixed_batches(examples: Sequence[Example], options: BatchOptions) -> Iterator[Batch]:
    for group in plan(examples, options, epoch=0):
        yield collate([examples[i] for i in group])


def _autocast(precision: str, device: str) -> bool:
    if precision not in ("auto", "float32", "bfloat16"):
        raise TrainingError(f"unknown precision {precision!r}: use auto, float32 or bfloat16")
    return precision == "bfloat16" or (precision == "auto" and has_bfloat16(device))


def _copied(model: Any) -> dict[str, Any]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _moved(tensors: dict[str, Any], device: Any) -> dict[str, Any]:
    return {name: value.to(device) for name, value in tensors.items()}
