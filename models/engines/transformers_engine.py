"""transformers engine: `MarianMTModel.generate` on torch, the reference that the fast engine is held against.

It searches as `ct2` does: same beam, same penalties, `<unk>` and `<pad>` never generated, a search that ends
when `beam_size` hypotheses have. Both rank hypotheses by sum(log p) / length**length_penalty; what differs
is when a search may stop, and float rounding. It computes no attention.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.engines.base import DecodingOptions, EngineInfo, Hypothesis
from models.engines.sentencepieces import END, PAD, UNKNOWN, SentencePieces
from models.errors import Closed, EngineUnavailable, TooLong

#: Hypotheses in one scoring pass: bounds the memory for hypotheses x pieces x vocabulary.
_SCORED_AT_ONCE = 16


class TransformersEngine:
    """Thread-safe: one batch computes at a time, on all of torch's threads."""

    def __init__(self, info: EngineInfo, folder: Path, *, prefix: str = "", threads: int = 0) -> None:
        """`folder`: transformers Marian layout. `prefix` is the token put before every source. `threads` 0
        leaves torch's own setting, which is one a core. Raises `EngineUnavailable`."""
        try:
            import torch
            from transformers import MarianMTModel
            from transformers.utils import logging
        except ImportError as error:
            raise EngineUnavailable(f"The transformers engine can't start: {error}") from error
        self.info = info
        self._torch = torch
        self._pieces = SentencePieces(folder)
        self._names = {number: piece for piece, number in self._pieces.vocabulary.items()}
        self._prefix = (prefix,) if prefix else ()
        self._lock = threading.Lock()
        logging.disable_progress_bar()
        if threads:
            torch.set_num_threads(threads)
        try:
            model = MarianMTModel.from_pretrained(
                folder, dtype=getattr(torch, info.compute_type), local_files_only=True
            )
            self._model: Any = model.to(info.device).eval()
        except (OSError, RuntimeError, ValueError) as error:
            raise EngineUnavailable(f"transformers can't load the model: {error}") from error

    def encode(self, texts: Sequence[str]) -> list[list[str]]:
        return self._pieces.encode(texts)

    def decode(self, pieces: Sequence[Sequence[str]]) -> list[str]:
        return self._pieces.decode(pieces)

    def translate(
        self, chunks: Sequence[Sequence[str]], options: DecodingOptions
    ) -> list[tuple[Hypothesis, ...]]:
        """See `base.Engine`; attention is always None. Raises `TooLong` like the CTranslate2 engine."""
        with self._lock:
            if self._model is None:
                raise Closed("The engine is closed.")
            sources = [self._pieces.ids([*self._prefix, *chunk, END]) for chunk in chunks if chunk]
            found = iter(self._search(sources, options) if sources else [])
        empty = (Hypothesis((), 0.0, True),)
        return [next(found) if chunk else empty for chunk in chunks]

    def _search(self, sources: list[list[int]], options: DecodingOptions) -> list[tuple[Hypothesis, ...]]:
        torch = self._torch
        longest = max(map(len, sources))
        if longest > self._pieces.positions:
            raise TooLong(f"A chunk of {longest} pieces is more than the model's {self._pieces.positions}.")
        ids = torch.full((len(sources), longest), self._pieces.vocabulary[PAD])
        mask = torch.zeros_like(ids)
        for row, source in enumerate(sources):
            ids[row, : len(source)] = torch.tensor(source)
            mask[row, : len(source)] = 1
        ids, mask = ids.to(self.info.device), mask.to(self.info.device)
        with torch.inference_mode():
            output = self._model.generate(
                input_ids=ids, attention_mask=mask, generation_config=self._generation(longest, options)
            )
            scores = self._scores(ids, mask, output, options.num_hypotheses)
        sequences = output[:, 1:].tolist()  # without the decoder's start token
        each = options.num_hypotheses
        made = [self._hypothesis(s, p) for s, p in zip(sequences, scores, strict=True)]
        return [tuple(made[n : n + each]) for n in range(0, len(made), each)]

    def _scores(self, ids: Any, mask: Any, output: Any, each: int) -> list[float]:
        """Mean log p of every hypothesis, end-of-sentence included, from one more pass over the finished
        texts: `generate` would keep the whole vocabulary's scores of every step instead."""
        pad, scores = self._pieces.vocabulary[PAD], []
        for row in range(0, len(output), _SCORED_AT_ONCE):
            part = output[row : row + _SCORED_AT_ONCE]
            sources = [n // each for n in range(row, row + len(part))]
            logits = self._model(
                input_ids=ids[sources], attention_mask=mask[sources], decoder_input_ids=part[:, :-1]
            ).logits
            wanted = part[:, 1:]
            steps = logits.float().log_softmax(-1).gather(-1, wanted.unsqueeze(-1)).squeeze(-1)
            real = wanted != pad
            scores += ((steps * real).sum(1) / real.sum(1).clamp(min=1)).tolist()
        return scores

    def _generation(self, longest: int, options: DecodingOptions) -> Any:
        from transformers import GenerationConfig

        vocabulary = self._pieces.vocabulary
        beams = max(options.beam_size, options.num_hypotheses)
        return GenerationConfig(
            num_beams=beams,
            num_return_sequences=options.num_hypotheses,
            do_sample=False,
            length_penalty=options.length_penalty,
            early_stopping=True if beams > 1 else None,
            repetition_penalty=options.repetition_penalty,
            no_repeat_ngram_size=options.no_repeat_ngram_size,
            max_new_tokens=min(int(options.max_length_ratio * longest) + 20, self._pieces.positions),
            # No forced end at the bound: what was cut must look cut.
            forced_eos_token_id=None,
            suppress_tokens=[vocabulary[UNKNOWN], vocabulary[PAD]],
            eos_token_id=vocabulary[END],
            pad_token_id=vocabulary[PAD],
            decoder_start_token_id=vocabulary[PAD],
        )

    def _hypothesis(self, ids: list[int], score: float) -> Hypothesis:
        end, pad = self._pieces.vocabulary[END], self._pieces.vocabulary[PAD]
        finished = end in ids
        kept = ids[: ids.index(end)] if finished else [n for n in ids if n != pad]
        return Hypothesis(tuple(self._names[n] for n in kept), min(0.0, score), finished)

    def close(self) -> None:
        with self._lock:
            self._model = None
