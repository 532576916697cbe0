"""Label-smoothed cross-entropy of a Marian model over the target tokens that count.

Written by hand because the softmax takes most of the time of a small model: padding is taken out before it,
pieces that can't stand in an output are left out of it, and no smoothed distribution is laid out in memory.
"""

from dataclasses import dataclass
from typing import Any

from models.training.batches import IGNORED, PADDING, Batch
from models.training.network import allowed_outputs


@dataclass(frozen=True, slots=True)
class Loss:
    """`mean`: a tensor to differentiate, mean over `tokens` target tokens, in nats."""

    mean: Any
    tokens: int


class SmoothedLoss:
    """Computes losses of one model; made once, after the model is on its device."""

    def __init__(self, model: Any, smoothing: float, autocast: bool) -> None:
        import torch

        self._model, self._smoothing, self._autocast = model, smoothing, autocast
        self._rows = allowed_outputs(model)
        self._row_of = torch.zeros(model.config.vocab_size, dtype=torch.long, device=self._rows.device)
        self._row_of[self._rows] = torch.arange(len(self._rows), device=self._rows.device)
        # Marian models of others may carry a trained bias; pieces barred by it are not among the rows
        self._bias = model.final_logits_bias[0, self._rows].clone()

    def __call__(self, batch: Batch, smooth: bool = True) -> Loss:
        """Forward pass and loss of one batch; without smoothing for measuring."""
        import torch

        model, device, pad = self._model, self._model.device, self._model.config.pad_token_id
        source = torch.from_numpy(batch.source).to(device)
        target = torch.from_numpy(batch.target).to(device)
        real, counted = source != PADDING, target != IGNORED
        shifted = torch.full_like(target, pad)  # <pad> starts the decoder
        shifted[:, 1:] = target[:, :-1]
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self._autocast):
            hidden = model.model(
                input_ids=source.masked_fill(~real, pad), attention_mask=real.long(),
                decoder_input_ids=shifted.masked_fill(shifted == IGNORED, pad), use_cache=False,
            ).last_hidden_state[counted]  # fmt: skip
            logits = torch.nn.functional.linear(hidden, model.lm_head.weight[self._rows])
        logits = logits.float() + self._bias
        mean = smoothed(logits, self._row_of[target[counted]], self._smoothing if smooth else 0.0)
        return Loss(mean, int(counted.sum()))


def smoothed(logits: Any, gold: Any, smoothing: float) -> Any:
    """Mean over rows of (1 - s) * -log p(gold) + s * (mean over the vocabulary of -log p)."""
    loss = logits.logsumexp(-1) - (1.0 - smoothing) * logits.gather(1, gold[:, None])[:, 0]
    if smoothing:
        loss = loss - smoothing * logits.mean(-1)
    return loss.mean()
