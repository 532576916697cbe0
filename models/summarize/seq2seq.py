"""A Hugging Face summarization model (T5, mT5, BART families) on this machine: loading and generating.

transformers 5 has no summarization pipeline; this is `AutoTokenizer` and `AutoModelForSeq2SeqLM.generate`.
torch and transformers are imported when the first summary is asked for.
"""

import hashlib
import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import EngineUnavailable, ModelBroken, ModelNotFound, SummaryFailed

log = logging.getLogger(__name__)

#: Input bound where neither tokenizer nor configuration has one.
_DEFAULT_TOKENS = 512
#: Tokenizers without a bound say 1e30.
_SANE = 100_000
#: Windows in one call of `generate`: bounds its memory.
_BATCH = 4


@dataclass(frozen=True, slots=True)
class Output:
    """What the model wrote about one window; `complete` is False where it ran into the length bound."""

    text: str
    complete: bool


class Seq2Seq:
    """Thread-safe: one batch at a time. Loads on first use."""

    def __init__(self, model: str, device: str = "auto") -> None:
        """`model`: a local folder, or the id of a repository that is already in the Hub's cache here; nothing
        is ever downloaded. Raises `ModelNotFound`, `ModelBroken`."""
        self.name = model
        self.folder = _folder(model)
        self.config = _config(self.folder, model)
        self._device = device
        self._lock = threading.RLock()
        self._parts: tuple[Any, Any] | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with the configuration or the size of any file of the model."""
        sizes = "".join(f"{p.name}:{p.stat().st_size};" for p in sorted(self.folder.iterdir()) if p.is_file())
        content = (self.folder / "config.json").read_bytes() + sizes.encode()
        return hashlib.sha256(content).hexdigest()[:12]

    @property
    def prefix(self) -> str:
        """What the model was trained to find before its input (T5: "summarize: ")."""
        tasks = self.config.get("task_specific_params") or {}
        return str((tasks.get("summarization") or {}).get("prefix") or "")

    def limit(self) -> int:
        """Most tokens of article text that the model reads at once."""
        tokenizer, _ = self._loaded()
        bounds = [self.config.get("max_position_embeddings"), self.config.get("n_positions")]
        sane = [n for n in (*bounds, tokenizer.model_max_length) if isinstance(n, int) and 0 < n < _SANE]
        around = len(tokenizer(self.prefix)["input_ids"])
        return max(8, min(sane, default=_DEFAULT_TOKENS) - around - 1)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the model's special ones."""
        tokenizer, _ = self._loaded()
        if not texts:
            return []
        ids = tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)["input_ids"]
        return [len(i) for i in ids]

    def write(self, texts: Sequence[str], most_tokens: Sequence[int]) -> list[Output]:
        """A summary of each text, of at most so many tokens. Raises `SummaryFailed`."""
        order = sorted(range(len(texts)), key=lambda i: most_tokens[i])
        found: dict[int, Output] = {}
        with self._lock:
            for at in range(0, len(order), _BATCH):
                batch = order[at : at + _BATCH]
                try:
                    outputs = self._generate([texts[i] for i in batch], most_tokens[batch[-1]])
                except (RuntimeError, ValueError, IndexError) as error:
                    raise SummaryFailed(f"The model {self.name} failed: {error}") from error
                found.update(zip(batch, outputs, strict=True))
        return [found[i] for i in range(len(texts))]

    def _generate(self, texts: Sequence[str], most_tokens: int) -> list[Output]:
        import torch

        tokenizer, model = self._loaded()
        inputs = tokenizer(
            [self.prefix + t for t in texts], padding=True, truncation=False, return_tensors="pt"
        )
        settings = model.generation_config
        with torch.inference_mode():
            sequences = model.generate(
                input_ids=inputs["input_ids"].to(model.device),
                attention_mask=inputs["attention_mask"].to(model.device),
                max_new_tokens=most_tokens,
                min_length=0,
                do_sample=False,
                num_beams=max(settings.num_beams or 1, 4),
                no_repeat_ngram_size=settings.no_repeat_ngram_size or 3,
            ).tolist()
        end = settings.eos_token_id
        ends = set(end if isinstance(end, list) else [end])
        return [
            Output(tokenizer.decode(ids, skip_special_tokens=True).strip(), bool(ends & set(ids[1:])))
            for ids in sequences
        ]

    def _loaded(self) -> tuple[Any, Any]:
        with self._lock:
            if self._parts is None:
                self._parts = self._load()
            return self._parts

    def _load(self) -> tuple[Any, Any]:
        try:
            import torch
            from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
        except ImportError as error:
            raise EngineUnavailable(
                f"Abstractive summaries need torch and transformers, and they can't be imported: {error}"
            ) from error
        device = self._device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
            model = AutoModelForSeq2SeqLM.from_pretrained(
                self.folder, local_files_only=True, dtype=torch.float32
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise ModelBroken(f"The summarization model {self.name} can't be loaded: {error}") from error
        log.info("summarization model %s loaded on %s", self.name, device)
        return tokenizer, model.to(device).eval()


def _folder(model: str) -> Path:
    """Where the model's files are, without asking the network."""
    for folder in (Path(model).expanduser(), Path(model).expanduser() / "hf"):
        if (folder / "config.json").is_file():
            return folder
    if Path(model).exists():
        raise ModelBroken(f"{model} has no config.json: it isn't a Hugging Face model.")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise ModelNotFound(
            f"The summarization model {model} isn't on this machine; name a local folder, or get it with "
            f"`hf download {model}`."
        ) from error


def _config(folder: Path, model: str) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelBroken(f"The config.json of {model} can't be read: {error}") from error
    if not isinstance(config, dict) or not config.get("is_encoder_decoder"):
        raise ModelBroken(f"{model} isn't a sequence-to-sequence model (T5, mT5 and BART families are).")
    return config
