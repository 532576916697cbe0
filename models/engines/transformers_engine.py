"""The reference engine: `MarianMTModel.generate`, with the same search as CTranslate2's.

It is what published scores were made with; `benchmarks/engine_parity.py` holds the two engines against each
other. It needs torch, which serving otherwise never imports.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.engines.sentencepieces import END, PAD, UNKNOWN, SentencePieces
from models.errors import Closed, EngineUnavailable, TooLong

#: Logits are kept for so many output positions times vocabulary entries at once: 256 MB in float32.
_SCORED_AT_ONCE = 64 * 1024**2


class TransformersEngine:
    """Thread-safe; one batch computes at a time. `folder` holds a Marian model in the transformers layout;
    weights of any stored type are computed in `info.compute_type`. Attention is not reported.

    The repetition penalty is CTranslate2's, on the logits before the softmax, not the one that transformers'
    beam search has, on log-probabilities: see `_penalty_on_logits`."""

    def __init__(self, info: EngineInfo, folder: Path, *, prefix: str = "", threads: int = 0) -> None:
        """`prefix` is the token put before every source (`>>eng<<`), "" for none; `threads` 0 leaves torch's
        own number. Raises `EngineUnavailable` when torch, transformers or the weights are missing."""
        try:
            import torch
            from transformers import GenerationConfig, MarianMTModel
            from transformers.utils import logging as library

            library.disable_progress_bar()  # a service's log is no place for one
            model = MarianMTModel.from_pretrained(
                folder, dtype=getattr(torch, info.compute_type), local_files_only=True
            )
            # What the folder says of generating would fill every gap of ours (an end forced at the bound).
            model.generation_config = GenerationConfig()
            self._model: Any = model.to(info.device).eval()
        except (ImportError, OSError, ValueError, RuntimeError) as error:
            raise EngineUnavailable(f"transformers can't load {folder.name}: {error}") from error
        if threads:
            torch.set_num_threads(threads)
        self.info = info
        self._lock = threading.Lock()
        self._prefix = (prefix,) if prefix else ()
        self._pieces = SentencePieces(folder)
        self._spelled = {number: piece for piece, number in self._pieces.vocabulary.items()}
        self._end = self._pieces.vocabulary[END]
        self._pad = self._pieces.vocabulary[PAD]
        self._never = [self._pad, self._pieces.vocabulary[UNKNOWN]]

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return self._pieces.encode(texts)

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return self._pieces.decode(pieces)

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        """See `base.Engine`. One length bound for the batch, the longest chunk's, as in the CTranslate2
        engine. Raises `TooLong` when a chunk has more pieces than the model has positions."""
        with self._lock:
            if self._model is None:
                raise Closed("The engine is closed.")
            filled = [[*self._pieces.ids([*self._prefix, *chunk]), self._end] for chunk in chunks if chunk]
            found = iter(self._search(self._model, filled, options) if filled else [])
        empty = (Hypothesis((), 0.0, True),)
        return [next(found) if chunk else empty for chunk in chunks]

    def _search(
        self, model: Any, sources: list[list[int]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        import torch

        longest = max(map(len, sources))
        if longest > self._pieces.positions:
            raise TooLong(f"A chunk of {longest} pieces is more than the model's {self._pieces.positions}.")
        padded = [source + [self._pad] * (longest - len(source)) for source in sources]
        inputs = torch.tensor(padded, device=model.device)
        mask = torch.tensor([[1] * len(s) + [0] * (longest - len(s)) for s in sources], device=model.device)
        with torch.inference_mode():
            with _penalty_on_logits(model, options.repetition_penalty) as processors:
                outputs = model.generate(
                    input_ids=inputs,
                    attention_mask=mask,
                    generation_config=self._generation(model, options, longest),
                    logits_processor=processors,
                )
            n = options.num_hypotheses
            scores = self._scores(
                model, inputs.repeat_interleave(n, 0), mask.repeat_interleave(n, 0), outputs[:, 1:]
            )
        made = [self._hypothesis(row, score) for row, score in zip(outputs.tolist(), scores, strict=True)]
        return [tuple(made[at : at + n]) for at in range(0, len(made), n)]

    def _generation(self, model: Any, options: DecodingOptions, longest: int) -> Any:
        """The bound counts end-of-sentence; nothing forces one there, or a cut output would look finished.
        `early_stopping` ends the search when `num_beams` hypotheses are complete, as CTranslate2 does."""
        from transformers import GenerationConfig

        beams = max(options.beam_size, options.num_hypotheses)
        return GenerationConfig(
            num_beams=beams,
            num_return_sequences=options.num_hypotheses,
            do_sample=False,
            early_stopping=beams > 1,
            length_penalty=options.length_penalty if beams > 1 else None,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            max_new_tokens=min(int(options.max_length_ratio * longest) + 20, self._pieces.positions),
            suppress_tokens=self._never,
            renormalize_logits=True,  # CTranslate2 bars these pieces before its softmax
            decoder_start_token_id=model.config.decoder_start_token_id,
            eos_token_id=self._end,
            pad_token_id=self._pad,
        )

    def _scores(self, model: Any, inputs: Any, mask: Any, outputs: Any) -> list[float]:
        """Mean log-probability of each output, from one more pass over it. `generate` could give its beam
        scores, but only for beams and only by keeping every step's logits of every beam."""
        import torch

        rows = max(1, _SCORED_AT_ONCE // (outputs.shape[1] * len(self._spelled)))
        means: list[float] = []
        for at in range(0, len(outputs), rows):
            part = slice(at, at + rows)
            made = outputs[part]
            start = torch.full_like(made[:, :1], model.config.decoder_start_token_id)
            logits = model(
                input_ids=inputs[part],
                attention_mask=mask[part],
                decoder_input_ids=torch.cat((start, made[:, :-1]), dim=1),
                use_cache=False,
            ).logits.float()
            logits[..., self._never] = -torch.inf
            chosen = logits.gather(-1, made[..., None])[..., 0] - logits.logsumexp(-1)
            real = made != self._pad
            means += (chosen.where(real, 0.0).sum(1) / real.sum(1).clamp(min=1)).tolist()
        return means

    def _hypothesis(self, row: list[int], score: float) -> Hypothesis:
        """`row` begins with the decoder's start piece and may end in padding."""
        numbers = row[1:]
        finished = self._end in numbers
        if finished:
            numbers = numbers[: numbers.index(self._end)]
        pieces = tuple(self._spelled[number] for number in numbers if number != self._pad)
        return Hypothesis(pieces, min(score, 0.0), finished)

    def close(self) -> None:
        with self._lock:
            self._model = None


@contextmanager
def _penalty_on_logits(model: Any, penalty: float) -> Iterator[list[Any]]:
    """The logits processors that make `generate` penalise repeated pieces as CTranslate2 does.

    Both divide positive values and multiply negative ones (Keskar et al. 2019, CTRL), but CTranslate2 takes
    the raw logits, as the paper does, and transformers' beam search the log-probabilities, which are all
    negative: that is much harsher. A hook keeps each step's logits for the processor."""
    if penalty == 1.0:
        yield []
        return
    last: list[Any] = []

    def keep(module: Any, inputs: Any, output: Any) -> None:
        last[:] = [output.logits[:, -1].float()]

    def penalise(made: Any, scores: Any) -> Any:
        logits = last[0]
        seen = logits.gather(1, made)
        logits = logits.scatter(1, made, (seen * penalty).where(seen < 0, seen / penalty))
        return logits.log_softmax(-1).masked_fill(scores.isneginf(), float("-inf"))

    hook = model.register_forward_hook(keep)
    try:
        yield [penalise]
    finally:
        hook.remove()
