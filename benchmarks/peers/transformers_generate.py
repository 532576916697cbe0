"""Plain Hugging Face transformers: `MarianMTModel.generate` in float32, batched and sorted by length.

What a careful user would write around the model without CTranslate2: sentences and chunks are given (ours, so
that both sides translate the same), sorted longest first, in batches of a bounded padded size.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.batches import by_length
from models.engines.base import DecodingOptions


class TransformersBaseline:
    """Loads torch: seconds and hundreds of megabytes. `threads` are torch's own."""

    def __init__(self, hf_dir: Path, threads: int) -> None:
        import torch
        from transformers import AutoTokenizer, MarianMTModel

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._tokenizer: Any = AutoTokenizer.from_pretrained(str(hf_dir))
        self._model: Any = MarianMTModel.from_pretrained(str(hf_dir), dtype=torch.float32)
        self._model.eval()

    def translate(self, texts: Sequence[str], decoding: DecodingOptions, batch_tokens: int) -> list[str]:
        """One translation per text, same order. Output is bounded by the same rule as in our engine."""
        lengths = [len(ids) for ids in self._tokenizer(list(texts))["input_ids"]]
        results = [""] * len(texts)
        for batch in by_length(lengths, batch_tokens):
            inputs = self._tokenizer([texts[i] for i in batch], return_tensors="pt", padding=True)
            longest = max(lengths[i] for i in batch)
            with self._torch.inference_mode():
                output = self._model.generate(
                    **inputs,
                    num_beams=decoding.beam_size,
                    length_penalty=decoding.length_penalty,
                    max_new_tokens=int(decoding.max_length_ratio * longest) + 20,
                    do_sample=False,
                )
            for i, text in zip(
                batch, self._tokenizer.batch_decode(output, skip_special_tokens=True), strict=True
            ):
                results[i] = text
        return results
